"""The agreement's editor: buttons lose nothing, faults stand where they are, the preview is plain."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from linli.base.errors import Invalid
from linli.cases.steps import values_of
from linli.kinds.disputes.clauses import Clause, How, Payment, Sort, monthly
from linli.kinds.disputes.forms.agreement import AgreementForm
from linli.kinds.disputes.forms.clause_rows import PRESS, as_typed, typed_rows
from linli.kinds.disputes.plain import plainly
from linli.posts.actor import PartyActor

pytestmark = pytest.mark.django_db
NAMES = {0: "王大明", 1: "李小芳"}
SOON = timezone.localdate() + timedelta(days=30)
MONEY = {
    "clauses-0-sort": "money",
    "clauses-0-who": "1",
    "clauses-0-whom": "0",
    "clauses-0-fen": "１２，０００",
    "clauses-0-how": "transfer",
    "clauses-0-due-0": SOON.isoformat(),
    "clauses-0-part-0": "",
}
FACTS = {"facts": "楼上漏水，双方就维修费用有争议。", "place": ""}


def form_of(data):
    form = AgreementForm(data, by=PartyActor("reporter"))
    form.between(NAMES)
    return form


def pressing(button, **more):
    return typed_rows({**MONEY, **more, PRESS: button}, "clauses").rows


def test_a_sum_paid_at_once_needs_no_instalment_sum():
    (clause,) = values_of(form_of(FACTS | MONEY))["clauses"]
    assert clause == Clause(
        Sort.MONEY, who=1, whom=0, fen=1200000, how=How.TRANSFER, payments=(Payment(SOON, 1200000),)
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"clauses-0-fen": "壹万贰"}, "cannot be read for certain"),
        ({"clauses-0-fen": ""}, "whole sum"),
        ({"clauses-0-fen": "0"}, "more than nothing"),
        ({"clauses-0-whom": "1"}, "same person"),
        ({"clauses-0-who": "9"}, "Who pays"),
        ({"clauses-0-due-0": "2026-02-30"}, "Day"),
        ({"clauses-0-due-0": "2001-01-01"}, "has passed"),
        ({"clauses-0-due-0": ""}, "choose the day"),
        ({"clauses-0-part-0": "11,000"}, "1,000元 less"),
        ({"clauses-0-sort": "robbery"}, "at least one clause"),
        ({"clauses-0-how": "spoken"}, "How"),
    ],
)
def test_what_is_wrong_is_said_by_clause_and_part(typed, said):
    with pytest.raises(Invalid) as refusal:
        values_of(form_of(FACTS | MONEY | typed))
    assert said in " ".join(refusal.value.facts["fields"]["clauses"])


def test_without_a_clause_there_is_no_agreement():
    with pytest.raises(Invalid):
        values_of(form_of(FACTS))


def test_adding_a_clause_keeps_what_was_typed():
    rows = pressing("add", **{"clauses-new": "apology"})
    assert rows[0]["fen"] == "１２，０００"
    assert rows[1] == {"sort": "apology"}


def test_removing_one_keeps_the_others():
    rows = pressing("remove:0", **{"clauses-1-sort": "other", "clauses-1-text": "好好相处"})
    assert rows == ({"sort": "other", "text": "好好相处"},)


def test_a_clause_moves_up():
    rows = pressing("up:1", **{"clauses-1-sort": "other", "clauses-1-text": "好好相处"})
    assert [row["sort"] for row in rows] == ["other", "money"]


def test_one_more_instalment_is_an_empty_row():
    assert pressing("more:0")[0]["due-1"] == ""


def test_a_sum_is_split_into_equal_months():
    (row,) = pressing("split:0", **{"clauses-0-count": "3", "clauses-0-fen": "一万元"})
    assert [row[f"part-{nr}"] for nr in range(3)] == ["3,333.33", "3,333.33", "3,333.34"]
    assert row["due-0"] == SOON.isoformat()


@pytest.mark.parametrize(
    "button", ["remove:9", "remove:-1", "remove:x", "more:٣", "up:0", "nonsense", "split:0", "add"]
)
def test_a_button_that_fits_nothing_changes_nothing(button):
    assert len(pressing(button)) == 1


def test_a_button_never_takes_the_step():
    with pytest.raises(Invalid, match="only changes the form"):
        values_of(form_of(FACTS | MONEY | {PRESS: "look"}))


def test_a_program_sends_a_list():
    sent = [
        {
            "sort": "money",
            "who": 1,
            "whom": 0,
            "fen": "12000.00",
            "how": "cash",
            "payments": [{"due": str(SOON)}],
        }
    ]
    (clause,) = values_of(form_of(FACTS | {"clauses": json.dumps(sent)}))["clauses"]
    assert clause.payments == (Payment(SOON, 1200000),)


@pytest.mark.parametrize(
    "sent", ["{", "1", "[1]", '[{"sort": "x"}]', "[{}]", "[" * 5000, '[{"sort":"money","payments":5}]']
)
def test_a_list_that_cannot_be_read_is_refused(sent):
    with pytest.raises(Invalid):
        values_of(form_of(FACTS | {"clauses": sent}))


@pytest.mark.parametrize("count", [1, 4])
def test_an_agreement_goes_back_into_the_editor_as_it_was(count):
    clause = Clause(
        Sort.MONEY, who=1, whom=0, fen=100001, how=How.CASH, payments=monthly(100001, count, SOON)
    )
    typed = {f"clauses-0-{name}": value for name, value in as_typed(clause).items()}
    assert values_of(form_of(FACTS | typed))["clauses"] == (clause,)


def test_forty_clauses_and_sixty_instalments_are_the_most():
    many = {f"clauses-{nr}-sort": "confidential" for nr in range(41)}
    with pytest.raises(Invalid):
        values_of(form_of(FACTS | many))


def test_plain_words_say_who_pays_whom_what_until_when():
    day = date(2026, 12, 31)
    clause = Clause(
        Sort.MONEY, who=1, whom=0, fen=1200000, how=How.TRANSFER, payments=(Payment(day, 1200000),)
    )
    assert plainly([clause], NAMES) == [
        "李小芳 pays 王大明 12,000 yuan by 31 December 2026, by bank transfer."
    ]
    with translation.override("zh-hans"):
        assert "李小芳" in plainly([clause], NAMES)[0]
