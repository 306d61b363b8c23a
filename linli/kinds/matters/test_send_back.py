from linli.cases.story import story_for_reporter
from linli.kinds.matters import actions
from linli.kinds.matters.conftest import reload, state_of
from linli.ledger.models import Entry


def test_a_returned_matter_goes_to_the_dispatcher_with_its_reason(world, dispatched_matter):
    actions.send_back(dispatched_matter, by=world.by("power"), seen=3, reason="这盏灯归小区物业")
    assert state_of(dispatched_matter) == ("returned", 4, ["城关街道派遣员"])
    assert reload(dispatched_matter).case.lead is None
    assert Entry.objects.get(name="matters.send_back").detail.words["reason"] == "这盏灯归小区物业"


def test_going_to_and_fro_between_offices_is_not_published(world, dispatched_matter):
    actions.send_back(dispatched_matter, by=world.by("power"), seen=3, reason="这盏灯归小区物业")
    assert "send_back" not in [each.step for each in story_for_reporter(dispatched_matter.case)]
