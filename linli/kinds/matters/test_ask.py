import pytest

from linli.base.errors import NotYours
from linli.cases.models import Notice
from linli.cases.story import story_for_reporter
from linli.kinds.matters import actions
from linli.kinds.matters.conftest import reload, state_of


def test_a_question_reaches_the_reporter_and_the_answer_the_same_post(world, dispatched_matter, reporter_of):
    actions.ask(dispatched_matter, by=world.by("power"), seen=3, question="是几单元门口那盏?")
    assert Notice.objects.filter(step="ask", channel="sms").count() == 1
    actions.answer(dispatched_matter, by=reporter_of(dispatched_matter), seen=4, reply="二单元")
    assert state_of(dispatched_matter) == ("dispatched", 5, ["路灯维护岗"])
    told = [(each.step, each.words) for each in story_for_reporter(dispatched_matter.case)][-2:]
    assert told == [("ask", {"question": "是几单元门口那盏?"}), ("answer", {"answer": "二单元"})]


def test_the_promise_runs_on_while_an_answer_is_awaited(world, dispatched_matter):
    actions.ask(dispatched_matter, by=world.by("power"), seen=3, question="在哪里?")
    assert reload(dispatched_matter).case.due == dispatched_matter.case.due


def test_only_the_post_that_has_the_task_asks(world, dispatched_matter):
    with pytest.raises(NotYours):
        actions.ask(dispatched_matter, by=world.by("water"), seen=3, question="?")
