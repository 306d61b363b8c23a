"""Workbooks that offices go on with: numbers are numbers, and a page of paper shows whole columns."""

from __future__ import annotations

import io
import re
import zipfile

from linli.base.sheets import Heading, Table, write_workbook

LONG = "按时（并计延时）：应办结中：按办理程序的口径，扣除中止和挂账的时间、并计入批准的延时，在期限内办理完毕的。"


def parts(columns: int = 2) -> dict[str, str]:
    headings = [
        Heading("区域"),
        *(Heading("扣除中止、挂账的时间，并计延时", 10) for _each in range(columns - 1)),
    ]
    rows = [["城关街道", *([7] * (columns - 1))]]
    content = write_workbook(Table("周报", headings, rows, [LONG], "说明"))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml")}


def test_a_number_that_is_typed_over_stays_a_number():
    found = parts()
    style = int(re.search(r'<c r="B2" s="(\d+)"><v>7</v>', found["xl/worksheets/sheet1.xml"]).group(1))
    forms = found["xl/styles.xml"].partition("<cellXfs")[2]
    assert re.findall(r'numFmtId="(\d+)"', forms)[style] == "1"  # 0, and not 49, which is text


def test_headings_and_remarks_are_as_high_as_their_words_need():
    found = parts()
    assert '<row r="1" spans="1:2" ht="60" customHeight="1">' in found["xl/worksheets/sheet1.xml"]
    assert 'ht="30" customHeight="1"' in found["xl/worksheets/sheet2.xml"]


def test_a_sentence_in_a_wide_column_is_shown_whole():
    content = write_workbook(Table("x", [Heading("a", 20), Heading("b", 60)], [["短", LONG], ["短", "短"]]))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r'<row r="2"[^>]* ht="30" customHeight="1">', sheet)
    assert not re.search(r'<row r="3"[^>]* ht=', sheet)


def test_on_paper_all_columns_stand_on_one_page_or_the_first_on_each():
    narrow, wide = parts(), parts(30)
    page = '<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/>'
    assert page in narrow["xl/worksheets/sheet1.xml"]
    assert "!$1:$1</definedName>" in narrow["xl/workbook.xml"]
    assert page not in wide["xl/worksheets/sheet1.xml"]
    assert "!$A:$A,周报!$1:$1</definedName>" in wide["xl/workbook.xml"]
