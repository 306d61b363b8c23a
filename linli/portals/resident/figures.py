"""Public statistics of county, town and village: defined figures, a table, a chart, the numbers as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from linli.analytics.definition import Figure
from linli.analytics.published import (
    FEWEST_FOR_SHARE,
    Published,
    periods_published,
    public_figures,
    published,
    share,
    shown_parts,
)
from linli.analytics.tables import Line
from linli.analytics.withholding import FEWEST
from linli.base.errors import Invalid, NotFound
from linli.base.sheets import Heading, Table, plain_cell, write_workbook
from linli.portals.resident.door import resident_page
from linli.portals.resident.places import Spot, public_place
from linli.web.limits import limited
from linli.web.times import moment_words

FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WITHHELD = "<5"  # in files; pages say it in words


@dataclass(frozen=True)
class Number:
    """A figure as it is shown: `count` is None where it is withheld, `percent` where no share is said."""

    figure: Figure
    count: int | None
    percent: int | None


@dataclass(frozen=True)
class Row:
    """A place of the table; `address` leads to its own page, empty where it has none."""

    label: str
    code: str
    numbers: Sequence[Number]
    address: str = ""


class PeriodForm(forms.Form):
    """Which year or quarter."""

    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False)

    def __init__(self, given: str) -> None:
        offered = periods_published()
        super().__init__({"period": given or offered[0][0]})
        self.fields["period"].choices = offered  # type: ignore[attr-defined]


@require_safe
@resident_page
@limited("figures", 60)
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of a place over a year or quarter."""
    spot, form = public_place(request.GET.get("place", "")), PeriodForm(request.GET.get("period", ""))
    content: dict[str, Any] = {"spot": spot, "form": form, "fewest": FEWEST, "share_from": FEWEST_FOR_SHARE}
    if form.is_valid():
        period = form.cleaned_data["period"]
        found = published(spot.here, period)
        content |= {
            "whole": numbers_of(found.table.whole),
            "rows": rows_of(found, period),
            "columns": public_figures(),
            "at": found.at,
            "period": dict(periods_published())[period],
            "files": {each: _file_address(spot, period, each) for each in FILES},
            "withheld": any(line.hidden for line in (found.table.whole, *found.table.parts)),
        }
    return render(request, "resident/figures.html", content, status=200 if form.is_valid() else 422)


def numbers_of(line: Line) -> list[Number]:
    """The public figures of one line."""
    return [Number(each, line.number(each.name), share(line, each)) for each in public_figures()]


def rows_of(found: Published, period: str) -> list[Row]:
    """A row for each place one level down."""
    address = reverse("resident:figures")
    return [
        Row(
            line.part.place.name,
            line.part.place.trimmed,
            numbers_of(line),
            f"{address}?{urlencode({'place': line.part.place.trimmed, 'period': period})}",
        )
        for line in shown_parts(found.table)
        if line.part.place
    ]


def _file_address(spot: Spot, period: str, form: str) -> str:
    chosen = {"place": spot.here.trimmed, "period": period}
    return f"{reverse('resident:figures_file', args=[form])}?{urlencode(chosen)}"


@require_safe
@resident_page
@limited("figures", 60)
def figures_file(request: HttpRequest, form: str) -> HttpResponse:
    """The same table as CSV or Excel, with what each column counts."""
    if form not in FILES:
        raise NotFound
    spot, chosen = public_place(request.GET.get("place", "")), PeriodForm(request.GET.get("period", ""))
    if not chosen.is_valid():
        raise Invalid(_("This period is not offered. Please choose one on the page."))
    period = chosen.cleaned_data["period"]
    found = published(spot.here, period)
    heading = [_("Area"), _("Area code"), *(str(each.label) for each in public_figures())]
    rows = list(_file_rows(spot, found, period))
    content = _csv(heading, rows) if form == "csv" else write_workbook(_workbook(heading, rows, spot, found))
    response = HttpResponse(content, content_type=FILES[form])
    name = f"{_('Figures')}-{spot.here.name}-{period}.{form}"
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    return response


def _file_rows(spot: Spot, found: Published, period: str) -> Iterator[list[str | int]]:
    whole = Row(
        _("%(place)s, all") % {"place": spot.here.name}, spot.here.trimmed, numbers_of(found.table.whole)
    )
    for row in (*rows_of(found, period), whole):
        yield [row.label, row.code, *(WITHHELD if each.count is None else each.count for each in row.numbers)]


def _csv(heading: Sequence[str], rows: Sequence[Sequence[str | int]]) -> bytes:
    """With the mark by which Excel knows the encoding; nothing in it calculates, whatever somebody called a place."""
    out = io.StringIO()
    csv.writer(out).writerows([[plain_cell(str(cell)) for cell in row] for row in (heading, *rows)])
    return ("\ufeff" + out.getvalue()).encode()


def _workbook(heading: Sequence[str], rows: Any, spot: Spot, found: Published) -> Table:
    colon = pgettext("between a label and its value", ": ")
    remarks = [
        f"{_('Area')}{colon}{spot.here.name}",
        f"{_('As of')}{colon}{moment_words(found.at)}",
        _("Below the county, numbers under %(fewest)s are not shown, nor what would give them away.")
        % {"fewest": FEWEST},
        *(f"{each.label}{colon}{each.meaning}" for each in public_figures()),
    ]
    headings = [Heading(title, 28 if not place else 14) for place, title in enumerate(heading)]
    return Table(_("Figures"), headings, rows, remarks, _("What is counted"))
