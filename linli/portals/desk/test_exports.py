"""Lists as files: nothing in them calculates, large ones are made aside, and contacts need a second post."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from linli.base.sheets import is_formula
from linli.cases.exports import clear, file_of
from linli.cases.models import Export
from linli.ledger.models import Entry
from linli.portals.desk import exports
from linli.portals.desk.conftest import NAME, PHONE, reported
from linli.portals.desk.exporting import Table, counted, write
from linli.posts.actions import appoint
from linli.posts.actor import SystemActor
from linli.posts.models import Holding
from linli.residents.access import names_of
from linli.residents.models import Access, How
from linli.residents.purposes import purpose_named
from linli.web.parts import Row

pytestmark = pytest.mark.django_db
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
AREA = {"list": "area", "form": "xlsx"}
REASON = "文明城市复查，需要集中回访。"


def text(response):
    return response.content.decode()


def sheet_of(content, number=1):
    """The cells of a worksheet, as (type, value), row by row."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        tree = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
        shared = []
        if "xl/sharedStrings.xml" in book.namelist():
            strings = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
            shared = ["".join(each.itertext()) for each in strings]
    rows = []
    for row in tree.iter(f"{MAIN}row"):
        cells = []
        for cell in row:
            value = "".join(cell.itertext())
            cells.append((cell.get("t"), shared[int(value)] if cell.get("t") == "s" else value))
        rows.append(cells)
    return rows, tree


@pytest.mark.parametrize(
    "words",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "＋1",
        "－1",
        "＠1",
        " =1",
        "　＝1",
        "\u200b=1",
        "\ufeff=1",
    ],
)
def test_a_text_that_could_calculate_is_known(words):
    assert is_formula(words)


@pytest.mark.parametrize("words", ["", "路灯坏了", "990101-26-00001-1", "1=1", "三号楼-东侧"])
def test_a_plain_text_stays_as_it_is(words):
    assert not is_formula(words)


def test_the_excel_file_holds_texts_and_dates_and_no_formula(world, sign_in):
    case = reported(world, "=HYPERLINK(1) 这是一条以等号开头的上报").case
    response = sign_in("chengguan_clerk").post("/desk/exports/make/", AREA)
    assert "辖区-城关街道受理员-" in unquote(response["Content-Disposition"])
    rows, tree = sheet_of(response.content)
    assert list(tree.iter(f"{MAIN}f")) == []
    heading = [value for _type, value in rows[0]]
    assert heading[:6] == ["编号", "类别", "内容摘要", "状态", "地点", "区划代码"]
    row = next(row for row in rows[1:] if row[0][1] == case.number)
    assert row[2] == ("inlineStr", "=HYPERLINK(1) 这是一条以等号开头的上报")
    assert row[5] == ("inlineStr", case.division.trimmed)
    assert float(row[6][1]) == pytest.approx(46350, abs=2000)  # a date, counted in days since 1900
    assert tree.find(f".//{MAIN}pane").get("state") == "frozen"


def test_the_file_says_what_it_holds(world, sign_in, case):
    data = {**AREA, "words": "", "stage": "matters.reported"}
    content = sign_in("chengguan_clerk").post("/desk/exports/make/", data).content
    about = {cells[0][1]: cells[1][1] for cells in sheet_of(content, 2)[0]}
    assert "待受理" in about["列表"]
    assert about["岗位"] == "城关街道受理员"
    assert about["行数"] == "1"
    assert "制作时间" in about


def test_the_csv_is_guarded_and_dates_are_dates(world, sign_in):
    number = reported(world, "＝1+1 以全角等号开头").case.number
    response = sign_in("chengguan_clerk").post("/desk/exports/make/", {**AREA, "form": "csv"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    row = next(row for row in rows if row[0] == number)
    assert row[2].startswith("'＝1+1")
    assert row[6] == f"{timezone.localtime():%Y-%m-%d}{row[6][10:]}"


def test_the_whole_list_is_exported_not_a_page(world, sign_in, monkeypatch):
    monkeypatch.setattr("linli.cases.lists.PAGE", 2)
    numbers = {reported(world).case.number for _each in range(5)}
    content = sign_in("chengguan_clerk").post("/desk/exports/make/", AREA).content
    assert numbers <= {row[0][1] for row in sheet_of(content)[0]}


def test_a_list_ends_at_the_border_of_the_area(world, sign_in, case):
    content = sign_in("liuhe_clerk").post("/desk/exports/make/", AREA).content
    assert case.number not in {row[0][1] for row in sheet_of(content)[0]}


@pytest.mark.parametrize("data", [{}, {"list": "x"}, {"list": "area", "form": "exe"}])
def test_nonsense_is_no_list(sign_in, data):
    assert sign_in("chengguan_clerk").post("/desk/exports/make/", data).status_code == 404


def test_a_list_is_never_wider_than_it_was_asked_for(sign_in, case):
    client = sign_in("chengguan_clerk")
    rows, _tree = sheet_of(client.post("/desk/exports/make/", {**AREA, "words": "没有这样的事" * 15}).content)
    assert len(rows) == 1
    assert client.post("/desk/exports/make/", {**AREA, "words": "长" * 3000}).status_code == 422


def test_a_long_list_is_made_aside_and_only_its_post_fetches_it(world, sign_in, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    numbers = {reported(world).case.number for _each in range(4)}
    client = sign_in("chengguan_clerk")
    page = client.post("/desk/exports/make/", AREA, follow=True)
    assert "等待生成" in text(page)
    found = Export.objects.get()
    address = f"/desk/exports/{found.pk}/file/"
    assert client.get(address).status_code == 409
    assert exports.make_waiting() == 1
    found.refresh_from_db()
    assert found.state == "ready"
    assert found.rows >= 4
    content = b"".join(client.get(address).streaming_content)
    assert numbers <= {row[0][1] for row in sheet_of(content)[0]}
    for other in ("chengguan_dispatcher", "liuhe_clerk", "county_head"):
        assert sign_in(other).get(address).status_code == 404
    assert Entry.objects.get(name="exports.make").facts["rows"] == found.rows


def test_a_file_past_its_time_is_gone(world, sign_in, monkeypatch, case):
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    client = sign_in("chengguan_clerk")
    client.post("/desk/exports/make/", AREA)
    exports.make_waiting()
    found = Export.objects.get()
    assert file_of(found).is_file()
    assert clear() == 0
    assert clear(timezone.now() + timedelta(days=4)) == 1
    assert not file_of(found).exists()
    assert client.get(f"/desk/exports/{found.pk}/file/").status_code == 409


def test_an_ended_appointment_gets_no_file(world, sign_in, monkeypatch, case):
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    sign_in("chengguan_clerk").post("/desk/exports/make/", AREA)
    Holding.objects.filter(pk=world.by("chengguan_clerk").holding.pk).update(until=timezone.now())
    exports.make_waiting()
    assert Export.objects.get().state == "failed"


def asked(sign_in):
    client = sign_in("chengguan_clerk")
    data = {"list": "area", "form": "xlsx", "purpose": "call_back_many", "reason": REASON}
    client.post("/desk/exports/contacts/", data)
    return client, Export.objects.get()


def contacts_read(case):
    """The rows of whoever got to see the reporter's number."""
    rows = Access.objects.filter(contact=case.reporter)
    return [row for row in rows if "phone" in names_of(row.classes)]


def test_contacts_come_out_once_after_another_post_said_yes(world, sign_in, case):
    client, export = asked(sign_in)
    file = f"/desk/exports/{export.pk}/file/"
    assert client.post(file).status_code == 409
    head = sign_in("county_head")
    page = text(head.get(f"/desk/exports/{export.pk}/"))
    assert REASON in page
    assert case.number in page
    assert PHONE not in page
    head.post(f"/desk/exports/{export.pk}/", {"answer": "yes", "words": ""})
    assert not contacts_read(case)
    content = client.post(file).content
    assert (NAME, PHONE) in {(row[9][1], row[10][1]) for row in sheet_of(content)[0] if len(row) == 11}
    [access] = contacts_read(case)
    assert (access.activity, access.about) == (purpose_named("call_back_many").nr, case.pk)
    assert (names_of(access.classes), access.how) == (["name", "phone"], How.EXPORT)
    assert client.post(file).status_code == 409
    assert len(contacts_read(case)) == 1
    names = set(Entry.objects.filter(name__startswith="exports.").values_list("name", flat=True))
    assert names == {"exports.ask", "exports.approve", "exports.fetch"}


def test_the_same_person_neither_approves_nor_fetches_what_they_approved(world, sign_in, case):
    client, export = asked(sign_in)
    clerk, head = world.by("chengguan_clerk").holding.account, world.by("county_head").holding.account
    hat = appoint(clerk, world.posts["county_head"], by=SystemActor("demo"), acting=True)
    client.post("/desk/hat/", {"hat": hat.pk})
    assert client.post(f"/desk/exports/{export.pk}/", {"answer": "yes"}).status_code == 403
    other = sign_in("county_head")
    other.post(f"/desk/exports/{export.pk}/", {"answer": "yes"})
    hat = appoint(head, world.posts["chengguan_clerk"], by=SystemActor("demo"), acting=True)
    other.post("/desk/hat/", {"hat": hat.pk})
    assert other.post(f"/desk/exports/{export.pk}/file/").status_code == 403
    assert not contacts_read(case)


def test_a_refusal_says_why_and_opens_nothing(world, sign_in, case):
    client, export = asked(sign_in)
    head = sign_in("county_head")
    assert head.post(f"/desk/exports/{export.pk}/", {"answer": "no"}).status_code == 422
    head.post(f"/desk/exports/{export.pk}/", {"answer": "no", "words": "逐件回访即可"})
    assert "逐件回访即可" in text(client.get(f"/desk/exports/{export.pk}/"))
    assert client.post(f"/desk/exports/{export.pk}/file/").status_code == 409
    assert head.post(f"/desk/exports/{export.pk}/", {"answer": "yes"}).status_code in {200, 409}
    export.refresh_from_db()
    assert export.state == "refused"


@pytest.mark.parametrize("visitor", ["head_柳河社区", "liuhe_clerk", "chengguan_dispatcher"])
def test_nobody_else_sees_or_answers_a_request(sign_in, case, visitor):
    _client, export = asked(sign_in)
    response = sign_in(visitor).post(f"/desk/exports/{export.pk}/", {"answer": "yes"})
    assert response.status_code in {403, 404}
    export.refresh_from_db()
    assert export.state == "asked"


def test_handlers_cannot_ask(sign_in):
    assert sign_in("power").get("/desk/exports/contacts/", {"list": "area"}).status_code == 403


def test_too_many_cases_are_refused(world, sign_in, monkeypatch):
    monkeypatch.setattr("linli.cases.exports.MOST_WITH_CONTACTS", 1)
    reported(world), reported(world)
    data = {"list": "area", "form": "xlsx", "purpose": "call_back_many", "reason": REASON}
    response = sign_in("chengguan_clerk").post("/desk/exports/contacts/", data)
    assert response.status_code == 422
    assert not Export.objects.exists()


def test_what_was_approved_lapses(world, sign_in, case):
    client, export = asked(sign_in)
    sign_in("county_head").post(f"/desk/exports/{export.pk}/", {"answer": "yes"})
    Export.objects.update(until=timezone.now())
    assert client.post(f"/desk/exports/{export.pk}/file/").status_code == 409
    assert clear() == 1


def test_a_hundred_thousand_rows_need_little_memory(tmp_path):
    now = timezone.now()
    rows = (
        ("990101-26-00001-1", "类别", "路灯坏了", "状态", "地点", "990101001001001", now, "x", now)
        for _n in range(3000)
    )
    told = []
    table = Table(["a"] * 9, counted(rows, told.append), [Row("a", "b")])
    assert write(table, "xlsx", tmp_path / "x") == 3000
    assert told == [1000, 2000, 3000]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_short_list_taken_out_at_once_is_on_record_too(world, sign_in, form):
    for _each in range(3):
        reported(world)
    assert (
        sign_in("chengguan_clerk").post("/desk/exports/make/", {"list": "area", "form": form}).status_code
        == 200
    )
    entry = Entry.objects.get(name="exports.make")
    assert entry.facts == {"rows": 3, "form": form, "list": "area"}
    assert entry.post == world.posts["chengguan_clerk"].pk
    assert entry.division == world.place("城关街道").code


def test_a_list_that_is_only_looked_at_leaves_no_record_of_an_export(world, sign_in):
    client = sign_in("chengguan_clerk")
    client.get("/desk/area/")
    client.get("/desk/exports/?list=area")
    assert not Entry.objects.filter(name="exports.make").exists()
