"""Calls: the matters of whoever is on the line, found by the whole number; handing the caller over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from linli.base.errors import Invalid, NotFound
from linli.base.writing import writing
from linli.cases.copying import copy_to
from linli.cases.models import Case, Party
from linli.cases.parties import given_with
from linli.cases.reading import require_sight
from linli.ledger.names import Redaction, register
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.posts.models import Post
from linli.residents.accounts import contacts_with
from linli.residents.crypto import blind_index
from linli.residents.keeping import plain_phone
from linli.residents.reading import log_look_up

TAKE_CALLS = "calls.take"
CALLER, EMERGENCY, PUT_THROUGH = "cases.caller", "cases.emergency", "cases.put_through"
EMERGENCY_LINES = ("119", "120", "110")
MOST = 10  # matters of a caller; the desk is no register of what somebody ever raised
RECENT = timedelta(days=90)  # longer than a closed matter can be reopened
_LOOKED_THROUGH = 500  # contacts given with one number: a village office may report for everybody


def register_entries() -> None:
    """Make the names known; called when the app starts."""
    register(CALLER, label=lambda: gettext("Look-up by a caller's number"), redaction=Redaction.ERASE)
    register(
        EMERGENCY, label=lambda: gettext("Call handed to an emergency line"), redaction=Redaction.NO_WORDS
    )
    register(PUT_THROUGH, label=lambda: gettext("Caller put through"), redaction=Redaction.ERASE)


def matters_of_caller(phone: str, *, by: PostActor) -> list[Case]:
    """What was raised with this whole number in the post's own area: open or lately closed, the newest first.

    The look-up is an entry even when nothing is found (with a keyed digest of the number, which can be erased),
    and each person found sees it among the looks at their data; if either cannot be written, nothing is found.
    """
    own = by.post.division
    require(by, TAKE_CALLS, within=own.code)
    with writing():
        found = _newest(phone, by)
        digest = blind_index(plain_phone(phone), "look-up")
        facts = {"found": len(found)}
        record(Line(CALLER, by.by(), own.code, facts=facts, words={"digest": digest}))
        log_look_up(given_with(phone, found), by=by)
    return found


def _newest(phone: str, by: PostActor) -> list[Case]:
    low, high = by.post.division.span
    contacts = contacts_with(phone).values("pk")[:_LOOKED_THROUGH]
    fresh = Q(closed_at=None) | Q(closed_at__gte=timezone.now() - RECENT)
    cases = Case.everywhere.with_place().select_related("reporter", "category")
    cases = cases.filter(fresh, code_now__gte=low, code_now__lt=high)
    party = Party.objects.filter(contact__in=contacts, left_at=None).values("case")
    raised = cases.filter(reporter__in=contacts).order_by("-id")[:MOST]
    between = cases.filter(pk__in=party).order_by("-id")[:MOST]
    newest = sorted({*raised, *between}, key=lambda case: case.pk, reverse=True)[:MOST]
    return [case for case in newest if _in_sight(case, by)]


def _in_sight(case: Case, by: PostActor) -> bool:
    """Whatever is kept from the post on its own page is kept from it here too."""
    try:
        require_sight(case, by=by)
    except NotFound:
        return False
    return True


def hand_to_emergency(line: str, *, by: PostActor) -> None:
    """Count a call that was handed to 119, 120 or 110; nothing about the caller or the matter is kept."""
    require(by, TAKE_CALLS, within=by.post.division.code)
    if line not in EMERGENCY_LINES:
        raise Invalid(_("Choose 119, 120 or 110."))
    with writing():
        record(Line(EMERGENCY, by.by(), by.post.division.code, facts={"line": line}))


def put_through(case: Case, posts: Sequence[Post], *, by: PostActor, note: str) -> None:
    """Hand the caller over to other posts: they have the case and the note before they pick up (转接)."""
    require(by, TAKE_CALLS, within=by.post.division.code)
    with writing():
        copy_to(case, posts, by=by)
        facts = {"next_posts": [post.pk for post in posts]}
        record(Line(PUT_THROUGH, by.by(), case.code_now, case.pk, facts=facts, words={"note": note}))
