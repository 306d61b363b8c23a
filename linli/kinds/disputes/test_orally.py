import pytest

from linli.base.errors import Conflict, Invalid
from linli.cases.models import Case, Clock
from linli.cases.steps import open_case, take
from linli.kinds.disputes.conftest import Way
from linli.kinds.disputes.models import Dispute
from linli.registers.actions.mediators import declare
from linli.registers.models import Mediator

QUARREL = {
    "text": "楼道堆物起了口角。",
    "name": "李小芳",
    "phone": "13912345678",
    "other_name": "王强",
    "other_phone": "13887654321",
}
SETTLED = {
    "agreed": "王强今晚把鞋柜搬回家，双方互致歉意。",
    "manner": "present",
    "calm": "on",
    "confirmable": "on",
}


@pytest.fixture
def quarrel(world, committee):
    way = Way(world, None)
    given = {**QUARREL, "division": world.place("东门社区").trimmed}
    way.key = open_case("disputes", given, by=way.fan).case
    return way


def test_a_mediator_settles_a_quarrel_in_two_forms(quarrel):
    take(quarrel.case, "settle_orally", SETTLED, by=quarrel.fan, seen=1)
    assert (quarrel.stage, quarrel.dispute.form) == ("performing", "oral")
    assert quarrel.papers("oral")


def test_it_binds_from_that_moment(quarrel):
    take(quarrel.case, "settle_orally", SETTLED, by=quarrel.fan, seen=1)
    clock = Clock.objects.get(case=quarrel.key, name="confirm", stopped_at=None)
    assert Dispute.objects.get(pk=quarrel.key).effective_at == clock.started_at


def test_who_took_it_in_must_say_that_nobody_was_threatened(quarrel):
    with pytest.raises(Invalid) as refused:
        take(quarrel.case, "settle_orally", {**SETTLED, "calm": ""}, by=quarrel.fan, seen=1)
    assert "calm" in refused.value.facts["fields"]


def test_where_there_was_violence_nothing_is_settled_on_the_spot(quarrel):
    quarrel.go(quarrel.fan, "triage", safety="apart", crime=False, advice="先去亲戚家")
    with pytest.raises(Conflict, match="nothing is settled on the spot"):
        quarrel.go(quarrel.fan, "settle_orally", agreed="算了", manner="present", calm=True)


def test_with_one_side_alone_there_is_no_agreement(applied):
    with pytest.raises(Conflict, match="other side first"):
        applied.go(applied.head, "settle_orally", agreed="算了", manner="present", calm=True)
    assert Case.everywhere.get(pk=applied.key).stage == "applied"


def test_who_declared_a_tie_with_a_side_settles_nothing_between_them(quarrel):
    declare(Mediator.objects.get(holding=quarrel.fan.holding), "王强", by=quarrel.fan)
    with pytest.raises(Conflict, match="declared a tie"):
        take(quarrel.case, "settle_orally", SETTLED, by=quarrel.fan, seen=1)
