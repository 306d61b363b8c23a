"""The notice of the result on a telephone: read, signed with a finger, kept, verified; and the register's pages."""

from __future__ import annotations

import os

import pytest

from linli.cases.follow import follow_code
from linli.documents.models import Document, Signature
from linli.posts.models import Account
from tests.scenes import a_mediator, a_paper

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.thorough]
PASSWORD = "a long enough password 7"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture
def place(committed_world, start_server):
    """A server with a notice, and its administrator's password."""
    a_paper(committed_world)
    account = Account.objects.get(pk=committed_world.by("administrator").holding.account_id)
    account.set_password(PASSWORD)
    account.save()
    mediator = a_mediator(committed_world)
    notice = Document.objects.select_related("case").get()
    return start_server(), notice, mediator, account.username


def looked_at(page, axe, name):
    """Nothing to be scrolled sideways, nothing that bars anybody; a picture for whoever wants to see it."""
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (name, size)
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{size['width']}.png", full_page=True)
    page.evaluate(axe)
    found = page.evaluate(
        "axe.run().then(found => found.violations.map(each => [each.id, each.nodes[0].html]))"
    )
    assert found == [], name


def drawn(page):
    """Sign with the finger, as a mouse does it."""
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(box["x"] + 30 + step * 20, box["y"] + 40 + step % 3 * 25)
    page.mouse.up()


def test_it_is_read_signed_and_verified_on_a_telephone(place, browser_page, axe_source):
    server, notice, _mediator, _name = place
    page = browser_page
    page.goto(f"{server.url}/follow/")
    page.fill("#id_number", notice.case.number)
    page.fill("#id_code", follow_code(notice.case_id))
    page.click("main form button.button >> nth=0")
    page.wait_for_url("**/follow/*/")
    looked_at(page, axe_source, "case")
    page.set_viewport_size(PHONE)
    page.click(f"a[href$='/papers/{notice.pk}/']")
    page.wait_for_url(f"**/papers/{notice.pk}/")
    looked_at(page, axe_source, "paper")
    page.set_viewport_size(PHONE)
    page.locator("canvas").scroll_into_view_if_needed()
    drawn(page)
    page.locator("form:has(canvas) .actions button").click()
    page.wait_for_selector(".notice--success")
    assert Signature.objects.get().manner == "strokes"
    looked_at(page, axe_source, "signed")
    page.goto(f"{server.url}/verify/{notice.code}/")
    looked_at(page, axe_source, "verified")
    page.goto(f"{server.url}/verify/AAAAAAAAAAAA/")
    looked_at(page, axe_source, "unknown")
    page.goto(f"{server.url}/mediation/?place=990101001002")
    looked_at(page, axe_source, "near")


def test_the_desk_keeps_templates_and_the_register(place, browser_page, axe_source):
    server, notice, mediator, name = place
    page = browser_page
    page.goto(f"{server.url}/account/login/?next=/desk/")
    page.fill("#id_login", name)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/desk/**")
    pages = {
        "desk-paper": f"cases/{notice.case.number}/papers/{notice.pk}/",
        "templates": "papers/",
        "template": "papers/matters.result/",
        "register": "mediation/",
        "holes": "mediation/coverage/",
        "ways": "mediation/ways/",
        "body": f"mediation/{mediator['body']}/",
        "enter": "mediation/enter/",
        "enter-mediator": f"mediation/{mediator['body']}/mediators/",
        "mediator": f"mediation/mediators/{mediator['mediator']}/",
        "excel": "mediation/upload/",
    }
    for label, address in pages.items():
        page.goto(f"{server.url}/desk/{address}")
        looked_at(page, axe_source, label)
