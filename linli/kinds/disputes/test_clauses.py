"""Clauses: sound ones pass and come back as they were; each fault is named where it stands, with what to do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.base.worktime import Calendar
from linli.kinds.disputes.clauses import (
    CONFIRMING,
    Clause,
    Confirmable,
    How,
    Payment,
    Sort,
    clause_from,
    days_off,
    faults,
    may_be_confirmed,
    monthly,
    plan_of,
)

TODAY = date(2026, 11, 25)
DAY = date(2026, 12, 31)
SIDES = {0, 1}
PAID = Clause(Sort.MONEY, who=0, whom=1, fen=1200000, how=How.TRANSFER, payments=(Payment(DAY, 1200000),))
SOUND = [
    PAID,
    Clause(
        Sort.MONEY,
        who=1,
        whom=0,
        fen=1000,
        how=How.CASH,
        payments=monthly(1000, 3, DAY),
        text="收款人账户见附件",
    ),
    Clause(Sort.ACT, who=1, text="清走楼道杂物", by=DAY),
    Clause(Sort.STOP, who=1, text="夜间10点后不再装修"),
    Clause(Sort.APOLOGY, who=0, whom=1, how=How.SPOKEN, by=DAY),
    Clause(Sort.RETURN, who=0, whom=1, text="电动车一辆", by=DAY),
    Clause(Sort.COSTS, text="鉴定费", who=0, fen=80000),
    Clause(Sort.COSTS, text="交通费"),
    Clause(Sort.CONFIDENTIAL),
    Clause(Sort.SETTLED),
    Clause(Sort.OTHER, text="双方今后好好相处"),
]


def changed(**parts):
    return Clause(**{**{name: getattr(PAID, name) for name in PAID.__dataclass_fields__}, **parts})


@pytest.mark.parametrize("clause", SOUND, ids=lambda each: each.sort)
def test_a_sound_clause_has_no_fault_and_comes_back_as_it_was_kept(clause):
    assert faults(clause, SIDES, TODAY) == {}
    assert clause_from(clause.as_data()) == clause


@pytest.mark.parametrize(
    ("clause", "part"),
    [
        (changed(who=None), "who"),
        (changed(whom=None), "whom"),
        (changed(whom=0), "whom"),
        (changed(who=7), "who"),
        (changed(fen=0), "fen"),
        (changed(fen=-5), "fen"),
        (changed(how=How.SPOKEN), "how"),
        (changed(payments=()), "payments"),
        (changed(payments=(Payment(DAY, 1199999),)), "payments"),
        (changed(payments=(Payment(DAY, 600000), Payment(DAY, 600000))), "payments"),
        (changed(payments=(Payment(DAY, 600000), Payment(TODAY, 600000))), "payments"),
        (changed(payments=(Payment(TODAY - timedelta(days=1), 1200000),)), "payments"),
        (changed(payments=(Payment(date(2226, 1, 1), 1200000),)), "payments"),
        (changed(payments=(Payment(DAY, 1200001), Payment(date(2027, 1, 31), -1))), "payments"),
        (Clause(Sort.ACT, who=1, text="清走杂物"), "by"),
        (Clause(Sort.ACT, who=1, text="清走杂物", by=TODAY - timedelta(days=1)), "by"),
        (Clause(Sort.ACT, who=1, by=DAY), "text"),
        (Clause(Sort.OTHER), "text"),
    ],
)
def test_a_fault_is_named_where_it_stands(clause, part):
    assert set(faults(clause, SIDES, TODAY)) == {part}


def test_what_instalments_lack_is_said():
    short = faults(changed(payments=(Payment(DAY, 1000000),)), SIDES, TODAY)["payments"]
    assert "10,000元" in short
    assert "2,000元" in short


def test_today_is_still_a_day_to_perform_on():
    assert faults(changed(payments=(Payment(TODAY, 1200000),)), SIDES, TODAY) == {}


@given(st.integers(1, 10**14), st.integers(1, 60), st.dates(date(2026, 1, 1), date(2040, 12, 31)))
def test_monthly_parts_come_to_the_sum_each_later_than_the_one_before(fen, count, first):
    parts = monthly(fen, count, first)
    assert sum(each.fen for each in parts) == fen
    assert [each.due for each in parts] == sorted({each.due for each in parts})
    assert parts[0].due == first


def test_a_month_without_the_day_ends_earlier():
    assert [each.due.day for each in monthly(300, 3, date(2027, 1, 31))] == [31, 28, 31]


def test_the_plan_is_everything_with_a_day_in_order():
    plan = plan_of([SOUND[1], SOUND[2], SOUND[3], SOUND[9]])
    assert [(each.clause, each.part) for each in plan] == [(1, 1), (2, 1), (1, 2), (1, 3)]
    assert [each.fen for each in plan] == [333, 0, 333, 334]


def test_a_day_off_is_named_with_the_next_working_day():
    calendar = Calendar({date(2027, 1, 1): False}, frozenset({2027}))
    assert days_off(Clause(Sort.ACT, who=0, text="x", by=date(2027, 1, 1)), calendar) == [
        (date(2027, 1, 1), date(2027, 1, 4))
    ]


def test_every_sort_says_whether_a_court_may_confirm_it():
    assert set(CONFIRMING) == set(Sort.values)
    assert {sort for sort, each in CONFIRMING.items() if each.answer == Confirmable.NO} == {
        "ownership",
        "status",
    }


def test_one_clause_a_court_turns_down_keeps_the_whole_from_being_offered():
    assert may_be_confirmed([PAID])
    assert not may_be_confirmed([PAID, Clause(Sort.STATUS, text="解除收养关系")])
    assert not may_be_confirmed([])
