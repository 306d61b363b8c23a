"""One joint case through every page: three bodies, a ruling, more time, a parked week, rework, silence, reopening.

Everybody works in the browser, as on the day itself: the server runs on a clock that this test sets
(tests/moved_clock.py) and nothing else is moved, so its own loop finds on the last day that nobody answered.

What the pages must say was reckoned on paper. Days on which offices work, September and October 2026:

    Fr 18 | Su 20 (makes up for the holiday) | Mo 21  Tu 22  We 23  Th 24 | Fr 25 - Su 27 Mid-Autumn
    Mo 28  Tu 29  We 30 | Th 1 - We 7 October, National Day | Th 8  Fr 9  Sa 10 (makes up) | Mo 12  Tu 13 ...

The day on which a limit begins is not counted, the day on which it rests or stops is.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import pytest

from linli.base.worktime import PLACE_TIME
from linli.cases.models import Case
from linli.portals.desk.test_browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.thorough]
LIMIT = re.compile(r"(?P<name>.+?) \d+ (个工作日|天) · (?P<start>[^至]+) 至 (?P<end>\S+ \d+)(?P<rest>.*)")
PROMISE = "办理时限"
PARTS = [f"本岗办理时限 · {post}" for post in ("城管处置岗", "供水抢修岗", "路灯维护岗")]
PATIENCE = 60  # seconds; the loop that closes what nobody answered looks every 15


class Days:
    """The county's days in one browser: whose turn it is, at which moment, on which page."""

    def __init__(self, page, world, start_server, clock):
        self.page, self.world, self.clock = page, world, clock
        self.number = self.code = ""
        self.it_is(9, 18, 9)
        self.server = start_server(DJANGO_SETTINGS_MODULE="tests.moved_clock", LINLI_TEST_CLOCK=str(clock))

    def it_is(self, month, day, hour):
        """Set the server's clock; from here on time passes as it does."""
        moment = datetime(2026, month, day, hour, tzinfo=PLACE_TIME)
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(str((moment - datetime.now(UTC)).total_seconds()))
        fresh.replace(self.clock)
        self.page.context.clear_cookies()

    def opens(self, who):
        """Sign in and open the case, from the to-do list if it is there."""
        self.page.context.clear_cookies()
        sign_in(self.page, self.server, self.world, who)
        row = self.page.locator("table[data-rows] tr", has_text=self.number)
        if row.count():
            row.locator(".is-title a").click()
        else:
            self.page.fill("#seek", self.number)
            self.page.press("#seek", "Enter")
        self.page.wait_for_selector("#steps-title")

    def does(self, who, step, **given):
        """Take one step with the form on the case's page, and read that it is done."""
        self.opens(who)
        form = self.page.locator(f"details.step:has(form[action*='/{step}/'])")
        if form.get_attribute("open") is None:
            form.locator("summary").click()
        for name, value in given.items():
            self._fills(f"#{step}_{name}", value)
        form.locator("form[method=post] button.button").last.click()
        self.page.wait_for_selector(".notice--success")

    def _fills(self, field, value):
        found = self.page.locator(field)
        if isinstance(value, list):
            for each in value:
                found.locator(f"input[value='{each}']").check()
        elif found.evaluate("each => each.tagName") == "SELECT":
            found.select_option(value)
        else:
            found.fill(value)

    def post(self, key):
        return str(self.world.posts[key].pk)

    def limits(self):
        """The limits on the page, the running ones first: name, from, to, and what else is said, all to the hour."""
        shown = [
            re.sub(r"\s+", " ", each).strip()
            for each in self.page.locator(".clocks > li").all_text_contents()
        ]
        found = [LIMIT.match(re.sub(r":\d\d", "", each)) for each in shown]
        return [(each["name"], each["start"], each["end"], each["rest"]) for each in found]

    def running(self):
        """The last day of each limit that runs, by its name; every limit ends with its day."""
        limits = [limit for limit in self.limits() if "停止" not in limit[3] and "已挂账" not in limit[3]]
        assert all(end.endswith(" 23") for _name, _start, end, _rest in limits)
        return {name: end.removesuffix(" 23").removeprefix("2026年") for name, _start, end, _rest in limits}

    def stage(self):
        return self.page.locator(".heading__state").inner_text().split("\n")[0]


def resident_reports(days):
    """On the public page, without an account; keeps number and code from the receipt."""
    page = days.page
    page.goto(f"{days.server.url}/report/matters/")
    page.fill("#id_text", "路面塌陷，井盖下沉，路灯杆也歪了，水管好像在漏。")
    page.fill("#id_phone", "13912345678")
    page.select_option("select[name=division]", value=days.world.place("东门社区").trimmed)
    page.click("main form .actions button.button")
    page.click("button[name=own]")
    page.wait_for_selector(".done__number")
    days.number, code = page.locator(".done__number").all_inner_texts()
    days.code = re.sub(r"\s", "", code)


def resident_follows(days):
    """Open the case with number and code, as on the receipt."""
    page = days.page
    page.goto(f"{days.server.url}/follow/?number={days.number}")
    page.fill("#id_code", days.code)
    page.click("main form .actions button")
    page.wait_for_selector("#steps-title")


def resident_reopens(days):
    resident_follows(days)
    form = days.page.locator("details.step:has(form[action*='/reopen/'])")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    days.page.fill("[id$=reason]", "又塌了")
    form.locator("form button.button").click()
    days.page.wait_for_selector(".notice--success")


@pytest.fixture
def days(committed_world, start_server, browser_page, tmp_path):
    return Days(browser_page, committed_world, start_server, tmp_path / "clock")


def taken_in_and_dispatched(days):
    resident_reports(days)  # Friday the 18th at 9
    assert "2026年9月24日 23:59" in days.page.inner_text(
        "main"
    )  # five working days: Su 20, 21, 22, 23, Th 24
    days.it_is(9, 18, 11)
    days.does("chengguan_clerk", "accept", category="0202")
    assert days.stage() == "待派遣"
    assert days.running() == {PROMISE: "9月24日"}  # anew from acceptance, the same five days
    days.it_is(9, 20, 9)  # a Sunday on which offices work
    helpers = [days.post("power"), days.post("water")]
    days.does("chengguan_dispatcher", "dispatch", to=days.post("housing"), helpers=helpers)
    parts = {f"本岗办理时限 · {post}": "9月28日" for post in ("住建处置岗", "供水抢修岗", "路灯维护岗")}
    assert days.running() == {PROMISE: "9月24日", **parts}  # five: 21, 22, 23, 24, Mo 28


def returned_and_ruled_on(days):
    days.it_is(9, 21, 14)
    to = days.post("city_management")
    days.does("housing", "disclaim", reason="道路附属设施由城管负责", whose=to)
    assert days.stage() == "职责待裁定"
    assert days.running() == {PROMISE: "9月24日", "裁定时限": "9月23日"}  # two: 22, 23
    days.it_is(9, 22, 10)
    helpers = [days.post("power"), days.post("water")]
    days.does("county_dispatcher", "rule", to=to, helpers=helpers, reason="按三定方案由城管牵头")
    # five from the 22nd: 23, 24, Mo 28, 29, We 30
    assert days.running() == {PROMISE: "9月24日", **dict.fromkeys(PARTS, "9月30日")}


def given_more_time_and_parked(days):
    days.it_is(9, 23, 10)
    days.does("city_management", "request_extension", amount="3", reason="井盖配件缺货")
    assert days.running()[PROMISE] == "9月24日"  # asking moves nothing
    days.it_is(9, 24, 9)
    days.does("chengguan_dispatcher", "extend", amount="3", reason="配件节前到货")
    # eight from the 18th: Su 20, 21, 22, 23, Th 24, Mo 28, 29, We 30
    assert days.running() == {PROMISE: "9月30日", **dict.fromkeys(PARTS, "9月30日")}
    assert "含延期 3 个工作日 · 最初承诺 2026年9月24日" in days.limits()[0][3]
    days.it_is(9, 28, 17)
    days.does("county_head", "park", because="funding")
    assert days.running() == {}
    assert "已挂账：资金或工程计划未落实" in days.page.inner_text(".heading__state")
    days.it_is(10, 8, 9)
    days.does("county_head", "resume")
    # the promise had used six of eight (Su 20 to Th 24, Mo 28), each part three of five (23, 24, 28);
    # so two are left to each: Fr 9 and Sa 10
    assert days.running() == {PROMISE: "10月10日", **dict.fromkeys(PARTS, "10月10日")}


def handled_failed_and_passed(days):
    days.it_is(10, 8, 14)
    days.does("power", "handle", result="灯杆已扶正")
    days.does("water", "handle", result="管道无漏损")
    assert days.running() == {PROMISE: "10月10日", PARTS[0]: "10月10日"}
    days.it_is(10, 9, 10)
    days.does("city_management", "handle", result="路面已修复")
    assert (days.stage(), days.running()) == ("待核查", {PROMISE: "10月10日"})
    days.it_is(10, 9, 15)
    days.does("chengguan_checker", "fail", reason="井盖仍高于路面")
    # rework has three, the default: Sa 10, Mo 12, Tu 13; the promise does not move
    assert days.running() == {PROMISE: "10月10日", PARTS[0]: "10月13日"}
    days.it_is(10, 10, 10)
    days.does("city_management", "handle", result="井盖已调平")
    days.it_is(10, 10, 16)
    days.does("chengguan_checker", "check")
    assert days.stage() == "待上报人确认"
    # seven calendar days: the 17th is a Saturday, so Monday the 19th
    assert days.running() == {"等待确认": "10月19日"}


def nobody_answers(days):
    days.it_is(10, 19, 22)
    days.opens("call_taker")
    assert days.stage() == "待上报人确认"
    days.it_is(10, 20, 8)
    deadline = time.monotonic() + PATIENCE
    while Case.everywhere.get(number=days.number).closed_at is None and time.monotonic() < deadline:
        time.sleep(0.2)
    days.opens("call_taker")
    assert days.stage() == "未确认"
    assert days.running() == {"可要求重办": "11月19日"}  # thirty calendar days, a Thursday
    resident_follows(days)
    assert "未确认" in days.page.inner_text("main")


def test_a_joint_case_from_report_to_reopening(days):
    taken_in_and_dispatched(days)
    returned_and_ruled_on(days)
    given_more_time_and_parked(days)
    handled_failed_and_passed(days)
    nobody_answers(days)
    days.it_is(10, 21, 10)
    resident_reopens(days)
    days.opens("chengguan_dispatcher")
    assert days.stage() == "待派遣"
    assert days.running() == {PROMISE: "10月28日"}  # five: 22, 23, Mo 26, 27, We 28
    assert [limit[1:3] for limit in days.limits() if limit[0] == PROMISE] == [
        ("2026年10月21日 10", "2026年10月28日 23"),
        ("2026年10月8日 09", "2026年10月10日 23"),
        ("2026年9月24日 09", "2026年9月30日 23"),
        ("2026年9月18日 11", "2026年9月24日 23"),
        ("2026年9月18日 09", "2026年9月24日 23"),
    ]
    said = [limit[3] for limit in days.limits() if limit[0] == PROMISE]
    assert "2026年10月10日 16 停止" in said[1]
    assert "最初承诺 2026年9月24日" in said[1]  # kept through all that came after
    assert "2026年9月28日 17 停止已挂账：资金或工程计划未落实" in said[2]
    assert "2026年9月24日 09 停止已延期" in said[3]
