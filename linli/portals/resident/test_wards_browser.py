"""Guardians in a real browser, at the window and on a telephone: every width, both languages, large type."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from linli.posts.models import Account
from linli.residents.accounts import first_sign_in
from linli.residents.models import Guardianship
from linli.residents.people.conftest import HOME, registered_child
from linli.residents.people.guarding import contest, note_guardian
from linli.residents.people.reading import read_person
from linli.residents.people.test_guarding import FATHER, MOTHER, WINDOW, paper, years_ago

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.thorough]
PASSWORD, CHILD = "a long enough password 7", "13800000077"


@pytest.fixture
def family(committed_world: Any, start_server: Any) -> tuple[Any, Any]:
    """A server, and a girl of nine whose mother and father are noted and disagree; her record has been read."""
    by = committed_world.by(WINDOW)
    child = registered_child(committed_world, phone=CHILD)
    born = years_ago(9)
    note_guardian(child, paper(born=born, since=born), by=by)
    note_guardian(child, paper(born=born, since=born, phone=FATHER, name="慕容先生"), by=by)
    contest(child, by=by)
    read_person(child, "window", by=committed_world.by(HOME))
    account = Account.objects.get(pk=by.holding.account_id)
    account.set_password(PASSWORD)
    account.save()
    return start_server(), child


def looked_at(page: Any, axe: str, name: str) -> None:
    """Nothing to be scrolled sideways, nothing that bars anybody; a picture for whoever wants to see it."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    page.evaluate(axe)
    found = page.evaluate(
        "axe.run().then(found => found.violations.map(each => [each.id, each.nodes[0].html]))"
    )
    assert found == [], name


def chosen(page: Any, server: Any, cookies: dict[str, str]) -> None:
    page.context.add_cookies(
        [{"name": name, "value": value, "url": server.url} for name, value in cookies.items()]
    )


def freshly_signed_in(phone: str) -> dict[str, str]:
    """The cookie of somebody who has just given the code from the text message."""
    client = Client()
    client.force_login(first_sign_in(phone))
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
    session["account_authentication_methods_user"] = str(session["_auth_user_id"])
    session.save()
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


MODES = pytest.mark.parametrize("cookies", [{"language": "en"}, {"care": "on"}], ids=["english", "large"])


@MODES
def test_guardians_pages_fit_and_shut_nobody_out(
    family: Any, browser_page: Any, axe_source: str, cookies: dict[str, str], request: Any
) -> None:
    server, child = family
    page, mode = browser_page, request.node.callspec.id
    chosen(page, server, {**cookies, **freshly_signed_in(MOTHER)})
    for name, address in {
        "wards": "mine/wards/",
        "ward": f"mine/wards/{child.pk}/",
        "ask": f"report/datarequests/?wanted=copy&ward={child.pk}",
        "minors": "handling/minors/",
    }.items():
        page.goto(f"{server.url}/{address}")
        looked_at(page, axe_source, f"{name}-{mode}")
    chosen(page, server, freshly_signed_in(CHILD))
    for name in ("data", "agreed", "mandates"):
        page.goto(f"{server.url}/mine/{name}/")
        looked_at(page, axe_source, f"own-{name}-{mode}")


@MODES
def test_the_windows_pages_fit_and_shut_nobody_out(
    family: Any,
    committed_world: Any,
    browser_page: Any,
    axe_source: str,
    cookies: dict[str, str],
    request: Any,
) -> None:
    server, _child = family
    page, mode = browser_page, request.node.callspec.id
    chosen(page, server, cookies)
    page.goto(f"{server.url}/account/login/?next=/desk/")
    page.fill("#id_login", committed_world.by(WINDOW).holding.account.username)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/desk/**")
    page.goto(f"{server.url}/desk/residents/")
    page.fill("[name=number]", CHILD)
    page.press("[name=number]", "Enter")
    page.wait_for_selector("h1:has-text('慕容小小')")
    looked_at(page, axe_source, f"record-{mode}")
    record, row = page.url, Guardianship.objects.order_by("id").first()
    assert row
    for name in ("guardians/", f"guardians/{row.pk}/", "mandates/"):
        page.goto(f"{record}{name}")
        looked_at(page, axe_source, f"desk-{name.strip('/').split('/')[0]}-{name.count('/')}-{mode}")
        page.click("main form:has([name=on],[name=phone]) .actions button")
        page.wait_for_selector("#wrong-title")
        looked_at(page, axe_source, f"wrong-{name.strip('/').split('/')[0]}-{name.count('/')}-{mode}")
