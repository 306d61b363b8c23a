from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.cases.channels import text_of
from linli.cases.follow import follow_code
from linli.cases.models import Clock, Notice
from linli.cases.notices import send_waiting
from linli.cases.steps import open_case, take
from linli.kinds.leaks import actions
from linli.kinds.leaks.conftest import reload_key, state_of
from linli.posts.actor import PartyActor, SystemActor
from linli.residents.models import Access
from linli.residents.purposes import purpose_named
from linli.residents.reading import read

WHAT, ADVICE = "登记的电话被人转卖。", "不接陌生推销电话，遇到诈骗拨打110。"


def test_it_goes_to_the_inspector_with_its_clocks_from_the_first_minute(raised):
    assert state_of(raised) == ("raised", "", ["县督查员"])
    running = Clock.objects.filter(case=raised.pk, stopped_at=None).values_list("name", flat=True)
    assert set(running) == {"contain", "authority", "conclude"}


def test_the_post_it_may_have_come_from_and_its_superior_find_nothing(raised, world):
    for key in ("chengguan_clerk", "county_head", "county_dispatcher", "liuhe_clerk"):
        with pytest.raises(NotFound):
            actions.contain(raised, by=world.by(key), seen=1, measures="x")


def test_any_post_reports_one_and_residents_use_other_ways(world):
    for key in ("东门社区第一网格", "power", "head_东门社区"):
        by = world.by(key)
        assert open_case("leaks", {"text": "电脑被盗"}, by=by).number
    with pytest.raises(NotYours):
        open_case("leaks", {"text": "x", "division": "990101"}, by=PartyActor("reporter"))


def test_the_system_opens_one_too(world):
    opened = actions.notice(by=SystemActor("doctor"), text="导出文件缺失", division=world.county)
    assert state_of(reload_key(opened.case))[0] == "raised"


def test_it_does_not_close_before_authority_and_people_were_told(assessed, world):
    by = world.by("inspector")
    with pytest.raises(Conflict, match="authority"):
        actions.finish(assessed, by=by, seen=3, report="x")
    actions.report_authority(assessed, by=by, seen=3, authority="县网信办，电话报告")
    with pytest.raises(Conflict, match="people"):
        actions.finish(assessed, by=by, seen=4, report="x")
    actions.spare(assessed, by=by, seen=4, reason="文件已加密，密钥未泄露")
    actions.finish(assessed, by=by, seen=5, report="已整改")
    assert state_of(assessed) == ("closed", "reported", [])
    assert not Clock.objects.filter(case=assessed.pk, stopped_at=None).exists()


def test_those_of_named_cases_are_told_what_leaked_and_what_they_can_do(assessed, reported_matter, world):
    Notice.objects.all().delete()
    actions.tell(
        assessed,
        by=world.by("inspector"),
        seen=3,
        what=WHAT,
        advice=ADVICE,
        numbers=[reported_matter.case.number],
    )
    notice = Notice.objects.get(channel="sms")
    text = text_of(notice)
    assert WHAT in text
    assert ADVICE in text
    for secret in (assessed.case.number, follow_code(assessed.pk), follow_code(reported_matter.pk)):
        assert secret not in text
    assert send_waiting(10) == 1
    row = Access.objects.get(contact=reported_matter.case.reporter_id)
    assert (row.activity, row.about) == (purpose_named("notice").nr, reported_matter.pk)


def test_those_whom_a_post_looked_at_are_told_each_number_once(assessed, reported_matter, world):
    case, by = reported_matter.case, world.by("inspector")
    for _time in range(2):
        read(case.reporter, "call_back", case, by=world.by("chengguan_clerk"))
    Notice.objects.all().delete()
    looked = world.posts["chengguan_clerk"]
    with pytest.raises(Invalid):
        actions.tell(
            assessed,
            by=by,
            seen=3,
            what=WHAT,
            advice=ADVICE,
            looked=looked,
            until=timezone.now() - timedelta(days=1),
        )
    actions.tell(assessed, by=by, seen=3, what=WHAT, advice=ADVICE, looked=looked)
    assert Notice.objects.filter(channel="sms").count() == 1
    assert reload_key(assessed.pk).told_count == 1


def test_numbers_are_typed_as_people_type_them(assessed, reported_matter, world):
    data = {"what": WHAT, "advice": ADVICE, "numbers": f"{reported_matter.case.number}，\n990101-26-99999-9"}
    take(assessed.case, "tell", data, by=world.by("inspector"), seen=3)
    assert reload_key(assessed.pk).told_count == 1


def test_what_is_no_leak_ends_with_its_reason(raised, world):
    actions.dismiss(raised, by=world.by("inspector"), seen=1, reason="是测试数据")
    assert state_of(raised) == ("closed", "dismissed", [])


def test_nobody_reports_their_own_line_into_the_dark(world):
    with pytest.raises(Conflict):
        actions.notice(
            by=world.by("chengguan_clerk"),
            text="x",
            division=world.county,
            about=world.posts["chengguan_clerk"],
        )
