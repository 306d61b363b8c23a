"""Workbooks for tests: good rows of the catalogue, and what people and Excel do to them."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from django.utils.translation import override

from linli.cases import clocks
from linli.cases.comparing import Plan
from linli.cases.models import Category, Responsibility
from linli.cases.tables import ADMISSIONS, CATEGORIES, ROWS, Table
from linli.cases.uploads import keep_upload, plan_of

with override("en"):
    HEADINGS = {
        table.name: [str(column.label) for column in table.columns]
        for table in (ROWS, CATEGORIES, ADMISSIONS)
    }
ROW = {
    "Category code": "0101",
    "Opening condition": "渣土",
    "Area code": "990101",
    "Leads": "",
    "Limit": 4,
    "Unit": "working days",
    "Source": "县城管局 2026 年 3 号文",
    "Valid from": "2026-01-01",
}


class Book:
    """A workbook in the making: rows by heading, and whatever else is done to it."""

    def __init__(self, *rows: dict[str, Any], headings: list[str] | None = None, **options: Any) -> None:
        self.rows, self.headings, self.options = rows, headings or list(ROW), options
        self.touch: Any = lambda _book, _sheet, _day: None

    def but(self, touch: Any) -> Book:
        self.touch = touch
        return self

    def bytes(self) -> bytes:
        written = io.BytesIO()
        with xlsxwriter.Workbook(written, {"in_memory": True, **self.options}) as book:
            sheet = book.add_worksheet("权责清单")
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            sheet.write_row(0, 0, self.headings)
            for line, row in enumerate(self.rows, start=1):
                for column, heading in enumerate(self.headings):
                    value = row.get(heading, "")
                    if isinstance(value, datetime | date):
                        sheet.write_datetime(line, column, value, day)
                    elif isinstance(value, str):
                        sheet.write_string(line, column, value)
                    else:
                        sheet.write(line, column, value)
            self.touch(book, sheet, day)
        return written.getvalue()


@pytest.fixture
def row(world) -> dict[str, Any]:
    """A good row: rubbish from building, for the county."""
    return {**ROW, "Leads": world.posts["city_management"].title}


def sent(world, content: bytes, table: Table = ROWS) -> Plan:
    """The plan of an uploaded workbook, through the database as a person's upload goes."""
    by = world.by("administrator")
    upload = keep_upload("matters", table, content, by=by)
    upload.refresh_from_db()
    return plan_of(upload, by=by)


def sentences(plan: Plan) -> str:
    return "\n".join(f"{each.line} {each.column}: {each.sentence}" for each in plan.faults)


def stored() -> list[tuple[Any, ...]]:
    return [
        *Responsibility.objects.order_by("pk").values_list(),
        *Category.objects.order_by("pk").values_list(),
    ]


def repacked(content: bytes, part: str, change: Any) -> bytes:
    """The workbook with one of its parts changed."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()).encode() if name == part else text)
    return written.getvalue()


def move(case, live, step, moment, *, changes=None):
    """Move clocks and keep what came of it, as a step does; those that run or rest afterwards."""
    moves = clocks.move(case, live, step, moment, changes=changes)
    clocks.store(moves)
    return moves.live
