"""Small numbers of small areas are withheld, and so is what would give them away by adding up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

FEWEST = 5  # a number from one to four is withheld where an area is small
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

    As long as a sum would give a withheld number away (only one is missing, or the missing ones are together too
    few), its next smallest part is withheld as well. Zeros are shown.
    """
    found = {cell for cell, number in cells.items() if 0 < number < FEWEST} - shown | hidden
    while more := {cell for each in sums for cell in _giving_away(each, cells, found, shown)}:
        found |= more
    return found


def _giving_away(asked: Sum, cells: Mapping[Cell, int], found: Set[Cell], shown: Set[Cell]) -> Iterable[Cell]:
    missing = [cell for cell in asked.parts if cell in found]
    whole_is_known = asked.whole not in found
    enough = not missing or (
        len(missing) > 1 and sum(cells[cell] for cell in missing) >= FEWEST if whole_is_known else True
    )
    if not missing and not whole_is_known:
        enough = False  # all parts together would say the whole
    left = [cell for cell in asked.parts if cells[cell] and cell not in found and cell not in shown]
    return [] if enough or not left else [min(left, key=lambda cell: (cells[cell], cell))]
