"""Trends (趋势): what came, what was closed, what was kept in time, by day or month, each opening its cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from linli.analytics.definition import FEWEST_FOR_SHARE
from linli.analytics.figures import all_figures
from linli.analytics.periods import Period
from linli.analytics.questions import Question
from linli.analytics.trends import Stretch, Unit, along, along_folded
from linli.base.errors import Invalid
from linli.base.sheets import XLSX, Cell, Heading, Table, write_workbook
from linli.cases.narrowing import Narrowing
from linli.portals.command.numbers import Number, number_of
from linli.portals.command.seats import watching
from linli.posts.actor import PostActor
from linli.posts.tree import Node, standing_at
from linli.web.charts import LINE, Chart, Series
from linli.web.times import moment_words

SHOWN = ("opened", "closed", "due", "in_time")
DAYS = 31
LATELY = 14
LOW = 7  # em: it stands below a table, on a wall as well
YEARS = 5
FEW = gettext_lazy("Where fewer than %(fewest)d were due, no share is shown.")


@dataclass(frozen=True)
class Row:
    """A day or month with its figures, each with the list behind it, and the share kept in time."""

    label: str
    numbers: Sequence[Number]
    percent: int | None


@require_safe
@watching
def trends(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The months of a year, or the last thirty-one days, of the hat's area or a part of it."""
    node = standing_at(by, request.GET.get("place", ""))
    year = _year(request.GET)
    stretches = stretches_of(node, year)
    rows = [_row(stretch, node, year) for stretch in stretches]
    today = timezone.localdate()
    context: dict[str, Any] = {
        "node": node,
        "year": year,
        "years": range(today.year, today.year - YEARS, -1),
        "rows": rows,
        "figures": [all_figures()[name] for name in SHOWN],
        "nothing": not any(number.count for row in rows for number in row.numbers),
        "flow": _flow(_("What came and what was closed"), [row.label for row in rows], stretches),
        "kept": _kept(rows),
        "fewest": FEWEST_FOR_SHARE,
        "file": f"{reverse('command:trends_file')}?{urlencode(_choices(node, year))}",
    }
    return render(request, "command/trends.html", context)


@require_safe
@watching
def trends_file(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The same table as Excel."""
    node, year = standing_at(by, request.GET.get("place", "")), _year(request.GET)
    figures = [all_figures()[name] for name in SHOWN]
    headings = [
        Heading(_("Month") if year else _("Day"), is_day=not year),
        *(Heading(str(each.label), 18) for each in figures),
        Heading(_("Share in time (%)"), 18),
    ]
    cells = [_cells(stretch, node, year) for stretch in stretches_of(node, year)]
    colon, fewest = pgettext("between a label and its value", ": "), {"fewest": FEWEST_FOR_SHARE}
    as_of = _("As of")
    remarks = [node.here.name, f"{as_of} {moment_words(timezone.now())}", FEW % fewest]
    remarks += [f"{each.label}{colon}{each.meaning}" for each in figures]
    content = write_workbook(Table(_("Trends"), headings, cells, remarks, _("What is counted")))
    name = f"{_('Trends')}-{node.here.name}-{year or timezone.localdate().isoformat()}.xlsx"
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    return response


def _year(query: QueryDict) -> int:
    """The year asked for; 0 for the last days."""
    asked = query.get("year", "")
    if not asked:
        return 0
    return Period.named(asked).since.year if asked.isdecimal() else _unreadable()


def _unreadable() -> int:
    raise Invalid(_("Choose a year from the list."))


def _choices(node: Node, year: int) -> dict[str, str]:
    return {"place": node.here.trimmed, **({"year": str(year)} if year else {})}


def stretches_of(node: Node, year: int) -> list[Stretch]:
    """The months of a year up to today, or the last days."""
    today = timezone.localdate()
    if year:
        period = Period(date(year, 1, 1), max(min(date(year, 12, 31), today), date(year, 1, 1)))
    else:
        period = Period(today - timedelta(days=DAYS - 1), today)
    asked = Question(Narrowing(place=node.here.trimmed), period, timezone.now())
    return along(asked, [all_figures()[name] for name in SHOWN], Unit.MONTH if year else Unit.DAY)


def _row(stretch: Stretch, node: Node, year: int) -> Row:
    since, place = stretch.period.since, node.here.trimmed
    numbers = [number_of(all_figures()[name], stretch.counted, stretch.period, place=place) for name in SHOWN]
    due, kept = stretch.counted.get("due", 0), stretch.counted.get("in_time", 0)
    percent = round(100 * kept / due) if due >= FEWEST_FOR_SHARE else None
    return Row(f"{since:%Y-%m}" if year else f"{since:%m-%d}", numbers, percent)


def _cells(stretch: Stretch, node: Node, year: int) -> list[Cell]:
    row = _row(stretch, node, year)
    begins: Cell = row.label if year else stretch.period.since
    return [begins, *(number.count for number in row.numbers), row.percent]


def _flow(title: str, labels: Sequence[str], stretches: Sequence[Stretch]) -> Chart:
    both = [all_figures()[name] for name in ("opened", "closed")]
    came = [Series(each.label, [one.counted.get(each.name, 0) for one in stretches]) for each in both]  # type: ignore[arg-type]
    return Chart(title, labels, came, LINE)


def lately(question: Question) -> Chart | None:
    """What came and was closed in the last days up to that asked for; None where days have no rollups (one statement).

    The picture is asked for every few seconds, so it is never counted live.
    """
    today = question.period.until
    asked = replace(question, period=Period(today - timedelta(days=LATELY - 1), today))
    found = along_folded(asked, [all_figures()[name] for name in ("opened", "closed")], Unit.DAY)
    if found is None:
        return None
    title = _("What came and what was closed: the last %(days)d days") % {"days": LATELY}
    return replace(_flow(title, [f"{each.period.since:%m-%d}" for each in found], found), high=LOW)


def _kept(rows: Sequence[Row]) -> Chart:
    shares = Series(_("In time with extensions"), [row.percent for row in rows])
    note = FEW % {"fewest": FEWEST_FOR_SHARE}
    return Chart(_("Kept in time, of those due"), [row.label for row in rows], [shares], LINE, "%", note)
