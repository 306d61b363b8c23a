"""A matter that was not accepted, and the notice that says so."""

from __future__ import annotations

from typing import Any

import pytest

from linli.cases.models import Case
from linli.documents.models import Document
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact

ADDRESS = "https://linli.example/verify/ABC/"
RESULT = "该路段路灯由小区物业维护，已通知物业三日内修复。"
REMEDY = "可凭编号和查询码要求重办。"


@pytest.fixture
def refused(world: Any) -> Matter:
    """A matter that was not accepted."""
    grid = world.place("东门社区第一网格")
    opened = actions.report(
        by=PartyActor("reporter"),
        text="三号楼楼下的路灯坏了三天。",
        longitude=grid.longitude,
        latitude=grid.latitude,
        contact=GivenContact("李小芳", "13912345678"),
    )
    matter = Matter.objects.select_related("case").get(pk=opened.case)
    actions.refuse(matter, by=world.by("chengguan_clerk"), seen=1, reason="不属于本级职责")
    return Matter.objects.select_related("case").get(pk=opened.case)


@pytest.fixture
def issue(world: Any, refused: Matter) -> Any:
    """Issue the notice once more, and give its newest version."""

    def issued(result: str = RESULT) -> Document:
        seen = Case.everywhere.get(pk=refused.pk).version
        actions.issue(refused, by=world.by("chengguan_clerk"), seen=seen, result=result, remedy=REMEDY)
        return Document.objects.select_related("case", "wording").filter(case=refused.case).latest("version")

    return issued


@pytest.fixture
def notice(issue: Any) -> Document:
    """The notice of the result."""
    found: Document = issue()
    return found


@pytest.fixture
def reporter(refused: Matter) -> PartyActor:
    """Whoever reported it."""
    return PartyActor("reporter", refused.pk)
