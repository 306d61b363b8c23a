"""Forty and more damages of a 12345 sheet: each is mended without a doubt or refused with a sentence, row by row."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import datetime
from typing import Any

import pytest

from linli.base.errors import Refusal
from linli.base.workbooks import read_workbook
from linli.cases.conftest import repacked
from linli.cases.models import Case
from linli.exchange.models import Foreign
from linli.exchange.sheets.conftest import HEADINGS, PHONE, Book, at, good, ods_row, spread
from linli.exchange.sheets.parcels import contents_of
from linli.exchange.sheets.replies import give_back, returned_workbook
from linli.residents.crypto import unseal
from linli.residents.sealing import place_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# --- damage to a cell: the row is refused, says why, and the row beside it comes in ----------------------------

REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no number": ({"工单编号": "  "}, "工单编号", "must be filled in"),
    "no words": ({"诉求内容": ""}, "诉求内容", "must be filled in"),
    "a number of 17 digits that Excel has mangled": (
        {"工单编号": 20261120000010001.0},
        "工单编号",
        "Export the column as text",
    ),
    "a number shortened to 2.02611E+16": ({"工单编号": "2.02611E+16"}, "工单编号", "shortened this number"),
    "a number without an end": ({"工单编号": "9" * 61}, "工单编号", "at most 60 characters"),
    "a telephone number shortened to 1.39E+10": (
        {"联系电话": "1.39E+10"},
        "联系电话",
        "shortened this telephone",
    ),
    "a telephone number that is none": (
        {"联系电话": "打她儿子电话"},
        "联系电话",
        "leave the cell empty",
    ),
    "words for a date": ({"来电时间": "昨天下午"}, "来电时间", "not a date"),
    "a day that does not exist": ({"来电时间": "2026-02-30 10:00"}, "来电时间", "not a date"),
    "an hour that does not exist": ({"来电时间": "2026-11-20 27:00"}, "来电时间", "not a date"),
    "midnight of which night": ({"来电时间": "2026-11-20 晚上12点"}, "来电时间", "not a date"),
    "a day in another order than the map has": (
        {"来电时间": "11/20/2026 10:00"},
        "来电时间",
        "in another order",
    ),
    "a zone without a time": ({"来电时间": "2026-11-20Z"}, "来电时间", "not a date"),
    "a zone that is none": ({"来电时间": "2026-11-20T10:00:00+25:00"}, "来电时间", "not a date"),
    "a year of two digits": ({"来电时间": "26-11-20 10:00"}, "来电时间", "four digits"),
    "no year": ({"来电时间": "11月20日 10:00"}, "来电时间", "not a date"),
    "days for a deadline": ({"办理时限": "5个工作日"}, "办理时限", "not a date"),
    "two telephone numbers": ({"联系电话": "13912345678/13812345678"}, "联系电话", "leave the cell empty"),
    "a telephone number with an extension": (
        {"联系电话": "0517-83211234转802"},
        "联系电话",
        "leave the cell empty",
    ),
    "1899": ({"来电时间": datetime(1900, 1, 1)}, "来电时间", "not a date"),
    "1899 as text": ({"来电时间": "1899-12-31"}, "来电时间", "cannot be right"),
    "2099": ({"来电时间": "2099-01-01"}, "来电时间", "cannot be right"),
    "a deadline in 2099": ({"办理时限": "2099-12-31"}, "办理时限", "cannot be a deadline"),
    "a deadline before the call": ({"办理时限": "2026-11-19"}, "办理时限", "lies before"),
    "a yes for a date": ({"来电时间": True}, "来电时间", "not a date"),
    "a number for the words": ({"诉求内容": 110}, "诉求内容", "Words should stand here"),
    "a yes for the words": ({"诉求内容": True}, "诉求内容", "Words should stand here"),
    "words without an end": ({"诉求内容": "水" * 30_000}, "诉求内容", "6000"),
    "an unknown area": ({"所属区域": "天庭街道"}, "所属区域", "no place of this name"),
    "an area nearly written": ({"所属区域": "东们社区"}, "所属区域", "Did you mean “东门社区”"),
    "an unknown area code": ({"所属区域": "320803"}, "所属区域", "no place with this code"),
    "longitude and latitude exchanged": ({"经度": 33.55, "纬度": 119.06}, "经度", "are exchanged"),
    "half a point": ({"经度": 119.06}, "经度", "both longitude and latitude"),
    "a point far away": ({"经度": 116.4, "纬度": 39.9}, "经度", "outside the area"),
    "a coordinate in words": ({"经度": "东经119度", "纬度": 33.5}, "经度", "not a coordinate"),
    "a coordinate that is not a number": ({"经度": "nan", "纬度": 33.5}, "经度", "not a coordinate"),
    "an error cell": ({"所属区域": "#REF!"}, "所属区域", "error such as #REF!"),
    "an address without an end": ({"诉求地址": "路" * 300}, "诉求地址", "200"),
}


@pytest.mark.parametrize("damage", REFUSED, ids=str)
def test_a_damaged_row_is_refused_with_a_sentence_and_holds_up_nobody(damage, looked_at, taken):
    changed, column, sentence = REFUSED[damage]
    content = Book(good(1, **changed), good(2)).bytes()
    (bad,) = contents_of(looked_at(content)).bad
    assert bad.line == 2
    assert (bad.faults[0].column, sentence in bad.faults[0].sentence) == (column, True), bad.faults
    delivery = taken(content)
    assert (delivery.taken, delivery.refused) == (1, 1)


# --- damage that can be mended without a doubt ------------------------------------------------------------------

MENDED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a date with slashes": ({"来电时间": "2026/11/20 8:03"}, {"at": at(20, 8, 3)}),
    "a date in Chinese": ({"来电时间": "2026年11月20日"}, {"at": at(20)}),
    "a date in Chinese with its hour": ({"来电时间": "2026年11月20日 下午3时05分"}, {"at": at(20, 15, 5)}),
    "a date with seconds": ({"来电时间": "2026-11-20 08:03:09"}, {"at": at(20, 8, 3, 9)}),
    "a date of a machine": ({"来电时间": "2026-11-20T08:03:09.000+08:00"}, {"at": at(20, 8, 3, 9)}),
    "a date without signs": ({"来电时间": "20261120080309"}, {"at": at(20, 8, 3, 9)}),
    "a date without signs as a number": ({"来电时间": 20261120}, {"at": at(20)}),
    "a moment without signs as a number": ({"来电时间": 20261120080309}, {"at": at(20, 8, 3, 9)}),
    "a moment of Greenwich": ({"来电时间": "2026-11-20T00:03:09Z"}, {"at": at(20, 8, 3, 9)}),
    "a moment of Greenwich on the day before": (
        {"来电时间": "2026-11-19T18:03:00.123Z"},
        {"at": at(20, 2, 3)},
    ),
    "a moment of another zone": ({"来电时间": "2026-11-20T09:03:00+09:00"}, {"at": at(20, 8, 3)}),
    "the zero of a database for a deadline": ({"办理时限": "0000-00-00 00:00:00"}, {"due": None}),
    "a full-width date": ({"来电时间": "２０２６-１１-２０ ８:０３"}, {"at": at(20, 8, 3)}),
    "a date full-width throughout": ({"来电时间": "２０２６－１１－２０　８：０３"}, {"at": at(20, 8, 3)}),
    "a date with its weekday": ({"来电时间": "2026-11-20 星期五 8:03"}, {"at": at(20, 8, 3)}),
    "a date with its weekday in brackets": ({"来电时间": "2026年11月20日（周五）8:03"}, {"at": at(20, 8, 3)}),
    "an hour alone": ({"来电时间": "2026年11月20日 8时"}, {"at": at(20, 8)}),
    "half past": ({"来电时间": "2026年11月20日 下午3点半"}, {"at": at(20, 15, 30)}),
    "before dawn": ({"来电时间": "2026年11月20日 凌晨2点30分"}, {"at": at(20, 2, 30)}),
    "half past midnight": ({"来电时间": "2026年11月20日 凌晨12点30分"}, {"at": at(20, 0, 30)}),
    "half past midnight in English": ({"来电时间": "2026-11-20 12:30 AM"}, {"at": at(20, 0, 30)}),
    "at noon": ({"来电时间": "2026年11月20日 中午12点30分"}, {"at": at(20, 12, 30)}),
    "one at noon": ({"来电时间": "2026年11月20日 中午1点"}, {"at": at(20, 13)}),
    "a real date": ({"来电时间": datetime(2026, 11, 20, 8, 3)}, {"at": at(20, 8, 3)}),
    "a date serial": ({"来电时间": 46346.335416666667}, {"at": at(20, 8, 3)}),
    "a date serial as text": ({"来电时间": "46346"}, {"at": at(20)}),
    "a real deadline without a time": ({"办理时限": datetime(2026, 12, 1)}, {"due": at(31, 23, 59, 59)}),
    "a deadline with a time": ({"办理时限": "2026-12-01 18:00"}, {"due": at(31, 18)}),
    "a deadline at the end of a day": ({"办理时限": "2026-11-30 24:00"}, {"due": at(31)}),
    "a dash for a deadline": ({"办理时限": "—"}, {"due": None}),
    "no deadline in words": ({"办理时限": "无"}, {"due": None}),
    "no deadline": ({"办理时限": ""}, {"due": None}),
    "full-width digits": ({"联系电话": "１３９１２３４５６７８"}, {"phone": PHONE}),
    "a telephone number as a number": ({"联系电话": 13912345678}, {"phone": PHONE}),
    "a telephone number with signs": ({"联系电话": "+86 139-1234-5678"}, {"phone": PHONE}),
    "a masked telephone number": ({"联系电话": "139****5678"}, {"phone": ""}),
    "a telephone number nobody gave": ({"联系电话": "匿名"}, {"phone": ""}),
    "a telephone number with a full-width sign": ({"联系电话": "0517－83211234"}, {"phone": "051783211234"}),
    "a full-width number": ({"工单编号": "ＹＸ２０２６"}, {"number": "YX2026"}),
    "a number that is a number": ({"工单编号": 123456}, {"number": "123456"}),
    "a number kept from Excel": ({"工单编号": '="00123"'}, {"number": "00123"}),
    "a number with a tab": ({"工单编号": "\t123456789012345678"}, {"number": "123456789012345678"}),
    "control characters": ({"诉求内容": "路灯\x00坏\x0b了"}, {"summary": "路灯坏了"}),
    "words that look like a formula": ({"诉求内容": "=cmd|' /C calc'!A0"}, {"summary": "=cmd|' /C calc'!A0"}),
    "emoji": ({"诉求内容": "路灯坏了😡"}, {"summary": "路灯坏了😡"}),
    "an unknown category": ({"诉求类别": "飞碟降落"}, {"category": None}),
    "a category left open": ({"诉求类别": "其他"}, {"category": None}),
    "an area by its code": ({"所属区域": "990101001002"}, {"place": "东门社区"}),
    "a slash for an area": ({"所属区域": "/"}, {"place": "云溪县"}),
    "a full-width point": (
        {"经度": "１１９．０１３６１", "纬度": "３３．４５５９０８"},
        {"place": "东门社区第一网格"},
    ),
    "an area by its code filled up": ({"所属区域": "990101001002000"}, {"place": "东门社区"}),
    "an area code as a number": ({"所属区域": 990101001002}, {"place": "东门社区"}),
    "an area by its name": ({"所属区域": "东门社区"}, {"place": "东门社区"}),
    "an area as a path": ({"所属区域": "云溪县/城关街道/东门社区"}, {"place": "东门社区"}),
    "no area": ({"所属区域": ""}, {"place": "云溪县"}),
    "the point 0, 0": ({"经度": 0, "纬度": 0}, {"place": "东门社区"}),
}


@pytest.mark.parametrize("damage", MENDED, ids=str)
def test_what_is_meant_beyond_doubt_is_mended(damage, taken):
    changed, wanted = MENDED[damage]
    row = good(1, **changed)
    assert taken(Book(row).bytes()).taken == 1
    foreign = Foreign.objects.select_related("case__division", "case__category", "case__reporter").get()
    assert {name: told(foreign, name) for name in wanted} == wanted


def told(foreign: Foreign, name: str) -> Any:
    case = foreign.case
    if name == "phone":
        return unseal(bytes(case.reporter.phone_sealed), place_of(case.reporter, "phone"))
    if name == "place":
        return case.division.name
    if name in {"number", "due"}:
        return getattr(foreign, name)
    return getattr(case, name)


# --- damage to the sheet ----------------------------------------------------------------------------------------


def as_csv(rows: list[dict[str, Any]], delimiter: str = ",", **options: Any) -> str:
    written = io.StringIO()
    table = csv.writer(written, delimiter=delimiter, **options)
    table.writerow(HEADINGS)
    table.writerows([[row.get(heading, "") for heading in HEADINGS] for row in rows])
    return written.getvalue()


TWO = [good(1), good(2)]
READABLE = {
    "titles above the headings": lambda: Book(*TWO, titles=3).bytes(),
    "empty rows between": lambda: Book(good(1), {}, {}, good(2), {}).bytes(),
    "columns in another order": lambda: Book(*TWO, headings=HEADINGS[::-1]).bytes(),
    "columns nobody asked for": lambda: Book(*TWO, headings=[*HEADINGS, "满意度", "录音"]).bytes(),
    "headings repeated in the middle": lambda: Book(
        good(1), {each: each for each in HEADINGS}, good(2)
    ).bytes(),
    "headings with blanks": lambda: Book(*TWO).but(lambda _b, s: s.write_string(0, 1, " 工单 编号 ")).bytes(),
    "a second sheet": lambda: (
        Book(*TWO).but(lambda b, _s: b.add_worksheet("统计").write(0, 0, "合计")).bytes()
    ),
    "a hidden sheet": lambda: Book(*TWO).but(lambda b, _s: b.add_worksheet("旧").hide()).bytes(),
    "a row that is there twice": lambda: Book(good(1), good(2), good(2)).bytes(),
    "CSV in UTF-8": lambda: as_csv(TWO).encode(),
    "CSV in UTF-8 with its mark": lambda: as_csv(TWO).encode("utf-8-sig"),
    "CSV in GBK": lambda: as_csv(TWO).encode("gbk"),
    "CSV in GB 18030": lambda: as_csv([good(1, 诉求内容="𠮷祥路"), good(2)]).encode("gb18030"),
    "CSV in UTF-16": lambda: as_csv(TWO, "\t").encode("utf-16"),
    "CSV with semicolons": lambda: as_csv(TWO, ";").encode(),
    "CSV with tabs": lambda: as_csv(TWO, "\t").encode("gbk"),
    "CSV with old line ends": lambda: as_csv(TWO, lineterminator="\r").encode(),
    "CSV with a line break in a cell": lambda: as_csv([good(1, 诉求内容="一\n二"), good(2)]).encode(),
}


@pytest.mark.parametrize("damage", READABLE, ids=str)
def test_a_sheet_that_can_be_read_is_read(damage, taken):
    delivery = taken(READABLE[damage]())
    assert (delivery.taken, delivery.refused) == (2, 0)


def merged(_book: Any, sheet: Any) -> None:
    sheet.merge_range(1, 7, 2, 7, "东门社区")


def formula(_book: Any, sheet: Any) -> None:
    sheet.write_formula(1, 5, '=CONCATENATE("路灯","坏了")', None, "路灯坏了")


def broken(_book: Any, sheet: Any) -> None:
    sheet.write_formula(1, 7, "=#REF!", None, "#REF!")


PARTLY = {
    "cells merged down": (lambda: Book(good(1), good(2), good(3)).but(merged).bytes(), 2, "are merged here"),
    "a formula": (lambda: Book(good(1), good(2)).but(formula).bytes(), 1, "holds a formula"),
    "a broken reference": (lambda: Book(good(1), good(2)).but(broken).bytes(), 1, "error such as #REF!"),
    "one number for two things": (
        lambda: Book(good(1), good(1, 诉求内容="另一件")).bytes(),
        1,
        "the same number",
    ),
}


@pytest.mark.parametrize("damage", PARTLY, ids=str)
def test_only_the_rows_that_are_hurt_stay_outside(damage, looked_at, taken):
    make, count, sentence = PARTLY[damage]
    bad = contents_of(looked_at(make())).bad
    assert len(bad) == count
    assert all(sentence in row.faults[0].sentence for row in bad)
    assert taken(make()).taken == 1


def bomb() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000_000)
    return written.getvalue()


def test_what_is_no_report_below_the_table_is_left_out_with_a_note(looked_at):
    contents = contents_of(
        looked_at(Book(good(1), {"工单编号": "合计", "联系人": "1 件"}, {"工单编号": "填表人：李四"}).bytes())
    )
    assert (len(contents.good), contents.bad) == (1, [])
    assert [each for each in contents.notes if "no report" in each] == [
        "Row 3 is no report but a sum or a remark, and was left out.",
        "Row 4 is no report but a sum or a remark, and was left out.",
    ]


def test_a_sum_in_a_column_the_map_does_not_read_is_no_report(looked_at):
    def below(_book: Any, sheet: Any) -> None:
        sheet.write_row(2, 0, ["合  计", "", "", "", "", 29])
        sheet.write_row(3, 0, ["填表人：李四", "", "", "", "", "审核人：王五"])
        sheet.write_row(4, 0, ["", "", "", "", "", "没有编号的一件"])

    contents = contents_of(looked_at(Book(good(1)).but(below).bytes()))
    assert [row.line for row in contents.bad] == [5]
    assert sum("is no report" in each for each in contents.notes) == 2


def test_a_hidden_row_is_read_and_noted(looked_at):
    contents = contents_of(
        looked_at(
            Book(good(1), good(2)).but(lambda _b, s: s.set_row(2, None, None, {"hidden": True})).bytes()
        )
    )
    assert len(contents.good) == 2
    assert any("Row 3 is hidden" in note for note in contents.notes)


def test_of_one_cell_one_thing_is_said(looked_at):
    def empty_formula(_book: Any, sheet: Any) -> None:
        sheet.write_formula(1, 5, '=IF(1,"","")', None, "")

    (row,) = contents_of(looked_at(Book(good(1)).but(empty_formula).bytes())).bad
    assert [each.sentence for each in row.faults] == [
        "This cell holds a formula. Copy it and paste it as a value."
    ]


WHOLE = {
    "an empty file": (lambda: b"", "is empty"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "neither a workbook"),
    "a web page that calls itself .xls": (
        "<html><body><table><tr><td>工单编号</td></tr></table></body></html>".encode,
        "a web page or XML",
    ),
    "an XML workbook that calls itself .xls": (
        lambda: b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
        "a web page or XML",
    ),
    "half a workbook": (lambda: Book(good()).bytes()[:3000], "damaged"),
    "an old workbook that is none": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
    "a workbook with a password": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "protected by a password",
    ),
    "a zip bomb": (bomb, "unpacks to far more"),
    "rows repeated a million times": (lambda: spread(ods_row(["1"], 1_000_000)), "reaches beyond"),
    "a cell at the far corner": (
        lambda: repacked(
            Book(good()).bytes(),
            "xl/worksheets/sheet1.xml",
            lambda text: text.replace('r="A2"', 'r="XFD1048576"'),
        ),
        "reaches beyond",
    ),
    "a hundred thousand rows": (lambda: as_csv([{"序号": 1}] * 100_000).encode(), "reaches beyond"),
    "more than 5 MB": (lambda: b"1," * 3_000_000, "larger than 5 MB"),
    "quotation marks that never end": (
        lambda: as_csv(TWO).encode() + b'3,"YX3,x\n4,y\n',
        "broken near line",
    ),
    "only hidden rows of headings": (lambda: Book(headings=[""]).bytes(), "is empty"),
    "no rows": (lambda: Book().bytes(), "no rows"),
    "another table": (lambda: Book(good(), headings=["姓名", "金额"]).bytes(), "No visible sheet"),
    "a renamed column": (
        lambda: Book(good(), headings=[each.replace("办理时限", "办理期限") for each in HEADINGS]).bytes(),
        "Was “办理期限” meant",
    ),
    "a column that is gone": (
        lambda: Book(good(), headings=[each for each in HEADINGS if each != "纬度"]).bytes(),
        "“纬度” of the map is not in this sheet",
    ),
    "a column twice": (lambda: Book(good(), headings=[*HEADINGS, "工单编号"]).bytes(), "there twice"),
}


@pytest.mark.parametrize("damage", WHOLE, ids=str)
def test_a_sheet_that_cannot_be_read_as_meant_is_refused_as_a_whole(damage, looked_at):
    make, sentence = WHOLE[damage]
    before = Case.everywhere.count()
    with pytest.raises(Refusal) as refused:
        looked_at(make())
    assert sentence in refused.value.sentence
    assert Case.everywhere.count() == before


def test_forty_damages_in_one_sheet_hold_up_only_their_own_rows(world, looked_at, taken, formed):
    """And those that came in go back in the platform's own form; the same sheet again changes nothing."""
    damages = [changed for changed, *_rest in (*REFUSED.values(), *MENDED.values())]
    assert len(damages) >= 40
    content = Book(*(good(number, **changed) for number, changed in enumerate(damages, 1))).bytes()
    bad = contents_of(looked_at(content)).bad
    assert [(row.line, len(row.faults)) for row in bad] == [(line, 1) for line in range(2, len(REFUSED) + 2)]
    first = taken(content)
    assert (first.taken, first.refused) == (len(MENDED), len(REFUSED))
    rows = {each.pk: each.number for each in Foreign.objects.all()}
    reply = give_back(formed.source, dict.fromkeys(rows, "正在办理。"), by=world.by("county_clerk"))
    sheet = read_workbook(returned_workbook(reply), moments=True)[0]
    assert {row[0] for row in sheet.rows[2:]} == set(rows.values())
    again = taken(content)
    assert (again.taken, again.known, again.refused) == (0, len(MENDED), len(REFUSED))
