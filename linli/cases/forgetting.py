"""Retention (保存期限): a closed case's file is erased after the years of its kind, and each erasure is proven.

Contact, words, photos and what other layers keep of the case go; the row, its steps, days and codes stay. A file is
held while somebody may still need it: something linked is open, a clock runs, its person has asked about their data,
or a post has put a hold on it.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.base.worktime import PLACE_TIME
from linli.base.writing import writing
from linli.cases.attachments import drop
from linli.cases.kinds import Kind, all_kinds, kind_of
from linli.cases.models import (
    Attachment,
    Case,
    Clock,
    Forgetting,
    Hold,
    Link,
    Notice,
    Party,
    SearchText,
    Sending,
)
from linli.cases.search import clean_words
from linli.ledger.models import Entry, EntryDetail
from linli.ledger.records import Line, erasable, erase_words, record
from linli.posts.actor import SystemActor
from linli.residents.models import Contact
from linli.residents.people.erasing import clear_traces, months_before
from linli.residents.rights import erase, erase_about, signed_in_with

log = logging.getLogger("linli.retention")
BATCH = 20
FORGET = "cases.forget"
RETENTION = SystemActor("retention")
CONTACT, WORDS, PHOTOS, DOCUMENTS = "contact", "words", "photos", "documents"


@dataclass(frozen=True)
class Part:
    """Something that is kept of a case: `count(case)` how much holds something now, `clear(case)` takes it away."""

    name: str
    count: Callable[[Case], int]
    clear: Callable[[Case], object]


_parts: list[Part] = []


def forget_with(part: Part) -> None:
    """Register what a layer above keeps of cases, so that it goes with the file; called when the app starts."""
    if all((each.name, each.count) != (part.name, part.count) for each in _parts):
        _parts.append(part)


def forget_due(limit: int = BATCH) -> int:
    """Erase the files of a batch of cases past their years (the worker loop calls this); return how many.

    Each case is a transaction of its own: whoever is stopped half-way goes on with the next one.
    """
    done = sum(_forgotten(key) for key in due_now(limit))
    if done:
        log.info("%d files of cases were erased after their years", done)
    if clean_words(again=bool(done)) or done:
        clear_traces()
    return done


def due_now(limit: int, today: date | None = None) -> list[Any]:
    """Keys of closed cases past the years of their kind that nothing holds, the longest closed first."""
    found: list[Any] = []
    for kind in all_kinds():
        past = months_before(today or timezone.localdate(), 12 * kind.procedure.keep_years)
        before = datetime.combine(past, time.min, tzinfo=PLACE_TIME)
        rows = free(Case.everywhere.filter(kind=kind.name, closed_at__lt=before, forgetting=None))
        found += rows.order_by("closed_at", "id").values_list("pk", flat=True)[: limit - len(found)]
        if len(found) >= limit:
            break
    return found


def free(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Those of some cases that nothing holds: one condition, in the database, so that held ones block no queue."""
    here = OuterRef("pk")
    asking = [kind.name for kind in all_kinds() if kind.procedure.holds_files]
    theirs = Q(reporter=OuterRef("reporter")) | Q(
        ~Q(reporter__phone_index=""), reporter__phone_index=OuterRef("reporter__phone_index")
    )
    held = (
        Exists(Hold.objects.filter(case=here, ended_at=None, until__gte=timezone.localdate())),
        Exists(Link.objects.filter(source=here, target__closed_at=None)),
        Exists(Link.objects.filter(target=here, source__closed_at=None)),
        Exists(Clock.objects.filter(case=here, stopped_at=None, due_at__gt=timezone.now())),
        Exists(Case.everywhere.filter(theirs, kind__in=asking, closed_at=None)),
        Exists(Party.objects.filter(case=here, contact__phone_index__in=_asking(asking))),
    )
    for reason in held:
        cases = cases.exclude(reason)
    return cases


def _asking(kinds: Sequence[str]) -> QuerySet[Case, str]:
    """By which numbers somebody has asked about their data, which is not answered yet."""
    rows = Case.everywhere.filter(kind__in=kinds, closed_at=None).exclude(reporter__phone_index="")
    return rows.exclude(reporter=None).values_list("reporter__phone_index", flat=True)


def _forgotten(key: Any) -> int:
    """Erase one file and prove it; 0 where somebody was faster or it is held by now."""
    with writing():
        case = Case.everywhere.select_for_update(of=("self",)).get(pk=key)
        if not free(Case.everywhere.filter(pk=key, forgetting=None, closed_at__isnull=False)).exists():
            return 0
        photos = list(Attachment.objects.filter(case=case).values_list("digest", flat=True))
        _prove(case, *_cleared(case))
    drop(photos, timezone.now())
    return 1


def _cleared(case: Case) -> tuple[dict[str, int], list[str], int]:
    """What was erased by part, which parts stay, and how much is left of what should have gone."""
    procedure = kind_of(case.kind).procedure
    erased: dict[str, int] = {}
    going = [part for part in (*OWN_PARTS, *_parts) if part.name not in procedure.keeps]
    kept = set(procedure.keeps)
    if case.reporter and not _may_go(case.reporter, case):
        kept.add(CONTACT)
    for part in going:
        if held := part.count(case):
            erased[part.name] = erased.get(part.name, 0) + held
            part.clear(case)
    return erased, sorted(kept), sum(part.count(case) for part in going)


def _prove(case: Case, erased: dict[str, int], kept: list[str], left: int) -> None:
    if left:
        raise RuntimeError(f"{left} of what case {case.pk} kept is still there after erasing.")
    closed = case.closed_at or case.at
    proof = Forgetting(
        case=case,
        at=timezone.now(),
        closed_on=timezone.localdate(closed),
        years=kind_of(case.kind).procedure.keep_years,
        erased=erased,
        kept=kept,
        left=left,
    )
    proof.digest = digest_of(proof)
    proof.save(force_insert=True)
    facts = {"years": proof.years, "proof": proof.pk, "digest": proof.digest}
    record(Line(FORGET, RETENTION.by(), case.code_now, case.pk, facts=facts))


def digest_of(proof: Forgetting) -> str:
    """The SHA-256 (hex) over everything a proof says: the entry in the ledger holds it too."""
    said = [
        str(proof.pk),
        str(proof.case_id),
        proof.at.astimezone(UTC).isoformat(),
        proof.closed_on.isoformat(),
        proof.years,
        proof.erased,
        proof.kept,
        proof.left,
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """Whether a proof holds: it says what was recorded, the entry stands at a position, and nothing has come back."""

    same: bool
    position: int | None
    left: int

    @property
    def holds(self) -> bool:
        """All three."""
        return self.same and self.position is not None and not self.left


def verify(proof: Forgetting) -> Verdict:
    """Hold a proof against the ledger and the case as they are now."""
    entry = Entry.objects.filter(name=FORGET, about=proof.case_id).select_related("position").first()
    said = entry.facts if entry else {}
    same = said.get("digest") == proof.digest == digest_of(proof) and said.get("proof") == str(proof.pk)
    gone = [part for part in (*OWN_PARTS, *_parts) if part.name not in proof.kept]
    position = getattr(entry, "position", None)
    left = sum(part.count(proof.case) for part in gone)
    return Verdict(same, position.number if position else None, left)


# --- what the core itself keeps of a case ---------------------------------------------------------------------


def _may_go(contact: Contact, case: Case) -> bool:
    """Whether a contact belongs to this file alone: nobody signs in with it, and no other case still has its file."""
    others = Case.everywhere.filter(reporter=contact, forgetting=None).exclude(pk=case.pk)
    return not others.exists() and not signed_in_with(Contact.objects.filter(pk=contact.pk))


def contacts_of(case: Case) -> QuerySet[Contact]:
    """Whoever raised it, if that goes with the file, its parties, and other contacts the kind keeps with it."""
    detail = _row_of(case)
    keys = [
        getattr(detail, field.attname)
        for field in kind_of(case.kind).model._meta.concrete_fields
        if field.related_model is Contact
    ]
    if case.reporter and _may_go(case.reporter, case):
        keys.append(case.reporter_id)
    between = Party.objects.filter(case=case).exclude(contact=case.reporter_id).values("contact")
    return Contact.objects.filter(Q(pk__in=[key for key in keys if key]) | Q(pk__in=between))


def _full(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    empty = {"name_sealed": b"", "phone_sealed": b"", "address_sealed": b"", "phone_index": ""}
    return contacts.exclude(**empty)


def _row_of(case: Case) -> Any:
    return kind_of(case.kind).model._default_manager.get(pk=case.pk)


def tables_of(kind: Kind) -> dict[type[models.Model], str]:
    """A kind's own tables, its detail first, and by which column each says whose row it is."""
    below = [each for each in kind.model._meta.related_objects if each.one_to_many]
    return {kind.model: "pk", **{each.related_model: each.field.name for each in below}}


def empty_columns(model: type[models.Model]) -> dict[str, Any]:
    """The columns of a kind's table that hold what people said, and what each is emptied to."""
    found: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if isinstance(field, models.FloatField) and field.null:
            found[field.name] = None  # the exact point of somebody's door
        elif isinstance(field, models.JSONField):
            found[field.name] = field.get_default()
        elif isinstance(field, models.CharField | models.TextField) and not field.choices:
            found[field.name] = ""
    return found


def _written(case: Case) -> list[QuerySet[Any]]:
    """Of each table of the kind the case's rows in which one of those columns holds something."""
    found = []
    for model, whose in tables_of(kind_of(case.kind)).items():
        holds = Q()
        for name, empty in empty_columns(model).items():
            holds |= Q(**{f"{name}__isnull": False}) if empty is None else ~Q(**{name: empty})
        if holds:
            found.append(model._default_manager.filter(holds, **{whose: case.pk}))
    return found


def _details(case: Case) -> QuerySet[EntryDetail]:
    """The words of its entries."""
    return EntryDetail.objects.filter(entry__about=case.pk)


def _title() -> str:
    with override(settings.LANGUAGE_CODE):
        return _("Erased after its period")


def _count_words(case: Case) -> int:
    titled = Case.everywhere.filter(pk=case.pk).exclude(summary__in=["", _title()]).count()
    notices = Notice.objects.filter(case=case).exclude(trouble="").count()
    indexed = SearchText.objects.filter(case=case).count()
    written = sum(rows.count() for rows in _written(case))
    return written + erasable(_details(case)).count() + titled + notices + indexed


def _clear_words(case: Case) -> None:
    for rows in _written(case):
        rows.update(**empty_columns(rows.model))
    erase_words(_details(case))
    Case.everywhere.filter(pk=case.pk).update(summary=_title(), origin_digest="")
    Notice.objects.filter(case=case).update(trouble="")
    SearchText.objects.filter(case=case).delete()
    Sending.objects.filter(case=case).delete()


def _count_contact(case: Case) -> int:
    return _full(contacts_of(case)).count()


def _clear_contact(case: Case) -> None:
    erase(_full(contacts_of(case)))
    erase_about(case.pk)


def _count_photos(case: Case) -> int:
    return Attachment.objects.filter(case=case).count()


def _clear_photos(case: Case) -> None:
    Attachment.objects.filter(case=case).delete()


OWN_PARTS: Sequence[Part] = (
    Part(CONTACT, _count_contact, _clear_contact),
    Part(WORDS, _count_words, _clear_words),
    Part(PHOTOS, _count_photos, _clear_photos),
)
