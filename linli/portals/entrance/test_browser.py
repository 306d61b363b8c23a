"""The entrance in a real browser: an app and its codes, passkeys of a virtual device, every page on a phone."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from linli.portals.entrance.conftest import PASSWORD, codes_now, with_password
from linli.posts.models import Account
from linli.residents.accounts import first_sign_in
from tests.looks import IN_TWO_WAYS
from tests.signing_in import with_session

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.thorough]
PAGES = [
    "2fa/",
    "2fa/webauthn/add/",
    "password/change/",
    "2fa/recovery-codes/",
    "2fa/recovery-codes/generate/",
    "2fa/totp/deactivate/",
    "reauthenticate/",
    "2fa/reauthenticate/",
    "2fa/webauthn/reauthenticate/",
]


@pytest.fixture
def place(committed_world, start_server):
    """A server that wants two factors, and a clerk with a password. Passkeys need a name, so it is localhost."""
    clerk = with_password(Account.objects.get(pk=committed_world.by("chengguan_clerk").holding.account_id))
    server = start_server(LINLI_SECOND_FACTOR="yes")
    return server.url.replace("127.0.0.1", "localhost"), clerk


@pytest.fixture
def device(browser_page):
    """The page, on a device that keeps passkeys and always sees the right finger."""
    browser_page.set_default_timeout(8000)
    devices = browser_page.context.new_cdp_session(browser_page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return browser_page


def by_password(page, url, clerk):
    page.goto(f"{url}/account/login/")
    page.fill("[name=login]", clerk.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")


def set_up_app(page):
    page.click("a[href='/account/2fa/totp/activate/']")
    page.click("summary")
    secret = page.inner_text(".done__number").strip()
    page.fill("[name=code]", codes_now(secret))
    page.click("main form button")
    page.wait_for_url("**/recovery-codes/")
    return secret, re.findall(r"\b\d{8}\b", page.inner_text("main"))


def add_passkey(page, name):
    page.click("a[href='/account/2fa/webauthn/add/']")
    page.fill("[name=name]", name)
    page.click("form[data-passkey] button")


def sign_out(page, url):
    page.goto(f"{url}/account/logout/")
    page.click("main form button")


def test_staff_set_up_an_app_at_the_first_sign_in_and_need_its_code_from_then_on(place, browser_page):
    url, clerk = place
    page = browser_page
    by_password(page, url, clerk)
    page.wait_for_url("**/account/2fa/")
    secret, codes = set_up_app(page)
    assert len(codes) == 10
    page.goto(f"{url}/desk/")
    assert page.url == f"{url}/desk/"
    sign_out(page, url)
    by_password(page, url, clerk)
    page.wait_for_url("**/authenticate/")
    page.fill("[name=code]", codes_now(secret, 1))
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/desk/")
    sign_out(page, url)
    by_password(page, url, clerk)
    page.fill("[name=code]", codes[3])
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/desk/")


def test_staff_sign_in_with_a_passkey_and_no_password(place, device):
    url, clerk = place
    by_password(device, url, clerk)
    device.wait_for_url("**/account/2fa/")
    add_passkey(device, "单位电脑")
    device.wait_for_url("**/recovery-codes/")
    sign_out(device, url)
    device.goto(f"{url}/account/login/")
    device.click("form[data-passkey] button")
    device.wait_for_url("**/desk/")
    device.goto(f"{url}/account/2fa/")
    assert "单位电脑" in device.inner_text("main")
    sign_out(device, url)
    by_password(device, url, clerk)  # and after the password the same passkey is the second factor
    device.wait_for_url("**/authenticate/")
    device.click("form[data-passkey] button")
    device.wait_for_url("**/desk/")


def test_a_resident_signs_in_with_a_passkey(place, device):
    url, _clerk = place
    with_session(device.context, url, first_sign_in("13912345678"))
    device.goto(f"{url}/account/2fa/")
    add_passkey(device, "我的手机")
    device.wait_for_url("**/account/2fa/")
    device.wait_for_selector("text=我的手机")
    assert "恢复码" not in device.inner_text("main")
    sign_out(device, url)
    device.goto(f"{url}/account/login/")
    device.click("form[data-passkey] button")
    device.wait_for_url("**/mine/")


def test_a_device_that_keeps_no_passkey_says_so_and_the_other_ways_stay(place, browser_page):
    url, _clerk = place
    browser_page.context.new_cdp_session(browser_page).send("WebAuthn.enable")
    browser_page.goto(f"{url}/account/login/")
    browser_page.evaluate("navigator.credentials.get = () => Promise.reject(new Error('none')); 0")
    browser_page.click("form[data-passkey] button")
    browser_page.wait_for_selector("[data-passkey-trouble]:not([hidden])")
    assert browser_page.is_visible("[name=password]")


@IN_TWO_WAYS
def test_every_page_fits_shuts_nobody_out_and_complains_of_nothing(place, device, axe_source, width, cookies):
    url, clerk = place
    page, complaints = device, []
    page.set_viewport_size({"width": width, "height": 800})
    page.context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda wrong: complaints.append(str(wrong)))

    def looked_at(address):
        assert page.goto(f"{url}/account/{address}").status == 200, address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        page.evaluate(axe_source)
        found = page.evaluate("axe.run()")["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], address

    for address in ("login/", "login/code/", "signup/", "inactive/"):
        looked_at(address)
    by_password(page, url, clerk)
    page.wait_for_url("**/account/2fa/")
    looked_at("2fa/totp/activate/")
    add_passkey_from_page(page, url)
    TOTP.activate(clerk, generate_totp_secret())
    key = Authenticator.objects.get(user=clerk, type="webauthn").pk
    for address in (*PAGES, f"2fa/webauthn/keys/{key}/edit/", f"2fa/webauthn/keys/{key}/remove/"):
        looked_at(address)
    page.context.clear_cookies(name="sessionid")
    by_password(page, url, clerk)
    looked_at("2fa/authenticate/")
    page.context.clear_cookies(name="sessionid")
    with_session(page.context, url, first_sign_in("13912345678"))
    for address in ("2fa/", "2fa/webauthn/add/", "reauthenticate/phone/"):
        looked_at(address)
    assert complaints == []


def add_passkey_from_page(page, url):
    page.goto(f"{url}/account/2fa/")
    add_passkey(page, "一个名字很长很长的通行密钥，用来看它会不会撑破页面的边")
    page.wait_for_url("**/recovery-codes/")
