"""`same_as`: the number of an open matter nearby. Only those that are offered for the place are taken."""

from __future__ import annotations

import pytest

from linli.base.generations import bump
from linli.cases.models import Case, Category
from linli.kinds.matters import actions
from linli.portals.api.conftest import HOME, LAMP, MATTERS
from linli.posts.actor import PartyActor


@pytest.fixture
def body(world):
    """A lamp, with its place and category."""
    grid = world.place(HOME)
    where = {"longitude": grid.longitude, "latitude": grid.latitude}
    return {"text": LAMP, "category": "0201", **where}


@pytest.fixture
def first(send, body):
    """The number of an open one at the same place."""
    return send(MATTERS, body).json()["number"]


def test_it_follows_and_the_receipt_says_which(send, body, first):
    answer = send(MATTERS, {**body, "same_as": f" {first} "})
    assert (answer.status_code, answer.json()["follows"]) == (201, first)
    assert Case.everywhere.get(number=answer.json()["number"]).stage == "merged"


def test_the_same_key_gives_the_same_receipt(send, body, first):
    key = {"Idempotency-Key": "same"}
    one, two = (send(MATTERS, {**body, "same_as": first}, **key) for _time in range(2))
    assert (one.status_code, two.status_code) == (201, 200)
    assert one.json() == two.json()


def test_without_it_nothing_is_asked_and_nothing_said(send, body, first):
    assert "follows" not in send(MATTERS, body).json()


def test_whatever_is_not_offered_there_gets_one_and_the_same_answer(send, world, body, first):
    """Unknown, closed, sensitive, far away, of another sort: nobody learns from it which numbers there are."""
    elsewhere = {"by": PartyActor("reporter"), "text": "x", "division": world.place("南坡村第三网格")}
    far = actions.report(**elsewhere).number
    quarrel = send(MATTERS, {**body, "category": "0402"}).json()["number"]
    rubbish = send(MATTERS, {**body, "category": "0101", "text": "垃圾"}).json()["number"]
    Case.everywhere.filter(number=first).update(stage="void", closed_at=Case.everywhere.first().at)
    wrong = ["990101-26-99999-9", "x", first, far, quarrel, rubbish]
    answers = {send(MATTERS, {**body, "same_as": number}).content for number in wrong}
    assert len(answers) == 1
    assert Case.everywhere.count() == 4


def test_who_reports_something_sensitive_finds_no_number(send, body, first):
    answer = send(MATTERS, {**body, "category": "0401", "same_as": first})
    assert answer.status_code == 422
    assert list(answer.json()["error"]["fields"]) == ["same_as"]


def test_a_category_made_sensitive_is_offered_no_more(send, body, first):
    Category.objects.filter(code="0201").update(sensitive=True)
    bump("catalogue")
    assert send(MATTERS, {**body, "same_as": first}).status_code == 422
