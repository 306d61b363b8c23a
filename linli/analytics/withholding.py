"""Small numbers of small areas are withheld, and so is what would give them away by adding up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

FEWEST = 5  # a smaller number is withheld where an area is small
Cell = tuple[int, str]  # the row's place among the rows, and the figure's name


@dataclass(frozen=True)
class Sum:
    """A cell that is the sum of others."""

    whole: Cell
    parts: Sequence[Cell]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The whole and its parts."""
        return (self.whole, *self.parts)


def withheld(
    cells: Mapping[Cell, int],
    sums: Sequence[Sum],
    shown: Set[Cell] = frozenset(),
    hidden: Set[Cell] = frozenset(),
) -> set[Cell]:
    """The cells that are withheld; `shown` ones are shown in any case, `hidden` ones are withheld already.

    A zero is withheld like any small number: beside shown zeros the one small number of a sum could be worked out.
    That nothing happened may be worked out (a whole of which a part shows all), but no small number may: as long as
    one can be, of each sum it stands in the smallest shown part is withheld as well, or the whole where no part is.
    """
    found = {cell for cell, number in cells.items() if number < FEWEST} - shown | hidden
    while more := _to_withhold(cells, sums, found, shown):
        found |= more
    return found


def _to_withhold(
    cells: Mapping[Cell, int], sums: Sequence[Sum], found: Set[Cell], shown: Set[Cell]
) -> set[Cell]:
    """What is withheld next, so that less can be worked out; nothing once no small number can.

    Where the sums of such a number have nothing left to withhold, those of what helped to work it out have.
    """
    known = worked_out(cells, sums, found)
    told = {cell for cell in known if 0 < cells[cell] < FEWEST}
    settled = found | shown
    return told and (_beside(told, cells, sums, settled) or _beside(known, cells, sums, settled))


def _beside(told: Set[Cell], cells: Mapping[Cell, int], sums: Sequence[Sum], settled: Set[Cell]) -> set[Cell]:
    """Of each sum that one of these stands in, the smallest part that is not settled, or else the whole."""
    more = set()
    for each in sums:
        if not told.isdisjoint(each.cells):
            left = [cell for cell in each.parts if cell not in settled] or list({each.whole} - settled)
            more |= {min(left, key=lambda cell: (cells[cell], cell))} if left else set()
    return more


def worked_out(cells: Mapping[Cell, int], sums: Sequence[Sum], found: Set[Cell]) -> set[Cell]:
    """The withheld cells that a reader can work out from what is shown.

    What a withheld cell can be is narrowed by one sum after the other, as a reader with a pencil would: no number is
    below zero, a part is no more than its whole less what the other parts must be.
    """
    anything = 2 * sum(cells.values()) + 1
    low = {cell: 0 if cell in found else number for cell, number in cells.items()}
    high = {cell: anything if cell in found else number for cell, number in cells.items()}
    asked = [each for each in sums if not found.isdisjoint(each.cells)]
    while sum(_narrowed(each, low, high) for each in asked):
        pass
    return {cell for cell in found if low[cell] == high[cell]}


def _narrowed(asked: Sum, low: dict[Cell, int], high: dict[Cell, int]) -> bool:
    """Narrows what the cells of a sum can be; whether that said anything new."""
    least, most = sum(low[cell] for cell in asked.parts), sum(high[cell] for cell in asked.parts)
    below, above = low[asked.whole], high[asked.whole]
    bounds = {cell: (below - most + high[cell], above - least + low[cell]) for cell in asked.parts}
    moved = False
    for cell, (bottom, top) in {**bounds, asked.whole: (least, most)}.items():
        if bottom > low[cell] or top < high[cell]:
            low[cell], high[cell], moved = max(bottom, low[cell]), min(top, high[cell]), True
    return moved
