"""The figures of a place as a file: every figure of every row, numbers as numbers, with what each of them counts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from linli.analytics.counting import total
from linli.analytics.figures import all_figures
from linli.analytics.parts import Part
from linli.base.errors import Invalid, NotFound
from linli.base.sheets import Cell, Heading, Table, write_workbook
from linli.portals.desk import exporting
from linli.portals.desk.exporting import FORMS
from linli.portals.desk.figures import parts_of
from linli.portals.desk.figuring import FigureRow, words_of
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.posts.tree import standing_at
from linli.web.times import days_words, moment_words


@require_safe
@seated
def figures_file(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The table of the figures page as Excel or CSV."""
    form_of_file = request.GET.get("form", "xlsx")
    if form_of_file not in FORMS:
        raise NotFound
    node = standing_at(by, request.GET.get("place", ""))
    form = FigureRow(request.GET, node)
    if not form.is_valid():
        raise Invalid(_("This choice of period or category cannot be read. Please choose again on the page."))
    heading = [_("Area or body"), _("Area code"), *(str(figure.label) for figure in all_figures().values())]
    rows = list(_rows(form))
    content = (
        write_workbook(_workbook(heading, rows, form)) if form_of_file == "xlsx" else as_csv(heading, rows)
    )
    response = HttpResponse(content, content_type=FORMS[form_of_file])
    name = f"{_('Figures')}-{node.here.name}-{_days(form)}.{form_of_file}"
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    response["Cache-Control"] = "no-store, private"
    return response


def _rows(form: FigureRow) -> Iterator[list[str | int]]:
    parts = parts_of(form, form.question)
    names = list(all_figures())
    for part in parts if len(parts) > 1 else []:
        yield [*_called(part), *(part.counted.get(name, 0) for name in names)]
    whole = total(part.counted for part in parts)
    label = _("%(place)s, all") % {"place": form.node.here.name}
    yield [label, form.node.here.trimmed, *(whole.get(name, 0) for name in names)]


def _called(part: Part) -> tuple[str, str]:
    if part.place:
        return part.place.name, part.place.trimmed
    return (part.body.called if part.body else words_of(part.rest)), ""


def _workbook(heading: Sequence[str], rows: Sequence[Sequence[str | int]], form: FigureRow) -> Table:
    colon = pgettext("between a label and its value", ": ")
    remarks = [
        f"{_('Area')}{colon}{form.node.here.name}",
        f"{_('Period')}{colon}{days_words(form.question.period.since, form.question.period.until)}",
        *(f"{label}{colon}{words}" for label, words in form.narrowed),
        f"{_('As of')}{colon}{moment_words(form.now)}",
        *(f"{figure.label}{colon}{figure.meaning}" for figure in all_figures().values()),
    ]
    headings = [Heading(title, 28 if not place else 14) for place, title in enumerate(heading)]
    return Table(_("Figures"), headings, rows, remarks, _("What is counted"))


def as_csv(heading: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """A table as CSV that spreadsheets in China can read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures"
        exporting.write(
            exporting.Table(heading, [[str(cell) for cell in row] for row in rows], []), "csv", path
        )
        return path.read_bytes()


def _days(form: FigureRow) -> str:
    period = form.question.period
    return f"{period.since:%Y-%m-%d}_{period.until:%Y-%m-%d}"
