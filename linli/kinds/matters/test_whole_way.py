"""A matter of three bodies, from report to reopening, with every due date reckoned by hand.

March 2026 has no public holiday; the 2nd is a Monday. The limit is five working days from acceptance.
"""

from datetime import datetime

import pytest

from linli.base.errors import Conflict, NotYours
from linli.base.worktime import PLACE_TIME
from linli.cases.catalogue import suggestion
from linli.cases.followers import close_followers
from linli.cases.models import Case, Category, Clock, Notice, Responsibility, Task
from linli.kinds.matters import actions
from linli.kinds.matters.conftest import HOME, reload, state_of
from linli.kinds.matters.models import Matter
from linli.posts.actor import PartyActor, SystemActor
from linli.residents.keeping import GivenContact


def march(day, hour=9, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=PLACE_TIME)


def end_of(day, month=3):
    return datetime(2026, month, day, 23, 59, 59, tzinfo=PLACE_TIME)


class Way:
    """Takes one step after the other, always with the version it finds."""

    def __init__(self, world, matter):
        self.world, self.matter = world, matter

    def go(self, who, step, at=None, **given):
        case = Case.everywhere.get(pk=self.matter.pk)
        by = self.world.by(who) if isinstance(who, str) else who
        getattr(actions, step)(self.matter, by=by, seen=case.version, at=at, **given)
        return self

    @property
    def reporter(self):
        return PartyActor("reporter", self.matter.pk)

    @property
    def due(self):
        return Case.everywhere.get(pk=self.matter.pk).due

    def stage(self):
        return state_of(self.matter)[0]

    def has_tasks(self):
        open_now = Task.objects.filter(case=self.matter.pk, closed_at=None).select_related("post")
        return {(task.post.title, task.role) for task in open_now}

    def clock(self, name, post=None):
        found = Clock.objects.filter(case=self.matter.pk, name=name, stopped_at=None)
        return (found.get(task__post=post) if post else found.get()).due_at


@pytest.fixture
def way(world):
    opened = actions.report(
        by=PartyActor("reporter"),
        text="路面塌陷，井盖下沉，路灯杆也歪了。",
        division=world.place(HOME),
        contact=GivenContact("李小芳", "13912345678"),
        at=march(2, 10),
    )
    matter = Matter.objects.select_related("case").get(pk=opened.case)
    covers = Category.objects.get(kind="matters", code="0202")
    return Way(world, matter).go("chengguan_clerk", "accept", march(2, 11), category=covers)


@pytest.fixture
def joint(way, world):
    """Dispatched on Tuesday to housing, which leads, with power and water."""
    helpers = [world.posts["power"], world.posts["water"]]
    return way.go("chengguan_dispatcher", "dispatch", march(3), to=world.posts["housing"], helpers=helpers)


@pytest.fixture
def ruled(joint, world):
    """Housing says it is not theirs; the county's dispatcher rules on Wednesday that city management leads."""
    joint.go("housing", "disclaim", march(3, 14), reason="道路附属设施由城管负责")
    helpers = [world.posts["power"], world.posts["water"]]
    to = world.posts["city_management"]
    return joint.go(
        "county_dispatcher", "rule", march(4, 10), to=to, helpers=helpers, reason="按三定方案由城管牵头"
    )


def test_lead_and_helpers_each_have_a_task_and_a_clock(joint, world):
    assert joint.has_tasks() == {("住建处置岗", "lead"), ("路灯维护岗", "helps"), ("供水抢修岗", "helps")}
    assert joint.due == end_of(9)  # 3, 4, 5, 6, 9 March
    assert {joint.clock("part", world.posts[key]) for key in ("housing", "power", "water")} == {end_of(10)}


def test_the_stage_moves_with_the_last_part(joint):
    joint.go("housing", "handle", march(4), result="井盖已换")
    assert joint.stage() == "dispatched"
    joint.go("water", "handle", march(4, 10), result="管道无漏")
    assert joint.stage() == "dispatched"
    joint.go("power", "handle", march(4, 11), result="灯杆扶正")
    assert joint.stage() == "handled"
    assert reload(joint.matter).result == "井盖已换"


def test_who_dispatched_does_not_rule(joint, world):
    joint.go("housing", "disclaim", march(3, 14), reason="不归我们")
    assert joint.has_tasks() == {("县级派遣员", "next")}
    with pytest.raises(NotYours):
        joint.go("chengguan_dispatcher", "rule", march(4), to=world.posts["housing"], reason="就归你们")


def test_a_ruling_is_proposed_and_once_adopted_cited(ruled, world):
    row = Responsibility.objects.get(state="proposed")
    assert (row.post, row.ruling_id) == (world.posts["city_management"], ruled.matter.pk)
    case = Case.everywhere.get(pk=ruled.matter.pk)
    known = suggestion(case.category, case.code_now, march(5).date())
    assert known is not None
    assert known.post == world.posts["housing"]


def test_a_helper_that_declines_is_replaced_or_excused(ruled, world):
    ruled.go("water", "decline", march(4, 15), reason="无供水管线")
    assert ("城关街道派遣员", "asked") in ruled.has_tasks()
    ruled.go("chengguan_dispatcher", "add_helper", march(5), to=world.posts["market"])
    assert ruled.has_tasks() == {
        ("城管处置岗", "lead"),
        ("路灯维护岗", "helps"),
        ("市场监管岗", "helps"),
    }
    assert ruled.clock("part", world.posts["market"]) == end_of(12)


def test_when_the_last_helper_is_excused_the_finished_case_goes_on(ruled):
    for who in ("city_management", "power"):
        ruled.go(who, "handle", march(5), result="好了")
    ruled.go("water", "decline", march(5, 10), reason="无供水管线")
    assert ruled.stage() == "dispatched"
    ruled.go("chengguan_dispatcher", "excuse", march(5, 11), reason="无需供水")
    assert ruled.stage() == "handled"


def test_the_whole_way_with_its_clocks(ruled, world):
    ruled.go("city_management", "request_extension", march(5, 10), amount=3, reason="缺配件")
    ruled.go("chengguan_dispatcher", "extend", march(6), amount=3, reason="配件下周到")
    assert ruled.due == end_of(12)  # eight working days: 3-6 and 9-12 March
    lead = Task.objects.get(case=ruled.matter.pk, closed_at=None, role="lead")
    assert lead.pressing_at == end_of(11)  # its own part ends before the promise
    ruled.go("county_head", "park", march(6, 17), because="funding")
    assert ruled.due is None
    ruled.go("county_head", "resume", march(13))
    assert ruled.due == end_of(19)  # four used (3-6), four left: 16, 17, 18, 19 March
    lead.refresh_from_db()
    assert lead.pressing_at == end_of(18)  # two used of its five: 16, 17, 18 March
    ruled.go("power", "handle", march(16), result="灯杆扶正").go("water", "handle", march(16), result="无漏")
    ruled.go("city_management", "handle", march(17, 10), result="路面修复")
    ruled.go("chengguan_checker", "fail", march(17, 15), reason="井盖仍高于路面")
    assert ruled.has_tasks() == {("城管处置岗", "lead")}
    assert ruled.clock("part") == end_of(20)  # three working days by default: 18, 19, 20 March
    ruled.go("city_management", "handle", march(18), result="井盖调平")
    ruled.go("chengguan_checker", "check", march(19))
    assert ruled.clock("confirm") == end_of(26)
    ruled.go(SystemActor("clock"), "lapse", march(27, 8))
    case = Case.everywhere.get(pk=ruled.matter.pk)
    assert (case.stage, case.outcome, case.closed_at) == ("closed", "unconfirmed", march(27, 8))
    assert ruled.clock("reopen") == end_of(27, 4)  # 26 April is a Sunday
    promise = Clock.objects.filter(case=case, name="promise").order_by("-started_at", "-id")[0]
    assert (promise.first_due, promise.due_at, promise.stopped_at) == (end_of(9), end_of(19), march(19))
    ruled.go(ruled.reporter, "reopen", datetime(2026, 4, 2, 10, tzinfo=PLACE_TIME), reason="又塌了")
    assert ruled.stage() == "accepted"


def test_who_asked_for_more_time_does_not_grant_it(ruled):
    ruled.go("city_management", "request_extension", march(5), amount=3, reason="缺配件")
    with pytest.raises(NotYours):
        ruled.go("city_management", "extend", march(5), amount=3, reason="同意")


def test_a_whistle_must_be_answered_before_the_check(ruled, world):
    ruled.go("chengguan_dispatcher", "whistle", march(5, 9), to=[world.posts["fire"]], hours=4, task="到场")
    assert ruled.clock("answer", world.posts["fire"]) == march(5, 13)
    for who in ("city_management", "power", "water"):
        ruled.go(who, "handle", march(5, 15), result="好了")
    with pytest.raises(Conflict, match="消防安全岗"):
        ruled.go("chengguan_checker", "check", march(6))
    ruled.go("fire", "respond", march(6), reply="已到场")
    ruled.go("chengguan_checker", "check", march(6, 10))
    assert ruled.stage() == "checked"


def test_supervision_asks_whoever_has_the_next_step(ruled):
    ruled.go("county_head", "supervise", march(5), question="进展如何", hours=8)
    asked = {post for post, role in ruled.has_tasks() if role == "asked"}
    assert asked == {"城管处置岗", "路灯维护岗", "供水抢修岗"}
    ruled.go("power", "respond", march(5, 11), reply="配件在途")
    assert ("路灯维护岗", "helps") in ruled.has_tasks()


def test_after_the_second_reopening_an_upper_post_decides_with_reasons(ruled):
    for _round in (1, 2):
        if ruled.stage() == "accepted":
            ruled.go("chengguan_dispatcher", "dispatch", to=ruled.world.posts["city_management"])
        for who in ("city_management", "power", "water"):
            if any(title == ruled.world.posts[who].title for title, _role in ruled.has_tasks()):
                ruled.go(who, "handle", result="好了")
        ruled.go("chengguan_checker", "check").go(ruled.reporter, "confirm")
        ruled.go(ruled.reporter, "reopen", reason="没有解决")
    assert ruled.stage() == "deciding"
    assert ruled.has_tasks() == {("中心主任", "next")}
    ruled.go("county_head", "uphold", reason="已按规范修复，见检测报告")
    case = Case.everywhere.get(pk=ruled.matter.pk)
    assert (case.stage, case.outcome) == ("closed", "disagreed")
    with pytest.raises(Conflict):
        ruled.go(ruled.reporter, "reopen", reason="还是不行")


def test_one_level_up_and_back(way):
    way.go("chengguan_dispatcher", "escalate", march(3), reason="跨街道")
    assert way.has_tasks() == {("县级派遣员", "next")}
    way.go("county_dispatcher", "hand_down", march(3, 15), advice="由街道牵头，县住建配合")
    assert way.has_tasks() == {("城关街道派遣员", "next")}
    with pytest.raises(Conflict, match="no upper level"):
        way.go("county_dispatcher", "escalate", march(4), reason="再往上")


def test_the_upper_level_has_a_clock_of_its_own_until_it_hands_down_or_dispatches(way):
    def running():
        return Clock.objects.filter(case=way.matter.pk, name="coordinate", stopped_at=None).count()

    way.go("chengguan_dispatcher", "escalate", march(3), reason="跨街道")
    assert running() == 1
    way.go("county_dispatcher", "hand_down", march(3, 15), advice="由街道牵头，县住建配合")
    assert running() == 0
    way.go("chengguan_dispatcher", "escalate", march(4), reason="仍需协调")
    way.go("county_dispatcher", "dispatch", march(4, 15), to=way.world.posts["city_management"])
    assert running() == 0


def other_matter(world):
    opened = actions.report(
        by=PartyActor("reporter"),
        text="同一处路面塌了",
        division=world.place(HOME),
        contact=GivenContact("王强", "13887654321"),
    )
    return Way(world, Matter.objects.select_related("case").get(pk=opened.case))


def test_the_originals_closing_reaches_every_reporter(ruled, world):
    second, third = other_matter(world), other_matter(world)
    second.go("chengguan_clerk", "link_duplicate", original=ruled.matter.case)
    third.go("chengguan_clerk", "link_duplicate", original=second.matter.case)
    assert second.has_tasks() == set()
    assert close_followers() == 0
    for who in ("city_management", "power", "water"):
        ruled.go(who, "handle", result="好了")
    ruled.go("chengguan_checker", "check").go(ruled.reporter, "confirm")
    assert close_followers() == 2
    for each in (second, third):
        case = Case.everywhere.get(pk=each.matter.pk)
        assert (case.stage, case.outcome) == ("closed", "merged")
        assert Notice.objects.filter(case=case, step="close_with_original").count() == 1
    assert close_followers() == 0


def test_duplicates_never_make_a_circle(ruled, world):
    second, third = other_matter(world), other_matter(world)
    second.go("chengguan_clerk", "link_duplicate", original=third.matter.case)
    with pytest.raises(Conflict, match="cannot follow itself"):
        third.go("chengguan_clerk", "link_duplicate", original=second.matter.case)
    second.go("chengguan_clerk", "unlink_duplicate", reason="不是同一处")
    third.go("chengguan_clerk", "link_duplicate", original=second.matter.case)
    assert second.has_tasks() == {("城关街道派遣员", "next")}


def test_what_a_grid_worker_found_and_settled_is_closed_and_recorded(world):
    worker = world.by(HOME)
    opened = actions.report(by=worker, text="楼道堆物", division=world.place(HOME), channel="grid")
    found = Way(world, Matter.objects.select_related("case").get(pk=opened.case))
    found.go(HOME, "settle", result="当场劝导，已清走")
    assert Case.everywhere.get(pk=opened.case).outcome == "settled"


def test_what_a_resident_reported_and_was_settled_waits_for_the_resident(world):
    reported = other_matter(world)
    reported.go(HOME, "settle", result="已垫平")
    assert reported.stage() == "checked"
    reported.go(reported.reporter, "contest", reason="又塌了")
    assert reported.has_tasks() == {("城关街道派遣员", "next")}
