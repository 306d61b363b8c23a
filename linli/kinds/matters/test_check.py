import pytest

from linli.base.errors import NotYours
from linli.cases.models import Clock, Notice
from linli.kinds.matters import actions
from linli.kinds.matters.conftest import reload, state_of
from linli.posts.actions import appoint
from linli.posts.actor import PostActor, SystemActor


def test_a_passed_check_asks_the_reporter_and_starts_the_waiting(checked_matter):
    assert state_of(checked_matter) == ("checked", 5, ["热线话务员"])
    assert Clock.objects.get(case=checked_matter.case, stopped_at=None).name == "confirm"
    assert Notice.objects.filter(step="check").count() == 1


def test_a_failed_check_sends_it_back_to_the_same_post(world, handled_matter):
    actions.fail(handled_matter, by=world.by("chengguan_checker"), seen=4, reason="还有一盏不亮")
    assert state_of(handled_matter) == ("dispatched", 5, ["路灯维护岗"])
    assert reload(handled_matter).rounds == 1


@pytest.mark.parametrize("step", ["check", "fail"])
def test_who_handled_it_does_not_check_it_on_another_post_either(world, handled_matter, step):
    handler = world.by("power").holding.account
    second_hat = PostActor(
        appoint(handler, world.posts["county_checker"], by=SystemActor("test"), acting=True)
    )
    extra = {"reason": "不行"} if step == "fail" else {}
    with pytest.raises(NotYours, match="does not check it"):
        getattr(actions, step)(handled_matter, by=second_hat, seen=4, **extra)
