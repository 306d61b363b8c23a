"""The call-taker's pages in a real browser: without the mouse, without script, on any width."""

from __future__ import annotations

import pytest

from linli.cases.models import Case
from linli.ledger.models import Entry
from linli.portals.desk.conftest import PHONE, reported
from linli.portals.desk.test_browser import sign_in
from linli.portals.desk.test_chatting import CHAT
from tests.looks import IN_TWO_WAYS, axe_looks

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.thorough]
CALLERS = [
    (PHONE, "三号楼前的路灯又坏了，晚上看不见路。", "东门社区"),
    ("13500000001", "下水道堵了，污水漫到路上。", "文昌"),
    ("13500000002", "楼道里堆满纸箱，怕着火。", "新华社区第二"),
    ("0517-83211234", "公厕的灯不亮。", "青石社区"),
    ("", "村口的桥栏杆断了。", "杨庄村"),
]


@pytest.fixture
def calls(committed_world, start_server):
    """A server with one matter of a caller."""
    reported(committed_world)
    return start_server()


def alt(page, key):
    """Alt and a letter, as a keyboard sends it: Playwright leaves out the text by which browsers find access keys."""
    pressed = {"modifiers": 1, "key": key, "code": f"Key{key.upper()}", "unmodifiedText": key}
    session = page.context.new_cdp_session(page)
    for kind in ("keyDown", "keyUp"):
        session.send("Input.dispatchKeyEvent", {"type": kind, **pressed})
    session.detach()


def take_in(page, caller):
    """One call, only by keys; each of them also works while somebody writes.

    What is typed before a page has put the cursor in its field is typed into nothing, so the cursor is waited for.
    """
    keyboard = page.keyboard
    number, words, place = caller
    page.wait_for_selector("#id_phone:focus")
    keyboard.type(number)
    if number:
        keyboard.press("Enter")
        page.wait_for_selector("#id_text:focus")
    else:
        alt(page, "w")
    keyboard.type(words)
    alt(page, "p")
    keyboard.press("Control+a")
    keyboard.type(place)
    alt(page, "s")
    page.wait_for_selector(".done__number")


def test_five_calls_are_taken_without_the_mouse(committed_world, calls, browser_page):
    page = browser_page
    sign_in(page, calls, committed_world, "call_taker")
    page.goto(f"{calls.url}/desk/calls/")
    seen = []
    for caller in CALLERS:
        take_in(page, caller)
        seen.append(page.locator(".done__number").first.inner_text())
        alt(page, "n")
        page.wait_for_selector("#id_phone")
        assert (page.input_value("#id_phone"), page.input_value("#id_text")) == ("", "")
    taken = {case.number: case.summary for case in Case.everywhere.filter(channel="telephone")}
    assert [taken[number] for number in seen] == [words for _phone, words, _place in CALLERS]
    assert Entry.objects.filter(name="cases.caller").count() == 4


def test_a_call_is_taken_without_script(committed_world, calls, browser_page):
    context = browser_page.context.browser.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, calls, committed_world, "call_taker")
    page.goto(f"{calls.url}/desk/calls/")
    take_in(page, CALLERS[0])
    assert page.locator(".slip").is_visible()
    context.close()


def test_the_slip_is_printed_by_a_key(committed_world, calls, browser_page):
    page = browser_page
    page.add_init_script("window.print = () => { document.title = 'printed'; }")
    sign_in(page, calls, committed_world, "call_taker")
    page.goto(f"{calls.url}/desk/calls/")
    take_in(page, CALLERS[0])
    alt(page, "r")
    assert page.title() == "printed"


@IN_TWO_WAYS
def test_every_page_of_a_call_fits_and_shuts_nobody_out(
    committed_world, calls, browser_page, axe_source, width, cookies
):
    page, found = browser_page, {}
    page.set_viewport_size({"width": width, "height": 800})
    chosen = [{"name": name, "value": value, "url": calls.url} for name, value in cookies.items()]
    page.context.add_cookies(chosen)
    for place, name in enumerate(through_a_call(page, calls, committed_world)):
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        if axe_looks(place, width):
            page.evaluate(axe_source)
            result = page.evaluate("axe.run()")
            found[name] = [(each["id"], each["nodes"][0]["html"]) for each in result["violations"]]
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def through_a_call(page, server, world):
    """Every page of a call and of a chat, one after the other; yields the name of each once it is open."""
    sign_in(page, server, world, "call_taker")
    page.goto(f"{server.url}/desk/calls/")
    yield "empty"
    page.fill("#id_phone", PHONE)
    page.click("button[value=find]")
    page.wait_for_selector("#id_text[autofocus]")
    yield "found"
    page.fill("[name=division]", "第一网格")
    page.click("button[value=open]")
    page.wait_for_selector(".wrong")
    yield "wrong"
    page.click("a[href$='put-through/']")
    page.wait_for_selector("#id_to")
    yield "put through"
    page.select_option("#id_to", index=3)
    page.fill("#id_note", "来电人催问。")
    page.click("main form .actions button")
    page.wait_for_selector(".notice--success")
    yield "put through, done"
    page.goto(f"{server.url}/desk/chats/")
    yield "chat"
    page.fill("#id_chat", CHAT)
    page.click("button[value=read]")
    page.wait_for_selector("#id_text")
    yield "draft"
    page.click("main button.button[value=save]")
    page.wait_for_selector("#reply")
    yield "receipt"
