"""100 examples of a dispute's clocks (test_clock_examples.csv): taken through the real steps, against a count by days.

Those with a reckoning were counted by hand first; the last day of the others comes from `counted` below, which goes
from day to day by the articles alone: the first day does not count, a last day off moves on (民法典 201, 203;
民事诉讼法 85), whoever's time rests keeps what was used of it. It knows nothing of stretches, units and rows.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from linli.base.errors import Conflict
from linli.base.generations import bump
from linli.base.worktime import PLACE_TIME
from linli.cases.models import CalendarDay, Clock
from linli.cases.reckoning import reckon_again
from linli.kinds.disputes import actions
from linli.kinds.disputes.clauses import Clause, Payment, Sort
from linli.kinds.disputes.conftest import HOME, LEAK, Way
from linli.kinds.disputes.models import Dispute
from linli.posts.actor import PartyActor
from linli.posts.models import Post
from linli.residents.keeping import GivenContact

Row = dict[str, str]
DAYS = {"confirm": 30, "court_accept": 3, "court_decide": 15, "length": 30, "consent": 7, "follow": 30}
DAYS |= {"accept": 3}  # working days: a day off counts for nothing
GRANTED = {"court_decide": 10, "length": 30}
with (Path(__file__).parent / "test_clock_examples.csv").open(encoding="utf-8") as table:
    EXAMPLES: list[Row] = list(csv.DictReader(table))


def moment(typed: str) -> datetime:
    return datetime.fromisoformat(typed).replace(tzinfo=PLACE_TIME)


def of(name: str) -> list[Row]:
    found = [row for row in EXAMPLES if row["clock"] == name]
    assert found
    return found


# --- the slow count


def counted(row: Row, off: Callable[[date], bool]) -> datetime:
    """The end of an example's clock, day by day."""
    if row["clock"] == "due":
        return reminded(row)
    left = DAYS[row["clock"]] + (GRANTED[row["clock"]] if row["granted"] else 0)
    day = moment(row["begins"]).date()
    rest = (
        (moment(row["rests"]).date(), moment(row["goes_on"]).date()) if row["rests"] else (date.max, date.max)
    )
    while left > 0 or day < rest[1] != date.max:
        day += timedelta(days=1)
        if not (rest[0] < day <= rest[1] or (row["clock"] == "accept" and off(day))):
            left -= 1
    while off(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(23, 59, 59), PLACE_TIME)


def reminded(row: Row) -> datetime:
    """Three days before at nine, on whatever day; at once where that has passed."""
    day = date.fromisoformat(row["owed_on"])
    for _step in range(3):
        day -= timedelta(days=1)
    nine, now = datetime.combine(day, time(9), PLACE_TIME), moment(row["begins"])
    return now if now > nine else nine


def ends(row: Row) -> datetime:
    return moment(row["ends"] if "T" in row["ends"] else f"{row['ends']}T23:59:59")


def test_the_table_agrees_with_a_count_from_day_to_day(world: Any) -> None:
    known = {each.day: not each.worked for each in CalendarDay.objects.filter(division=None)}

    def off(day: date) -> bool:
        return known.get(day, day.isoweekday() > 5)

    wrong = [row for row in EXAMPLES if counted(row, off) != ends(row)]
    assert not wrong
    assert len(EXAMPLES) >= 100
    assert sum(bool(row["by_hand"]) for row in EXAMPLES) >= 50


# --- the same through the steps


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever an example does is as if it had not been."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def end_of(way: Way, name: str) -> datetime:
    return Clock.objects.get(case=way.key, name=name, stopped_at=None).due_at


def compare(way: Way, name: str, walk: Callable[[Way, Row], None]) -> None:
    wrong = []
    for row in of(name):
        with taken_back():
            walk(way, row)
            if (found := end_of(way, name)) != ends(row):
                wrong.append((row, found.astimezone(PLACE_TIME).isoformat()))
    assert not wrong


def sealed_at(way: Way, at: datetime) -> Way:
    return way.go(way.fan, "seal", at=at)


def sealed_as(way: Way, row: Row) -> None:
    sealed_at(way, moment(row["begins"]))


def applied_at(way: Way, row: Row) -> None:
    given = {
        "text": LEAK,
        "contact": GivenContact("李小芳", "13912345678"),
        "division": way.world.place(HOME),
    }
    way.key = actions.apply(by=PartyActor("reporter"), at=moment(row["begins"]), **given).case


def invited_at(way: Way, row: Row) -> None:
    way.go(way.head, "invite", at=moment(row["begins"]))


def rest(way: Way, row: Row) -> None:
    sealed_at(way, moment(row["begins"]))
    if row["rests"]:
        way.go(way.respondent, "deny_signature", reason="不是我签的", at=moment(row["rests"]))
        assert not Clock.objects.filter(case=way.key, name="confirm", stopped_at=None).exists()
        way.go(way.head, "uphold_signature", reason="有照片", at=moment(row["goes_on"]))


def filed(way: Way, row: Row, *, before: timedelta = timedelta()) -> None:
    at = moment(row["begins"]) - before
    sealed_at(way, at)
    for side in (way.applicant, way.respondent):
        way.go(side, "ask_confirmation", at=at)
    way.go(way.fan, "file_confirmation", court="云溪县人民法院", at=at)


def accepted(way: Way, row: Row) -> None:
    filed(way, row, before=timedelta(hours=30))
    way.go(way.fan, "court_accepts", number="1号", at=moment(row["begins"]))
    if row["granted"]:
        way.go(way.fan, "court_prolongs", at=moment(row["granted"]))


def appointed(way: Way, row: Row) -> None:
    way.go(way.head, "appoint", to=way.fan.post, at=moment(row["begins"]))
    if row["granted"]:
        for side in (way.applicant, way.respondent):
            way.go(side, "prolong", at=moment(row["granted"]))


def owing(way: Way, row: Row) -> None:
    part = Payment(date.fromisoformat(row["owed_on"]), 600_000)
    clause = Clause(Sort.MONEY, who=1, whom=0, fen=600_000, how="transfer", payments=(part,))
    Dispute.objects.filter(pk=way.key).update(clauses=[clause.as_data()])
    sealed_at(way, moment(row["begins"]))


def test_thirty_days_to_ask_the_court_from_effect_resting_while_a_signature_is_denied(signed: Way) -> None:
    compare(signed, "confirm", rest)


def test_three_days_for_the_court_to_accept(signed: Way) -> None:
    compare(signed, "court_accept", filed)


def test_fifteen_days_for_the_court_to_decide_and_ten_more(signed: Way) -> None:
    compare(signed, "court_decide", accepted)


def test_thirty_days_of_mediation_and_thirty_more_where_both_agree(consented: Way) -> None:
    compare(consented, "length", appointed)


def test_three_working_days_to_take_it_up(world: Any, committee: Post) -> None:
    compare(Way(world, None), "accept", applied_at)


def test_seven_days_to_answer(triaged: Way) -> None:
    triaged.go(triaged.head, "name_side", contact=GivenContact("王强", "13887654321"))
    compare(triaged, "consent", invited_at)


def test_the_follow_up_is_thirty_days_after_the_agreement(signed: Way) -> None:
    compare(signed, "follow", sealed_as)


def test_who_owes_is_reminded_three_days_before(signed: Way) -> None:
    compare(signed, "due", owing)


# --- the moment at which it ends


def test_asked_in_the_last_second_it_is_in_time_and_at_midnight_it_is_not(signed: Way) -> None:
    sealed_at(signed, moment("2026-03-02T10:00"))
    with pytest.raises(Conflict, match="thirty days"):
        signed.go(signed.respondent, "ask_confirmation", at=moment("2026-04-02T00:00:00"))
    signed.go(signed.applicant, "ask_confirmation", at=moment("2026-04-01T23:59:59"))
    with pytest.raises(Conflict, match="thirty days"):
        signed.go(signed.respondent, "ask_confirmation", at=moment("2026-04-02T00:00:00"))
    assert not signed.papers("confirmation")


def test_denying_a_signature_when_the_time_was_over_brings_none_of_it_back(signed: Way) -> None:
    sealed_at(signed, moment("2026-03-02T10:00"))
    signed.go(signed.respondent, "deny_signature", reason="不是我签的", at=moment("2026-04-03T10:00"))
    signed.go(signed.head, "uphold_signature", reason="有照片", at=moment("2026-04-07T10:00"))
    with pytest.raises(Conflict, match="thirty days"):
        signed.go(signed.applicant, "ask_confirmation", at=moment("2026-04-07T10:01"))


def test_an_agreement_found_void_leaves_no_clock_of_it_behind(signed: Way) -> None:
    sealed_at(signed, moment("2026-03-02T10:00"))
    signed.go(signed.respondent, "deny_signature", reason="不是我签的", at=moment("2026-03-12T10:00"))
    signed.go(signed.head, "void_agreement", reason="笔迹不符", at=moment("2026-03-13T10:00"))
    left = Clock.objects.filter(case=signed.key).filter(Q(stopped_at=None) | Q(resting=True))
    assert list(left.values_list("name", flat=True)) == ["length"]


def test_a_calendar_that_is_announced_later_moves_the_last_day(signed: Way) -> None:
    from_hand = moment("2027-01-04T23:59:59")  # 1 January 2027 is a Friday; a weekend follows
    sealed_at(signed, moment("2026-12-02T10:00"))
    assert timezone.localdate(end_of(signed, "confirm")) == date(2027, 1, 1)
    CalendarDay.objects.create(day=date(2027, 1, 1), worked=False)
    bump("calendar")
    reckon_again()
    assert end_of(signed, "confirm") == from_hand
