"""The command centre in a real browser: fits every screen, shuts nobody out, and pressing takes a few clicks."""

from __future__ import annotations

import time

import pytest
from django.utils import timezone

from linli.portals.command.conftest import joint_matter, late
from linli.portals.desk.conftest import reported
from linli.registers.actions.alerting import About, look_at_rules, set_rule
from linli.registers.actions.inhabitants import Living, enter_inhabitants
from linli.registers.actions.shifts import Said, Standing, hand_over, write
from tests.signing_in import with_session

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.thorough]
MOST_CLICKS = 4
MOST_KEYS = 24
A_MINUTE = 60  # seconds
WAYS = [(390, {}), (1280, {"language": "en"}), (390, {"care": "on"}), (1920, {})]


@pytest.fixture
def centre(committed_world, start_server):
    """A server whose county has a joint case that is overdue, an alert, and a shift that was handed over."""
    world = committed_world
    younger, oldest = late(joint_matter(world), days=1), late(joint_matter(world), days=6)
    late(reported(world), days=9)
    set_rule(About(world.county, "overdue", 2), by=world.by("county_head"))
    look_at_rules()
    write(Said("泵站夜里停过一次。", [oldest.case.number]), by=world.by("county_head"))
    hand_over(Said("两件联动处置超期。"), Standing(3, 0, 0), by=world.by("county_head"))
    return start_server(), oldest.case.number, younger.case.number


def sign_in(page, server, world, key="county_dispatcher"):
    with_session(page.context, server.url, world.by(key).holding.account)
    page.goto(f"{server.url}/command/")


def test_a_duty_officer_presses_the_department_of_the_oldest_joint_case_within_a_minute(
    committed_world, centre, browser_page
):
    server, oldest, _younger = centre
    page, clicks = browser_page, 0
    sign_in(page, server, committed_world)
    begun = time.monotonic()
    for target in (".places a[href='/command/joint/']", "tbody tr:first-child th a"):
        page.click(target)
        page.wait_for_load_state()
        clicks += 1
    assert oldest in page.url
    supervise = "details:has(form[action$='/supervise/'])"
    if page.get_attribute(supervise, "open") is None:
        page.click(f"{supervise} > summary")
        clicks += 1
    page.fill("#supervise_question", "请说明超期原因和完成时间。")
    page.click("form[action$='/supervise/'] button")
    page.wait_for_selector(".notice--success")
    clicks += 1
    assert clicks <= MOST_CLICKS
    assert time.monotonic() - begun < A_MINUTE
    assert "督办" in page.inner_text(".notice--success")


def test_the_keyboard_alone_presses_it_as_well(committed_world, centre, browser_page):
    """By the ways past the navigation that are there for whoever has no mouse; what is typed is not counted."""
    server, oldest, _younger = centre
    page, keys = browser_page, []
    sign_in(page, server, committed_world)

    def press_until(there):
        keys.append("Enter")
        while not page.evaluate(f"document.activeElement.matches({there!r})"):
            page.keyboard.press("Tab")
            keys.append("Tab")
            assert len(keys) <= MOST_KEYS, keys

    begun = time.monotonic()
    press_until(".places a[href='/command/joint/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/joint/")
    press_until(".skip[href='#main']")
    page.keyboard.press("Enter")
    press_until("tbody tr:first-child th a")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{oldest}/")
    press_until(".skip[href='#press-title']")
    page.keyboard.press("Enter")
    press_until("#supervise_question")
    page.keyboard.type("请说明超期原因和完成时间。")
    press_until("form[action$='/supervise/'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".notice--success")
    assert time.monotonic() - begun < A_MINUTE


def test_the_picture_changes_by_itself_and_keeps_the_place_of_whoever_reads(
    committed_world, centre, browser_page
):
    server, _oldest, _younger = centre
    page = browser_page
    sign_in(page, server, committed_world)
    before = int(page.inner_text("#tile-opened strong"))
    page.focus("#tile-opened")
    reported(committed_world)
    page.locator("#tile-opened strong", has_text=str(before + 1)).wait_for(timeout=20_000)
    assert page.evaluate("document.activeElement.id") == "tile-opened"
    assert page.inner_text("[data-live-said]") != ""


def test_a_picture_that_nobody_keeps_up_says_so_and_how_old_it_is(committed_world, centre, browser_page):
    """While the server is away, after the session has ended, and after the machine's clock was set back."""
    server, _oldest, _younger = centre
    page, still = browser_page, browser_page.locator("[data-still]")
    page.clock.install()
    sign_in(page, server, committed_world)
    page.clock.run_for(6_000)
    page.wait_for_function("document.querySelector('[data-age]').textContent.match(/[0-6]秒/)")
    assert not still.is_visible()
    page.context.set_offline(True)
    page.clock.run_for(50_000)
    assert still.is_visible()
    assert int(page.inner_text("[data-age]").strip("（秒前）")) >= 50
    page.evaluate("Date.now = () => 0")
    page.clock.run_for(100_000)
    assert page.inner_text("[data-age]") == "（2分钟前）"
    page.context.set_offline(False)
    page.clock.run_for(6_000)
    still.wait_for(state="hidden", timeout=20_000)
    page.context.clear_cookies()
    page.clock.run_for(40_000)
    assert still.is_visible()


def test_every_page_fits_shuts_nobody_out_and_nothing_complains(
    committed_world, centre, browser_page, axe_source
):
    """Axe looks at each page twice, in turn in other ways."""
    server, oldest, _younger = centre
    page, heard = browser_page, []
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda wrong: heard.append(str(wrong)))
    grid = committed_world.place("东门社区第一网格").trimmed
    pages = [
        "",
        "?wall=1",
        f"?place={grid}",
        "joint/",
        f"cases/{oldest}/",
        "questions/",
        "alerts/",
        "shifts/",
    ]
    for turn, (width, cookies) in enumerate(WAYS):
        page.context.clear_cookies()
        page.context.add_cookies([{"name": n, "value": v, "url": server.url} for n, v in cookies.items()])
        page.set_viewport_size({"width": width, "height": 1080 if width > 1280 else 800})
        sign_in(page, server, committed_world)
        for place, address in enumerate(pages):
            assert page.goto(f"{server.url}/command/{address}").status == 200, address
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
            if (place + turn) % 2 == 0:
                page.evaluate(axe_source)
                wrong = page.evaluate("axe.run().then((found) => found.violations.map((each) => each.id))")
                assert wrong == [], address
    assert heard == []


def test_a_wall_that_was_left_open_fetches_what_an_upgrade_brought(committed_world, centre, browser_page):
    server, page = centre[0], browser_page
    sign_in(page, server, committed_world)
    page.goto(f"{server.url}/command/?wall=1")
    look = """() => { window.opened = true; document.dispatchEvent(new Event("visibilitychange")); }"""
    page.evaluate(look)
    page.wait_for_timeout(1000)
    assert page.evaluate("window.opened")  # nothing was brought
    page.evaluate("document.querySelector('[data-live]').dataset.page = 'of an earlier version'")
    page.evaluate(look)
    page.wait_for_selector("[data-live]:not([data-page^='of'])")
    assert page.evaluate("window.opened") is None


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_wall_of_1080_lines_shows_everything_without_scrolling(
    committed_world, centre, browser_page, language
):
    server, _oldest, _younger = centre
    towns = [committed_world.place(name) for name in ("城关街道", "柳河镇", "青石镇")]
    counted = [Living(town, 9_000, timezone.localdate(), "统计年鉴") for town in towns]
    enter_inhabitants(counted, by=committed_world.by("administrator"))
    page = browser_page
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.context.add_cookies([{"name": "language", "value": language, "url": server.url}])
    sign_in(page, server, committed_world)
    page.goto(f"{server.url}/command/?wall=1")
    page.wait_for_selector(".picture__table th:nth-child(7)")
    root = "document.documentElement"
    assert page.evaluate(f"[{root}.scrollWidth, {root}.scrollHeight]") == [1920, 1080]
    assert page.locator(".picture__map .map > svg").bounding_box()["height"] > 250
    letters = "(label) => parseFloat(getComputedStyle(label).fontSize) * label.getScreenCTM().a"
    assert page.locator(".map__label").first.evaluate(letters) > 14  # read from across the room
