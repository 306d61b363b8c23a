"""The desk without the mouse: a clerk clears the to-do list by keys alone, and does one by Tab and Enter alone."""

from __future__ import annotations

import time

import pytest

from linli.cases.models import Case, Task
from linli.portals.desk.conftest import reported
from linli.portals.desk.test_browser import sign_in
from tests.amounts import fewer_by_day

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.thorough]
CLERK = "chengguan_clerk"
NO_MORE_TABS_THAN = 40
FORGOTTEN_AFTER = 1500  # milliseconds


@pytest.fixture
def to_clear(committed_world, start_server, matters):
    """A server with reports that wait for one clerk."""
    cases = [reported(committed_world, f"第{number}盏路灯不亮").case for number in range(1, matters + 1)]
    return start_server(), cases


def focused(page):
    """What has the focus, in words for people who see the page: it must be on the screen and ringed."""
    return page.evaluate(
        """() => {
          const here = document.activeElement, style = getComputedStyle(here), box = here.getBoundingClientRect();
          const seen = box.bottom > 0 && box.top < innerHeight && box.width > 0;
          return {name: here.name || "", words: here.innerText || "", seen,
                  ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0};
        }"""
    )


def choose(page, begins):
    """Type in a list until the option that begins so stands there, as who looks before sending does.

    A browser forgets the first letters when the next one comes a second later, as on a busy machine.
    """
    for _turn in range(5):
        page.keyboard.type(begins)
        if page.evaluate("document.activeElement.selectedOptions[0].innerText").strip().startswith(begins):
            return
        page.wait_for_timeout(FORGOTTEN_AFTER)
    pytest.fail(f"{begins} cannot be chosen by typing it")


def stands(page, selector, state="visible"):
    """Wait for a page that has `selector`, whole: its keys work once its scripts have run."""
    page.wait_for_selector(selector, state=state)
    page.wait_for_load_state()


@fewer_by_day("matters", 6, 20)
def test_a_clerk_clears_the_list_without_the_mouse(committed_world, to_clear, browser_page, matters):
    server, cases = to_clear
    page, keys = browser_page, browser_page.keyboard
    sign_in(page, server, committed_world, CLERK)
    begun = time.monotonic()
    keys.press("j")
    assert focused(page)["seen"]
    assert focused(page)["ringed"]
    keys.press("Enter")
    for number in range(1, matters + 1):
        stands(page, "#steps-title")
        keys.press("a")
        assert focused(page) == {
            "name": "category",
            "words": focused(page)["words"],
            "seen": True,
            "ringed": True,
        }
        choose(page, "0201")  # the code of the category, as clerks know it
        keys.press("Control+Enter")
        stands(page, ".notice--success")
        assert "已完成“受理”" in page.inner_text(".notice--success")
        if number < matters:
            keys.press("j")
            stands(page, ".notice--success", state="detached")
    assert "这是列表的最后一件" in page.inner_text(".way")
    keys.press("u")
    stands(page, ".empty")
    print(f"\n{(time.monotonic() - begun) / matters:.2f} seconds per matter, {matters} matters, no mouse")  # noqa: T201
    assert "待办已清空" in page.inner_text(".empty")
    assert {case.category.code for case in Case.everywhere.filter(pk__in=[each.pk for each in cases])} == {
        "0201"
    }
    assert not Task.objects.filter(post=committed_world.posts[CLERK], closed_at=None).exists()


def tab_to(page, wanted):
    """Press Tab until `wanted` says yes to what has the focus; nobody should have to press it for ever."""
    for _press in range(NO_MORE_TABS_THAN):
        page.keyboard.press("Tab")
        here = focused(page)
        if wanted(here):
            assert here["seen"]
            assert here["ringed"]
            return
    raise AssertionError(
        f"Not reached with {NO_MORE_TABS_THAN} presses of Tab; the focus is on {focused(page)}."
    )


@pytest.fixture
def page_without_scripts(_browser):
    context = _browser.new_context(locale="zh-CN", java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("matters", [2])
def test_without_scripts_tab_and_enter_do_the_same(committed_world, to_clear, page_without_scripts):
    server, cases = to_clear
    page, keys = page_without_scripts, page_without_scripts.keyboard
    sign_in(page, server, committed_world, CLERK)
    tab_to(page, lambda here: "跳到列表" in here["words"])
    keys.press("Enter")
    tab_to(page, lambda here: "路灯不亮" in here["words"])
    keys.press("Enter")
    page.wait_for_selector("#steps-title")
    tab_to(page, lambda here: "跳到现在可以办理" in here["words"])
    keys.press("Enter")
    tab_to(page, lambda here: here["name"] == "category")  # the usual step stands open
    choose(page, "0201")
    tab_to(page, lambda here: here["words"] == "受理")
    keys.press("Enter")  # the button sends
    page.wait_for_selector(".notice--success")
    assert Case.everywhere.filter(pk__in=[each.pk for each in cases], stage="accepted").count() == 1
