"""Whom a leak touches, found by cases or by who looked, and told through the outbox; nobody is shown a list of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from linli.base.ids import uuid7
from linli.base.rows import insert_many
from linli.base.text import tidy
from linli.cases.models import Case, Notice, Party
from linli.cases.quiet import next_moment
from linli.posts.models import Post
from linli.residents.models import Access, Contact


@dataclass(frozen=True)
class Reach:
    """The people of these cases, and those whose data a post looked at between two moments."""

    numbers: Sequence[str] = ()
    looked: Post | None = None
    since: datetime | None = None
    until: datetime | None = None


def tell_of(leak: Case, step: str, reach: Reach) -> int:
    """Put one message per telephone number into the outbox, inside the step's transaction; returns how many."""
    now = timezone.now()
    found = {contact.phone_index: (contact, case) for contact, case in _touched(reach) if contact.phone_index}
    insert_many(
        [
            Notice(
                id=uuid7(now),
                case=case,
                told_of=leak,
                step=step,
                channel="sms",
                contact=contact,
                next_try=next_moment("sms", now, at_once=True),
            )
            for contact, case in found.values()
        ]
    )
    return len(found)


def _touched(reach: Reach) -> list[tuple[Contact, Case]]:
    """The reporters and the other parties, each by a case of theirs; those whose own contact was looked at."""
    numbers = [tidy(each) for each in reach.numbers]
    wanted, parties = Q(number__in=numbers), Q(case__number__in=numbers)
    if reach.looked:
        looks = Access.objects.filter(post=reach.looked.pk)
        looks = looks.filter(at__gte=reach.since) if reach.since else looks
        looks = looks.filter(at__lte=reach.until) if reach.until else looks
        wanted |= Q(reporter__in=looks.values("contact"))
        parties |= Q(contact__in=looks.values("contact"))
    cases = Case.everywhere.filter(wanted, reporter__isnull=False).select_related("reporter").order_by("id")
    rows = Party.objects.filter(parties, left_at=None).select_related("contact", "case").order_by("id")
    raised = [(case.reporter, case) for case in cases if case.reporter]
    return raised + [(each.contact, each.case) for each in rows]
