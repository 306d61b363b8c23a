"""The life of what is entered without signal, in a real browser against a real server."""

import json
import re
import time

import pytest
from PIL import Image

from linli.cases.models import Attachment, Case
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.portals.field.conftest import HOME, LAMP, picture, to_verify, until

pytestmark = [pytest.mark.browser, pytest.mark.server]
ONE_DAY_OFF = "const now = Date.now; Date.now = () => now() - 86_400_000;"
SEND = re.compile("/field/outbox/[0-9a-f-]{36}/$")
COUNTED = """
  const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
  window.asked = 0;
  navigator.geolocation.getCurrentPosition = (...given) => { window.asked += 1; ask(...given); };
"""
HELD = """async (store) => {
  const device = await new Promise((done) => {
    const asked = indexedDB.open("linli-field");
    asked.onsuccess = () => done(asked.result);
  });
  const held = await new Promise((done) => {
    const asked = device.transaction(store).objectStore(store).getAll();
    asked.onsuccess = () => done(asked.result);
  });
  device.close();
  return held.length;
}"""


def made(text):
    return Case.everywhere.filter(summary__startswith=text)


def photos_of(text):
    return Attachment.objects.filter(case__in=made(text)).count()


def without_signal(outside, count, text="井盖松了"):
    """So many things entered while nobody answers. Once the signal is back the page sends at once."""
    tab = outside.prepared()
    outside.context.set_offline(True)
    for turn in range(count):
        outside.enter(tab, f"{text} {turn}", picture(size=(40 + turn, 30)))
    assert outside.states(tab) == ["waiting"] * count
    return tab


@pytest.mark.thorough
def test_five_things_entered_without_signal_arrive_once_each_with_their_photos(outside):
    tab = without_signal(outside, 5)
    assert "5 件" in tab.inner_text("p[data-state]")
    tab.close()
    outside.context.set_offline(False)
    tab = outside.page("outbox/")
    outside.all_sent(tab)
    assert outside.states(tab) == ["sent"] * 5
    assert (made("井盖松了").count(), photos_of("井盖松了")) == (5, 5)
    assert tab.complaints == []


@pytest.mark.thorough
def test_what_was_taken_along_is_worked_on_without_signal(outside, committed_world):
    case = to_verify(committed_world)
    tab = outside.prepared()
    tab.click("[data-take-along]")
    until(lambda: tab.evaluate(HELD, "day") == 1)
    outside.context.set_offline(True)
    outside.go(tab)
    assert LAMP in tab.inner_text("main")
    tab.click("main a")
    outside.ready(tab)
    tab.click("details.step:has([data-step=verify]) summary")
    tab.fill("#verify_finding", "灯确实不亮")
    tab.click("form[data-step=verify] button")
    tab.wait_for_url("**/outbox/")
    outside.context.set_offline(False)
    outside.go(tab, "outbox/")
    outside.all_sent(tab)
    case.refresh_from_db()
    assert case.stage == "reported"


@pytest.mark.thorough
def test_a_link_out_of_reach_says_so_and_stays(outside):
    tab = outside.prepared("new/")
    outside.context.set_offline(True)
    tab.click("a[href='/desk/chats/']")
    until(lambda: "那个页面需要网络" in tab.inner_text("p[data-state]"))
    assert tab.url.endswith("/field/new/")
    outside.context.set_offline(False)
    tab.click("a[href='/desk/chats/']")
    tab.wait_for_url("**/desk/chats/")


@pytest.mark.thorough
def test_an_answer_that_is_lost_makes_no_second_matter(outside):
    tab = without_signal(outside, 1)
    lost_ones = []

    def lost(route):
        lost_ones.append(route.fetch().status)
        route.abort()

    outside.context.route(SEND, lost, times=1)
    outside.context.set_offline(False)
    outside.go(tab, "outbox/")
    until(lambda: tab.wait_for_timeout(50) or lost_ones)
    assert made("井盖松了").count() == 1
    tab.click("[data-send]")
    outside.all_sent(tab)
    assert (made("井盖松了").count(), photos_of("井盖松了")) == (1, 1)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "answer", [{"status": 500, "body": "{}"}, {"status": 200, "body": "<html>Wi-Fi</html>"}]
)
def test_what_is_no_receipt_deletes_nothing_and_stops_the_run(outside, answer):
    tab = without_signal(outside, 2)
    asked = []
    outside.context.route(SEND, lambda route: (asked.append(route.request.url), route.fulfill(**answer)))
    outside.context.set_offline(False)
    outside.go(tab, "outbox/")
    until(lambda: tab.wait_for_timeout(50) or asked)
    tab.wait_for_timeout(500)
    assert (outside.states(tab), len(set(asked))) == (["waiting"] * 2, 1)
    outside.context.unroute(SEND)
    tab.click("[data-send]")
    outside.all_sent(tab)
    assert made("井盖松了").count() == 2


@pytest.mark.thorough
def test_who_is_signed_out_keeps_everything_and_is_asked_to_sign_in(outside):
    tab = without_signal(outside, 1)
    outside.context.clear_cookies()
    outside.context.set_offline(False)
    tab.click("[data-send]")
    until(lambda: "请重新登录" in tab.inner_text("p[data-state]"))
    assert outside.states(tab) == ["waiting"]
    outside.sign_in()
    tab.click("[data-send]")
    outside.all_sent(tab)
    assert made("井盖松了").count() == 1


@pytest.mark.thorough
def test_where_somebody_was_faster_both_are_shown_and_a_person_decides(outside, committed_world):
    case = to_verify(committed_world)
    tab = outside.prepared(f"cases/{case.number}/")
    matter = Matter.objects.select_related("case").get(pk=case.pk)
    actions.supervise(matter, by=committed_world.by("county_head"), seen=2, question="为何还没去", hours=8)
    tab.click("details.step:has([data-step=settle]) summary")
    tab.fill("#settle_result", "已换灯泡")
    tab.click("form[data-step=settle] button")
    tab.wait_for_url("**/outbox/")
    outside.ready(tab)
    until(lambda: outside.states(tab) == ["conflict"])
    shown = tab.inner_text("[data-unsent]")
    assert "为何还没去" in shown
    assert "已换灯泡" in shown
    case.refresh_from_db()
    assert case.version == 3
    tab.click("text=仍按我写的办理")
    outside.all_sent(tab)
    case.refresh_from_db()
    assert case.stage == "checked"


@pytest.mark.thorough
def test_what_is_refused_stays_with_its_reason_and_can_be_changed(outside):
    tab = outside.prepared()
    outside.enter(tab, "长" * 6001, picture())
    until(lambda: outside.states(tab) == ["refused"])
    assert "6000" in tab.inner_text("[data-unsent] .item__error")
    tab.click("text=修改")
    tab.wait_for_url("**/new/matters/#item=*")
    outside.ready(tab)
    assert len(tab.input_value("#id_text")) == 6001
    tab.fill("#id_text", "短一些")
    tab.click("form[data-opens] .actions button")
    tab.wait_for_url("**/field/outbox/")
    outside.ready(tab)
    outside.all_sent(tab)
    assert (made("短一些").count(), photos_of("短一些")) == (1, 1)


@pytest.mark.thorough
def test_what_is_too_large_for_the_other_side_stays_and_says_so(outside):
    tab = without_signal(outside, 1)
    error = {"error": {"code": "too_large", "sentence": "太大了"}}
    outside.context.route("**/field/photos/*/", lambda route: route.fulfill(status=413, json=error))
    outside.context.set_offline(False)
    outside.go(tab, "outbox/")
    until(lambda: outside.states(tab) == ["refused"])
    assert "太大了" in tab.inner_text("[data-unsent]")


@pytest.mark.thorough
def test_two_tabs_send_each_thing_once(outside):
    tab = without_signal(outside, 5)
    other = outside.context.new_page()
    other.goto(f"{outside.server.url}/field/outbox/")
    outside.ready(other)
    sent = []
    outside.context.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    outside.context.set_offline(False)
    for each in (tab, other):
        each.evaluate("document.querySelector('[data-send]').click()")
    outside.all_sent(tab)
    outside.all_sent(other)
    posted = [url for url in sent if re.search(r"/field/outbox/.+/$", url)]
    assert (len(posted), len(set(posted)), made("井盖松了").count()) == (5, 5, 5)


@pytest.mark.thorough
def test_signing_out_takes_what_was_taken_along_and_says_what_stays(outside, committed_world):
    to_verify(committed_world)
    tab = outside.prepared()
    tab.click("[data-take-along]")
    until(lambda: tab.evaluate(HELD, "day") == 1)
    outside.enter(tab, "已经上传的")
    outside.all_sent(tab)
    outside.context.set_offline(True)
    outside.enter(tab, "还没上传的")
    outside.context.route("**/field/hello/", lambda route: route.abort())
    outside.context.set_offline(False)
    tab.goto(f"{outside.server.url}/account/logout/")
    tab.wait_for_selector("[data-unsent-stay]:not([hidden])")
    assert "还有 1 件没有上传" in tab.inner_text("[data-unsent-stay]")
    tab.click("main button")
    tab.wait_for_url(f"{outside.server.url}/")
    assert [tab.evaluate(HELD, name) for name in ("day", "codes", "outbox", "photos")] == [0, 0, 1, 0]
    assert tab.evaluate("caches.keys()") == []


@pytest.mark.thorough
def test_another_person_neither_sees_nor_sends_what_somebody_left_on_the_device(outside, committed_world):
    to_verify(committed_world)
    tab = outside.prepared()
    tab.click("[data-take-along]")
    until(lambda: tab.evaluate(HELD, "day") == 1)
    outside.context.set_offline(True)
    outside.enter(tab, "前一个人写的")
    outside.context.clear_cookies()
    outside.context.set_offline(False)
    outside.sign_in(committed_world.by("chengguan_clerk").holding.account)
    outside.go(tab, "outbox/")
    assert "前一个人写的" not in tab.inner_text("body")
    assert "还有 1 件属于其他人" in tab.inner_text("[data-others]")
    assert tab.evaluate(HELD, "day") == 0
    tab.wait_for_timeout(1000)
    assert made("前一个人写的").count() == 0
    outside.context.clear_cookies()
    outside.sign_in()
    outside.go(tab, "outbox/")
    outside.all_sent(tab)
    assert made("前一个人写的").count() == 1


@pytest.mark.thorough
def test_a_photo_of_forty_megabytes_is_made_small_before_it_is_kept(outside, tmp_path):
    noise = Image.effect_noise((7300, 7000), 120).convert("RGB")
    noise.save(tmp_path / "large.jpg", "JPEG", quality=97, exif=Image.Exif())
    content = (tmp_path / "large.jpg").read_bytes()
    assert len(content) > 40_000_000
    tab = outside.prepared()
    outside.context.set_offline(True)
    outside.go(tab, "new/matters/")
    tab.fill("#id_text", "很大的照片")
    tab.set_input_files("#id_photos", tmp_path / "large.jpg")
    tab.click("form[data-opens] .actions button")
    tab.wait_for_url("**/field/outbox/", timeout=90_000)
    outside.ready(tab)
    outside.context.set_offline(False)
    outside.go(tab, "outbox/")
    outside.all_sent(tab, seconds=60)
    assert Attachment.objects.get(case=made("很大的照片").get()).size < 3_000_000


@pytest.mark.thorough
def test_a_photo_that_cannot_be_read_is_said_and_nothing_else_is_lost(outside):
    tab = outside.prepared("new/matters/")
    tab.fill("#id_text", "照片坏了")
    tab.set_input_files("#id_photos", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    tab.click("form[data-opens] .actions button")
    until(lambda: "照片无法读取" in tab.inner_text("[data-said]"))
    assert tab.input_value("#id_text") == "照片坏了"
    assert tab.evaluate(HELD, "outbox") == 0


@pytest.mark.thorough
def test_a_full_device_says_so_and_leaves_the_form(outside):
    tab = outside.prepared("new/matters/")
    tab.evaluate(
        """async () => {
          const asked = indexedDB.open("linli-field");
          const device = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
          const turn = device.transaction("outbox", "readwrite");
          for (let nr = 0; nr < 200; nr += 1) {
            turn.objectStore("outbox").add({ key: String(nr), who: "x", state: "waiting", photos: [], bytes: 1 });
          }
          await new Promise((done) => { turn.oncomplete = done; });
          device.close();
        }"""
    )
    tab.fill("#id_text", "放不下")
    tab.click("form[data-opens] .actions button")
    until(lambda: "本机已存满" in tab.inner_text("[data-said]"))
    assert tab.input_value("#id_text") == "放不下"


@pytest.mark.thorough
def test_a_clock_that_is_a_day_off_is_said_and_changes_nothing(outside):
    outside.context.add_init_script(ONE_DAY_OFF)
    tab = outside.prepared()
    outside.enter(tab, "时间不对")
    outside.all_sent(tab)
    assert "1440 分钟" in tab.inner_text("p[data-state]")
    assert abs(made("时间不对").get().at.timestamp() - time.time()) < 60


@pytest.mark.thorough
def test_what_is_stuck_leaves_as_a_file_and_can_be_deleted(outside):
    tab = without_signal(outside, 1)
    with tab.expect_download() as saved:
        tab.click("[data-unsent] >> text=存成文件")
    (kept,) = json.loads(saved.value.path().read_text(encoding="utf-8"))
    assert ["text", "井盖松了 0"] in kept["fields"]
    assert kept["photos"][0]["jpeg"].startswith("data:image/jpeg;base64,")
    tab.on("dialog", lambda asked: asked.accept())
    tab.click("[data-unsent] >> text=删除")
    until(lambda: tab.evaluate(HELD, "outbox") + tab.evaluate(HELD, "photos") == 0)


@pytest.mark.thorough
def test_the_position_is_taken_only_when_something_is_saved_with_it(outside, committed_world):
    grid = committed_world.place(HOME)
    outside.context.grant_permissions(["geolocation"])
    outside.context.set_geolocation({"longitude": grid.longitude, "latitude": grid.latitude})
    outside.context.add_init_script(COUNTED)
    tab = outside.prepared("new/matters/")
    tab.fill("#id_text", "有位置")
    tab.check("[data-position] input")
    assert tab.evaluate("window.asked") == 0
    tab.click("form[data-opens] .actions button")
    tab.wait_for_url("**/field/outbox/")
    outside.ready(tab)
    outside.all_sent(tab)
    found = Matter.objects.get(case=made("有位置").get())
    assert (round(found.longitude, 4), found.placing) == (round(grid.longitude, 4), "inside")
