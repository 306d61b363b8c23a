"""Figures of kinds whose cases area gives no sight of: counted for the place, small numbers withheld, and each opens
those of its cases that the reader may open anyway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from linli.analytics.counting import Counted, behind, count, total
from linli.analytics.definition import Block, Figure
from linli.analytics.parts import Part, by_place
from linli.analytics.populations import Population, of_group
from linli.analytics.questions import Question
from linli.analytics.spans import Taken, times_taken
from linli.analytics.withholding import FEWEST, Cell, Sum, withheld
from linli.base.errors import NotFound
from linli.cases import counted as said
from linli.cases.kinds import Kind, all_kinds, kind_of
from linli.cases.models import CaseQuerySet, areas_see
from linli.cases.sight import opening_to
from linli.divisions.codes import Level, lineage
from linli.divisions.models import Division
from linli.posts.actor import PostActor


@dataclass(frozen=True)
class Line:
    """What a part of a place counts, and which of its figures are withheld."""

    part: Part
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Table:
    """A place as a whole, and its parts one level down."""

    whole: Line
    parts: Sequence[Line] = ()


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
    own = figures_of(kind)
    if here.level < Level.COUNTY:
        parts = by_place(_at(asked, here), here, _below(here), own.values())
        return Table(_whole(here, parts), [Line(part) for part in parts])
    hidden: frozenset[str] = frozenset()
    for place in _down_to(here):
        table = _beside(kind, place, by_place(_at(asked, place), place, _below(place), own.values()), hidden)
        on = [
            line
            for line in table.parts
            if line.part.place and here.trimmed.startswith(line.part.place.trimmed)
        ]
        hidden = on[0].hidden if on else frozenset()
    return table if here.level < Level.VILLAGE else Table(table.whole)


def _down_to(here: Division) -> list[Division]:
    """The places from the county down to here; no further than a village."""
    codes = lineage(here.trimmed)[Level.COUNTY - 1 : Level.VILLAGE]
    rows = Division.objects.current().within(codes[0]).filter(level__lte=Level.VILLAGE)
    known = {
        place.trimmed: place for place in rows.filter(code__in=[int(code.ljust(17, "0")) for code in codes])
    }
    return [known[code] for code in codes if code in known]


def _below(here: Division) -> list[Division]:
    return list(Division.objects.current().filter(parent=here).order_by("code"))


def _at(asked: Question, here: Division) -> Question:
    return replace(asked, narrowing=replace(asked.narrowing, place=here.trimmed))


def _whole(here: Division, parts: Sequence[Part]) -> Line:
    return Line(Part(total(part.counted for part in parts), place=here))


def _beside(kind: str, here: Division, parts: Sequence[Part], known: frozenset[str]) -> Table:
    """A table of one place: row 0 is the whole, the others its parts."""
    own, whole = figures_of(kind), _whole(here, parts)
    rows = [whole.part, *parts]
    cells: dict[Cell, int] = {
        (number, name): row.counted.get(name, 0) for number, row in enumerate(rows) for name in own
    }
    of_rows = [
        Sum((number, each), parts) for number in range(len(rows)) for each, parts in _divided(kind, number)
    ]
    of_columns = [Sum((0, name), [(number, name) for number in range(1, len(rows))]) for name in own]
    exact = {cell for cell in cells if cell[0] == 0} if here.level <= Level.COUNTY else set()
    hidden = withheld(cells, [*of_rows, *of_columns], exact, {(0, name) for name in known})
    lines = [
        Line(row, frozenset(name for place, name in hidden if place == number))
        for number, row in enumerate(rows)
    ]
    return Table(lines[0], lines[1:])


def _divided(kind: str, row: int) -> list[tuple[str, list[Cell]]]:
    """The figures that others of the kind add up to."""
    found: dict[str, list[Cell]] = {}
    own = figures_of(kind)
    for each in kind_of(kind).figures:
        if each.divides:
            found.setdefault(own[each.name].among, []).append((row, each.name))
    return list(found.items())


def own_of(kind: str, asked: Question, here: Division) -> Table:
    """The figures of those cases only that the reader may open; nothing of them is withheld."""
    counted: Counted = count(_at(asked, here), "", figures_of(kind).values())[None]
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
