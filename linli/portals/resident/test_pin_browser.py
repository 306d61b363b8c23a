"""A place by a pin: offered where the browser draws maps, fetched when it is opened, never needed."""

from __future__ import annotations

import pytest

from linli.web.test_map import NO_WEBGL

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.thorough]
POSITION = "['id_longitude', 'id_latitude'].map((id) => document.getElementById(id).value)"


def test_a_press_on_the_map_is_the_place_that_is_sent(committed_world, start_server, browser_page):
    page, server, fetched = browser_page, start_server(), []
    page.on("request", lambda asked: fetched.append(asked.url))
    page.goto(f"{server.url}/report/matters/")
    assert not [url for url in fetched if "maplibre" in url]
    page.click("details[data-pin] summary")
    page.wait_for_selector("figure.map--pin.is-live", timeout=20_000)
    assert page.evaluate(POSITION) == ["", ""]
    page.click("figure.map--pin canvas")
    longitude, latitude = (float(each) for each in page.evaluate(POSITION))
    county = committed_world.county
    assert abs(longitude - county.longitude) < 1
    assert abs(latitude - county.latitude) < 1
    assert all(url.startswith((server.url, "blob:", "data:")) for url in fetched)


def test_without_webgl_nothing_is_offered(committed_world, start_server, browser_page):
    page, server = browser_page, start_server()
    page.add_init_script(NO_WEBGL)
    page.goto(f"{server.url}/report/matters/")
    assert page.locator("details[data-pin]").is_hidden()
