"""The pages about residents in a real browser: every width, both languages, large type, without JavaScript."""

from __future__ import annotations

import pytest

from linli.portals.desk.test_browser import sign_in
from linli.residents.people.conftest import HOME, NAME, PHONE, given
from linli.residents.people.registering import register
from tests.looks import IN_TWO_WAYS, axe_looks

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.thorough]
DESK = "/desk/residents/"


@pytest.fixture
def window(committed_world, start_server):
    """A server; two records that may be of one person, and her mother."""
    world, by = committed_world, committed_world.by(HOME)
    register(given(world), by=by)
    mother = {
        "name": "慕容夫人",
        "phone": "13700137003",
        "document": "none",
        "number": "",
        "relation": "parent",
    }
    register(given(world, **mother), by=by, sure=True)
    register(given(world, name="慕容秋", phone="", address="东门街99号"), by=by, sure=True)
    return start_server()


def walked(page, server):
    """Each page once, as a clerk comes to it; yields its name while it is open."""
    page.goto(f"{server.url}{DESK}")
    yield "look-up"
    page.fill("[name=number]", "13700137999")
    page.press("[name=number]", "Enter")
    page.wait_for_selector("#wrong-title")
    yield "nobody"
    page.fill("[name=number]", PHONE)
    page.press("[name=number]", "Enter")
    page.wait_for_selector(f"h1:has-text('{NAME}')")
    yield "record"
    record = page.url
    for name in ("household", "correct", "move", "end"):
        page.goto(f"{record}{name}/")
        yield name
    page.goto(f"{server.url}{DESK}register/")
    yield "register"
    typed = {"name": NAME, "phone": PHONE, "division": HOME, "address": "东门街99号", "number": "1"}
    for name, value in typed.items():
        page.fill(f"[name={name}]", value)
    page.click("main form .actions button")
    page.wait_for_selector("#wrong-title")
    yield "wrong"
    page.fill("[name=number]", "")
    page.select_option("[name=document]", "none")
    page.click("main form > .actions button")
    page.wait_for_selector("[role=alert] [value=sure]")
    yield "known"
    page.goto(f"{server.url}{DESK}doubles/")
    yield "doubles"
    page.click("main form button")
    page.wait_for_selector("[name=keep]")
    yield "pair"
    page.goto(f"{server.url}{DESK}fields/")
    yield "fields"


@IN_TWO_WAYS
def test_every_page_fits_and_shuts_nobody_out(
    committed_world, window, browser_page, axe_source, width, cookies
):
    page = browser_page
    page.set_viewport_size({"width": width, "height": 800})
    chosen = [{"name": name, "value": value, "url": window.url} for name, value in cookies.items()]
    page.context.add_cookies(chosen)
    sign_in(page, window, committed_world, "chengguan_clerk")
    for place, name in enumerate(walked(page, window)):
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        if axe_looks(place, width):
            page.evaluate(axe_source)
            found = page.evaluate("axe.run().then(done => done.violations.map(each => each.id))")
            assert found == [], name
