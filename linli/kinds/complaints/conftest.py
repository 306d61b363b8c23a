"""Complaints in each state, for the tests of every step: named for what has happened to them."""

from __future__ import annotations

from typing import Any

import pytest

from linli.cases.models import Case
from linli.kinds.complaints import actions
from linli.kinds.complaints.models import Complaint
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact

TEXT = "周一下午去窗口办登记，材料不齐让我回去，又不肯写清楚缺什么。"
NAME, PHONE = "欧阳小芳", "13912345678"
QUESTION = "反映你岗没有一次性告知所缺材料，请说明。"
ABOUT = "chengguan_clerk"


def complained(world: Any, about: str = ABOUT, **given: Any) -> Complaint:
    """A complaint about a post of the demo county, from a resident who left name and telephone number."""
    contact = GivenContact(NAME, PHONE)
    values = {"text": TEXT, "about": world.posts[about] if about else None, "contact": contact, **given}
    return reload_key(actions.complain(by=PartyActor("reporter"), **values).case)


def reload_key(key: Any) -> Complaint:
    """The complaint as the database has it now."""
    return Complaint.objects.select_related("case", "about", "handler").get(pk=key)


def reload(complaint: Complaint) -> Complaint:
    """The same."""
    return reload_key(complaint.pk)


def reporter_of(complaint: Complaint) -> PartyActor:
    """The complainant as an actor."""
    return PartyActor("reporter", complaint.pk)


def state_of(complaint: Complaint) -> tuple[str, str, list[str]]:
    """Stage, outcome, and the titles of the posts with an open task."""
    case = Case.everywhere.get(pk=complaint.pk)
    open_ones = case.tasks.filter(closed_at=None).order_by("id")
    return case.stage, case.outcome, sorted(task.post.title for task in open_ones)


@pytest.fixture
def received(world: Any) -> Complaint:
    return complained(world)


@pytest.fixture
def inquiring(world: Any, received: Complaint) -> Complaint:
    actions.accept(received, by=world.by("inspector"), seen=1)
    return reload(received)


@pytest.fixture
def hearing(world: Any, inquiring: Complaint) -> Complaint:
    actions.hear(inquiring, by=world.by("inspector"), seen=2, question=QUESTION)
    return reload(inquiring)


@pytest.fixture
def answered(world: Any, hearing: Complaint) -> Complaint:
    actions.answer(hearing, by=world.by(ABOUT), seen=3, reply="当天人多，没有写告知单。")
    return reload(hearing)


@pytest.fixture
def decided(world: Any, answered: Complaint) -> Complaint:
    actions.decide(
        answered,
        by=world.by("inspector"),
        seen=4,
        finding="upheld",
        reasons="没有一次性告知的记录。",
        measures="当面致歉，窗口统一使用告知单。",
    )
    return reload(answered)


@pytest.fixture
def closed(decided: Complaint) -> Complaint:
    actions.confirm(decided, by=reporter_of(decided), seen=5)
    return reload(decided)
