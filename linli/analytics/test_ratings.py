"""Pooled ratings: counted once they stand, small numbers withheld, a body of two never by itself."""

from datetime import datetime
from itertools import product

import pytest

from linli.analytics.periods import Period
from linli.analytics.ratings import ALL, quarters_in, rated_around, ratings, shown_from
from linli.analytics.withholding import FEWEST
from linli.base.worktime import PLACE_TIME
from linli.cases.models import Rating
from linli.posts.lookup import FEWEST_HOLDERS, bodies_for

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 11, 26, tzinfo=PLACE_TIME)


def said(county, times, answer="good", **other):
    values = {"kind": "matters", "code": county.code, "quarter": 20262, "said": answer} | other
    Rating.objects.bulk_create(Rating(**values) for _each in range(times))


def test_a_quarter_counts_when_nothing_in_it_can_change_any_more():
    at = [datetime(2026, 10, day, tzinfo=PLACE_TIME) for day in (30, 31)]
    assert [quarters_in(Period.named("2026"), each) for each in at] == [[20261, 20262], [20261, 20262, 20263]]
    assert quarters_in(Period.named("2026-Q2"), LATE) == [20262]


def test_a_period_says_from_when_on_its_next_quarter_counts():
    assert shown_from(Period.named("2026"), LATE) == datetime(2027, 1, 31, tzinfo=PLACE_TIME)
    assert shown_from(Period.named("2026-Q3"), LATE) is None


def test_where_every_number_is_withheld_there_is_nothing_to_show(world):
    said(world.county, FEWEST - 1)
    assert not ratings(world.county, Period.named("2026-Q2"), LATE).tells
    said(world.county, FEWEST)
    assert ratings(world.county, Period.named("2026-Q2"), LATE).tells


def test_what_is_of_another_quarter_or_county_is_not_counted(world):
    said(world.county, 9)
    said(world.county, 9, quarter=20263)
    said(world.county, 9, code=world.county.code + 10**15)
    found = ratings(world.county, Period.named("2026-Q2"), LATE)
    assert found.whole.numbers[ALL] == found.whole.numbers["good"] == 9


def test_a_body_with_fewer_than_three_holders_has_no_row_of_its_own(world):
    for body in bodies_for(world.county.span):
        said(world.county, 20, body_id=body.organisation)
        said(world.county, 20, "poor", body_id=body.organisation)
    shown = {row.label for row in ratings(world.county, Period.named("2026-Q2"), LATE).bodies}
    small = {each.called for each in bodies_for(world.county.span) if each.holders < FEWEST_HOLDERS}
    assert small
    assert not shown & small


def test_no_small_number_is_shown_nor_found_by_taking_one_from_another(world):
    large = [each for each in bodies_for(world.county.span) if each.holders >= FEWEST_HOLDERS]
    bodies = [each.organisation for each in large[:2]] + [None]
    for number, (kind, body, answer) in enumerate(
        product(("matters", "callbacks"), bodies, ("good", "poor"))
    ):
        said(world.county, (17, 2, 8, 31, 3)[number % 5], answer, kind=kind, body_id=body)
    found = ratings(world.county, Period.named("2026-Q2"), LATE)
    for rows in ([found.whole, *found.kinds], [found.whole, *found.bodies]):
        for row in rows:
            numbers = list(row.numbers.values())
            assert all(each is None or each >= FEWEST for each in numbers)
            assert nothing_found(numbers)
        for column in found.whole.numbers:
            assert nothing_found([row.numbers[column] for row in rows])


def nothing_found(numbers):
    """Whether of a whole and its parts no single number is missing, other than a part that is none at all."""
    whole, *parts = numbers
    return numbers.count(None) != 1 or (whole is not None and whole == sum(filter(None, parts)))


def test_a_village_is_shown_the_county_around_it(world):
    assert rated_around(world.place("东门社区")) == rated_around(world.county) == world.county
