"""What a cell is, and not only what it says: headings of two lines, and bad rows that are sent again as they were."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from linli.base.errors import Invalid
from linli.base.workbooks import Sheet, read_workbook
from linli.exchange.models import Foreign
from linli.exchange.sheets.conftest import HEADINGS, Book, good
from linli.exchange.sheets.files import read_file
from linli.exchange.sheets.filling import fill, look_at_form
from linli.exchange.sheets.headings import merged_down
from linli.exchange.sheets.parcels import contents_of
from linli.exchange.sheets.previewing import bad_rows_workbook
from linli.exchange.sheets.samples import sample_of
from linli.exchange.sheets.test_damaged_sheets import PARTLY, REFUSED

pytestmark = pytest.mark.django_db

UPPER = ["工单编号", "来电时间", "来电人", None, "诉求", None, None, None, "办理时限", None, None]
LOWER = [
    None,
    None,
    "联系人",
    "联系电话",
    "诉求内容",
    "诉求地址",
    "所属区域",
    "诉求类别",
    None,
    "经度",
    "纬度",
]
IN_ONE = ("A3:A4", "B3:B4", "C3:D3", "E3:H3", "I3:I4")


def two_lines(*rows: dict[str, Any], further: tuple[str, ...] = ()) -> bytes:
    """A sheet whose headings take two lines below two titles; what stands alone is merged over both."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["A2"] = "云溪县12345热线工单", "导出时间：2026-11-27"
    names = [low or high for high, low in zip(UPPER, LOWER, strict=True)]
    for line in (UPPER, LOWER, *([row.get(name) for name in names] for row in rows)):
        sheet.append(line)
    for cells in ("A1:K1", "A2:K2", *IN_ONE, *further):
        sheet.merge_cells(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_headings_of_two_lines_are_proposed_whole():
    sample = sample_of(read_file(two_lines(good(1))))
    assert (sample.top, sample.headings) == (3, [low or high for high, low in zip(UPPER, LOWER, strict=True)])
    assert sample.proposed()["number"] == "工单编号"
    assert sample.first(0) == ["YX2026112000001"]


def test_a_sheet_with_headings_of_two_lines_comes_in(taken):
    delivery = taken(two_lines(good(1), good(2)))
    assert (delivery.taken, delivery.refused) == (2, 0)
    assert Foreign.objects.first().case.summary.startswith("第1件")


@pytest.mark.parametrize(
    "damage", [*REFUSED, *(each for each in PARTLY if "two things" not in each)], ids=str
)
def test_bad_rows_that_are_sent_again_as_they_are_stay_outside(damage, looked_at):
    content = Book(good(1, **REFUSED[damage][0])).bytes() if damage in REFUSED else PARTLY[damage][0]()
    first = contents_of(looked_at(content)).bad
    again = contents_of(looked_at(bad_rows_workbook(contents_of(looked_at(content)))))
    assert (len(again.good), len(again.bad)) == (0, len(first))


def test_what_was_merged_stands_in_each_bad_row_and_comes_in_once_it_is_a_value(looked_at, taken):
    bad = bad_rows_workbook(contents_of(looked_at(PARTLY["cells merged down"][0]())))
    (sheet,) = read_workbook(bad)
    place = HEADINGS.index("所属区域")
    assert [row[place] for row in sheet.rows[1:]] == ["东门社区", "东门社区"]
    book = openpyxl.load_workbook(io.BytesIO(bad))
    for row in book.active.iter_rows(min_row=2):
        row[place].value = "东门社区"
    written = io.BytesIO()
    book.save(written)
    assert taken(written.getvalue()).taken == 2


def test_long_words_of_a_formula_make_no_workbook_that_excel_calls_damaged(looked_at):
    words = "水" * 5000 + '"' * 900

    def long_formula(_book: Any, sheet: Any) -> None:
        sheet.write_formula(1, 5, '="x"', None, words)

    def longer(_book: Any, sheet: Any) -> None:
        sheet.write_formula(1, 5, '="x"', None, words * 2)

    for touch, shown in ((long_formula, words), (longer, "#N/A")):
        bad = bad_rows_workbook(contents_of(looked_at(Book(good(1)).but(touch).bytes())))
        formula = openpyxl.load_workbook(io.BytesIO(bad)).active.cell(2, 6).value
        assert len(formula) < 8192
        assert openpyxl.load_workbook(io.BytesIO(bad), data_only=True).active.cell(2, 6).value == shown


def test_cells_merged_over_each_other_without_end_are_refused():
    sheet = Sheet("x", [[""] * 60] * 5000, None, merged=[((0, 0), (4999, 59))] * 3)
    with pytest.raises(Invalid, match="damaged"):
        merged_down(sheet)


def test_replies_go_into_a_form_with_headings_of_two_lines():
    form = two_lines()
    sheet, top = look_at_form(form)
    assert (top, sheet.rows[top][:3]) == (3, ["工单编号", "来电时间", "联系人"])
    (filled,) = read_workbook(fill(form, top + 1, [{"工单编号": "007", "诉求内容": "已修好"}]))
    assert (filled.rows[4][0], filled.rows[4][4]) == ("007", "已修好")


def test_a_form_with_rows_merged_below_its_headings_is_refused():
    with pytest.raises(Invalid, match="merged"):
        look_at_form(two_lines(further=("A5:A6",)))
