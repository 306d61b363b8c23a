"""The pages of exchange by sheet: a source is added, mapped, taken in from, and gets its replies back."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localtime

from linli.base.sheets import XLSX
from linli.base.workbooks import read_workbook
from linli.cases.models import Case
from linli.exchange.models import Delivery, Foreign, Reply, ReplyForm, Return, SheetMap, Source
from linli.exchange.sheets.conftest import BODY, COLUMNS, HEADINGS, NAME, PHONE, Book, good, reply_book
from linli.exchange.sheets.maps import save_map
from linli.exchange.sources import add_source, sources_in
from linli.portals.desk.conftest import reported
from tests.assessing import assessed_source

pytestmark = pytest.mark.django_db
HOME = "/desk/exchange/hotline/sheets/"


def a_file(content: bytes, name: str = "工单.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, XLSX)


@pytest.fixture
def hotline(world: Any) -> Source:
    sources_in(world.by("administrator"))  # as in a process that has asked before
    return assessed_source(
        world, add_source("hotline", "12345热线", world.county, by=world.by("administrator"))
    )


@pytest.fixture
def mapped(world: Any, hotline: Source) -> Source:
    save_map(hotline, BODY, by=world.by("administrator"))
    return hotline


def test_an_administrator_adds_a_source_and_a_clerk_sees_it(world, sign_in):
    given = {"name": "12345热线", "code": "hotline", "division": world.county.trimmed}
    response = sign_in("administrator").post("/desk/exchange/", given)
    assert response["Location"] == HOME
    assert "12345热线" in sign_in("county_clerk").get("/desk/exchange/").text


def test_a_clerk_adds_none(world, sign_in):
    given = {"name": "12345热线", "code": "hotline", "division": world.county.trimmed}
    assert sign_in("county_clerk").post("/desk/exchange/", given).status_code == 403
    assert not Source.objects.exists()


@pytest.mark.parametrize("page", ["", "sheets/"])
def test_the_pages_of_a_source_say_at_once_that_it_waits_for_its_assessment(world, sign_in, page):
    source = add_source("hotline", "12345热线", world.county, by=world.by("administrator"))
    address = f"/desk/exchange/hotline/{page}"
    assert "/desk/privacy/source-hotline/" in sign_in("administrator").get(address).text
    assessed_source(world, source)
    assert "/desk/privacy/source-hotline/" not in sign_in("administrator").get(address).text


def test_a_wrong_code_is_said_beside_the_field_and_nothing_is_lost(world, sign_in):
    given = {"name": "12345热线", "code": "热线", "division": world.county.trimmed}
    response = sign_in("administrator").post("/desk/exchange/", given)
    assert (response.status_code, "小写字母" in response.text, "12345热线" in response.text) == (
        422,
        True,
        True,
    )


def test_an_ended_source_takes_nothing_more(world, mapped, sign_in):
    sign_in("administrator").post("/desk/exchange/hotline/end/")
    response = sign_in("county_clerk").post(HOME, {"sheet": a_file(Book(good()).bytes())})
    assert (response.status_code, "已停用" in response.text) == (422, True)


def map_answers(page: Any, **changed: str) -> dict[str, str]:
    """What the page of a map proposes, as somebody who changes nothing sends it."""
    form = page.context["form"]
    answers = {name: str(form[name].value() or "") for name in form.fields}
    return answers | changed


def made(client: Any, content: bytes, name: str = "样表.xlsx") -> str:
    response = client.post(f"{HOME}map/", {"sheet": a_file(content, name)})
    assert response.status_code == 302, response.text
    return str(response["Location"])


def test_a_map_is_proposed_from_the_names_of_the_columns(hotline, sign_in):
    client = sign_in("county_clerk")
    repeated = {each: each for each in HEADINGS}
    address = made(client, Book(good(1), repeated, good(2, 诉求类别="市容环境"), titles=2).bytes())
    page = client.get(address)
    answers = map_answers(page)
    proposed = {answers[f"column_{place}"]: heading for place, heading in enumerate(HEADINGS)}
    assert {role: heading for role, heading in proposed.items() if role} == COLUMNS
    assert client.post(address, answers)["Location"] == HOME
    kept = SheetMap.objects.get()
    assert (kept.version, set(kept.body["categories"])) == (1, {"路灯故障", "市容环境"})


def test_the_page_of_a_map_shows_nobodys_name_or_number(hotline, sign_in):
    client = sign_in("county_clerk")
    page = client.get(made(client, Book(good(1)).bytes()))
    assert PHONE not in page.text
    assert NAME not in page.text


def test_another_category_column_is_asked_about_before_the_map_is_kept(hotline, sign_in):
    client = sign_in("county_clerk")
    address = made(client, Book(good(1, 序号="噪音")).bytes())
    answers = map_answers(client.get(address))
    answers |= {"column_0": "category", f"column_{HEADINGS.index('诉求类别')}": ""}
    page = client.post(address, answers)
    assert [bound.label for bound in page.context["categories"]] == ["噪音"]
    assert not SheetMap.objects.exists()
    client.post(address, map_answers(page, category_0="0101"))
    assert SheetMap.objects.get().body["categories"] == {"噪音": "0101"}


def test_two_columns_are_not_the_same_thing(hotline, sign_in):
    client = sign_in("county_clerk")
    address = made(client, Book(good(1)).bytes())
    response = client.post(address, map_answers(client.get(address), column_0="number"))
    assert (response.status_code, SheetMap.objects.exists()) == (422, False)


def test_a_map_without_number_or_words_is_refused(hotline, sign_in):
    client = sign_in("county_clerk")
    address = made(client, Book(good(1)).bytes())
    place = HEADINGS.index("工单编号")
    response = client.post(address, map_answers(client.get(address), **{f"column_{place}": ""}))
    assert (response.status_code, "对方编号" in response.text, SheetMap.objects.exists()) == (
        422,
        True,
        False,
    )


def test_the_headings_can_stand_in_another_row(hotline, sign_in):
    client = sign_in("county_clerk")
    address = made(client, Book(good(1), titles=2).bytes())
    assert [bound.label for bound, _first in client.get(f"{address}?header=4").context["columns"]][
        1
    ].startswith("YX")


def test_a_map_goes_out_as_a_file_and_comes_in_again(mapped, sign_in):
    client = sign_in("county_clerk")
    saved = client.get(f"{HOME}map/file/")
    assert "工单编号" in saved.content.decode()
    SheetMap.objects.all().delete()
    client.post(f"{HOME}map/", {"yaml": "1", "map_file": SimpleUploadedFile("m.yaml", saved.content)})
    assert SheetMap.objects.get().body["columns"] == COLUMNS


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"- 1",
        b"kind: 1",
        b"a: &a [*a]",
        b"!!python/object:os.system {}",
        b"kind: matters\nx: 1",
    ],
)
def test_what_is_no_map_is_refused(mapped, sign_in, content):
    sent = {"yaml": "1", "map_file": SimpleUploadedFile("m.yaml", content)}
    response = sign_in("county_clerk").post(f"{HOME}map/", sent)
    assert (response.status_code, SheetMap.objects.count()) == (422, 1)


def looked_at(client: Any, *rows: dict[str, Any]) -> str:
    response = client.post(HOME, {"sheet": a_file(Book(*rows).bytes())})
    assert response.status_code == 302, response.text
    return str(response["Location"])


def test_a_deadline_that_was_changed_over_there_is_told_with_the_one_before(mapped, sign_in):
    client = sign_in("county_clerk")
    client.post(looked_at(client, good(1, 办理时限="2026-12-01 18:00"), good(2, 办理时限="2026-12-01 18:00")))
    again = (good(1, 办理时限="2026-12-08 18:00"), good(2, 办理时限="2026-12-01 18:00", 诉求内容="别的话。"))
    page = client.get(looked_at(client, *again)).text
    assert "对方时限由 2026年12月1日 18:00 改为 2026年12月8日 18:00" in page
    assert page.count("对方时限由") == 1


def test_the_page_of_a_source_leads_back_to_all_of_them(mapped, sign_in):
    assert (
        'class="back" href="/desk/exchange/"' in sign_in("county_clerk").get("/desk/exchange/hotline/").text
    )


def test_the_preview_counts_says_what_is_wrong_and_names_nobody(mapped, sign_in):
    client = sign_in("county_clerk")
    page = client.get(looked_at(client, good(1), good(2, 来电时间="昨天")))
    assert "昨天" in page.text
    assert "不是对照表约定的日期写法" in page.text
    assert "接收 1 行" in page.text
    assert PHONE not in page.text
    assert NAME not in page.text
    assert not Foreign.objects.exists()


def test_another_post_does_not_see_the_preview(mapped, sign_in):
    address = looked_at(sign_in("county_clerk"), good(1))
    assert sign_in("call_taker").get(address).status_code == 404


def test_a_yes_takes_it_in_and_says_what_stayed_outside(mapped, sign_in):
    client = sign_in("county_clerk")
    address = looked_at(client, good(1), good(2, 来电时间="昨天"))
    page = client.post(address, follow=True)
    assert "接收完毕" in page.text
    assert "YX2026112000002" in page.text
    assert "Refresh" not in page
    assert Foreign.objects.count() == 1
    assert client.post(address, follow=True).status_code == 200
    assert Foreign.objects.count() == 1


def test_long_work_says_how_far_it_is_without_javascript(mapped, sign_in, monkeypatch):
    monkeypatch.setattr("linli.exchange.sheets.taking_in.IN_A_REQUEST", -1)
    client = sign_in("county_clerk")
    page = client.post(looked_at(client, *[good(n) for n in range(1, 61)]), follow=True)
    assert "已完成 50 行，共 60 行" in page.text
    assert page["Refresh"] == "3"


def test_bad_rows_come_as_a_workbook_with_reasons_and_no_formula(mapped, sign_in):
    client = sign_in("county_clerk")
    address = looked_at(client, good(1, 来电时间="=1+1"), good(2))
    (sheet,) = read_workbook(client.get(f"{address}bad/").content)
    assert sheet.rows[0][-1] == "需要改正"
    assert sheet.rows[1][2] == "=1+1"
    assert "日期写法" in str(sheet.rows[1][-1])
    assert sheet.formulas == frozenset()


def test_bad_rows_sent_again_carry_only_the_reasons_of_today(mapped, sign_in):
    client = sign_in("county_clerk")
    first = client.get(f"{looked_at(client, good(1, 来电时间='昨天'), good(2))}bad/").content
    sent = client.post(HOME, {"sheet": a_file(first)})
    (sheet,) = read_workbook(client.get(f"{sent['Location']}bad/").content)
    assert sheet.rows[0].count("需要改正") == 1
    assert len(sheet.rows[1]) == len(sheet.rows[0])


def test_a_file_that_cannot_be_read_is_said_beside_the_field(mapped, sign_in):
    response = sign_in("county_clerk").post(HOME, {"sheet": a_file(b"PK broken")})
    assert (response.status_code, "损坏" in response.text) == (422, True)


def test_the_case_page_shows_their_deadline_beside_our_promise(mapped, sign_in):
    client = sign_in("county_clerk")
    client.post(looked_at(client, good(1)))
    page = client.get(f"/desk/cases/{Foreign.objects.get().case.number}/").text
    assert "YX2026112000001" in page
    assert "2026年12月1日 23:59" in page


@pytest.fixture
def elsewhere(world: Any) -> Source:
    """A source of one town that sent a case of another town, and got an answer about it."""
    source = assessed_source(
        world, add_source("liuhe", "柳河热线", world.place("柳河镇"), by=world.by("administrator"))
    )
    case = reported(world).case
    foreign = Foreign.objects.create(source=source, number="L-1", case=case)
    form = ReplyForm.objects.create(
        source=source, version=1, by_post=world.posts["administrator"], content=reply_book(), heading=1,
        columns={"number": "工单编号", "text": "办理结果"},
    )  # fmt: skip
    back = Return.objects.create(source=source, form=form, by_post=world.posts["administrator"])
    Reply.objects.create(
        back=back, foreign=foreign, final=True, text="城关的答复", state="已办结", answered_at=case.at
    )
    return source


def test_a_source_does_not_show_what_it_sent_about_another_area(world, elsewhere, sign_in):
    case, back = Foreign.objects.get().case, Return.objects.get()
    clerk, county = sign_in("liuhe_clerk"), sign_in("county_clerk")
    for address in ("owed/", f"returned/{back.pk}/", f"returned/{back.pk}/file/"):
        told = county.get(f"/desk/exchange/liuhe/sheets/{address}")
        assert told.status_code == 200, address
        page = clerk.get(f"/desk/exchange/liuhe/sheets/{address}")
        assert not [each for each in (case.number, case.summary, "城关的答复") if each in page.text], address
        assert page.status_code == (200 if address == "owed/" else 404)
    assert "owed: 1" not in clerk.get("/desk/exchange/", headers={"accept-language": "en"}).text
    asked = clerk.post("/desk/exchange/liuhe/sheets/return/", {"pick": Foreign.objects.get().pk})
    assert (asked.status_code, case.number in asked.text) == (409, False)


def test_the_navigation_counts_what_is_owed(mapped, sign_in):
    client = sign_in("county_clerk")
    client.post(looked_at(client, good(1), good(2)))
    assert re.search(r'对外交换 <span class="badge">2</span>', client.get("/desk/done/").text)


def test_cases_of_a_source_can_be_listed_by_their_channel(mapped, sign_in):
    client = sign_in("county_clerk")
    client.post(looked_at(client, good(1)))
    page = client.get("/desk/area/?channel=hotline")
    assert Foreign.objects.get().case.number in page.text


def keep_form(client: Any) -> None:
    sent = client.post(f"{HOME}form/", {"workbook": a_file(reply_book(), "反馈表.xlsx")})
    form = client.get(sent["Location"]).context["form"]
    answers = {name: str(form[name].value() or "") for name in form.fields}
    assert client.post(sent["Location"], answers)["Location"] == HOME


def test_replies_go_back_through_the_pages_in_the_sources_own_form(mapped, sign_in):
    client = sign_in("county_clerk")
    client.post(looked_at(client, good(1), good(2)))
    keep_form(client)
    key = Foreign.objects.order_by("pk").first().pk
    page = client.post(f"{HOME}return/", {"pick": [key]})
    assert (page.status_code, Return.objects.exists()) == (200, False)
    refused = client.post(f"{HOME}return/", {"pick": [key], "sure": "1"})
    assert (refused.status_code, "尚未办结" in refused.text) == (422, True)
    done = client.post(f"{HOME}return/", {"pick": [key], "sure": "1", f"words_{key}": "下周二完成。"})
    fetched = client.get(f"{done['Location']}file/")
    assert read_workbook(fetched.content)[0].rows[2][4] == "下周二完成。"
    named = f"{localtime(Return.objects.get().at):%Y%m%d-%H%M}.xlsx"  # as the page says it, not in Greenwich
    assert named in fetched["Content-Disposition"]


def test_the_page_of_the_form_leads_to_the_sources_own_words(mapped, sign_in):
    page = sign_in("county_clerk").get(f"{HOME}form/").text
    assert "/desk/exchange/hotline/feed/codes/matters/" in page


def test_returning_nothing_is_refused_politely(mapped, sign_in):
    response = sign_in("county_clerk").post(f"{HOME}return/", {})
    assert (response.status_code, "请先勾选" in response.text) == (422, True)


@pytest.mark.parametrize("pick", ["x", "0", "9" * 17])
def test_a_made_up_tick_is_refused_politely(mapped, sign_in, pick):
    assert sign_in("county_clerk").post(f"{HOME}return/", {"pick": pick}).status_code == 409


@pytest.mark.parametrize("state", ["", "ready", "open", "overdue", "interim", "x"])
def test_the_list_of_what_is_owed_opens_in_every_state(mapped, sign_in, state):
    client = sign_in("county_clerk")
    assert client.get(f"{HOME}owed/?state={state}&page=99999x").status_code == 200


def test_a_stopped_delivery_is_gone_on_with(world, mapped, sign_in, monkeypatch):
    monkeypatch.setattr("linli.exchange.sheets.taking_in.IN_A_REQUEST", -1)
    client = sign_in("county_clerk")
    client.post(looked_at(client, *[good(n) for n in range(1, 61)]))
    delivery = Delivery.objects.get()
    delivery.parcel.going = False
    delivery.parcel.save()
    address = f"{HOME}deliveries/{delivery.pk}/"
    assert "接收中断" in client.get(address).text
    client.post(address)
    assert Delivery.objects.get().finished_at
    assert Case.everywhere.filter(channel="hotline").count() == 60


def test_a_csv_in_gbk_is_mapped_and_taken_in(hotline, sign_in):
    written = io.StringIO()
    written.write("工单编号,诉求内容,来电时间\nA1,路灯坏了,2026/11/20 8:03\n")
    content = written.getvalue().encode("gbk")
    client = sign_in("county_clerk")
    address = made(client, content, "工单.csv")
    client.post(address, map_answers(client.get(address)))
    sent = client.post(HOME, {"sheet": a_file(content, "工单.csv")})
    client.post(sent["Location"])
    assert Foreign.objects.get().number == "A1"
