"""Reporting inside a messenger: its browser has no print, may refuse cookies, and may run no script."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from PIL import Image

from linli.cases.follow import follow_code
from linli.cases.models import Attachment, Case

ADDRESS = "/report/matters/"
WECHAT = (
    "Mozilla/5.0 (Linux; Android 14; PEEM00) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.6478.188 "
    "Mobile Safari/537.36 XWEB/1260183 MMWEBSDK/20241103 MicroMessenger/8.0.55.2780 NetType/4G Language/zh_CN"
)


def without_cookies(**headers):
    """A browser that sends back no cookie, checked as a real one is."""
    return Client(enforce_csrf_checks=True, headers={"accept-language": "zh-hans", **headers})


@pytest.mark.django_db
def test_number_and_code_are_the_answer_where_cookies_are_refused(world):
    page = without_cookies(origin="http://testserver").post(ADDRESS, {"text": "路灯三天不亮了"})
    case = Case.everywhere.latest("recorded_at")
    code = follow_code(case.pk)
    said = page.content.decode()
    assert page.status_code == 200
    assert case.number in said
    assert f"{code[:4]} {code[4:]}" in said
    assert "不保存 Cookie" in said


@pytest.mark.django_db
def test_what_is_wrong_is_said_without_cookies_too(world):
    page = without_cookies(referer=f"http://testserver{ADDRESS}").post(
        ADDRESS, {"text": "", "landmark": "东门桥头"}
    )
    assert page.status_code == 422
    assert "东门桥头" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://elsewhere.example"}, {"origin": "null"}, {"referer": "https://elsewhere.example/x"}],
)
def test_a_form_sent_from_another_site_is_refused(world, headers):
    assert without_cookies(**headers).post(ADDRESS, {"text": "x"}).status_code == 403
    assert not Case.everywhere.exists()


@pytest.mark.django_db
def test_a_browser_with_our_cookie_must_send_its_token(world):
    client = without_cookies()
    client.get(ADDRESS)
    assert client.post(ADDRESS, {"text": "x"}).status_code == 403


@pytest.fixture
def in_wechat(_browser, server):
    """Opens a page as the messenger's browser does; with or without script."""
    contexts = []

    def opened(**options):
        context = _browser.new_context(
            user_agent=WECHAT,
            locale="zh-CN",
            viewport={"width": 390, "height": 844},
            is_mobile=True,
            has_touch=True,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{server.url}{ADDRESS}")
        return page

    yield opened
    for context in contexts:
        context.close()


def filled(page, tmp_path):
    """The form with words and two photos from the album."""
    photos = []
    for name in ("a.jpg", "b.jpg"):
        Image.new("RGB", (60, 40), "red").save(tmp_path / name, "JPEG")
        photos.append(str(tmp_path / name))
    page.fill("textarea", "楼下垃圾三天没人收，味道很大。")
    page.set_input_files("input[type=file]", photos)


@pytest.mark.browser
@pytest.mark.thorough
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_report_with_photos_goes_through_in_the_messenger(committed_world, in_wechat, tmp_path, script):
    page = in_wechat(java_script_enabled=script)
    filled(page, tmp_path)
    page.tap("main form .actions button")
    page.tap("button[name=own]")
    page.wait_for_url("**/receipt/")
    assert page.locator(".done__number").count() == 2
    assert Attachment.objects.count() == 2
    assert not page.locator("button[data-print]").is_visible()


@pytest.mark.browser
@pytest.mark.thorough
def test_the_messenger_without_cookies_shows_number_and_code(committed_world, in_wechat, tmp_path):
    page = in_wechat()
    filled(page, tmp_path)
    page.context.clear_cookies()
    page.tap("main form .actions button")
    page.tap("button[name=own]")
    page.wait_for_selector(".done__number")
    number, code = page.locator(".done__number").all_inner_texts()
    case = Case.everywhere.get(number=number)
    assert re.sub(r"\s", "", code) == follow_code(case.pk)


@pytest.mark.browser
@pytest.mark.thorough
def test_nothing_public_needs_what_the_messenger_lacks(committed_world, server, in_wechat):
    """No new windows, no downloads, no forced camera, no way out to another host."""
    page = in_wechat()
    for address in ("/", ADDRESS, "/follow/"):
        page.goto(f"{server.url}{address}")
        for lacking in ("[target]", "[download]", "input[capture]"):
            assert page.locator(lacking).count() == 0, (address, lacking)
