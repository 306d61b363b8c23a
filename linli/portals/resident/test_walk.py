"""A resident's whole way in a real browser without JavaScript, in each look the pages have."""

import re

import pytest

from linli.cases.models import Case, Category
from linli.kinds.matters import actions
from linli.kinds.matters.conftest import HOME
from linli.kinds.matters.models import Matter
from linli.portals.demo.world import standing_world
from linli.posts.actor import PartyActor
from tests.walk.looking import Way

pytestmark = pytest.mark.browser
LOOKS = [Way(320, "zh-hans", "on"), Way(390, "en", "off"), Way(1280, "zh-hans", "off")]


@pytest.fixture
def page_in(_browser, server):
    """A page of a browser of a width, language and type size, without JavaScript."""
    contexts = []

    def opened(width, language="zh-hans", care="off", **other):
        context = _browser.new_context(
            viewport={"width": width, "height": 844}, java_script_enabled=False, **other
        )
        cookies = {"language": language, "care": care}
        context.add_cookies(
            [{"name": name, "value": value, "url": server.url} for name, value in cookies.items()]
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def raise_it(page, server):
    """Report in words, with a telephone number; returns number and code."""
    page.goto(f"{server.url}/report/matters/")
    page.fill("textarea", "楼下垃圾三天没人收，味道很大。")
    page.fill("#id_phone", "13912345678")
    page.click("main form .actions button")
    page.click("button[name=own]")
    page.wait_for_url("**/receipt/")
    number, code = page.locator(".done__number").all_inner_texts()
    return number, re.sub(r"\s", "", code)


def carry_to_check(number):
    """What the posts do meanwhile."""
    world = standing_world()
    case = Case.everywhere.get(number=number)
    matter = Matter.objects.select_related("case").get(pk=case.pk)
    actions.accept(matter, by=world.by("county_clerk"), seen=1)
    actions.dispatch(matter, by=world.by("county_dispatcher"), seen=2, to=world.posts["city_management"])
    actions.handle(matter, by=world.by("city_management"), seen=3, result="已清运")
    actions.check(matter, by=world.by("county_checker"), seen=4)


def test_from_report_to_confirmed_closure_without_javascript(page_in, server):
    page = page_in(390)
    number, code = raise_it(page, server)
    carry_to_check(number)
    page.goto(f"{server.url}/follow/?number={number}")
    page.fill("#id_code", code.lower())
    page.click("main form .actions button")
    page.click("details.step[open] button")
    page.wait_for_selector(".notice--success")
    assert Case.everywhere.get(number=number).outcome == "confirmed"
    assert "已办结" in page.inner_text("main")


@pytest.mark.thorough
def test_no_page_scrolls_sideways(page_in, server):
    page, wide = page_in(390), []
    number, _code = raise_it(page, server)
    carry_to_check(number)
    pages = (
        "/",
        "/report/",
        "/report/matters/",
        "/report/complaints/",
        "/receipt/",
        "/follow/",
        f"/follow/{number}/",
        f"/follow/{number}/data/",
        "/account/login/code/",
    )
    for look in LOOKS:
        page.set_viewport_size({"width": look.width, "height": 844})
        page.context.add_cookies(look.cookies(server.url))
        for address in pages:
            page.goto(server.url + address)
            if page.evaluate("document.documentElement.scrollWidth") > look.width:
                wide.append((look, address))
    assert wide == []


@pytest.mark.thorough
def test_letters_are_counted_where_scripts_run_and_nothing_that_is_wrong_is_said_where_not(
    browser_page, page_in, server
):
    said = {}
    for name, page in (("with", browser_page), ("without", page_in(390))):
        page.goto(f"{server.url}/report/matters/")
        page.fill("textarea", "两行\n字")
        said[name] = page.locator(".counter").first.inner_text()
    assert re.fullmatch(r"4 / \d+ 字", said["with"])
    assert re.fullmatch(r"最多 \d+ 字", said["without"])


@pytest.mark.thorough
def test_the_position_button_needs_a_browser_that_can(page_in, server):
    page = page_in(390)
    page.goto(f"{server.url}/report/matters/")
    assert not page.locator("button[data-longitude]").is_visible()


@pytest.mark.thorough
def test_the_position_is_sent_where_it_can_be_found(browser_page, server):
    grid = standing_world().place(HOME)
    here = {"longitude": grid.longitude, "latitude": grid.latitude}
    browser_page.context.grant_permissions(["geolocation"])
    browser_page.context.set_geolocation(here)
    page = browser_page
    page.goto(f"{server.url}/report/matters/")
    page.fill("textarea", "路灯坏了")
    page.click("button[data-longitude]")
    page.wait_for_function("document.getElementById('id_latitude').value")
    page.click("main form .actions button")
    page.click("button[name=own]")
    page.wait_for_url("**/receipt/")
    assert Case.everywhere.latest("recorded_at").division == grid


@pytest.mark.thorough
def test_being_counted_in_needs_no_javascript_and_fits_a_telephone(page_in, server):
    world, lamp = standing_world(), Category.objects.get(code="0201")
    where = world.place("东门社区")
    actions.report(by=PartyActor("reporter"), text="路灯坏了", category=lamp, division=where)
    page = page_in(390, care="on")
    page.goto(f"{server.url}/report/matters/")
    page.fill("textarea", "灯不亮")
    page.select_option("#id_category", "0201")
    page.select_option("#id_division", where.trimmed)
    page.click("main form .actions button")
    assert "您反映的是不是下面的事" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("button[name=same_as]")
    assert "已把您算上" in page.inner_text("main")
    assert Case.everywhere.latest("recorded_at").stage == "merged"
