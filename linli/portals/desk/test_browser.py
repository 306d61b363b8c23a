"""The desk in a real browser: pages that the walk of all roles does not reach fit a phone, in both languages and in
large type, without a complaint.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from linli.cases.models import Notice
from linli.portals.desk.conftest import dispatched, reported
from tests.looks import TWO_WAYS, axe_looks
from tests.signing_in import with_session

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.thorough]


@pytest.fixture
def desk(committed_world, start_server):
    """A server with some work in it, and pages by who opens them: those no link leads to, or with something open."""
    case, given = reported(committed_world).case, dispatched(committed_world).case
    Notice.objects.filter(case=case).update(state="stuck", attempts=6)
    steps = {
        "chengguan_clerk": (case, ("accept", "refuse", "refer", "relate", "file")),
        "power": (given, ("handle", "disclaim", "request_extension", "suspend", "ask")),
        "county_head": (given, ("whistle", "supervise", "park")),
    }
    pages = {who: [f"cases/{of.number}/{step}/" for step in some] for who, (of, some) in steps.items()}
    pages["chengguan_clerk"] += [
        "",
        "area/?words=灯",
        "filters/",
        "exports/?list=area",
        f"cases/{case.number}/",
    ]
    pages["call_taker"] = ["exports/contacts/?list=area"]
    pages["administrator"] = ["notices/"]
    return start_server(), pages


def sign_in(page, server, world, key):
    with_session(page.context, server.url, world.by(key).holding.account)
    page.goto(f"{server.url}/desk/")


def walked(page, server, world, pages):
    """Every page of everybody, one after the other; yields its address once it is open."""
    for key, addresses in pages.items():
        with_session(page.context, server.url, world.by(key).holding.account)
        for address in addresses:
            assert page.goto(f"{server.url}/desk/{address}").status == 200, address
            yield address


@pytest.mark.thorough
def test_every_page_fits_shuts_nobody_out_and_nothing_complains(
    committed_world, desk, browser_page, axe_source
):
    """Axe looks at each page once, in turn in another way."""
    server, pages = desk
    page, complaints, shut = browser_page, [], {}
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda wrong: complaints.append(str(wrong)))
    for width, cookies in TWO_WAYS:
        page.context.clear_cookies()
        page.context.add_cookies([{"name": n, "value": v, "url": server.url} for n, v in cookies.items()])
        page.set_viewport_size({"width": width, "height": 800})
        for place, address in enumerate(walked(page, server, committed_world, pages)):
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
            if axe_looks(place, width):
                page.evaluate(axe_source)
                wrong = page.evaluate("axe.run()")["violations"]
                shut |= {address: [(each["id"], each["nodes"][0]["html"]) for each in wrong]} if wrong else {}
    assert complaints == []
    assert shut == {}


def test_a_step_is_taken_by_keyboard_alone(committed_world, desk, browser_page):
    server, pages = desk
    number = pages["chengguan_clerk"][-1]
    page = browser_page
    sign_in(page, server, committed_world, "chengguan_clerk")
    page.goto(f"{server.url}/desk/{number}")
    page.focus("details.step:has(form[action$='/refuse/']) summary")
    page.keyboard.press("Enter")
    page.focus("#refuse_reason")
    page.keyboard.type("与另一件重复")
    page.focus("form[action$='/refuse/'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".notice--success")
    assert "已完成“不予受理”" in page.inner_text(".notice--success")
    assert Path(page.url).name == number.split("/")[1]
