"""Damaged cells and damaged files are refused, each with a sentence, and nothing is kept of them."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.utils import timezone

from linli.base.errors import Refusal
from linli.cases.conftest import HEADINGS, ROW, Book, repacked, sent, sentences, stored
from linli.cases.editing import carry_out, undo
from linli.cases.models import Category
from linli.cases.tables import CATEGORIES, ROWS, Table
from linli.cases.uploads import read_sent

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
    "a cell that stands nowhere": (
        lambda: repacked(
            Book(ROW).bytes(),
            "xl/worksheets/sheet1.xml",
            lambda text: text.replace('r="A2"', 'r="A99999999999"'),
        ),
        "damaged",  # the reader alone would ask for hundreds of gigabytes and take the whole process down
    ),
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
