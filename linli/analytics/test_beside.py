"""Joint cases and awaited answers are folded as many as a plain look at the tasks finds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from linli.analytics.beside import BESIDE
from linli.analytics.counting import count, counted_live
from linli.analytics.folding import fold_all
from linli.analytics.periods import Period
from linli.analytics.questions import Question
from linli.analytics.rollups import BY_KIND, folded
from linli.cases.joint import asked_first, joint_in, questions_in
from linli.cases.models import Case, Category
from linli.cases.narrowing import Narrowing
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.ledger.sequencing import sequence_all
from linli.posts.actor import PartyActor

pytestmark = pytest.mark.django_db
LAMP = "0201"


def version(matter):
    return Case.everywhere.get(pk=matter.pk).version


@pytest.fixture
def joint(world):
    """A matter that the street-light post leads and the water company helps with."""
    place = world.place("东门社区第一网格")
    opened = actions.report(by=PartyActor("reporter"), text="灯坏了", division=place)
    matter = Matter.objects.select_related("case").get(pk=opened.case)
    category = Category.objects.get(code=LAMP)
    actions.accept(matter, by=world.by("chengguan_clerk"), seen=1, category=category)
    to, helpers = world.posts["power"], [world.posts["water"]]
    actions.dispatch(matter, by=world.by("chengguan_dispatcher"), seen=2, to=to, helpers=helpers)
    return matter


def gauges(world, now):
    """By name, from the rollups and counted live, which agree; and what tasks and cases themselves say."""
    sequence_all()
    fold_all(now=now)
    asked = Question(Narrowing(place=world.county.trimmed), Period(now.date(), now.date()), now)
    assert folded(asked, "", BESIDE)[1] == set()
    found = count(asked, figures=BESIDE)
    assert found == counted_live(asked, figures=BESIDE)
    by_kind = count(asked, BY_KIND, BESIDE).get("matters", {})
    assert {name: number for name, number in by_kind.items() if number} == {
        name: number for name, number in found[None].items() if number
    }
    span = world.county.span
    late = joint_in(span, late=False, most=9).filter(due__lt=now).count()
    assert found[None] == {
        "joint": joint_in(span, late=False, most=9).count(),
        "joint_late": late,
        "awaited": questions_in(span).count(),
        "awaited_late": sum(due < now for _task, due in asked_first(span, late=False, most=9)),
    }
    return found[None]


def test_they_come_with_the_tasks_turn_with_the_clock_and_go_with_the_answers(world, joint):
    now = datetime.now(UTC)
    assert gauges(world, now) == {"joint": 1, "joint_late": 0, "awaited": 0, "awaited_late": 0}
    actions.supervise(
        joint, by=world.by("county_dispatcher"), seen=version(joint), question="请说明进展。", hours=4
    )
    assert gauges(world, now) == {
        "joint": 1,
        "joint_late": 0,
        "awaited": 2,
        "awaited_late": 0,
    }  # both are asked
    later = now + timedelta(days=90)
    assert gauges(world, later) == {"joint": 1, "joint_late": 1, "awaited": 2, "awaited_late": 2}
    actions.respond(joint, by=world.by("power"), seen=version(joint), reply="今天修好。")
    assert gauges(world, later)["awaited"] == 1
    actions.send_back(joint, by=world.by("power"), seen=version(joint), reason="不属于路灯，请另行派遣。")
    assert gauges(world, later)["joint"] == 0
