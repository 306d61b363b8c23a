import pytest

from linli.base.errors import Conflict, Invalid, NotYours
from linli.cases.kinds import kind_of
from linli.cases.models import Case
from linli.kinds.matters import actions
from linli.kinds.matters.conftest import state_of
from linli.ledger.models import Entry

STAGES = sorted(
    set(kind_of("matters").procedure.stages) - kind_of("matters").procedure.steps["dispatch"].leaves
)


def dispatch(world, matter, **changes):
    given = {"by": world.by("chengguan_dispatcher"), "seen": 2, "to": world.posts["power"]} | changes
    actions.dispatch(matter, **given)


def test_dispatch_names_the_handler_moves_the_case_and_is_recorded(world, accepted_matter):
    dispatch(world, accepted_matter, note="请三天内修好")
    assert state_of(accepted_matter) == ("dispatched", 3, ["路灯维护岗"])
    entry = Entry.objects.get(name="matters.dispatch")
    assert entry.facts["handler"] == world.posts["power"].pk
    assert entry.detail.words == {"note": "请三天内修好"}


def test_without_the_power_nothing_changes(world, accepted_matter):
    with pytest.raises(NotYours):
        dispatch(world, accepted_matter, by=world.by("chengguan_clerk"))
    assert state_of(accepted_matter)[:2] == ("accepted", 2)


def test_a_post_that_serves_another_town_cannot_be_given_it(world, accepted_matter):
    with pytest.raises(Invalid, match="does not serve this place"):
        dispatch(world, accepted_matter, to=world.posts["liuhe_team"])
    assert state_of(accepted_matter)[:2] == ("accepted", 2)


@pytest.mark.parametrize("stage", STAGES)
def test_every_other_stage_refuses(world, accepted_matter, stage):
    Case.everywhere.filter(pk=accepted_matter.pk).update(stage=stage)
    with pytest.raises(Conflict, match="not possible any more"):
        dispatch(world, accepted_matter)


def test_no_ledger_no_dispatch(world, accepted_matter, monkeypatch):
    monkeypatch.setattr("linli.cases.books.record", lambda _line: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        dispatch(world, accepted_matter)
    assert state_of(accepted_matter)[:2] == ("accepted", 2)
