"""A form that has grown old is shown again with its words; what another site sent is not."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from linli.cases.models import Case
from linli.portals.desk.conftest import case, sign_in  # noqa: F401  fixtures
from linli.web.typed import FOR

pytestmark = pytest.mark.django_db
OURS = {"HTTP_ORIGIN": "http://testserver"}
WORDS = "三号楼楼下的路灯坏了，\r\n晚上看不见“台阶” <b>"


def hidden(page):
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.content.decode())
    return [(unescape(name), unescape(value)) for name, value in found]


def test_a_report_with_an_old_token_is_shown_again_and_one_button_sends_it(world, settings):
    browser = Client(enforce_csrf_checks=True)
    browser.get("/report/matters/")
    browser.cookies[settings.CSRF_COOKIE_NAME] = (
        "a" * 32
    )  # signed in or out in another tab: the token is a new one
    grid = world.place("文昌社区第二网格")
    typed = {"text": WORDS, "longitude": grid.longitude, "latitude": grid.latitude, "same_as": "none"}
    page = browser.post("/report/matters/", typed | {"csrfmiddlewaretoken": "x" * 32 + "y" * 32}, **OURS)
    assert page.status_code == 403
    fields = dict(hidden(page))
    assert fields["text"] == WORDS
    fields["csrfmiddlewaretoken"] = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]
    before = Case.everywhere.count()
    sent = browser.post("/report/matters/", fields, **OURS)
    assert sent.status_code in {200, 302}
    if sent.status_code == 200:  # the check page: answers are shown once more
        assert "三号楼楼下的路灯坏了" in sent.content.decode()
    else:
        assert Case.everywhere.count() == before + 1


@pytest.mark.parametrize(
    "origin", [{"HTTP_ORIGIN": "https://elsewhere.example"}, {}, {"HTTP_ORIGIN": "null"}]
)
def test_what_another_site_sent_is_not_offered_to_be_sent(world, origin):
    page = Client(enforce_csrf_checks=True).post("/report/matters/", {"text": WORDS}, **origin)
    assert page.status_code == 403
    assert "三号楼" not in page.content.decode()


def test_a_password_is_never_shown_again():
    page = Client(enforce_csrf_checks=True).post(
        "/account/login/", {"login": "li", "password": "open sesame"}, **OURS
    )
    assert page.status_code == 403
    assert "sesame" not in page.content.decode()


def test_what_was_sent_after_the_session_had_ended_waits_behind_the_sign_in(sign_in, case, world):  # noqa: F811
    address = f"/desk/cases/{case.number}/note/"
    browser = Client(headers={"accept-language": "zh-hans"})
    gone = browser.post(address, {"text": WORDS, "parts": ["1", "2"], "version": "1"})
    assert gone["Location"].startswith("/account/login/")
    browser.force_login(world.by("chengguan_clerk").holding.account)
    page = browser.get(address)
    assert hidden(page)[-4:] == [("text", WORDS), ("parts", "1"), ("parts", "2"), ("version", "1")]
    assert "三号楼楼下的路灯坏了" in page.content.decode()
    assert WORDS not in dict(hidden(browser.get(address))).values()  # once


def test_after_half_an_hour_it_is_gone(case, world, monkeypatch):  # noqa: F811
    address = f"/desk/cases/{case.number}/note/"
    browser = Client()
    browser.post(address, {"text": WORDS})
    browser.force_login(world.by("chengguan_clerk").holding.account)
    later = timezone.now() + FOR + timedelta(seconds=1)
    monkeypatch.setattr("linli.web.typed.timezone.now", lambda: later)
    assert "台阶" not in browser.get(address).content.decode()
