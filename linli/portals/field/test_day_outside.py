"""The offline day, and how the app looks and works for everybody: on a phone, in large type, without a script."""

import re
import threading
import time

import pytest

from linli.cases.models import Attachment, Case
from linli.portals.field.conftest import HOME, LAMP, Outside, picture, to_verify, until
from tests.amounts import fewer_by_day
from tests.walk.looking import Way, faults, listening

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.thorough]
A_DAY_BEHIND = "const now = Date.now; Date.now = () => now() - 86_400_000;"
WAYS = [Way(390, "zh-hans", "off"), Way(390, "en", "on"), Way(1280, "zh-hans", "on"), Way(1280, "en", "off")]


def entered():
    return Case.everywhere.filter(summary__startswith="外出记录")


@fewer_by_day("items", 30, 100)
def test_a_day_without_signal_loses_nothing_and_doubles_nothing(outside, items):
    """So many things with photos; two tabs killed, the server killed while they are sent, the clock a day off."""
    outside.context.add_init_script(A_DAY_BEHIND)
    tab = outside.prepared()
    outside.context.set_offline(True)
    for nr in range(items):
        if nr in {items // 3, items * 2 // 3}:
            tab.close()
            tab = outside.context.new_page()
            tab.complaints = []
        outside.enter(tab, f"外出记录 {nr}", picture(size=(40 + nr, 30)))
    assert outside.states(tab) == ["waiting"] * items
    killed = threading.Thread(target=kill_while_sending, args=[outside.server, items // 5])
    killed.start()
    outside.context.set_offline(False)
    outside.go(tab, "outbox/")
    until(lambda: not killed.is_alive(), 60)
    assert 0 < entered().count() < items
    tab.close()
    outside.serve()
    tab = outside.page("outbox/")
    until(lambda: entered().count() == items, 120)
    until(lambda: "waiting" not in outside.states(tab))
    assert outside.states(tab).count("sent") == len(outside.states(tab))
    assert len(set(entered().values_list("summary", flat=True))) == items
    photos = Attachment.objects.filter(case__in=entered())
    assert (photos.count(), photos.values("case").distinct().count()) == (items, items)
    assert photos.values("digest").distinct().count() == items
    assert all(abs(each.at.timestamp() - time.time()) < 600 for each in entered())


def kill_while_sending(server, arrived):
    """kill -9 once some of it has arrived."""
    end = time.monotonic() + 50
    while entered().count() < arrived and time.monotonic() < end:
        time.sleep(0.05)
    server.kill()


def test_a_telephone_that_was_switched_off_still_has_everything_and_sends_it_once(
    committed_world, start_server, begin_browser, tmp_path
):
    """The browser is gone and begins again from what lies on the device; whoever holds it signs in anew."""
    outside = Outside(begin_browser(tmp_path), start_server, committed_world.by(HOME).holding.account)
    outside.serve()
    outside.sign_in()
    outside.prepared()
    outside.context.set_offline(True)
    for nr in range(3):
        outside.enter(outside.context.pages[-1], f"外出记录 {nr}", picture(size=(40 + nr, 30)))
    outside.context.close()
    outside.context = begin_browser(tmp_path)
    outside.context.set_offline(True)
    assert outside.states(outside.page("outbox/")) == ["waiting"] * 3
    outside.sign_in()
    outside.context.set_offline(False)
    outside.all_sent(outside.page("outbox/"))
    outside.context.close()
    photos = Attachment.objects.filter(case__in=entered())
    assert (entered().count(), photos.values("case").distinct().count()) == (3, 3)


def test_the_app_is_whole_in_each_look_with_and_without_signal(outside, committed_world, axe_source):
    """Axe looks at each page with and without signal once, in turn in another way."""
    case, tab, found = to_verify(committed_world), outside.prepared(), []
    tab.click("[data-take-along]")
    outside.enter(tab, "看看样子", picture())
    addresses = ["", "new/", "new/matters/", f"cases/{case.number}/", "map/", "outbox/", "shell/"]
    with listening(tab, outside.server.url) as heard:
        for turn, way in enumerate(WAYS):
            tab.set_viewport_size({"width": way.width, "height": 844})
            outside.context.add_cookies(way.cookies(outside.server.url))
            outside.go(tab)
            until(lambda way=way: stands_in(tab, way.language))
            for offline in (False, True):
                outside.context.set_offline(offline)
                for place, address in enumerate(addresses):
                    outside.go(tab, address)
                    wrong = faults(tab, way, axe_source if place % 4 == turn else "")
                    found += [f"{way} {offline} {address}: {each}" for each in wrong]
                heard[:] = [each for each in heard if "ERR_INTERNET_DISCONNECTED" not in each]
            outside.context.set_offline(False)
    assert found == []
    assert heard == []


def stands_in(tab, language):
    """Whether the page that stands in without signal has come in a language."""
    kept = tab.evaluate("caches.match('/field/shell/').then((found) => found.text())")
    return ("No signal" in kept) == (language == "en")


def test_the_language_of_the_page_that_stands_in_is_the_readers(outside):
    tab = outside.prepared()
    outside.context.add_cookies([{"name": "language", "value": "en", "url": outside.server.url}])
    outside.go(tab)
    until(lambda: stands_in(tab, "en"))


def test_without_a_script_everything_is_done_by_ordinary_forms(outside, committed_world):
    case = to_verify(committed_world)
    context = outside.context.browser.new_context(
        java_script_enabled=False, locale="zh-CN", viewport={"width": 390, "height": 844}
    )
    context.add_cookies(outside.context.cookies())
    tab, home = context.new_page(), f"{outside.server.url}/field/"
    tab.goto(f"{home}new/matters/")
    tab.fill("#id_text", "没有脚本")
    tab.set_input_files("#id_photos", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    tab.click("form[data-opens] .actions button")
    assert re.search(r"\d{6}-\d\d-\d{5}-\d", tab.inner_text(".done__number"))
    tab.goto(home)
    tab.click(f"main a:has-text('{LAMP}')")
    tab.click("details.step:has([data-step=verify]) summary")
    tab.fill("#verify_finding", "灯确实不亮")
    tab.click("form[data-step=verify] button")
    assert "已完成" in tab.inner_text(".notice--success")
    tab.goto(f"{home}outbox/")
    assert "表单会直接提交" in tab.inner_text("main")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
    case.refresh_from_db()
    assert case.stage == "reported"
    assert Attachment.objects.filter(case__summary="没有脚本").count() == 1


def test_a_browser_that_can_keep_nothing_says_so_and_sends_at_once(outside):
    outside.context.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false });")
    tab = outside.context.new_page()
    tab.goto(f"{outside.server.url}/field/new/matters/")
    tab.wait_for_selector("p[data-state]:has-text('不能离线保存')")
    tab.fill("#id_text", "旧手机")
    tab.click("form[data-opens] .actions button")
    tab.wait_for_selector(".done__number")
    assert Case.everywhere.filter(summary="旧手机").count() == 1
