"""The listed page as a file that a spreadsheet opens: CSV in UTF-8 with a byte order mark."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from linli.portals.desk.rows import CaseRow
from linli.web.times import moment_words

BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheets in China read UTF-8 as GB 18030
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_file(rows: Sequence[CaseRow], title: str, moment: str) -> HttpResponse:
    """Exactly the rows on the page, under a name that says which list, whose and of which day."""
    written = io.StringIO()
    table = csv.writer(written)
    heading = [_("Number"), _("Kind"), _("Summary"), _("Stage"), _("Place"), moment, _("Limit"), _("Due")]
    table.writerow(heading)
    for row in rows:
        when = moment_words(row.moment)
        cells = [
            row.number,
            row.kind,
            row.summary,
            row.stage,
            row.place,
            when,
            row.light.words,
            row.light.moment,
        ]
        table.writerow(plain_cell(cell) for cell in cells)
    response = HttpResponse(BYTE_ORDER_MARK + written.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"{title}-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    return response


def plain_cell(text: str) -> str:
    """A text that a spreadsheet takes as text, even if somebody wrote a formula into a report."""
    return f"'{text}" if text.startswith(_FORMULA) else text
