"""A place and its parts one level down as a table: exact from the county up, below it without small numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q

from linli.analytics.counting import Counted, count, total
from linli.analytics.definition import Figure
from linli.analytics.parts import Part, by_place, divisor_below, parts_of
from linli.analytics.questions import Question
from linli.analytics.withholding import Cell, Sum, withheld
from linli.divisions.codes import Level, lineage, parse_code
from linli.divisions.models import Division

Divided = Mapping[str, Sequence[str]]  # a figure that others add up to, and those


@dataclass(frozen=True)
class Line:
    """What a part of a place counts, and which of its figures are withheld."""

    part: Part
    hidden: frozenset[str] = frozenset()

    def number(self, name: str) -> int | None:
        """A figure of the part; None where it is withheld."""
        return None if name in self.hidden else self.part.counted.get(name, 0)


@dataclass(frozen=True)
class Table:
    """A place as a whole, and its parts one level down."""

    whole: Line
    parts: Sequence[Line] = ()


def settled(asked: Question, here: Division, figures: Sequence[Figure], divided: Divided) -> Table:
    """The figures of a place and its parts.

    What is withheld of a place is settled where it stands beside its neighbours, so from the county down.
    """
    if here.level < Level.COUNTY:
        parts = by_place(at(asked, here), here, _below(here), figures)
        return Table(_whole(here, parts), [Line(part) for part in parts])
    hidden, names = frozenset[str](), [figure.name for figure in figures]
    for place, parts in _on_the_way(asked, here, figures):
        table = _beside(place, parts, (names, divided), {(0, name) for name in hidden})
        on = [line for line in table.parts if _leads_to(line, here)]
        hidden = on[0].hidden if on else frozenset()
        if place.level == Level.TOWN and on:
            return Table(on[0])  # a village, whose own parts nobody is shown
    return table if here.level < Level.VILLAGE else Table(table.whole)


def at(asked: Question, here: Division) -> Question:
    """The same asked of another place."""
    return replace(asked, narrowing=replace(asked.narrowing, place=here.trimmed))


def _on_the_way(
    asked: Question, here: Division, figures: Sequence[Figure]
) -> Iterator[tuple[Division, list[Part]]]:
    """The parts of each place from the county down, counted once by the smallest of them.

    A village is counted by itself only where it stands in no town's table.
    """
    places, below = _way_to(here)
    wide = [place for place in places if place.level < Level.VILLAGE]
    divisor = divisor_below(wide[-1])
    counted = count(at(asked, wide[0]), divisor, figures)
    for place in wide:
        (low, high), larger = place.span, divisor_below(place)
        together: dict[int, list[Counted]] = defaultdict(list)
        for key, numbers in counted.items():
            if low <= key * divisor < high:
                together[key * divisor // larger].append(numbers)
        yield place, parts_of(place, below[place.pk], {key: total(each) for key, each in together.items()})
    for place in places[len(wide) :]:
        yield place, by_place(at(asked, place), place, below[place.pk], figures)


def _leads_to(line: Line, here: Division) -> bool:
    return bool(line.part.place and here.trimmed.startswith(line.part.place.trimmed))


def _way_to(here: Division) -> tuple[list[Division], dict[int, list[Division]]]:
    """The places from the county down to here, no further than a village, and what lies below each (one statement)."""
    codes = lineage(here.trimmed)[Level.COUNTY - 1 : Level.VILLAGE]
    padded = [parse_code(code) for code in codes]
    on_it = Division.objects.current().filter(code__in=padded, level__range=(Level.COUNTY, Level.VILLAGE))
    chosen = Q(pk__in=on_it.values("pk")) | Q(parent__in=on_it.values("pk"))
    rows = Division.objects.current().filter(chosen)
    found, below = {}, defaultdict[int, list[Division]](list)
    for place in rows.order_by("code", "level"):
        below[place.parent_id or 0].append(place)
        if place.level <= Level.VILLAGE and place.trimmed in codes:
            found[place.trimmed] = place
    return [found[code] for code in codes if code in found], below


def _below(here: Division) -> list[Division]:
    return list(Division.objects.current().filter(parent=here).order_by("code"))


def _whole(here: Division, parts: Sequence[Part]) -> Line:
    return Line(Part(total(part.counted for part in parts), place=here))


def _beside(
    here: Division, parts: Sequence[Part], ruled: tuple[Sequence[str], Divided], known: set[Cell]
) -> Table:
    """A table of one place: row 0 is the whole, the others its parts."""
    (names, divided), whole = ruled, _whole(here, parts)
    rows = [whole.part, *parts]
    cells: dict[Cell, int] = {
        (number, name): row.counted.get(name, 0) for number, row in enumerate(rows) for name in names
    }
    of_rows = [
        Sum((number, each), [(number, part) for part in its])
        for number in range(len(rows))
        for each, its in divided.items()
    ]
    of_columns = [Sum((0, name), [(number, name) for number in range(1, len(rows))]) for name in names]
    exact = {cell for cell in cells if cell[0] == 0} if here.level <= Level.COUNTY else set()
    hidden = withheld(cells, [*of_rows, *of_columns], exact, known)
    lines = [
        Line(row, frozenset(name for place, name in hidden if place == number))
        for number, row in enumerate(rows)
    ]
    return Table(lines[0], lines[1:])
