"""What is withheld cannot be worked out, by any reader, from what is shown."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from linli.analytics.withholding import FEWEST, Sum, withheld

pytestmark = pytest.mark.once


def added_up(parts):
    """The cells of a table whose row 0 and column "whole" add the others up, and those sums."""
    names = [str(column) for column in range(len(parts[0]))]
    rows = [[sum(column) for column in zip(*parts, strict=True)], *parts]
    cells = {(row, name): rows[row][int(name)] for row in range(len(rows)) for name in names}
    cells |= {(row, "whole"): sum(rows[row]) for row in range(len(rows))}
    sums = [Sum((row, "whole"), [(row, name) for name in names]) for row in range(len(rows))]
    sums += [Sum((0, name), [(row, name) for row in range(1, len(rows))]) for name in [*names, "whole"]]
    return cells, sums


@given(
    st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=1, max_size=6),
    st.booleans(),
)
def test_no_sum_of_shown_numbers_gives_a_small_one_away(parts, exact):
    cells, sums = added_up(parts)
    shown = {cell for cell in cells if cell[0] == 0} if exact else set()
    hidden = withheld(cells, sums, shown)
    assert all(number >= FEWEST or cell in hidden | shown for cell, number in cells.items())
    for each in sums:
        missing = [cell for cell in each.cells if cell in hidden]
        only = len(missing) == 1 and 0 < cells[missing[0]] < FEWEST
        assert not only or set(each.cells) <= hidden | shown


# All tables of 3 by 2 up to 8.
EVERY = np.array(list(product(range(9), repeat=6)), dtype=np.int16).reshape(-1, 3, 2)


def told_of(cells, hidden):
    """The small numbers that are the same in every table with the numbers shown (all tables are tried)."""
    rows = np.concatenate([EVERY.sum(axis=1, keepdims=True), EVERY], axis=1)
    every = np.concatenate([rows, rows.sum(axis=2, keepdims=True)], axis=2)
    columns = {"0": 0, "1": 1, "whole": 2}
    for (row, name), number in cells.items():
        if (row, name) not in hidden:
            every = every[every[:, row, columns[name]] == number]
    same = {cell for cell in hidden if np.ptp(every[:, cell[0], columns[cell[1]]]) == 0}
    return {cell for cell in same if 0 < cells[cell] < FEWEST}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(st.one_of(st.just(0), st.integers(0, 7)), min_size=2, max_size=2), min_size=3, max_size=3
    ),
    st.booleans(),
)
@example([[0, 0], [0, 0], [1, 7]], True)
@example([[7, 0], [0, 3], [5, 0]], False)
def test_of_all_tables_that_could_be_a_reader_cannot_pick_a_small_number(parts, exact):
    cells, sums = added_up(parts)
    shown = {cell for cell in cells if cell[0] == 0} if exact else set()
    unavoidable = told_of(cells, set(cells) - shown)
    assert told_of(cells, withheld(cells, sums, shown)) <= unavoidable
