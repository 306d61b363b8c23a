"""The agreement's editor in a real browser: a telephone without scripts, every width, both languages, large type."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.cases.models import Case, Category
from linli.kinds.disputes import actions
from linli.kinds.disputes.conftest import HOME, LEAK, Way, committee_of_home
from linli.kinds.disputes.models import Dispute
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact
from tests.looks import IN_TWO_WAYS, axe_looks
from tests.signing_in import with_session

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.thorough]
DUE = (timezone.localdate() + timedelta(days=40)).isoformat()
PRESS = "clauses-press"


@pytest.fixture
def mediated(committed_world):
    """A dispute that is being mediated, committed."""
    committee_of_home()
    category = Category.objects.get(kind="disputes", code="D02")
    place = committed_world.place(HOME)
    contact = GivenContact("李小芳", "13912345678")
    opened = actions.apply(
        by=PartyActor("reporter"), text=LEAK, category=category, division=place, contact=contact
    )
    way = Way(committed_world, opened.case)
    way.go(way.head, "triage", safety="calm", crime=False)
    way.go(way.head, "name_side", contact=GivenContact("王强", "13887654321"))
    way.go(way.head, "invite").go(way.applicant, "consent").go(way.respondent, "consent")
    way.go(way.head, "appoint", to=way.fan.post)
    return way


@pytest.fixture
def server(mediated, start_server):
    return start_server()


def editor_of(page, server, way):
    """Sign in as the mediator and open the editor."""
    with_session(page.context, server.url, way.fan.holding.account)
    number = Case.everywhere.get(pk=way.key).number
    page.goto(f"{server.url}/desk/cases/{number}/draft_agreement/")


def press(page, value):
    """Press a button that only changes the form, with the pointer."""
    page.locator(f"button[name={PRESS}][value='{value}']:not(.unseen)").click()
    page.wait_for_load_state()


def fill_in(page):
    """A sum in three monthly parts, and an apology."""
    page.fill("[name=facts]", "楼上漏水泡坏吊顶。")
    press(page, "add")
    page.select_option("[name=clauses-0-who]", "1")
    page.select_option("[name=clauses-0-whom]", "0")
    page.fill("[name=clauses-0-fen]", "壹万贰仟元整")
    page.select_option("[name=clauses-0-how]", "transfer")
    page.fill("[name=clauses-0-due-0]", DUE)
    page.fill("[name=clauses-0-count]", "3")
    press(page, "split:0")
    page.select_option("[name=clauses-new]", "apology")
    press(page, "add")
    page.select_option("[name=clauses-1-who]", "1")
    page.select_option("[name=clauses-1-whom]", "0")
    page.select_option("[name=clauses-1-how]", "spoken")
    page.fill("[name=clauses-1-by]", DUE)


def test_an_agreement_is_drawn_up_on_a_telephone_without_scripts(mediated, server, browser_page):
    context = browser_page.context.browser.new_context(
        locale="zh-CN", java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    editor_of(page, server, mediated)
    fill_in(page)
    page.press("[name=clauses-0-fen]", "Enter")
    page.wait_for_load_state()
    assert "分3期" in page.inner_text("ol")
    assert [page.input_value(f"[name=clauses-0-part-{nr}]") for nr in range(3)] == ["4,000"] * 3
    page.click("main form > .actions button")
    page.wait_for_load_state()
    kept = Dispute.objects.get(pk=mediated.key).clauses
    assert [each["sort"] for each in kept] == ["money", "apology"]
    context.close()


@IN_TWO_WAYS
def test_the_editor_fits_and_shuts_nobody_out(mediated, server, browser_page, axe_source, width, cookies):
    page = browser_page
    page.set_viewport_size({"width": width, "height": 900})
    page.context.add_cookies(
        [{"name": name, "value": value, "url": server.url} for name, value in cookies.items()]
    )
    editor_of(page, server, mediated)
    for place, state in enumerate(("empty", "filled", "looked at", "wrong")):
        if state == "filled":
            fill_in(page)
        elif state == "looked at":
            press(page, "look")
        elif state == "wrong":
            page.fill("[name=clauses-0-fen]", "壹万贰")
            page.click("main form > .actions button")
            page.wait_for_selector("#wrong-title")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, state
        if axe_looks(place, width):
            page.evaluate(axe_source)
            found = page.evaluate("axe.run().then(done => done.violations.map(each => each.id))")
            assert found == [], state
