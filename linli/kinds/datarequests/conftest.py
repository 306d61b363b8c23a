"""Requests in each state, for the tests of every step; and the matters whose data they are about."""

from __future__ import annotations

from typing import Any

import pytest

from linli.cases.models import Case
from linli.kinds.datarequests import actions
from linli.kinds.datarequests.models import DataRequest
from linli.kinds.matters.conftest import reported_matter  # noqa: F401  fixtures are found by their names here
from linli.posts.actor import PartyActor
from linli.residents.models import Access
from linli.residents.reading import read

NAME, PHONE = "李小芳", "13912345678"


def by_code(case: Case) -> PartyActor:
    """Somebody who has opened a report with its code."""
    return PartyActor("reporter", person=case.reporter_id, proof="code")


def claimed(by: Any, wanted: str = "copy", **given: Any) -> DataRequest:
    """A request, as the database has it."""
    return reload_key(actions.claim(by=by, wanted=wanted, **given).case)


def reload_key(key: Any) -> DataRequest:
    """The request as the database has it now."""
    return DataRequest.objects.select_related("case__reporter", "about", "handler").get(pk=key)


def reload(request: DataRequest) -> DataRequest:
    """The same."""
    return reload_key(request.pk)


def requester_of(request: DataRequest) -> PartyActor:
    """The requester as an actor."""
    return PartyActor("reporter", request.pk)


def answered(request: DataRequest, world: Any, answer: str = "granted", **given: Any) -> DataRequest:
    """Answered by the inspector."""
    actions.decide(request, by=world.by("inspector"), seen=request.case.version, answer=answer, **given)
    return reload(request)


def state_of(request: DataRequest) -> tuple[str, str, list[str]]:
    """Stage, outcome, and the titles of the posts with an open task."""
    case = Case.everywhere.get(pk=request.pk)
    open_ones = case.tasks.filter(closed_at=None)
    return case.stage, case.outcome, sorted(task.post.title for task in open_ones)


def looked(case: Case, by: Any) -> Access:
    """The row that a call-back leaves."""
    read(case.reporter, "call_back", case, by=by)
    return Access.objects.filter(contact=case.reporter_id).latest("id")


@pytest.fixture
def own_case(reported_matter: Any) -> Case:  # noqa: F811  the fixture of that name
    """A matter that somebody raised with name and number."""
    case: Case = reported_matter.case
    return case


@pytest.fixture
def asked_why(world: Any, own_case: Case) -> DataRequest:
    """Somebody asks why a town's clerk looked."""
    look = looked(own_case, world.by("chengguan_clerk"))
    return claimed(by_code(own_case), "ask_why", look=look.pk)
