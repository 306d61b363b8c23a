"""Figures of kinds whose cases area gives no sight of: counted for the place, small numbers withheld, and each opens
those of its cases that the reader may open anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from linli.analytics.counting import Counted, behind, count
from linli.analytics.definition import Block, Figure
from linli.analytics.parts import Part
from linli.analytics.populations import Population, of_group
from linli.analytics.questions import Question
from linli.analytics.spans import Taken, times_taken
from linli.analytics.tables import Line, Table, at, settled
from linli.analytics.withholding import FEWEST
from linli.base.errors import NotFound
from linli.cases import counted as said
from linli.cases.kinds import Kind, all_kinds, kind_of
from linli.cases.models import CaseQuerySet, areas_see
from linli.cases.sight import opening_to
from linli.divisions.models import Division
from linli.posts.actor import PostActor


@dataclass(frozen=True)
class Opened:
    """The cases behind a figure that the reader may open, and how many others it counts; None: if any, so few
    that it is not said.
    """

    cases: CaseQuerySet
    others: int | None


def counted_kinds() -> list[Kind]:
    """The kinds with figures of their own that area gives no sight of."""
    return [kind for kind in all_kinds() if kind.figures and not areas_see(kind.name)]


@cache
def figures_of(kind: str) -> Mapping[str, Figure]:
    """The figures of one kind by name; NotFound for one that has none."""
    own = kind_of(kind).figures
    if not own or areas_see(kind):
        raise NotFound
    groups = {each.group.name: of_group(each.group) for each in own}
    wholes = {each.group.name: each.name for each in own if each.test is None}
    return {each.name: _figure(each, groups[each.group.name], wholes[each.group.name]) for each in own}


def _figure(own: said.Counted, group: Population, whole: str) -> Figure:
    figure = Figure(own.name, Block.OUTCOME, group, own.label, own.meaning, source="")
    return replace(figure, test=own.test, among=whole) if own.test else figure


def table_of(kind: str, asked: Question, here: Division) -> Table:
    """The figures of a place and its parts; exact from the county up, below it without what is withheld.

    What is withheld of a place is settled where it stands beside its neighbours, so from the county down.
    """
    return settled(asked, here, list(figures_of(kind).values()), _divided(kind))


def _divided(kind: str) -> dict[str, list[str]]:
    """The figures of a kind that others add up to, with their parts."""
    found: dict[str, list[str]] = {}
    own = figures_of(kind)
    for each in kind_of(kind).figures:
        if each.divides:
            found.setdefault(own[each.name].among, []).append(each.name)
    return found


def own_of(kind: str, asked: Question, here: Division) -> Table:
    """The figures of those cases only that the reader may open; nothing of them is withheld."""
    counted: Counted = count(at(asked, here), "", figures_of(kind).values())[None]
    return Table(Line(Part(counted, place=here)))


def opened(figure: Figure, asked: Question, line: Line, *, by: PostActor) -> Opened:
    """The cases behind a figure of a place, as far as the actor may open them, and how many others there are."""
    cases = opening_to(by, behind(figure, asked))
    others = line.part.counted.get(figure.name, 0) - cases.count()
    return Opened(cases, None if figure.name in line.hidden else others)


def time_of(kind: str, asked: Question, line: Line) -> Taken | None:
    """How long those that are timed took, where they are shown and not too few (one statement)."""
    timed = next((each.name for each in kind_of(kind).figures if each.timed), "")
    found = line.part.counted.get(timed, 0)
    if found < FEWEST or timed in line.hidden:
        return None
    return times_taken(asked, figures_of(kind)[timed])
