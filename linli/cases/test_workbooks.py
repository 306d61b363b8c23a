"""The catalogue goes out as a workbook and comes back, undamaged or damaged in the ways people and Excel do it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import xlsxwriter
from django.utils import timezone
from django.utils.translation import override

from linli.base.errors import Conflict, Refusal
from linli.cases.catalogue import suggestion
from linli.cases.cells import Ground
from linli.cases.comparing import Plan, compare
from linli.cases.editing import carry_out, undo
from linli.cases.models import Category, Responsibility, Revision
from linli.cases.tables import ADMISSIONS, CATEGORIES, ROWS, Table
from linli.cases.uploads import current_workbook, faults_workbook, keep_upload, plan_of, read_sent

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


# --- there and back ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [ROWS, CATEGORIES, ADMISSIONS], ids=lambda table: table.name)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_goes_out_comes_back_unchanged(world, table, language):
    rows = list(table.rows("matters"))
    assert rows
    with override(language):
        plan = sent(world, current_workbook("matters", table, rows), table)
    assert (sentences(plan), plan.counts) == (
        "",
        {"added": 0, "changed": 0, "ended": 0, "unchanged": len(rows)},
    )


def test_a_workbook_adds_changes_and_ends_and_can_be_taken_back(world, row):
    by, before = world.by("administrator"), stored()
    lamp = Responsibility.objects.get(category__code="0201", division=world.county)
    lift = Responsibility.objects.get(category__code="0206", division=world.county)
    today = timezone.localdate()
    cells = {str(each.label): cell for each, cell in zip(ROWS.columns, ROWS.cells_of(lamp), strict=True)}
    ended = {str(each.label): cell for each, cell in zip(ROWS.columns, ROWS.cells_of(lift), strict=True)}
    book = Book(
        row,
        {
            **cells,
            "Limit": lamp.amount + 1,
            "Milestones": "到场 4 working hours",
            "Helps": world.posts["water"].title,
        },
        {**ended, "No longer valid from": "2030-01-01"},
        headings=HEADINGS["rows"],
    )
    plan = sent(world, book.bytes())
    assert (sentences(plan), plan.counts) == ("", {"added": 1, "changed": 1, "ended": 1, "unchanged": 0})
    revision = carry_out(plan, by=by)
    now = suggestion(lamp.category, world.county.code, today)
    assert (now.row.amount, [term.label for term in now.terms]) == (lamp.amount + 1, ["", "到场"])
    assert now.co_posts == [world.posts["water"]]
    assert suggestion(lamp.category, world.county.code, today - timedelta(days=1)).row == lamp
    assert suggestion(Category.objects.get(code="0101"), world.county.code, today, "渣土").term.amount == 4
    undo(revision, by=by)
    assert suggestion(lamp.category, world.county.code, today).row == lamp
    assert all(each in stored() for each in before)
    with pytest.raises(Conflict):
        undo(revision, by=by)


def test_an_edit_that_was_edited_again_is_not_taken_back_alone(world, row):
    by = world.by("administrator")
    first = carry_out(sent(world, Book(row).bytes()), by=by)
    second = carry_out(sent(world, Book({**row, "Limit": 9}).bytes()), by=by)
    with pytest.raises(Conflict):
        undo(first, by=by)
    undo(second, by=by)
    undo(first, by=by)
    assert Revision.objects.count() == 4


def test_nothing_is_half_imported(world, row):
    before = stored()
    plan = sent(world, Book(row, {**row, "Opening condition": "x", "Limit": -1}).bytes())
    with pytest.raises(Refusal):
        carry_out(plan, by=world.by("administrator"))
    assert stored() == before


def test_texts_that_look_like_formulas_go_out_as_text(world, row):
    for sign in ("=1+1", "+1", "-1", "@x", "\t=1"):
        carry_out(
            sent(world, Book({**row, "Opening condition": f"条件{sign}", "Source": sign.strip()}).bytes()),
            by=world.by("administrator"),
        )
    written = current_workbook("matters", ROWS, list(ROWS.rows("matters")))
    with zipfile.ZipFile(io.BytesIO(written)) as packed:
        sheets = b"".join(packed.read(name) for name in packed.namelist() if "worksheets/sheet" in name)
    assert b"<f>" not in sheets
    assert sentences(sent(world, written)) == ""


# --- damage that is mended -------------------------------------------------------------------------------------


def good(world, content: bytes, **wanted: Any) -> None:
    plan = sent(world, content)
    assert sentences(plan) == ""
    [change] = plan.changes
    for name, value in wanted.items():
        assert change.values[name] == value


@pytest.mark.parametrize(
    "given",
    [
        "2026/1/5",
        "2026.1.5",
        "2026年1月5日",
        "20260105",
        "２０２６-０１-０５",
        " 2026-01-05 ",
        46027,
        datetime(2026, 1, 5),
    ],
    ids=str,
)
def test_a_day_is_read_however_it_is_written(world, row, given):
    good(world, Book({**row, "Valid from": given}).bytes(), valid_from=date(2026, 1, 5))


@pytest.mark.parametrize("given", [datetime(2026, 1, 5), (date(2026, 1, 5) - date(1904, 1, 1)).days], ids=str)
def test_a_workbook_that_counts_from_1904_gives_the_same_day(world, row, given):
    book = Book({**row, "Valid from": given}, date_1904=True)
    good(world, book.bytes(), valid_from=date(2026, 1, 5))


def test_codes_that_became_short_numbers_are_codes(world, row):
    good(world, Book({**row, "Area code": 990101}).bytes(), division=world.county)


def test_full_width_digits_and_trailing_blanks_are_read_as_meant(world, row):
    odd = {
        **row,
        "Category code": "０１０１ ",
        "Limit": "４",
        "Area code": "９９０１０１\u3000",
        "Unit": " Working Days ",
    }
    good(world, Book(odd).bytes(), amount=4, division=world.county, unit="working_days")


def test_control_characters_go_and_emoji_stay(world, row):
    content = Book({**row, "Opening condition": "渣土X😀"}).bytes()
    content = repacked(content, "xl/sharedStrings.xml", lambda text: text.replace("渣土X", "渣土&#x7F;"))
    good(world, content, condition="渣土😀")


def test_a_title_above_and_a_foreign_column_do_no_harm(world, row):
    headings = [*ROW, "备注"]
    book = Book({**row, "备注": "随手记的"}, headings=headings)
    good(world, book.bytes(), amount=4)
    assert "备注" in "".join(read_sent(ROWS, book.bytes()).notes)


def test_the_right_sheet_is_found_wherever_it_stands(world, row):
    def add(book, _sheet, _day):
        first = book.add_worksheet("封面")
        first.write(0, 0, "云溪县权责清单")
        book.worksheets_objs.reverse()

    content = Book(row).but(add).bytes()
    good(world, content, amount=4)


def test_hidden_rows_are_read_and_said(world, row):
    book = Book(row).but(lambda _book, sheet, _day: sheet.set_row(1, None, None, {"hidden": True}))
    good(world, book.bytes(), amount=4)
    assert "2" in "".join(read_sent(ROWS, book.bytes()).notes)


# --- damage that is refused, each with a sentence --------------------------------------------------------------

CELLS = {
    "a code of 17 digits that Excel has mangled": (
        {"Area code": 99010100100101001.0},
        "lost its last digits",
    ),
    "a mangled code that became text": ({"Area code": "3.20831E+16"}, "lost its last digits"),
    "leading zeros lost": ({"Category code": 101}, "leading zeros; is it 0101"),
    "an unknown category": ({"Category code": "7777"}, "no category with the code “7777”"),
    "an unknown area": ({"Area code": "990199"}, "no place with the code"),
    "an unknown post": ({"Leads": "天庭巡逻岗"}, "no post called"),
    "a negative limit": ({"Limit": -3}, "at least 1"),
    "a limit of nought": ({"Limit": 0}, "at least 1"),
    "half a day": ({"Limit": 1.5}, "whole number"),
    "a huge limit": ({"Limit": 99999}, "too long for a limit"),
    "a limit of many years": ({"Limit": 800}, "too long for a limit"),
    "a unit misspelt": ({"Unit": "workin days"}, "did you mean “working days”"),
    "an unknown unit": ({"Unit": "柱香"}, "Possible are"),
    "no day": ({"Valid from": "下周一"}, "not a date"),
    "a day that does not exist": ({"Valid from": "2026-02-30"}, "not a date"),
    "a day of another century": ({"Valid from": "0202-01-01"}, "cannot be right"),
    "an end before the beginning": ({"No longer valid from": "2025-01-01"}, "end lies before"),
    "a text over length": ({"Source": "依" * 201}, "201 characters"),
    "an empty cell that must be filled": ({"Leads": "  "}, "must be filled in"),
    "a milestone without a number": ({"Milestones": "停工"}, "not a milestone"),
    "a post that helps itself": ({"Helps": "="}, "does not help itself"),
    "an error cell": ({"Limit": "#REF!"}, "whole number"),
}


@pytest.mark.parametrize("damage", CELLS, ids=str)
def test_a_damaged_cell_is_refused_with_a_sentence_that_names_it(world, row, damage):
    changed, sentence = CELLS[damage]
    changed = {name: row["Leads"] if value == "=" else value for name, value in changed.items()}
    before = stored()
    plan = sent(world, Book({**row, **changed}, headings=HEADINGS["rows"]).bytes())
    assert sentence in sentences(plan)
    assert plan.faults[0].line == 2
    assert stored() == before


def test_a_post_that_was_given_up_is_said(world, row):
    post = world.posts["power"]
    type(post).objects.filter(pk=post.pk).update(until=timezone.now())
    assert "was given up" in sentences(sent(world, Book({**row, "Leads": post.title}).bytes()))


def test_a_post_that_does_not_serve_the_area_is_said(world, row):
    town = world.posts["liuhe_team"] if "liuhe_team" in world.posts else world.posts["chengguan_team"]
    other = next(
        place for place in world.places.values() if place.level == 4 and place.pk != town.division_id
    )
    plan = sent(world, Book({**row, "Leads": town.title, "Area code": other.trimmed}).bytes())
    assert "does not serve" in sentences(plan)


def test_formulas_and_error_cells_are_refused(world, row):
    def spoil(_book, sheet, _day):
        sheet.write_formula(1, 4, "=2+2", None, 4)
        sheet.write_formula(1, 6, "=#REF!", None, "#REF!")

    plan = sent(world, Book(row).but(spoil).bytes())
    assert "holds a formula" in sentences(plan)
    assert "#REF!" in sentences(plan)


def test_merged_cells_are_refused(world, row):
    def merge(_book, sheet, _day):
        sheet.merge_range("A2:A3", "0101")

    plan = sent(world, Book(row, {**row, "Opening condition": "b"}).but(merge).bytes())
    assert "Undo the merging" in sentences(plan)


def test_rows_that_repeat_or_overlap_are_refused(world, row):
    later = {**row, "Valid from": "2026-06-01"}
    plan = sent(world, Book(row, row, later).bytes())
    assert "3 : This row repeats row 2." in sentences(plan)
    assert "4 Valid from: This period overlaps that of row 2." in sentences(plan)


def test_a_row_that_overlaps_a_stored_one_is_refused(world, row):
    carry_out(
        sent(world, Book({**row, "No longer valid from": "2027-01-01"}, headings=HEADINGS["rows"]).bytes()),
        by=world.by("administrator"),
    )
    assert "stored already" in sentences(sent(world, Book({**row, "Valid from": "2026-06-01"}).bytes()))


def test_a_circle_in_the_tree_is_refused(world):
    headings = ["Code", "Code above", "Chinese name", "English name", "Source", "Valid from"]
    tree = [("X1", "X2"), ("X2", "X3"), ("X3", "X1")]
    rows = [dict(zip(headings, [*pair, "甲", "A", "来源", "2026-01-01"], strict=True)) for pair in tree]
    plan = sent(world, Book(*rows, headings=headings).bytes(), CATEGORIES)
    assert sentences(plan).count("circle") == 3


def test_a_tree_of_new_categories_is_taken_in_whatever_its_order(world):
    headings = ["Code", "Code above", "Chinese name", "English name", "Source", "Valid from"]
    tree = [("X2", "X1"), ("X1", "M01")]
    rows = [dict(zip(headings, [*pair, "甲", "A", "来源", "2026-01-01"], strict=True)) for pair in tree]
    plan = sent(world, Book(*rows, headings=headings).bytes(), CATEGORIES)
    assert sentences(plan) == ""
    revision = carry_out(plan, by=world.by("administrator"))
    assert Category.objects.get(code="X2").parent.parent.code == "M01"
    undo(revision, by=world.by("administrator"))
    assert sent(world, Book(*rows, headings=headings).bytes(), CATEGORIES).counts["added"] == 2


def refusal(content: bytes, table: Table = ROWS) -> str:
    with pytest.raises(Refusal) as refused:
        read_sent(table, content)
    return refused.value.sentence


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


def bomb() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000_000)
    return written.getvalue()


def lying_bomb() -> bytes:
    """A bomb whose directory says that it is small."""
    content = bytearray(bomb())
    size = (100_000_000).to_bytes(4, "little")
    return bytes(content).replace(size, (1000).to_bytes(4, "little"))


def far_corner() -> bytes:
    return repacked(
        Book(ROW).bytes(), "xl/worksheets/sheet1.xml", lambda text: text.replace('r="A2"', 'r="XFD1048576"')
    )


def many_rows() -> bytes:
    return Book(*[ROW] * 100_000, constant_memory=False).bytes()


def hidden(book: Any, sheet: Any, _day: Any) -> None:
    book.add_worksheet("b").activate()
    sheet.hide()


FILES = {
    "an empty file": (lambda: b"", "not an Excel workbook"),
    "a CSV file renamed": (lambda: b"code,limit\n0101,4\n", "renaming a CSV"),
    "the old format": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old format .xls"),
    "a workbook with a password": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "protected by a password",
    ),
    "an archive that is no workbook": (
        lambda: repacked(Book(ROW).bytes(), "xl/workbook.xml", str).replace(
            b"xl/workbook.xml", b"xl/workbxxk.xml"
        ),
        "not an Excel workbook",
    ),
    "half a file": (lambda: Book(ROW).bytes()[:2000], "damaged"),
    "a zip bomb": (bomb, "unpacks to far more"),
    "a zip bomb that lies": (lying_bomb, "damaged"),
    "a cell at the far corner": (far_corner, "reaches beyond"),
    "a hundred thousand rows": (many_rows, "reaches beyond"),
    "more than 5 MB": (lambda: b"PK" + b"\0" * 6_000_000, "larger than 5 MB"),
    "an empty sheet": (lambda: Book(headings=[""]).bytes(), "is empty"),
    "headings without rows": (lambda: Book().bytes(), "no rows"),
    "another table": (lambda: Book(ROW, headings=["姓名", "电话"]).bytes(), "No sheet has the headings"),
    "a missing column": (
        lambda: Book(ROW, headings=[each for each in ROW if each != "Source"]).bytes(),
        "“Source” is missing",
    ),
    "a renamed heading": (
        lambda: Book(ROW, headings=[each.replace("Leads", "Lead post") for each in ROW]).bytes(),
        "Was “Lead post” meant",
    ),
    "a column twice": (lambda: Book(ROW, headings=[*ROW, "Limit"]).bytes(), "there twice"),
    "only hidden sheets": (
        lambda: Book(ROW).but(hidden).bytes(),
        "is empty",
    ),
}


@pytest.mark.parametrize("damage", FILES, ids=str)
def test_a_damaged_file_is_refused_with_a_sentence(world, damage):
    make, sentence = FILES[damage]
    assert sentence in refusal(make())


def test_what_is_wrong_can_be_taken_home_as_a_workbook(world, row):
    plan = sent(world, Book({**row, "Limit": -1}, {**row, "Leads": "=cmd()"}).bytes())
    with zipfile.ZipFile(io.BytesIO(faults_workbook(plan.faults))) as packed:
        words = packed.read("xl/sharedStrings.xml").decode()
    assert "A limit is at least 1." in words
    assert not re.search(r"<f>", "".join(packed.namelist()))


def test_a_thousand_rows_are_compared_in_a_moment(world, row):
    rows = [{**row, "Opening condition": f"条件{number}"} for number in range(1000)]
    begun = timezone.now()
    plan = sent(world, Book(*rows).bytes())
    assert plan.counts["added"] == 1000
    assert (timezone.now() - begun).total_seconds() < 5


def test_an_area_that_is_not_ones_own_is_refused(world, row):
    plan = compare(
        ROWS, Ground("matters"), [(2, {})], by=world.by("chengguan_clerk"), today=timezone.localdate()
    )
    assert plan.faults
