"""A second system beside the demo: the county's 12345 hotline, whose work orders came in by sheet and want replies."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import xlsxwriter

from linli.base.worktime import PLACE_TIME
from linli.divisions.codes import Level
from linli.divisions.models import Division
from linli.exchange.models import Source
from linli.exchange.sheets.maps import Body, save_map
from linli.exchange.sheets.replies import save_form
from linli.exchange.sheets.taking_in import go_on, keep_sheet, take_in
from linli.exchange.sources import add_source
from linli.portals.demo.assessments import assess_everything
from linli.portals.demo.world import World

CODE, NAME = "hotline", "12345热线（演示）"
COLUMNS = {
    "number": "工单编号", "called": "来电时间", "name": "联系人", "phone": "联系电话", "text": "诉求内容",
    "landmark": "诉求地址", "division": "所属区域", "category": "诉求类别", "deadline": "办理时限",
}  # fmt: skip
CATEGORIES = {"市容环境": "0101", "路灯故障": "0201", "供水": "0203", "其他": ""}
REPLY_COLUMNS = {
    "number": "工单编号", "body": "承办单位", "state": "办理状态", "answered_at": "办结时间", "text": "办理结果",
}  # fmt: skip


class Call(NamedTuple):
    """A call some hours ago, and in how many days the hotline wants its reply."""

    hours: int
    category: str
    text: str
    landmark: str
    days: int


CALLS = (
    Call(99, "市容环境", "小区门口的垃圾桶满了两天没人清，苍蝇很多，住户不敢开窗。", "小区南门", 3),
    Call(52, "路灯故障", "巷子里三盏路灯不亮，老人晚上买菜回来看不清路。", "老粮站巷", 5),
    Call(47, "供水", "五楼以上早晚高峰水压很低，热水器打不着火，已经一个星期。", "水泵房旁 3 号楼", 5),
    Call(30, "市容环境", "农贸市场外面占道摆摊，早上接送孩子的车过不去。", "农贸市场东侧", 5),
    Call(26, "其他", "想问老年人乘车优惠卡在社区能不能办，要带什么材料。", "", 5),
    Call(22, "路灯故障", "文化广场的灯一到晚上九点就全灭了，散步的人摸黑回家。", "文化广场", 5),
    Call(9, "市容环境", "装修垃圾堆在楼道口挡住了消防通道。", "7 号楼 2 单元", 2),
    Call(5, "供水", "路面有水冒出来，估计是管子破了，已经流到人行道。", "中心小学对面", 2),
)


def bring_sheet(world: World, now: datetime) -> int:
    """Make the hotline known, map its sheets, take one in with a row that cannot be read; how many cases it opened."""
    administrator, call_taker = world.by("administrator"), world.by("call_taker")
    source = add_source(CODE, NAME, world.county, by=administrator)
    assess_everything(world)
    save_map(source, Body("matters", COLUMNS, "ymd", "gcj02", CATEGORIES), by=administrator)
    save_form(
        source,
        ("办理情况反馈表.xlsx", _workbook([*REPLY_COLUMNS.values(), "备注"], [])),
        REPLY_COLUMNS,
        by=call_taker,
    )
    rows = list(_rows(_villages(source), now))
    sheet = _workbook(list(COLUMNS.values()), [*rows, _unreadable(rows[0])])
    parcel = keep_sheet(source, f"工单导出{now:%Y%m%d}.xlsx", sheet, by=call_taker)
    delivery = take_in(parcel, by=call_taker)
    while go_on(parcel):
        pass
    delivery.refresh_from_db()
    return delivery.taken


def _villages(source: Source) -> list[Division]:
    within = Division.objects.within(source.division.trimmed).current()
    return list(within.filter(level=Level.VILLAGE).select_related("parent").order_by("code")[: len(CALLS)])


def _rows(villages: Sequence[Division], now: datetime) -> Iterator[list[str]]:
    local = now.astimezone(PLACE_TIME)
    for number, call in enumerate(CALLS, start=1):
        at = local - timedelta(hours=call.hours)
        place = villages[number % len(villages)]
        yield [
            f"YX{at:%Y%m%d}{number:05d}", f"{at:%Y-%m-%d %H:%M}", "市民", f"120000032{number:02d}", call.text,
            call.landmark, f"{place.parent.name if place.parent else ''}{place.name}", call.category,
            f"{at + timedelta(days=call.days):%Y-%m-%d}",
        ]  # fmt: skip


def _unreadable(row: Sequence[str]) -> list[str]:
    """As hotlines send them, too: a row that says “yesterday” where the moment should stand."""
    return [f"{row[0][:-1]}9", "昨天下午", *row[2:]]


def _workbook(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("工单")
        for line, row in enumerate([headings, *rows]):
            sheet.write_row(line, 0, row)
    return written.getvalue()
