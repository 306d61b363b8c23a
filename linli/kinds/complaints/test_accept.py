import pytest

from linli.base.errors import Conflict, Invalid, NotFound
from linli.cases.models import Clock
from linli.kinds.complaints import actions
from linli.kinds.complaints.conftest import complained, reload, reporter_of, state_of
from linli.kinds.complaints.routing import kept_from
from linli.posts.models import Organisation


def test_accepting_starts_the_clocks_of_the_inquiry(inquiring):
    assert state_of(inquiring) == ("inquiring", "", ["县督查员"])
    running = Clock.objects.filter(case=inquiring.pk, stopped_at=None)
    assert dict(running.values_list("name", "unit")) == {"handle": "calendar_days", "inquire": "working_days"}


def test_another_post_of_the_county_finds_nothing_to_accept(world, received):
    for key in ("county_clerk", "county_head", "administrator", "chengguan_clerk", "liuhe_clerk"):
        with pytest.raises(NotFound):
            actions.accept(received, by=world.by(key), seen=1)


def test_accepting_names_the_post_that_was_only_described(world):
    complaint = complained(world, "", named="二号窗口")
    actions.accept(complaint, by=world.by("inspector"), seen=1, about=world.posts["chengguan_clerk"])
    assert reload(complaint).about == world.posts["chengguan_clerk"]
    kept = set(complaint.case.withheld.values_list("post", flat=True))
    assert kept == kept_from(world.posts["chengguan_clerk"])


def test_whoever_finds_that_it_is_about_the_own_post_cannot_accept_it(world):
    complaint = complained(world, "", named="督查室的人")
    with pytest.raises(Conflict, match="Step aside"):
        actions.accept(complaint, by=world.by("inspector"), seen=1, about=world.posts["inspector"])
    assert reload(complaint).about is None


def test_stepping_aside_hands_it_on_and_takes_it_out_of_sight(world):
    complaint = complained(world, "", named="督查室的人")
    actions.recuse(
        complaint, by=world.by("inspector"), seen=1, reason="说的是本岗位", about=world.posts["inspector"]
    )
    assert state_of(complaint) == ("received", "", ["系统管理员"])
    with pytest.raises(NotFound):
        actions.accept(complaint, by=world.by("inspector"), seen=2)
    actions.accept(complaint, by=world.by("administrator"), seen=2)
    assert state_of(complaint)[2] == ["系统管理员"]


def test_two_who_step_aside_do_not_get_it_back(world, received):
    actions.recuse(received, by=world.by("inspector"), seen=1, reason="亲属关系")
    assert state_of(received)[2] == ["系统管理员"]
    actions.recuse(received, by=world.by("administrator"), seen=2, reason="无权调查")
    assert state_of(received)[2] == ["人事管理员"]
    with pytest.raises(Invalid, match="level above"):
        actions.recuse(received, by=world.by("appointer"), seen=3, reason="无权调查")
    assert state_of(received)[2] == ["人事管理员"]


def test_what_is_not_accepted_keeps_its_reason_and_can_be_reopened(world, received):
    actions.refuse(received, by=world.by("inspector"), seen=1, reason="属于对判决的意见")
    assert state_of(received) == ("refused", "refused", [])
    actions.reopen(received, by=reporter_of(received), seen=2, reason="不是判决")
    assert state_of(received) == ("received", "", ["县督查员"])


def test_a_refusal_is_looked_at_by_the_upper_level_where_there_is_one(world):
    complaint = complained(world, "东门社区第一网格")
    actions.refuse(complaint, by=world.by("inspector"), seen=1, reason="证据不足")
    actions.reopen(complaint, by=reporter_of(complaint), seen=2, reason="有照片")
    assert state_of(complaint) == ("received", "", ["中心主任"])
    actions.accept(complaint, by=world.by("county_head"), seen=3)
    assert state_of(complaint)[2] == ["中心主任"]


def test_passing_on_names_the_next_owner(world, inquiring):
    to = Organisation.objects.get(name="云溪县司法局")
    actions.pass_on(inquiring, by=world.by("inspector"), seen=2, to=to, reason="属违纪线索")
    assert state_of(inquiring) == ("passed_on", "passed_on", [])
    assert reload(inquiring).next_owner == to


def test_it_is_never_passed_on_to_the_body_it_is_about(world, inquiring):
    with pytest.raises(Invalid):
        actions.pass_on(
            inquiring, by=world.by("inspector"), seen=2, to=inquiring.about.organisation, reason="x"
        )


def test_the_complainant_may_take_it_back_until_it_is_decided(inquiring):
    actions.withdraw(inquiring, by=reporter_of(inquiring), seen=2)
    assert state_of(inquiring) == ("withdrawn", "withdrawn", [])
    assert not Clock.objects.filter(case=inquiring.pk, stopped_at=None).exists()
