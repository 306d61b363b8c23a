"""Signing: bound to one version, by whoever has a relation to the case, once per seat; a denial is kept beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.base.ids import uuid7
from linli.base.text import tidy
from linli.base.writing import writing
from linli.cases.books import in_hand
from linli.cases.kinds import kind_of
from linli.cases.models import Case
from linli.cases.permission import require_term
from linli.cases.procedure import REPORTER
from linli.cases.taking import Taking
from linli.documents.entries import DENY, SIGN
from linli.documents.making import data_of
from linli.documents.models import Document, Manner, Signature, State, Witness
from linli.documents.wordings import template_named
from linli.ledger.records import Line, record
from linli.posts.actor import Actor, PartyActor, PostActor
from linli.residents.crypto import seal_bytes, unseal_bytes

WIDTH, HEIGHT = 600, 240
MOST_POINTS = 6000
LEAST_POINTS = 8
LEAST_EXTENT = 40


@dataclass(frozen=True)
class Beside:
    """A witness from outside beside a party that signs on paper: who, and their own mark (SVG or JPEG)."""

    name: str
    manner: Manner
    mark: bytes


@dataclass(frozen=True)
class Signing:
    """How somebody signs: whose place it is, in what manner, the mark itself (SVG or JPEG), and when, if not now.

    `beside`: who stood beside a party that could not write, or wanted somebody there.
    """

    relation: str
    manner: Manner
    mark: bytes = b""
    seat: int = 0
    at: datetime | None = None
    beside: Beside | None = None


def sign(document: Document, signing: Signing, *, digest: str, by: Actor) -> Signature:
    """Sign one version of a document and record it; `digest` is that of the version the signer had before them.

    Raises Conflict for another version, a replaced one, a place that nobody signs in, or one that is signed already.
    """
    with writing():
        locked = (
            Document.objects.select_for_update(of=("self",))
            .select_related("case", "wording")
            .get(pk=document.pk)
        )
        _check(locked, signing, digest)
        _check_own(locked, signing, by)
        _check_beside(locked, signing, by)
        signature = _row(locked, signing, by)
        if signing.beside:
            _keep_witness(signature, signing.beside)
        facts = {
            "document": str(locked.pk),
            "version": locked.version,
            "digest": locked.digest,
            "manner": str(signing.manner),
            "place": signing.relation,
            "seat": signing.seat,
            "party": _party(by),
            "witnessed": signing.beside is not None,
            **({"agent": agent} if (agent := _agent(by)) is not None else {}),
        }
        record(Line(SIGN, by.by(), locked.case.code_now, locked.case_id, signature.at, facts))
    return signature


def _check(document: Document, signing: Signing, digest: str) -> None:
    if digest != document.digest or document.state == State.REPLACED:
        raise Conflict(
            _(
                "This is not the version you read, or a newer one has replaced it. Read the newest one, then sign."
            )
        )
    if document.state == State.VOID:
        raise Conflict(_("This document does not count any more, so there is nothing to sign."))
    places = [(each["relation"], each["seat"]) for each in data_of(document).get("signing", ())]
    if (signing.relation, signing.seat) not in places:
        raise Conflict(_("There is no place for this signature on the document."))


def _check_own(document: Document, signing: Signing, by: Actor) -> None:
    """A party signs in its own place only, or who acts for it as far as their power goes; so does a post on a screen,
    but it may put down what came on paper.
    """
    if isinstance(by, PartyActor):
        in_hand().require_party(document.case, by)
        if (signing.relation, signing.seat) != seat_of(by):
            raise Conflict(_("There is no place for this signature on the document."))
        _require_power(document, by)
    drawn_here = isinstance(by, PostActor) and signing.manner == Manner.STROKES
    if drawn_here and not _is_of_office(document.case, signing.relation, by):
        raise Conflict(
            _(
                "On this screen only whoever carries the case signs, for the office. A party signs by its own code or "
                "on paper."
            )
        )


def _check_beside(document: Document, signing: Signing, by: Actor) -> None:
    """Beside a party only, on paper before a post; with a name, and a mark of the witness's own."""
    if signing.beside is None:
        return
    if not isinstance(by, PostActor) or signing.manner != Manner.SCAN:
        raise Conflict(_("A witness stands beside somebody who signs on paper, before a post."))
    if signing.relation not in _parties_of(document.case):
        raise Conflict(_("A witness stands beside a party; the office signs without one."))
    if not tidy(signing.beside.name) or not signing.beside.mark:
        raise Invalid(
            fields={"witness": [_("A witness gives a name and signs too: draw it, or add a photo.")]}
        )


def _keep_witness(signature: Signature, beside: Beside) -> None:
    row = Witness(signature=signature, manner=beside.manner)
    row.name_sealed = seal_bytes(tidy(beside.name)[:60].encode(), _place_beside(row, "name"))
    row.mark_sealed = seal_bytes(beside.mark, _place_beside(row, "mark"))
    row.save(force_insert=True)


def witnessed(signature: Signature) -> Beside | None:
    """Who stood beside a party that signed; None where nobody did, or where the file was erased."""
    row = Witness.objects.filter(pk=signature.pk).first()
    if row is None or not row.name_sealed:
        return None
    name, mark = (
        unseal_bytes(bytes(getattr(row, f"{part}_sealed")), _place_beside(row, part))
        for part in ("name", "mark")
    )
    return Beside(name.decode(), Manner(row.manner), mark)


def _parties_of(case: Case) -> set[str]:
    return {REPORTER, *kind_of(case.kind).procedure.roles}


def seat_of(by: PartyActor) -> tuple[str, int] | None:
    """The place in which a party signs, itself or by who acts for it in this case; None for who acts by a mandate."""
    return (by.role, by.nr) if by.agency or by.relation == by.role else None


def _require_power(document: Document, by: PartyActor) -> None:
    """Raise NotYours where a power of attorney does not cover signing this, or has ended or not begun."""
    require_term(by)
    if not may_sign(document, by):
        raise NotYours(
            _(
                "A general power of attorney does not cover signing this. The party signs itself, or gives a special "
                "power (Civil Procedure Law, article 62)."
            )
        )


def may_sign(document: Document, by: PartyActor) -> bool:
    """Whether the power of whoever acts for a party covers signing this; a party itself signs everything."""
    return by.agency is None or by.agency.special or not template_named(document.template).special


def _is_of_office(case: Case, relation: str, by: Actor) -> bool:
    """Whether a place is no party's, and the post carries the case that would sign there."""
    return isinstance(by, PostActor) and relation not in _parties_of(case) and case.lead_id == by.post.pk


def own_places(document: Document, by: PostActor) -> list[dict[str, Any]]:
    """The places nobody has signed in yet in which this post signs itself."""
    return [each for each in missing(document) if _is_of_office(document.case, each["relation"], by)]


def _row(document: Document, signing: Signing, by: Actor) -> Signature:
    now = signing.at or timezone.now()
    signature = Signature(
        id=uuid7(now),
        document=document,
        digest=document.digest,
        relation=signing.relation,
        seat=signing.seat,
        post=by.post if isinstance(by, PostActor) else None,
        agent=_agent(by),
        manner=signing.manner,
        at=now,
    )
    if signing.mark:
        signature.mark_sealed = seal_bytes(signing.mark, _place_of(signature))
    held = Signature.objects.filter(
        document=document, relation=signing.relation, seat=signing.seat, denied_at=None
    )
    if held.exists():
        raise Conflict(_("This place has been signed already. Nothing was changed."))
    try:
        with writing():
            signature.save(force_insert=True)
    except IntegrityError as taken:
        raise Conflict(_("This place has been signed already. Nothing was changed.")) from taken
    return signature


def deny(signature: Signature, reason: str, *, by: Actor) -> None:
    """Record that a signature is said not to be its signer's; it stays, counts no more, and its place is free again."""
    with writing():
        found = Signature.objects.select_for_update(of=("self",)).filter(pk=signature.pk).first()
        if found is None or (isinstance(by, PartyActor) and not is_of(found, by)):
            raise NotFound
        if found.denied_at is not None:
            raise Conflict(_("This signature has been denied already."))
        found.denied_at = timezone.now()
        found.save(update_fields=["denied_at"])
        case = signature.document.case
        facts = {"document": str(found.document_id), "signature": str(found.pk), "party": _party(by)}
        words = {"reason": reason}
        record(Line(DENY, by.by(), case.code_now, case.pk, found.denied_at, facts, words))


def restore(now: Taking, document: Document) -> None:
    """Let the signature that was denied last count again, inside the step that finds it genuine.

    Where its place was signed anew in the meantime, that one counts already.
    """
    denied = (
        Signature.objects.filter(document=document).exclude(denied_at=None).order_by("-denied_at").first()
    )
    if denied is None:
        return
    rows = Signature.objects.filter(document=document, denied_at=None)
    if rows.filter(relation=denied.relation, seat=denied.seat).exists():
        return
    denied.denied_at = None
    denied.save(update_fields=["denied_at"])
    now.facts(signature=str(denied.pk))


def _party(by: Actor) -> int | None:
    """The number of the party that acts, as entries of steps name it too, so that the story tells whose act it was."""
    return by.nr if isinstance(by, PartyActor) else None


def _agent(by: Actor) -> int | None:
    """The number of whoever acts for that party in this case; None where it acts itself."""
    return by.agency.nr if isinstance(by, PartyActor) and by.agency else None


def is_of(signature: Signature, by: PartyActor) -> bool:
    """Whether a signature stands in the place of this party."""
    return (signature.relation, signature.seat) == seat_of(by)


def wanted_from(document: Document, by: PartyActor) -> bool:
    """Whether this party has a place on the document that nobody has signed in yet."""
    own = seat_of(by) if may_sign(document, by) else None
    return any((each["relation"], each["seat"]) == own for each in missing(document))


def standing(document: Document) -> list[Signature]:
    """The signatures that count, in order."""
    return list(Signature.objects.filter(document=document, denied_at=None).order_by("at", "id"))


def missing(document: Document) -> list[dict[str, Any]]:
    """The places nobody has signed yet, as the document names them."""
    held = {(each.relation, each.seat) for each in standing(document)}
    return [
        each for each in data_of(document).get("signing", ()) if (each["relation"], each["seat"]) not in held
    ]


def mark_of(signature: Signature) -> bytes:
    """The mark somebody made."""
    return unseal_bytes(bytes(signature.mark_sealed), _place_of(signature))


def drawn(strokes: str) -> bytes:
    """What a finger drew, given as JSON (a list of strokes of [x, y] points on 600 by 240), as an SVG picture.

    Raises Invalid with what to do when it is empty, a dot, or nothing we can read.
    """
    lines = _lines(strokes)
    points = [point for line in lines for point in line]
    if len(points) < LEAST_POINTS or _extent(points) < LEAST_EXTENT:
        raise Invalid(_("Please write your name into the field with your finger, large enough to be read."))
    paths = "".join(f'<polyline points="{" ".join(f"{x},{y}" for x, y in line)}"/>' for line in lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" fill="none" stroke="#111" '
        f'stroke-width="5" stroke-linecap="round" stroke-linejoin="round">{paths}</svg>'
    ).encode()


def _lines(strokes: str) -> list[list[tuple[int, int]]]:
    try:
        found = json.loads(strokes)
        lines = [[(_within(x, WIDTH), _within(y, HEIGHT)) for x, y in line] for line in found]
    except (ValueError, TypeError, RecursionError) as trouble:
        raise Invalid(
            _("What was drawn did not arrive whole. Please clear the field and sign again.")
        ) from trouble
    if sum(len(line) for line in lines) > MOST_POINTS:
        raise Invalid(_("What was drawn is too much for a signature. Please clear the field and sign again."))
    return [line for line in lines if line]


def _within(value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise ValueError(value)
    return round(value)


def _extent(points: list[tuple[int, int]]) -> int:
    wide = max(x for x, _y in points) - min(x for x, _y in points)
    high = max(y for _x, y in points) - min(y for _x, y in points)
    return wide + high


def _place_of(signature: Signature) -> str:
    return f"documents_signature/{signature.pk}/mark"


def _place_beside(row: Witness, part: str) -> str:
    return f"documents_witness/{row.pk}/{part}"
