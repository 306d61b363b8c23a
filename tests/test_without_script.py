"""What residents and staff came for is done with scripts switched off, by ordinary forms, on a telephone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from linli.cases.follow import follow_code
from linli.cases.models import Case, Rating
from linli.kinds.disputes.conftest import applied_in, committee_of_home
from linli.registers.models import AlertRule
from linli.residents.keeping import GivenContact
from tests.parties import code_of

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.thorough]
HOME = "东门社区第一网格"
TEXT = "三号楼楼下的路灯坏了三天，晚上看不见路。"


@dataclass
class Walker:
    """A browser without scripts; each role has a window of its own."""

    browser: Any
    home: str
    world: Any

    def window(self, key: str = "") -> Any:
        """Of whoever sits on this post; of a resident without one."""
        context = self.browser.new_context(
            java_script_enabled=False, locale="zh-CN", viewport={"width": 390, "height": 844}
        )
        if key:
            client = Client()
            client.force_login(self.world.by(key).holding.account)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.home}])
        return context.new_page()

    def desk(self, key: str, number: str, step: str, **given: str) -> None:
        """Take one step of a case from its page, as the post does: open it, fill it, press its button."""
        self._step(self.window(key), f"/desk/cases/{number}/", step, **given)

    def _step(self, tab: Any, path: str, step: str, **given: str) -> None:
        tab.goto(f"{self.home}{path}")
        form = tab.locator(f"form[action*='/{step}/']").first
        button = form.locator("button.button").last
        if not button.is_visible():
            tab.locator(f"details.step:has(form[action*='/{step}/']) > summary").click()
        for name, value in given.items():
            field = form.locator(f"[name={name}]").first
            if field.evaluate("each => each.tagName") == "SELECT":
                field.select_option(value)
            elif field.get_attribute("type") in {"radio", "checkbox"}:
                form.locator(f"[name={name}][value='{value}']").check()
            else:
                field.fill(value)
        button.click()

    def follow(self, number: str, code: str) -> Any:
        """A window in which number and code were typed."""
        tab = self.window()
        tab.goto(f"{self.home}/follow/?number={number}")
        tab.fill("[name=code]", code)
        tab.click("main form .actions button")
        return tab

    def answer(self, tab: Any, number: str, step: str, **given: str) -> None:
        """Take a step as a party."""
        self._step(tab, f"/follow/{number}/", step, **given)


@pytest.fixture
def walker(committed_world: Any, start_server: Callable[..., Any], _browser: Any) -> Iterator[Walker]:
    found = Walker(_browser, start_server().url, committed_world)
    before = set(_browser.contexts)
    yield found
    for context in set(_browser.contexts) - before:
        context.close()


def stage(number: str) -> str:
    return Case.everywhere.get(number=number).stage


def reported(walker: Walker) -> Case:
    """By a resident, through the form and the page that checks it."""
    tab = walker.window()
    tab.goto(f"{walker.home}/report/matters/")
    tab.fill("[name=text]", TEXT)
    place = tab.locator("[name=division] option", has_text="东门社区").first
    tab.select_option("[name=division]", place.get_attribute("value"))
    tab.click("main form .actions button")
    tab.click("main form .actions button")
    return Case.everywhere.get(number=tab.inner_text(".done__number >> nth=0"))


def test_a_matter_goes_from_report_to_rating_and_is_disagreed_with(walker):
    case = reported(walker)
    number, post = case.number, str(walker.world.posts["power"].pk)
    walker.desk("chengguan_clerk", number, "accept", category="0201")
    assert stage(number) == "accepted"
    for last in ("contest", "confirm"):
        if last == "contest":
            walker.desk("chengguan_dispatcher", number, "dispatch", to=post)
        walker.desk("power", number, "handle", result="换了灯泡。")
        walker.desk("chengguan_checker", number, "check")
        assert stage(number) == "checked"
        given = {"reason": "昨晚又灭了"} if last == "contest" else {}
        walker.answer(walker.follow(number, follow_code(case.pk)), number, last, **given)
        assert stage(number) == ("dispatched" if last == "contest" else "closed")
    tab = walker.follow(number, follow_code(case.pk))
    walker.answer(tab, number, "rate", said="good")
    assert Rating.objects.filter(case=case).exists()


def test_a_side_says_yes_to_mediation_and_the_other_no(walker):
    committee_of_home()
    way = applied_in(walker.world)
    way.go(way.head, "triage", safety="calm", crime=False)
    way.go(way.head, "name_side", contact=GivenContact("王强", "13887654321")).go(way.head, "invite")
    for nr, step in enumerate(("consent", "refuse")):
        walker.answer(walker.follow(way.case.number, code_of(way.case, nr)), way.case.number, step)
    assert (way.case.stage, way.case.outcome) == ("ended", "refused")


def test_a_centre_enters_an_alert_rule(walker):
    tab = walker.window("county_head")
    tab.goto(f"{walker.home}/command/alerts/")
    if not tab.locator("[name=count]").is_visible():
        tab.locator("details:has([name=count]) > summary").click()
    tab.fill("[name=count]", "3")
    tab.locator("form:has([name=count]) button.button").last.click()
    assert AlertRule.objects.filter(count=3).exists()
