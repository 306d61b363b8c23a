"""Five posts open the same resident's data, each in its own way; she reads exactly these five lines, and asks why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection

from linli.cases.models import Notice
from linli.cases.search import fold
from linli.conf.backups.folder import Folder
from linli.kinds.datarequests.models import DataRequest
from linli.ledger.sequencing import sequence_all
from linli.portals.desk.conftest import HOME, LAMP, NAME, PHONE, dispatched
from linli.portals.resident.test_papers_browser import looked_at
from linli.posts.models import Account
from linli.residents.models import Person
from linli.residents.people import registering
from linli.residents.people.conftest import given

pytestmark = [pytest.mark.browser, pytest.mark.server]
METRICS = "measured"
PASSWORD = "云溪县的风吹过石桥2026"
NUMBER = "11010519491231002X"
SITTING = ("chengguan_clerk", "call_taker", "power", "inspector", HOME, "liuhe_clerk")
IN_CLEAR = (NAME, PHONE, NUMBER)


class Gateway(BaseHTTPRequestHandler):
    """The telephone company: keeps what it was asked to send."""

    sent: list[str]

    def do_POST(self) -> None:
        self.sent.append(self.rfile.read(int(self.headers["Content-Length"])).decode("unicode_escape"))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_said: object) -> None:
        """Nothing on the console of the tests."""


@pytest.fixture
def texts() -> Iterator[tuple[str, list[str]]]:
    """The address of a gateway, and the text messages that went through it."""
    sent: list[str] = []
    gateway = HTTPServer(("127.0.0.1", 0), type("_Gateway", (Gateway,), {"sent": sent}))
    Thread(target=gateway.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{gateway.server_port}/", sent
    gateway.shutdown()
    gateway.server_close()


@pytest.fixture
def matter(committed_world, monkeypatch):
    """Her street lamp, which the lamp post has to deal with; nothing is about to be sent to her."""
    matter = dispatched(committed_world)
    Notice.objects.update(state="sent")
    monkeypatch.setattr(registering, "log", lambda *_rows, **_more: None)  # kept since before looks were
    registering.register(
        given(committed_world, name=NAME, phone=PHONE, number=NUMBER), by=committed_world.by(HOME)
    )
    sequence_all()
    while fold():
        pass
    for key in SITTING:
        account = Account.objects.get(pk=committed_world.by(key).holding.account_id)
        account.set_password(PASSWORD)
        account.save()
    return matter


@pytest.fixture
def place(matter, texts, start_server):
    """A server that tells all it does, and where its text messages arrive."""
    server = start_server(
        LINLI_SMS_BACKEND="linli.residents.sms.HttpSms",
        LINLI_SMS_URL=texts[0],
        LINLI_LOG_LEVEL="DEBUG",
        LINLI_METRICS_TOKEN=METRICS,
    )
    return server, texts[1]


@pytest.fixture
def desk(browser_page, place, committed_world):
    """`with desk("power") as page`: a browser of its own for each post, signed in with its password."""
    server, _sent = place

    @contextmanager
    def sitting(key):
        context = browser_page.context.browser.new_context(locale="zh-CN", base_url=server.url)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto("/account/login/?next=/desk/")
        page.fill("[name=login]", committed_world.by(key).holding.account.username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/desk/")
        yield page
        context.close()

    return sitting


def searches(page, _number):
    """The grid worker: for words, and hers are among what is found."""
    page.goto("/desk/area/?words=路灯")
    page.wait_for_selector(f"text={LAMP}")


def looks_up(page, _number):
    """The clerk, at the window: her record, by the whole number of her identity card."""
    page.goto("/desk/residents/")
    page.fill("[name=number]", NUMBER)
    page.press("[name=number]", "Enter")
    page.wait_for_selector(f"h1:has-text('{NAME}')")
    assert NUMBER in page.content()


def answers(page, number):
    """The call-taker: what was raised with the number that calls."""
    page.goto("/desk/calls/")
    page.fill("#id_phone", PHONE)
    page.click("button[value=find]")
    page.wait_for_selector(f"text={number}")


def works(page, number):
    """The lamp post: from its to-do list to the case."""
    page.click(f"a[href*='/desk/cases/{number}/']")
    page.wait_for_url(f"**/cases/{number}/*")


def oversees(page, number):
    """The inspector: the case by its number, nothing to do with it."""
    page.goto(f"/desk/cases/{number}/")
    page.wait_for_selector(f"text={LAMP}")


WAYS = {
    HOME: searches,
    "chengguan_clerk": looks_up,
    "call_taker": answers,
    "power": works,
    "inspector": oversees,
}


def opened_by_five(desk, matter):
    for key, way in WAYS.items():
        with desk(key) as page:
            way(page, matter.case.number)


@contextmanager
def her_own(page, place):
    """Her telephone, signed in with the code that came."""
    server, sent = place
    context = page.context.browser.new_context(
        locale="zh-CN", base_url=server.url, viewport={"width": 390, "height": 844}
    )
    context.add_init_script("window.print = () => { document.documentElement.dataset.printed = 'yes' }")
    page = context.new_page()
    page.goto("/account/login/code/")
    page.fill("[name=phone]", PHONE)
    page.click("main form button")
    page.wait_for_selector("[name=code]")
    page.fill("[name=code]", re.findall(r"\d{6}", sent[-1].replace(PHONE, ""))[0])
    page.click("main form button")
    page.wait_for_url("**/mine/")
    page.click("a[href='/mine/data/']")
    page.wait_for_url("**/mine/data/")
    yield page
    context.close()


def lines_on(page):
    """Who, of which body, why, what, how: each line of the page, the newest first."""
    page.wait_for_selector("footer")
    rows = page.locator("table.cards tbody tr").all()
    cells = [[cell.inner_text().split("\n") for cell in row.locator("td").all()] for row in rows]
    return [(*who, why[0], *what) for _when, who, why, what, *_ask in cells]


EXPECTED = [
    (
        "县督查员",
        "云溪县人民政府督查室",
        "该事项在本岗位负责的区域内",
        "您写的内容、您反映的事项及其进度",
        "打开查看",
    ),
    (
        "路灯维护岗",
        "云溪县供电公司",
        "该事项由本岗位办理或曾由其办理",
        "您写的内容、您反映的事项及其进度",
        "在列表中看到、打开查看",
    ),
    (
        "热线话务员",
        "云溪县社会治理现代化指挥中心",
        "您来电时查找您反映过的事项，免得您再说一遍",
        "您反映的事项及其进度",
        "在搜索结果中看到",
    ),
    (
        "城关街道受理员",
        "城关街道办事处",
        "您来访、来电或接受走访：使用已有信息，不再重复询问",
        "姓名、电话、住址、证件、出生日期、语言、户籍地",
        "打开查看",
    ),
    (
        "东门社区第一网格网格员",
        "东门社区居民委员会",
        "本岗位按关键词搜索，您反映的事项在结果中",
        "您写的内容",
        "在搜索结果中看到",
    ),
]


@pytest.mark.thorough
def test_she_reads_five_lines_asks_why_and_prints(browser_page, place, desk, matter):
    opened_by_five(desk, matter)
    with her_own(browser_page, place) as page:
        assert lines_on(page) == EXPECTED
        page.click("tr:has-text('路灯维护岗') a:has-text('问为何查阅')")
        page.fill("[name=text]", "我没有叫人来修路灯，为什么查看？")
        page.click("main form .actions button")
        page.click("button[name=own]")
        page.wait_for_url("**/receipt/")
        asked = DataRequest.objects.select_related("case").get()
        assert (asked.wanted, asked.asked_look.who) == ("ask_why", "路灯维护岗")
        assert asked.case.due
        page.goto("/mine/data/")
        page.click("a[href*='sheet=1']")
        page.wait_for_url("**sheet=1*")
        page.click("[data-print]")
        assert page.evaluate("document.documentElement.dataset.printed") == "yes"
        assert lines_on(page)[-5:] == EXPECTED
        assert page.pdf().startswith(b"%PDF")


def refused(page, number, record):
    """Pages that a clerk of another town asks for, and their answers."""
    addresses = [f"/desk/cases/{number}/{each}" for each in ("", "contact/", "file/", "similar/", "note/")]
    for address in (
        *addresses,
        f"/desk/residents/{record}/",
        f"/follow/{number}/",
        f"/follow/{number}/data/",
    ):
        answer = page.goto(address)
        assert answer.status in {403, 404} or "/follow/?" in page.url, address
        yield address, page.content()


def taken_out(page):
    """A list as a file, as a post takes it out."""
    page.goto("/desk/exports/?list=area")
    with page.expect_download() as expected:
        page.click("form[action$='/exports/make/'] button[value=csv]")
    return Path(expected.value.path()).read_bytes()


def in_clear(folder):
    """What of hers stands in a file as it is."""
    files = [each for each in folder.rglob("*") if each.is_file()]
    assert files
    return {
        (str(each.relative_to(folder)), mark)
        for each in files
        for mark in IN_CLEAR
        for coded in (mark.encode(), mark.encode("utf-16-le"), mark.encode("unicode_escape"))
        if coded in each.read_bytes()
    }


@pytest.mark.thorough
def test_nothing_of_hers_is_in_clear_where_nobody_should_read_it(browser_page, place, desk, matter, tmp_path):
    server, number = place[0], matter.case.number
    opened_by_five(desk, matter)
    with her_own(browser_page, place):
        pass
    with desk("liuhe_clerk") as page:
        for address, content in refused(page, number, Person.objects.get().pk):
            assert not [mark for mark in (*IN_CLEAR, LAMP) if mark in content], address
    kept = tmp_path / "kept"
    kept.mkdir()
    with desk("chengguan_clerk") as page:
        (kept / "export").write_bytes(taken_out(page))
    assert number.encode() in (kept / "export").read_bytes()
    if connection.vendor == "sqlite":
        database = Path(server.database)
        for file in database.parent.glob(f"{database.name}*"):  # while the server runs: the log too
            (kept / file.name).write_bytes(file.read_bytes())
        assert (kept / f"{database.name}-wal").stat().st_size
        call_command("backup", str(kept / "backup"))
        Folder(kept / "backup").chosen().unpack(kept)
    asked = {"Authorization": f"Bearer {METRICS}"}
    (kept / "metrics").write_bytes(browser_page.request.get(f"{server.url}/metrics", headers=asked).body())
    with (kept / "doctor").open("w") as said, suppress(SystemExit):
        call_command("doctor", stdout=said)
    for name, lines in (("metrics", "linli_requests_total"), ("doctor", "\n")):
        assert lines in (kept / name).read_text()
        assert number not in (kept / name).read_text()
    (kept / "log").write_bytes(server.log.read_bytes())
    assert number.encode() in (kept / "log").read_bytes()
    assert in_clear(kept) == set()
    assert in_clear(server.log.parent) == set()
    (kept / "leak").write_text(f"...{NAME}...", encoding="utf-8")
    assert in_clear(kept) == {("leak", NAME)}, "the search finds what is there"


ALIKE = {"en": {"language": "en"}, "large": {"care": "on"}}


@pytest.mark.thorough
def test_her_pages_fit_and_shut_nobody_out(browser_page, place, desk, matter, axe_source):
    opened_by_five(desk, matter)
    pages = {
        "looks": "/mine/data/",
        "paper": "/mine/data/?sheet=1",
        "case": f"/follow/{matter.case.number}/data/",
    }
    with her_own(browser_page, place) as page:
        for way, cookies in ALIKE.items():
            page.context.add_cookies(
                [{"name": name, "value": value, "url": place[0].url} for name, value in cookies.items()]
            )
            for name, address in pages.items():
                page.goto(address)
                looked_at(page, axe_source, f"{name}-{way}")
            for name in cookies:
                page.context.clear_cookies(name=name)
