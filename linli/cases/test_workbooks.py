"""The catalogue goes out as a workbook and comes back; what can be mended without a doubt is mended."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from linli.base.errors import Conflict, Refusal
from linli.cases.catalogue import suggestion
from linli.cases.cells import Ground
from linli.cases.comparing import compare
from linli.cases.conftest import HEADINGS, ROW, Book, repacked, sent, sentences, stored
from linli.cases.editing import carry_out, undo
from linli.cases.models import Category, Responsibility, Revision
from linli.cases.tables import ADMISSIONS, CATEGORIES, ROWS
from linli.cases.uploads import current_workbook, faults_workbook, read_sent

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


@pytest.mark.data
def test_a_real_tree_of_517_leaves_comes_in_as_a_workbook(world):
    headings = [
        "Code",
        "Code above",
        "Chinese name",
        "English name",
        "Source",
        "Valid from",
        "Who may choose it",
    ]
    source = Path(__file__).resolve().parents[2].parent / "shared/data/messages/label_tree.csv"
    codes: dict[tuple[str, ...], str] = {}
    rows = []
    with source.open(encoding="utf-8", newline="") as file:
        for line in csv.reader(file):
            for depth in (1, 2, 3):
                way = tuple(line[:depth])
                if line[0] == "level1" or way in codes:
                    continue
                above = codes.get(way[:-1], "M")
                codes[way] = f"T{len(codes):04d}"
                cells = [codes[way], above, way[-1], way[-1], "测试", "2020-01-01", "Staff only"]
                rows.append(dict(zip(headings, cells, strict=True)))
    plan = sent(world, Book(*rows, headings=headings).bytes(), CATEGORIES)
    assert (sentences(plan), plan.counts["added"]) == ("", len(rows))
    carry_out(plan, by=world.by("administrator"))
    leaf = Category.objects.get(code=codes[tuple(line[:3])])
    assert leaf.parent.parent.parent.code == "M"


@pytest.mark.parametrize("cell", [None, "", "no", "yes"], ids=["no column", "empty", "no", "yes"])
@pytest.mark.parametrize("code", ["0401", "0101"])
def test_a_category_keeps_its_sensitivity_unless_the_table_says_otherwise(world, code, cell):
    old = Category.objects.get(code=code)
    row = {"Code": code, "Chinese name": old.name_zh, "English name": "Renamed", "Source": "测试"}
    row["Valid from"] = old.valid_from
    headings = [*row, *(["Sensitive"] if cell is not None else [])]
    plan = sent(world, Book({**row, "Sensitive": cell or ""}, headings=headings).bytes(), CATEGORIES)
    assert plan.faults == []
    expected = {"no": False, "yes": True}.get(cell or "", old.sensitive)
    assert plan.changes[0].values["sensitive"] is expected


def test_a_new_category_is_not_sensitive_unless_the_table_says_so(world):
    row = {
        "Code": "0998",
        "Chinese name": "新类",
        "English name": "New",
        "Source": "x",
        "Valid from": "2020-01-01",
    }
    plan = sent(world, Book(row, headings=list(row)).bytes(), CATEGORIES)
    assert (plan.faults, plan.changes[0].values["sensitive"]) == ([], False)
