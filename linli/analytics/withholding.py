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


def withheld(
    cells: Mapping[Cell, int],
    sums: Sequence[Sum],
    shown: Set[Cell] = frozenset(),
    hidden: Set[Cell] = frozenset(),
) -> set[Cell]:
    """The cells that are withheld; `shown` ones are shown in any case, `hidden` ones are withheld already.

    A zero is withheld like any small number: beside shown zeros the one small number of a sum could be worked out. As
    long as a sum gives a withheld number away, its smallest shown part is withheld as well.
    """
    found = {cell for cell, number in cells.items() if number < FEWEST} - shown | hidden
    while more := {cell for each in sums for cell in _to_withhold(each, cells, found, shown)}:
        found |= more
    return found


def _to_withhold(asked: Sum, cells: Mapping[Cell, int], found: Set[Cell], shown: Set[Cell]) -> list[Cell]:
    """The next part to be withheld where exactly one number of a sum is missing, its whole counted in."""
    missing = sum(cell in found for cell in (asked.whole, *asked.parts))
    left = [cell for cell in asked.parts if cell not in found and cell not in shown]
    return [min(left, key=lambda cell: (cells[cell], cell))] if missing == 1 and left else []
