"""A source whose sheets are mapped, and sheets of a made-up 12345 platform: good rows, and what people do to them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import xlsxwriter

from linli.base.worktime import PLACE_TIME
from linli.exchange.models import Delivery, Parcel, ReplyForm, Source
from linli.exchange.sheets.maps import Body, save_map
from linli.exchange.sheets.replies import save_form
from linli.exchange.sheets.taking_in import go_on, keep_sheet, take_in
from linli.exchange.sources import add_source, sources_in
from tests.assessing import assessed_source

HEADINGS = [
    "序号",
    "工单编号",
    "来电时间",
    "联系人",
    "联系电话",
    "诉求内容",
    "诉求地址",
    "所属区域",
    "诉求类别",
    "经度",
    "纬度",
    "办理时限",
]
COLUMNS = {
    "number": "工单编号",
    "called": "来电时间",
    "name": "联系人",
    "phone": "联系电话",
    "text": "诉求内容",
    "landmark": "诉求地址",
    "division": "所属区域",
    "category": "诉求类别",
    "longitude": "经度",
    "latitude": "纬度",
    "deadline": "办理时限",
}
BODY = Body("matters", COLUMNS, "ymd", "gcj02", {"市容环境": "0101", "路灯故障": "0201", "其他": ""})
PHONE = "13912345678"
NAME = "欧阳小芳"
REPLY_HEADINGS = ["工单编号", "承办单位", "办理状态", "办结时间", "办理结果", "备注"]
REPLY_COLUMNS = {
    "number": "工单编号",
    "body": "承办单位",
    "state": "办理状态",
    "answered_at": "办结时间",
    "text": "办理结果",
}


def good(number: int = 1, **changed: Any) -> dict[str, Any]:
    """A row as the made-up platform exports it."""
    return {
        "序号": number,
        "工单编号": f"YX20261120{number:05d}",
        "来电时间": "2026-11-20 08:03",
        "联系人": NAME,
        "联系电话": PHONE,
        "诉求内容": f"第{number}件：小区门口的路灯坏了三天，晚上看不见路。",
        "诉求地址": f"文昌路{number}号",
        "所属区域": "云溪县城关街道东门社区",
        "诉求类别": "路灯故障",
        "办理时限": "2026-12-01",
        **changed,
    }


class Book:
    """A workbook in the making: titles above the headings, rows by heading, and whatever else is done to it."""

    def __init__(self, *rows: dict[str, Any], headings: list[str] | None = None, titles: int = 0) -> None:
        self.rows, self.headings, self.titles = rows, headings or HEADINGS, titles
        self.touch: Callable[[Any, Any], None] = lambda _book, _sheet: None

    def but(self, touch: Callable[[Any, Any], None]) -> Book:
        self.touch = touch
        return self

    def bytes(self) -> bytes:
        written = io.BytesIO()
        with xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False}) as book:
            sheet = book.add_worksheet("工单导出")
            moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
            if self.titles:
                sheet.merge_range(0, 0, 0, len(self.headings) - 1, "云溪县12345政务服务便民热线工单")
            sheet.write_row(self.titles, 0, self.headings)
            for line, row in enumerate(self.rows, start=self.titles + 1):
                for column, heading in enumerate(self.headings):
                    _write(sheet, (line, column), row.get(heading, ""), moment)
            self.touch(book, sheet)
        return written.getvalue()


def _write(sheet: Any, place: tuple[int, int], value: Any, moment: Any) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(*place, value, moment)
    elif isinstance(value, str):
        sheet.write_string(*place, value)
    else:
        sheet.write(*place, value)


def reply_book(*below: str) -> bytes:
    """The platform's own workbook for replies: a title, a remark, coloured headings, a choice, a second sheet."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet("办理反馈")
        head = book.add_format({"bold": True, "bg_color": "#FFC000", "border": 1})
        cell = book.add_format({"border": 1, "text_wrap": True})
        sheet.merge_range(0, 0, 0, 5, "12345热线工单办理情况反馈表")
        sheet.write_row(1, 0, REPLY_HEADINGS, head)
        for column in range(6):
            sheet.write_blank(2, column, None, cell)
        sheet.set_column(4, 4, 60)
        sheet.data_validation(2, 2, 500, 2, {"validate": "list", "source": ["已办结", "延期"]})
        sheet.write_row(3, 0, below)
        book.add_worksheet("填写说明").write_string(0, 0, "请勿改动表头。")
    return written.getvalue()


def two_rows() -> bytes:
    """A sheet with a good row and a bad one."""
    return Book(good(1), good(2, 来电时间="昨天")).bytes()


def spread(*tables: str) -> bytes:
    """An OpenDocument workbook with a sheet for each of these rows."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
        packed.writestr(
            "content.xml",
            '<?xml version="1.0"?><office:document-content '
            'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet>'
            + "".join(
                f'<table:table table:name="t{number}">{each}</table:table>'
                for number, each in enumerate(tables)
            )
            + "</office:spreadsheet></office:body></office:document-content>",
        )
    return written.getvalue()


END = (
    '<table:table-row table:number-rows-repeated="1048000">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
)


def ods_row(values: list[str], repeated: int = 1) -> str:
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{each}</text:p></table:table-cell>'
        for each in values
    )
    return (
        f'<table:table-row table:number-rows-repeated="{repeated}">{cells}'
        '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
    )


@pytest.fixture
def source(world: Any) -> Source:
    """The county's hotline, without a map yet."""
    sources_in(world.by("administrator"))  # as in a process that has asked before
    return assessed_source(
        world, add_source("hotline", "12345热线", world.county, by=world.by("administrator"))
    )


@pytest.fixture
def mapped(world: Any, source: Source) -> Source:
    """The same with its map."""
    save_map(source, BODY, by=world.by("administrator"))
    return source


@pytest.fixture
def formed(world: Any, mapped: Source) -> ReplyForm:
    """Its own workbook for replies is kept, too."""
    return save_form(mapped, ("反馈表.xlsx", reply_book()), REPLY_COLUMNS, by=world.by("call_taker"))


@pytest.fixture
def looked_at(world: Any, mapped: Source) -> Callable[[bytes], Parcel]:
    """`looked_at(content)`: a sheet that the county's clerk has sent and not said yes to."""
    return lambda content: keep_sheet(mapped, "工单.xlsx", content, by=world.by("county_clerk"))


@pytest.fixture
def taken(world: Any, looked_at: Callable[[bytes], Parcel]) -> Callable[[bytes], Delivery]:
    """`taken(content)`: a sheet that has been taken in to its end."""

    def take(content: bytes) -> Delivery:
        parcel = looked_at(content)
        delivery = take_in(parcel, by=world.by("county_clerk"))
        while go_on(parcel):
            pass
        delivery.refresh_from_db()
        return delivery

    return take


def at(day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """A moment of November 2026 in the place's zone (30 + n: December)."""
    month, day = (11, day) if day <= 30 else (12, day - 30)
    return datetime(2026, month, day, hour, minute, second, tzinfo=PLACE_TIME)
