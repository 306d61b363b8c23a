"""A map in a real browser: it moves where it can, stays a drawing where it cannot, and asks no other host."""

from __future__ import annotations

import pytest

from linli.portals.desk.conftest import HOME, reported
from linli.portals.desk.test_browser import sign_in
from linli.web.test_map import NO_WEBGL

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.thorough]
MOVES = "document.querySelector('figure.map').classList.contains('is-live')"
DRAWN = "getComputedStyle(document.querySelector('figure.map > svg')).display"


@pytest.fixture
def village(committed_world, start_server, browser_page):
    """The clerk of a town with one open case, signed in; the server, the case and the address of its village's map."""
    case, key = reported(committed_world).case, "chengguan_clerk"
    server = start_server()
    sign_in(browser_page, server, committed_world, key)
    return server, case, f"{server.url}/desk/map/?place={committed_world.place(HOME).parent.trimmed}"


def test_the_map_moves_and_opens_a_case_and_asks_nobody_else(village, browser_page):
    server, case, address = village
    page, heard = browser_page, []
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: heard.append(asked.url) if not _own(asked.url, server.url) else None)
    page.goto(address)
    page.wait_for_selector("figure.map.is-live", timeout=20_000)
    assert page.evaluate(DRAWN) == "none"
    page.wait_for_timeout(500)
    assert heard == []
    page.emulate_media(media="print")
    assert page.evaluate(DRAWN) == "block"
    page.emulate_media(media="screen")
    page.click("figure.map summary")
    page.click(f"figure.map details a >> text={case.number}")
    page.wait_for_url(f"**/desk/cases/{case.number}/")


def test_without_webgl_the_drawing_stays_and_leads_on(village, browser_page):
    _server, case, address = village
    page, heard = browser_page, []
    page.add_init_script(NO_WEBGL)
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    page.goto(address)
    page.wait_for_timeout(1500)
    assert not page.evaluate(MOVES)
    assert page.evaluate(DRAWN) == "block"
    assert heard == []
    page.click("figure.map > svg a:has(.map__pin)")
    page.wait_for_url(f"**/desk/cases/{case.number}/")


def _own(url, ours):
    return url.startswith((ours, "blob:", "data:"))
