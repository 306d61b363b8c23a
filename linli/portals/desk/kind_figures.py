"""Figures of confidential kinds (矛盾纠纷统计): numbers for the place, cases only for those who may open them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.analytics import confidential
from linli.analytics.counting import page_of
from linli.analytics.definition import Figure
from linli.analytics.periods import Period, quarters_and_years
from linli.analytics.questions import Question
from linli.analytics.tables import Line, Table
from linli.analytics.withholding import FEWEST
from linli.base.errors import NotFound
from linli.cases.kinds import kind_of
from linli.cases.narrowing import Narrowing
from linli.cases.walking import PAGE, Page, parsed_key
from linli.divisions.codes import Level
from linli.portals.desk.figures import Back
from linli.portals.desk.figuring import words_of
from linli.portals.desk.hats import seated
from linli.portals.desk.lists import Entry, Listing, address_with
from linli.portals.desk.places import has
from linli.portals.desk.rows import rows_of
from linli.posts.actor import PostActor
from linli.posts.tree import Node, standing_at
from linli.residents.models import How
from linli.residents.purposes import FIGURES
from linli.residents.showing import reading_as

OWN, AREA = "own", "area"


@dataclass(frozen=True)
class Number:
    """A figure as it is shown: `count` is None where it is withheld."""

    figure: Figure
    count: int | None
    address: str


@dataclass(frozen=True)
class Block:
    """Figures that are read together."""

    label: str | Promise
    numbers: Sequence[Number]


@dataclass(frozen=True)
class Row:
    """A part of the place, with the figures that stand in the table."""

    label: str
    inside: str
    numbers: Sequence[Number]


def periods_offered() -> list[tuple[str, str]]:
    """The quarters and years that may be asked for."""
    return quarters_and_years(timezone.localdate())


class Choice(forms.Form):
    """A quarter or a year, of all cases of the area or of those one may open.

    No months and no free days: with them small numbers could be found by taking one answer from another.
    """

    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False)

    def __init__(self, query: QueryDict, kind: str, node: Node, by: PostActor) -> None:
        self.kind, self.node, self.by, self.now = kind, node, by, timezone.now()
        offered = periods_offered()
        super().__init__({"period": query.get("period") or offered[-3][0]})
        self.fields["period"].choices = offered  # type: ignore[attr-defined]
        below_village = node.here.level > Level.VILLAGE
        self.whose = OWN if below_village or query.get("whose") == OWN else AREA

    @property
    def question(self) -> Question:
        """What is asked, once the form is valid."""
        narrowing = Narrowing(kind=self.kind, place=self.node.here.trimmed)
        asked = Question(narrowing, Period.named(self.cleaned_data["period"]), self.now, confidential=True)
        return replace(asked, opening_to=self.by) if self.whose == OWN else asked

    @cached_property
    def table(self) -> Table:
        """The figures that are asked for."""
        if self.whose == OWN:
            return confidential.own_of(self.kind, self.question, self.node.here)
        return confidential.table_of(self.kind, self.question, self.node.here)

    def address(self, figure: str = "", **others: str) -> str:
        """Of the page with these choices, or of the list behind one of its figures."""
        chosen = {
            "period": self.data["period"],
            "place": self.node.here.trimmed,
            "whose": self.whose,
            **others,
        }
        name = "desk:kind_figure_list" if figure else "desk:kind_figures"
        return f"{reverse(name, args=[self.kind, *filter(None, [figure])])}?{urlencode(chosen)}"

    def number(self, figure: Figure, line: Line) -> Number:
        """A figure of a part of the place; a withheld one may be opened too, for what one may see of it."""
        hidden, place = figure.name in line.hidden, line.part.place
        count = None if hidden else line.part.counted.get(figure.name, 0)
        address = self.address(figure.name, place=place.trimmed) if place and count != 0 else ""
        return Number(figure, count, address)


@require_safe
@seated
def kind_figures(request: HttpRequest, by: PostActor, kind: str) -> HttpResponse:
    """The figures of one confidential kind for a place in the hat's area."""
    own = confidential.figures_of(kind)
    form = _choice(request, kind, by)
    context: dict[str, Any] = {"form": form, "node": form.node, "kind": kind_of(kind), "fewest": FEWEST}
    if form.is_valid():
        table = form.table
        main = [each for each in own.values() if each.name in _columns(kind)]
        context |= {
            "asked": form.question,
            "blocks": _blocks(form, table.whole),
            "columns": main,
            "rows": [_row(form, line, main) for line in table.parts],
            "nothing": not (table.whole.hidden or any(table.whole.part.counted.values())),
            "taken": confidential.time_of(kind, form.question, table.whole),
            "tabs": _tabs(form),
            "defined": list(own.values()),
            "lists": _may_have_lists(kind, by),
            "inside": f"?{urlencode({'period': form.data['period'], 'whose': form.whose})}&place=",
        }
    return render(request, "desk/kind_figures.html", context, status=200 if form.is_valid() else 422)


def _may_have_lists(kind: str, by: PostActor) -> bool:
    made = bool(kind_of(kind).returned) and by.post.division.level <= Level.TOWN
    return made and has(by, "exports.return")


def _choice(request: HttpRequest, kind: str, by: PostActor) -> Choice:
    return Choice(request.GET, kind, standing_at(by, request.GET.get("place", "")), by)


def _columns(kind: str) -> set[str]:
    """The wholes, and what is timed."""
    return {each.name for each in kind_of(kind).figures if each.test is None or each.timed}


def _blocks(form: Choice, line: Line) -> list[Block]:
    own = confidential.figures_of(form.kind)
    groups = dict.fromkeys(each.group for each in kind_of(form.kind).figures)
    return [
        Block(
            group.label,
            [form.number(own[each.name], line) for each in kind_of(form.kind).figures if each.group is group],
        )
        for group in groups
    ]


def _row(form: Choice, line: Line, columns: Sequence[Figure]) -> Row:
    numbers = [form.number(figure, line) for figure in columns]
    if line.part.place is None:
        return Row(words_of(line.part.rest), "", numbers)
    return Row(line.part.place.name, form.address(place=line.part.place.trimmed), numbers)


def _tabs(form: Choice) -> list[tuple[str, str, bool]]:
    words = {AREA: _("All of the area"), OWN: _("Those you may open")}
    if form.node.here.level > Level.VILLAGE:
        del words[AREA]
    return [(label, form.address(whose=name), form.whose == name) for name, label in words.items()]


@require_safe
@seated
def kind_figure_list(request: HttpRequest, by: PostActor, kind: str, figure: str) -> HttpResponse:
    """The cases behind one number that the post may open, and how many others it counts."""
    known = confidential.figures_of(kind)
    if figure not in known:
        raise NotFound
    reading_as(FIGURES, How.LIST)
    form = _choice(request, kind, by)
    if not form.is_valid():
        return redirect(form.address())
    found = confidential.opened(known[figure], form.question, form.table.whole, by=by)
    key = request.GET.get("after", "")
    page = page_of(found.cases, parsed_key(key) if key else None, most=PAGE)
    entries = [Entry(row, reverse("desk:case", args=[row.number]), "") for row in rows_of(page.cases)]
    onwards = address_with("", request.GET, after=page.next_key) if page.next_key else ""
    context = {
        "page": Listing(entries, str(known[figure].label), _("Reported"), Page(page.cases), onwards, ""),
        "figure": known[figure],
        "found": page,
        "others": found.others,
        "node": form.node,
        "form": form,
        "here": address_with("", request.GET),
        "back": Back(form.address(), _("Figures")),
    }
    return render(request, "desk/kind_figure_list.html", context)
