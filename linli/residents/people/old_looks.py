"""How long readings are kept: as long as what they tell of, and then for years more; deleted with a proof.

Handling of personal data is recorded for at least three years (个人信息保护法 56), network logs for at least six months
(网络安全法 2017, 21(3)). A place may keep readings longer, by dated rows of its own; the database itself refuses to
delete a younger one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from functools import partial
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.worktime import PLACE_TIME
from linli.base.writing import writing
from linli.divisions.models import Division
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.residents.models import Access, FieldRule, Person
from linli.residents.people.erasing import RETENTION, clear_traces, months_before, prove
from linli.residents.people.fields import RULES, Decided, own_rule, write_rule

LOOKS = "looks"
LEAST, MOST = 36, 120  # months
BATCH = 500


def months_at(division: Division, on: date | None = None) -> int:
    """For how many months readings are kept at a place after what they tell of is gone."""
    own = own_rule(LOOKS, division, on or timezone.localdate())
    return max(own.months, LEAST) if own else LEAST


def keep_looks(division: Division, months: int, *, basis: str, valid_from: date, by: PostActor) -> FieldRule:
    """Keep readings of a place for so long, from a day; Invalid for less than the law asks, or a day that is past."""
    require(by, RULES, within=division.code)
    if valid_from < timezone.localdate():
        raise Invalid(fields={"valid_from": [_("Choose today or a later day.")]})
    if not LEAST <= months <= MOST:
        asked = {"least": LEAST, "most": MOST}
        sentence = (
            _("Choose from %(least)d to %(most)d months: the law asks for three years at least.") % asked
        )
        raise Invalid(sentence, fields={"months": [sentence]})
    return write_rule(division, Decided(LOOKS, True, basis, months, valid_from), by=by)


def rules_around(division: Division) -> list[FieldRule]:
    """What this place and those around it have decided about it, for today and later days, the nearest first."""
    in_force = Q(valid_to=None) | Q(valid_to__gt=timezone.localdate())
    rows = FieldRule.objects.filter(in_force, field=LOOKS).select_related("division")
    around = [row for row in rows if row.division.contains(division)]
    return sorted(around, key=lambda row: (-row.division.level, row.valid_from))


def cut(months: int) -> datetime:
    """Whatever was over before this moment has been kept for so many months."""
    return datetime.combine(months_before(timezone.localdate(), months), time.min, tzinfo=PLACE_TIME)


def drop_looks(rows: QuerySet[Access]) -> int:
    """Delete some readings that are past their period, a batch at most, and prove it; return how many."""
    keys: Sequence[UUID] = list(rows.order_by("id").values_list("pk", flat=True)[:BATCH])
    if not keys:
        return 0
    with writing():
        those = Access.objects.filter(pk__in=keys)
        those.delete()
        prove("access", "rows", keys, left=those.count(), by=RETENTION)
    return len(keys)


def drop_all(over: Iterable[tuple[datetime, int, Callable[[], QuerySet[Access]]]]) -> int:
    """Delete readings of what was over at a moment and is remembered for so many months after it; return how many.

    It stops once a batch is done; what is left is found again.
    """
    done = 0
    for at, months, looks in over:
        since = cut(months)
        if at < since:
            done += drop_looks(looks().filter(at__lt=since))
        if done >= BATCH:
            break
    if done:
        clear_traces()
    return done


def drop_of_people() -> int:
    """Delete readings of residents' records that were erased long ago (a worker loop calls this); return how many."""
    before = cut(LEAST)
    old = Access.objects.filter(person=OuterRef("pk"), at__lt=before)
    people = (
        Person.objects.filter(Exists(old), erased_at__lt=before).select_related("division").order_by("pk")
    )
    return drop_all(
        (person.erased_at or timezone.now(), months_at(person.division), partial(_looks_at, person))
        for person in people.iterator()
    )


def _looks_at(person: Person) -> QuerySet[Access]:
    return Access.objects.filter(person=person)
