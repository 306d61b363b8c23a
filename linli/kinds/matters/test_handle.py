import pytest

from linli.base.errors import NotYours
from linli.kinds.matters import actions
from linli.kinds.matters.conftest import state_of


def test_the_post_that_has_the_task_handles_and_a_checker_gets_it(handled_matter):
    assert state_of(handled_matter) == ("handled", 4, ["城关街道核查员"])
    assert handled_matter.result == "换了灯泡，已亮。"


def test_another_handling_post_of_the_county_may_not(world, dispatched_matter):
    with pytest.raises(NotYours):
        actions.handle(dispatched_matter, by=world.by("water"), seen=3, result="修好了")
    assert state_of(dispatched_matter)[0] == "dispatched"
