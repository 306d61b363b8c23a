"""Figures (办理情况) of a place: on time three ways, what came and went, what stands open; each opens its cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.analytics.confidential import counted_kinds
from linli.analytics.counting import Behind, Counted, ages, count, page_behind, total
from linli.analytics.definition import FEWEST_FOR_SHARE, Block, Figure
from linli.analytics.figures import IN_TIME_THREE_WAYS, all_figures, figure_named
from linli.analytics.parts import Part, by_body, by_place
from linli.analytics.questions import Question
from linli.analytics.spans import latenesses, times_taken
from linli.analytics.standing import standing
from linli.cases.walking import PAGE, Page, parsed_key
from linli.divisions.codes import Level
from linli.portals.desk.figuring import BY_BODY, BY_PLACE, FigureRow, words_of
from linli.portals.desk.hats import seated
from linli.portals.desk.lists import Entry, Listing, address_with
from linli.portals.desk.rows import rows_of
from linli.posts.actor import PostActor
from linli.posts.may import watches
from linli.posts.tree import standing_at
from linli.residents.models import How
from linli.residents.purposes import FIGURES
from linli.residents.showing import reading_as
from linli.web.parts import Count

LINES = 40  # of the table by part; a file has them all
COLUMNS = ("opened", "closed", "due", *IN_TIME_THREE_WAYS, "open", "overdue")


@dataclass(frozen=True)
class Number:
    """A figure as it is shown. `whole` is what it is part of; `percent` is None where that is too small for one."""

    figure: Figure
    count: int
    address: str
    whole: int = 0
    percent: int | None = None


@dataclass(frozen=True)
class Line:
    """A row of the table: a part of the place, a body, or all of it."""

    label: str
    counts: Sequence[Count]
    inside: str = ""


@require_safe
@seated
def figures(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The figures of a place in the hat's area, for a period."""
    node = standing_at(by, request.GET.get("place", ""))
    form = FigureRow(request.GET, node)
    context: dict[str, Any] = {"form": form, "node": node, "fewest": FEWEST_FOR_SHARE}
    context["apart"] = counted_kinds()
    if form.is_valid():
        asked = replace(form.question, stands=standing(form.now))
        parts = parts_of(form, asked)
        whole = total(part.counted for part in parts)
        context |= {
            "asked": asked,
            "blocks": {block.value: _numbers(form, block, whole) for block in Block},
            "three": [number_of(form, each, whole) for each in IN_TIME_THREE_WAYS],
            **_some_of(form, parts),
            "columns": [all_figures()[name] for name in COLUMNS],
            "nothing": not any(whole.values()),
            "ages": ages(asked, whole.get("open", 0)),
            "latenesses": latenesses(asked, whole.get("overdue", 0)),
            "taken": times_taken(asked) if whole.get("closed") else None,
            "defined": list(all_figures().values()),
            "tabs": _tabs(form),
            "stages": f"{reverse('desk:stage_times')}?{urlencode(outside(form))}",
            "afar": watches(by),
            "grids_below": node.here.level == Level.VILLAGE,
            "files": {each: _file_address(form, each) for each in ("xlsx", "csv")},
        }
    return render(request, "desk/figures.html", context, status=200 if form.is_valid() else 422)


def parts_of(form: FigureRow, asked: Question) -> list[Part]:
    """The rows of the table; only one, the whole, where the place is not divided further."""
    node = form.node
    if form.by == BY_BODY:
        return by_body(asked, form.bodies)
    divided = node.below and node.here.level < Level.VILLAGE and not asked.divisor
    return by_place(asked, node.here, node.below) if divided else [Part(count(asked)[None], place=node.here)]


def number_of(form: FigureRow, name: str, counted: Counted) -> Number:
    """One figure of the whole, with its share and where its cases are listed."""
    figure = all_figures()[name]
    found, whole, percent = _shared(figure, counted)
    return Number(figure, found, form.address(name) if found else "", whole, percent)


def _shared(figure: Figure, counted: Counted) -> tuple[int, int, int | None]:
    """How many, of how many, and the share where these are enough for one."""
    found, whole = counted.get(figure.name, 0), counted.get(figure.among, 0) if figure.among else 0
    return found, whole, round(100 * found / whole) if whole >= FEWEST_FOR_SHARE else None


def _numbers(form: FigureRow, block: Block, counted: Counted) -> list[Number]:
    names = [name for name, figure in all_figures().items() if figure.block is block]
    return [number_of(form, name, counted) for name in names if name not in IN_TIME_THREE_WAYS]


def _some_of(form: FigureRow, parts: Sequence[Part]) -> dict[str, Any]:
    """A page of the table, and the addresses of the first and the next: a province has hundreds of bodies."""
    if len(parts) < 2:
        return {"lines": []}
    sheet = Paginator(parts, LINES).get_page(form.query.get("lines"))
    return {
        "sheet": sheet,
        "lines": lines_of(form, list(sheet.object_list)),
        "first": _sheet_address(form, 1) if sheet.has_previous() else "",
        "onwards": _sheet_address(form, sheet.next_page_number()) if sheet.has_next() else "",
    }


def _sheet_address(form: FigureRow, number: int) -> str:
    return f"?{urlencode({**form.chosen, 'by': form.by, 'lines': str(number)})}#parts"


def lines_of(form: FigureRow, parts: Sequence[Part]) -> list[Line]:
    """The rows of the table; what is alike in all is made once."""
    columns = [(all_figures()[name], str(all_figures()[name].label)) for name in COLUMNS]
    return [_line(form, part, columns) for part in parts]


def _line(form: FigureRow, part: Part, columns: Sequence[tuple[Figure, str]]) -> Line:
    address, counts = form.listed(part), []
    for figure, label in columns:
        found, _whole, percent = _shared(figure, part.counted)
        beside = "" if percent is None else f"{percent}%"
        counts.append(Count(label, found, f"{address}&figure={figure.name}" if found else "", beside))
    if part.place:
        inside = f"?{urlencode({**form.chosen, 'place': part.place.trimmed})}"
        return Line(part.place.name, counts, inside)
    return Line(part.body.called if part.body else words_of(part.rest), counts)


def _tabs(form: FigureRow) -> list[tuple[str, str, bool]]:
    words = {BY_PLACE: _("By area"), BY_BODY: _("By lead body")}
    return [
        (label, f"?{urlencode({**form.chosen, 'by': name})}#parts", form.by == name)
        for name, label in words.items()
    ]


def _file_address(form: FigureRow, kind: str) -> str:
    return f"{reverse('desk:figures_file')}?{urlencode({**form.chosen, 'by': form.by, 'form': kind})}"


@require_safe
@seated
def figure_list(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The cases behind one number, newest first."""
    figure = figure_named(request.GET.get("figure", ""))
    reading_as(FIGURES, How.LIST)
    node = standing_at(by, request.GET.get("place", ""))
    form = FigureRow(request.GET, node)
    if not form.is_valid():
        return redirect(f"{reverse('desk:figures')}?{urlencode(form.chosen)}")
    key = request.GET.get("after", "")
    found = page_behind(figure, form.question, parsed_key(key) if key else None, by=by, most=PAGE)
    back = f"{reverse('desk:figures')}?{urlencode(outside(form))}"
    return list_page(request, form, said=figure, found=found, back=Back(back, _("Figures")))


@dataclass(frozen=True)
class Back:
    """Where a list came from."""

    address: str
    label: str


def list_page(request: HttpRequest, form: FigureRow, *, said: Any, found: Behind, back: Back) -> HttpResponse:
    """A page of the cases behind a number, whose `label` and `meaning` are said."""
    entries = [Entry(row, reverse("desk:case", args=[row.number]), "") for row in rows_of(found.cases)]
    onwards = address_with("", request.GET, after=found.next_key) if found.next_key else ""
    context = {
        "page": Listing(entries, str(said.label), _("Reported"), Page(found.cases), onwards, ""),
        "figure": said,
        "found": found,
        "node": form.node,
        "form": form,
        "here": address_with("", request.GET),
        "back": back,
    }
    return render(request, "desk/figure_list.html", context)


def outside(form: FigureRow) -> dict[str, str]:
    """The choices in force, of the place as a whole."""
    return {name: value for name, value in form.chosen.items() if name != "rest"}
