"""The scorecard (治理指标): the headline figures of a place from its own records, and which nothing is known of.

They stand side by side and are never put into one score; nothing on it is kept of a person or a post.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.analytics.confidential import counted_kinds, figures_of, table_of
from linli.analytics.counting import Counted, count
from linli.analytics.definition import Better, Text
from linli.analytics.figures import all_figures
from linli.analytics.net import PLACE_FIGURES, PlaceFigure
from linli.analytics.periods import Period, quarters_and_years
from linli.analytics.questions import Question
from linli.analytics.ratings import ALL, is_rated, ratings
from linli.analytics.snapshots import snapshot
from linli.analytics.tables import Line, Table
from linli.analytics.withholding import FEWEST
from linli.cases.models import Said
from linli.cases.narrowing import Narrowing
from linli.divisions.codes import Level
from linli.divisions.models import Division

YEAR_IN_FORCE = -3  # where this year stands among the periods offered
FEWEST_FOR_SHARE = 10  # of fewer a percentage says more than is known
OF_CASES: dict[
    str, Text
] = {  # where the figure's own label says too little by itself, what it is called here
    "at_home": _("Solved at the grassroots"),
    "in_time_first": _("On time, by the first promise"),
    "in_time": _("On time, rests taken out and extensions granted"),
    "in_time_passed_on": "",
    "due_done_again": "",
    "responded": "",
    "dispatched_right": "",
    "closed_confirmed": _("Confirmed as solved, of all closed"),
    "word_given": "",
    "word_solved": "",
}
OF_KINDS: dict[tuple[str, str], Text] = {
    ("disputes", "settled_at_home"): _("Disputes settled at the grassroots"),
    ("disputes", "settled"): _("Disputes settled"),
    ("disputes", "performed"): _("Agreements performed"),
}


class Sort(StrEnum):
    """What a headline counts, which says where its list is."""

    CASES = "cases"
    CONFIDENTIAL = "confidential"
    PLACES = "places"
    RATINGS = "ratings"


@dataclass(frozen=True)
class Score:
    """A headline: so many of so many. `count` is None where it is withheld; `percent` also where the whole is small.

    `whole_name` is the figure the share is of, `kind` the kind of cases of a confidential one.
    """

    sort: Sort
    name: str
    label: Text
    meaning: str | Promise
    whole_label: Text
    source: str
    better: Better
    count: int | None
    whole: int | None
    whole_name: str = ""
    kind: str = ""

    @property
    def percent(self) -> int | None:
        """The share, rounded; None where nothing is counted or too little for one."""
        if self.count is None or self.whole is None or self.whole < FEWEST_FOR_SHARE:
            return None
        return round(100 * self.count / self.whole)


@dataclass(frozen=True)
class Unmeasured:
    """A headline that nothing here is recorded of yet, and what would have to be."""

    name: str
    label: str | Promise
    why: str | Promise


@dataclass(frozen=True)
class Scorecard:
    """The headlines of a place for a period, as of a moment; those of places are always as of that moment.

    `counted_at`: when disputes and places were counted, for cities and provinces some minutes before.
    """

    place: Division
    period: Period
    now: datetime
    cases: Sequence[Score]
    disputes: Sequence[Score]
    places: Sequence[Score]
    counted_at: datetime

    @property
    def every(self) -> Sequence[Score]:
        """All headlines in their order."""
        return (*self.cases, *self.disputes, *self.places)


UNMEASURED = (
    Unmeasured(
        "online",
        _("Services handled online"),
        _("Applications for services are not handled here yet."),
    ),
    Unmeasured(
        "one_visit",
        _("Services with one visit at most"),
        _("Applications for services are not handled here yet."),
    ),
    Unmeasured(
        "households_per_worker",
        _("Households per grid worker"),
        _("No number of households is kept for grids yet."),
    ),
    Unmeasured(
        "calls_answered",
        _("Hotline calls answered"),
        _("The telephone system counts calls; it is not connected."),
    ),
)


class PeriodChoice(forms.Form):
    """A quarter or a year. No months and no free days: small numbers could be found by taking one from another."""

    period = forms.ChoiceField(label=_("Period"), required=False)

    def __init__(self, query: QueryDict) -> None:
        offered = quarters_and_years(timezone.localdate())
        super().__init__({"period": query.get("period") or offered[YEAR_IN_FORCE][0]})
        self.fields["period"].choices = offered  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Period:
        """What was chosen, once the form is valid."""
        return Period.named(self.cleaned_data["period"])


def scorecard(here: Division, period: Period, now: datetime, *, public: bool = False) -> Scorecard:
    """The headlines of a place; for the `public`, small numbers are withheld everywhere.

    Kinds that only those may see who deal with a case are left out below a village.
    """
    asked = Question(Narrowing(place=here.trimmed), period, now)
    tables = snapshot(here, now, ("kinds", period), lambda: _tables(here, asked))
    net = snapshot(here, now, "net", lambda: _net(here))
    cases, disputes = [*_of_cases(asked), *_of_ratings(here, asked)], list(_of_kinds(tables.counted))
    if public:
        cases = [_withheld(score, FEWEST_FOR_SHARE, 0) for score in cases]
        disputes = [_withheld(score, FEWEST_FOR_SHARE, FEWEST) for score in disputes]
    places = [_of_places(PLACE_FIGURES[name], *counted) for name, counted in net.counted.items()]
    return Scorecard(here, period, now, cases, disputes, places, min(tables.at, net.at))


def _of_cases(asked: Question) -> Iterator[Score]:
    known = all_figures()
    chosen = [known[name] for name in OF_CASES if name in known]
    wholes = {figure.among: known[figure.among] for figure in chosen}
    counted: Counted = count(asked, "", [*chosen, *wholes.values()]).get(None, {})
    for figure in chosen:
        whole = wholes[figure.among]
        yield Score(
            *(
                Sort.CASES,
                figure.name,
                OF_CASES[figure.name] or figure.label,
                str(figure.meaning),
                whole.label,
                figure.source,
            ),
            *(figure.better, counted.get(figure.name, 0), counted.get(whole.name, 0), whole.name),
        )


def _of_ratings(here: Division, asked: Question) -> Iterator[Score]:
    """How many of those who rated the handling were satisfied; behind it stands a page of pooled numbers."""
    if is_rated(here):
        said = ratings(here, asked.period, asked.now).whole.numbers
        yield Score(
            Sort.RATINGS,
            "satisfied",
            _("Satisfied reporters"),
            _(
                "Of those who rated how their case was handled, in quarters in which no answer can change any more."
            ),
            _("Answers"),
            "",
            Better.HIGHER,
            said[Said.GOOD],
            said[ALL],
        )


def _tables(here: Division, asked: Question) -> dict[str, Table]:
    """The figures of confidential kinds, with what is withheld of them."""
    if here.level > Level.VILLAGE:
        return {}
    installed = {kind.name for kind in counted_kinds()} & {kind for kind, _name in OF_KINDS}
    narrowed = {kind: Narrowing(kind=kind, place=here.trimmed) for kind in sorted(installed)}
    return {
        kind: table_of(kind, replace(asked, narrowing=narrowing, confidential=True), here)
        for kind, narrowing in narrowed.items()
    }


def _of_kinds(tables: Mapping[str, Table]) -> Iterator[Score]:
    """Headlines of confidential kinds."""
    for kind, name in (each for each in OF_KINDS if each[0] in tables):
        yield _of_kind(kind, name, tables[kind])


def _of_kind(kind: str, name: str, table: Table) -> Score:
    own, line = figures_of(kind), table.whole
    figure, whole = own[name], own[own[name].among]
    said = (OF_KINDS[kind, name], str(figure.meaning), whole.label, figure.source)
    return Score(
        *(Sort.CONFIDENTIAL, name, *said, Better.HIGHER, _shown(name, line), _shown(whole.name, line)),
        whole_name=whole.name,
        kind=kind,
    )


def _shown(name: str, line: Line) -> int | None:
    return None if name in line.hidden else line.part.counted.get(name, 0)


def _net(here: Division) -> dict[str, tuple[int, int]]:
    """How many places have it, and of how many, by the figure's name."""
    return {name: figure.counted(here) for name, figure in PLACE_FIGURES.items()}


def _of_places(figure: PlaceFigure, having: int, whole: int) -> Score:
    return Score(
        *(Sort.PLACES, figure.name, figure.label, figure.meaning, figure.whole, figure.source, Better.HIGHER),
        *(having, whole),
    )


def _withheld(score: Score, fewest: int, smallest: int) -> Score:
    """Without its numbers where the whole, the number or what is left of the whole is too small."""
    count, whole = score.count, score.whole
    small = count is None or whole is None or whole < fewest or min(count, whole - count) < smallest
    return replace(score, count=None, whole=None) if small else score


def own_place() -> Division | None:
    """The place this installation serves: the largest that a post is for; None before there are any."""
    served = Division.objects.filter(posts__until=None, posts__isnull=False)
    return served.order_by("level", "code").first()
