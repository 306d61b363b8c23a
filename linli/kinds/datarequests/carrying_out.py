"""Carrying out what was granted, inside the transaction of the answer: copy, correction, deletion, withdrawal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.cases.held_data import WHY_HELD, Held, held
from linli.kinds.datarequests.models import Answer, DataRequest, Wanted
from linli.residents.consents import withdraw_all
from linli.residents.models import Contact
from linli.residents.rights import allow_extract, correct, erase, is_empty, scope_of


@dataclass(frozen=True)
class Done:
    """What was done: in words for the requester, and as numbers and names of fields for the ledger."""

    words: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Granted:
    """Until when a copy can be fetched, which fields are put right, and whether nothing is kept from a guardian."""

    until: datetime
    parts: Sequence[str] = ()
    entire: bool = False


def carried_out(request: DataRequest, granted: Granted) -> Done:
    """Do what the request wants, as far as it is ours to do."""
    contact = request.case.reporter
    if contact is None:
        return Done()
    if request.wanted in {Wanted.ACCESS, Wanted.COPY}:
        allow_extract(request.case.pk, contact, whole=request.whole, until=granted.until)
        return Done(
            _("You can fetch it on this page until its last day; your code is asked once more."),
            {"copy": True},
        )
    if request.wanted == Wanted.CORRECTION:
        return _corrected(request, contact, granted.parts)
    if request.wanted == Wanted.DELETION:
        return _deleted(request, contact)
    if request.wanted == Wanted.WITHDRAWAL:
        count = withdraw_all(scope_of(contact, whole=request.whole))
        return Done(
            _("Taken back: %(count)d times you had said yes.") % {"count": count}, {"withdrawn": count}
        )
    return Done()


def _corrected(request: DataRequest, contact: Contact, parts: Sequence[str]) -> Done:
    if request.right is None or not set(parts) <= set(request.wrong):
        raise Invalid(_("Choose among the fields that the requester named."))
    changed = correct(_others(request, contact), request.right, parts)
    return Done(
        _("Put right in %(count)d places. What stood there before is gone.") % {"count": changed},
        {"corrected": list(parts), "places": changed},
    )


def _others(request: DataRequest, contact: Contact) -> QuerySet[Contact]:
    """What is to be put right: not the sealed row that brings the right values, which may hold the same number."""
    scope = scope_of(contact, whole=request.whole)
    return scope.exclude(pk=request.right.pk) if request.right else scope


def _deleted(request: DataRequest, contact: Contact) -> Done:
    staying = held(contact, whole=request.whole, request=request.case.pk)
    scope = [each for each in scope_of(contact, whole=request.whole) if not is_empty(each)]
    gone = erase([each for each in scope if each.pk not in staying])
    lines = [_("Deleted in %(count)d places: name, number and address.") % {"count": gone}]
    for why, count in sorted(Counter(staying[each.pk] for each in scope if each.pk in staying).items()):
        lines.append(_("Kept in %(count)d places, because %(why)s.") % {"count": count, "why": WHY_HELD[why]})
    return Done("\n".join(lines), {"deleted": gone, "kept": len(scope) - gone})


def finish(request: DataRequest) -> None:
    """With the close, the right values go that were brought, and after a granted deletion the request's own contact."""
    forget(request)
    contact = request.case.reporter
    if (
        request.wanted != Wanted.DELETION
        or request.answer not in {Answer.GRANTED, Answer.PARTLY}
        or not contact
    ):
        return
    if held(contact, whole=request.whole, request=request.case.pk)[contact.pk] is Held.REQUEST:
        erase([contact])


def forget(request: DataRequest) -> None:
    """The right values that somebody brought are not needed any more."""
    if request.right:
        erase([request.right])
        request.right = None
