"""OpenDocument sheets (.ods): several sheets, their million empty rows, and what is hurt in them."""

from __future__ import annotations

import pytest

from linli.exchange.sheets.conftest import END, HEADINGS, good, ods_row, spread
from linli.exchange.sheets.parcels import contents_of

pytestmark = pytest.mark.django_db


def test_an_open_document_sheet_with_its_million_empty_rows_is_read(taken):
    row = [str(good(1).get(heading, "")) for heading in HEADINGS]
    assert taken(spread(ods_row(HEADINGS) + ods_row(row) + END)).taken == 1


def test_an_open_document_workbook_of_several_sheets_is_read(taken):
    row = [str(good(1).get(heading, "")) for heading in HEADINGS]
    assert taken(spread(ods_row(HEADINGS) + ods_row(row) + END, ods_row(["合计", "1"]) + END)).taken == 1


ODS_HURT = {
    "cells merged down": (
        lambda rows: [
            rows[0]
            .replace("string", 'string" table:number-rows-spanned="2', 8)
            .replace('-spanned="2', '-spanned="1', 7),
            rows[1],
        ],
        2,
        "are merged here",
    ),
    "an error": (
        lambda rows: [
            rows[0].replace(
                '<table:table-cell office:value-type="string"><text:p>云溪县城关街道东门社区</text:p>',
                '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error">'
                "<text:p>#N/A</text:p>",
            ),
            rows[1],
        ],
        1,
        "error such as #REF!",
    ),
}


@pytest.mark.parametrize("damage", ODS_HURT, ids=str)
def test_an_open_document_row_that_is_hurt_says_so_as_one_of_excel_does(damage, looked_at):
    hurt, count, sentence = ODS_HURT[damage]
    rows = [ods_row([str(good(each).get(heading, "")) for heading in HEADINGS]) for each in (1, 2)]
    bad = contents_of(looked_at(spread(ods_row(HEADINGS) + "".join(hurt(rows)) + END))).bad
    assert [sentence in row.faults[0].sentence for row in bad] == [True] * count
