"""Which cell a point lies in: exact answers, a million points in well under a second, and no database here.

A raster is laid over the cells. A square that no outline crosses lies wholly in one cell, in none, or in
several; its answer is kept and one array look-up gives it. Points in the other squares (and only they) meet
the polygons, sorted by cell so that each polygon stays in the processor's cache.

Rules: a border belongs to its cell; in several cells at once the smallest wins, then the lowest code, and the
answer is marked contested; in none, the nearest cell within `reach` metres, marked nearest; else outside.
"""

from __future__ import annotations

from enum import IntEnum
from math import ceil, floor, inf, sqrt
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from linli.base.coordinates import METRES_PER_DEGREE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Cells = NDArray[Any]

REACH = 2000.0
SQUARES_PER_CELL = 64
MOST_SQUARES = 8_000_000
ASK = -2  # an outline crosses the square: the polygons decide
NONE = -1
CONTESTED_BIT = 1 << 30
SLACK = 1e-9  # of a square: rounding must never move a point past an outline unseen
CHUNK = 20_000


class How(IntEnum):
    """How an answer was found."""

    OUTSIDE = 0
    INSIDE = 1
    NEAREST = 2
    CONTESTED = 3


class CellIndex:
    """Cells given as polygons; answers are positions in that list, the winner of a tie first by `rank`."""

    def __init__(self, cells: Cells, codes: Ints, *, reach: float = REACH) -> None:
        self.reach = reach
        area = shapely.area(cells) if len(cells) else np.empty(0)
        self.order = np.lexsort((codes, area))  # by rank: the smallest cell first, then the lowest code
        self.cells = cells[self.order] if len(cells) else cells
        shapely.prepare(self.cells)
        self.tree = shapely.STRtree(self.cells)
        self.raster = Raster(self.cells, self._ask) if len(cells) else None

    def locate_many(self, longitudes: Floats, latitudes: Floats) -> tuple[Ints, NDArray[np.int8]]:
        """For each point the position of its cell (-1 for none) and how it was found (see How)."""
        x = np.ascontiguousarray(longitudes, np.float64)
        y = np.ascontiguousarray(latitudes, np.float64)
        if self.raster is None:
            return np.full(len(x), NONE, np.int64), np.zeros(len(x), np.int8)
        answer = self.raster.look_up(x, y)
        asked = np.flatnonzero(answer == ASK)
        answer[asked] = self._ask(x[asked], y[asked])
        contested = answer >= CONTESTED_BIT
        answer[contested] -= CONTESTED_BIT
        how = np.where(answer >= 0, np.where(contested, How.CONTESTED, How.INSIDE), How.OUTSIDE).astype(
            np.int8
        )
        lost = np.flatnonzero((answer == NONE) & (np.abs(x) <= 180) & (np.abs(y) <= 90))
        for start in range(0, len(lost), CHUNK):
            some = lost[start : start + CHUNK]
            answer[some] = self._nearest(x[some], y[some])
            how[some[answer[some] >= 0]] = How.NEAREST
        found = answer >= 0
        positions = np.full(len(x), NONE, np.int64)
        positions[found] = self.order[answer[found]]
        return positions, how

    def locate(self, longitude: float, latitude: float) -> tuple[int, How, float]:
        """One point: the position of its cell (-1 for none), how it was found, how many metres off it is."""
        if self.raster is None or not (abs(longitude) <= 180 and abs(latitude) <= 90):
            return NONE, How.OUTSIDE, inf
        rank = self.raster.look_up_one(longitude, latitude)
        if rank == ASK:
            rank = self._ask_one(longitude, latitude)
        if rank >= CONTESTED_BIT:
            return int(self.order[rank - CONTESTED_BIT]), How.CONTESTED, 0.0
        if rank >= 0:
            return int(self.order[rank]), How.INSIDE, 0.0
        x, y = np.array([longitude]), np.array([latitude])
        rank = int(self._nearest(x, y)[0])
        if rank == NONE:
            return NONE, How.OUTSIDE, inf
        return int(self.order[rank]), How.NEAREST, float(_metres(self.cells[[rank]], x, y)[0])

    def _ask(self, x: Floats, y: Floats) -> NDArray[np.int32]:
        """The polygons' own answer: the first cell that covers the point, and the bit if there are more."""
        answer = np.full(len(x), NONE, np.int32)
        point, cell = self.tree.query(shapely.points(x, y))
        by_cell = np.argsort(cell, kind="stable")
        point, cell = point[by_cell], cell[by_cell]
        covered = shapely.intersects_xy(self.cells[cell], x[point], y[point])
        point, cell = point[covered], cell[covered]
        answer[point[::-1]] = cell[::-1]  # ascending by rank, so the first cell is written last
        several = np.bincount(point, minlength=len(x)) > 1
        answer[several] |= CONTESTED_BIT
        return answer

    def _ask_one(self, x: float, y: float) -> int:
        near = self.tree.query(shapely.Point(x, y))
        covering = np.sort(near[shapely.intersects_xy(self.cells[near], x, y)])
        if not len(covering):
            return NONE
        return int(covering[0]) | (CONTESTED_BIT if len(covering) > 1 else 0)

    def _nearest(self, x: Floats, y: Floats) -> NDArray[np.int32]:
        north = self.reach / METRES_PER_DEGREE
        east = north / np.maximum(np.cos(np.radians(y)), 0.01)
        point, cell = self.tree.query(shapely.box(x - east, y - north, x + east, y + north))
        answer = np.full(len(x), NONE, np.int32)
        if not len(point):
            return answer
        apart = np.concatenate(
            [
                _metres(self.cells[cell[i : i + CHUNK]], x[point[i : i + CHUNK]], y[point[i : i + CHUNK]])
                for i in range(0, len(point), CHUNK)
            ]
        )
        near = apart <= self.reach
        point, cell, apart = point[near], cell[near], apart[near]
        best = np.lexsort((cell, np.round(apart, 3), point))[::-1]  # to the millimetre; then rank decides
        answer[point[best]] = cell[best]
        return answer


class Raster:
    """Squares over the cells' bounds; each holds the rank of the cell it lies in, NONE, or ASK."""

    def __init__(self, cells: Cells, ask: Any) -> None:
        west, south, east, north = shapely.total_bounds(cells)
        width, height = max(east - west, 1e-9), max(north - south, 1e-9)
        squares = min(MOST_SQUARES, SQUARES_PER_CELL * len(cells))
        self.columns = max(1, floor(sqrt(squares * width / height)))
        self.columns = min(self.columns, squares)
        self.rows = max(1, ceil(squares / self.columns))
        self.west, self.south = west, south
        self.per_column, self.per_row = self.columns / width, self.rows / height
        self.squares = self._fill(cells, ask)

    def look_up(self, x: Floats, y: Floats) -> NDArray[np.int32]:
        """The kept answer for each point; NONE beyond the raster."""
        with np.errstate(invalid="ignore", over="ignore"):
            column = (x - self.west) * self.per_column
            row = (y - self.south) * self.per_row
            beyond = ~((column >= -SLACK) & (column <= self.columns + SLACK))
            beyond |= ~((row >= -SLACK) & (row <= self.rows + SLACK))
            column[beyond] = row[beyond] = 0
        flat = np.clip(row.astype(np.int32), 0, self.rows - 1)
        flat *= np.int32(self.columns)
        flat += np.clip(column.astype(np.int32), 0, self.columns - 1)
        answer: NDArray[np.int32] = self.squares[flat]
        answer[beyond] = NONE
        return answer

    def look_up_one(self, x: float, y: float) -> int:
        """The same for a single point, without the cost of arrays."""
        column, row = (x - self.west) * self.per_column, (y - self.south) * self.per_row
        if not (-SLACK <= column <= self.columns + SLACK and -SLACK <= row <= self.rows + SLACK):
            return NONE
        column, row = min(max(int(column), 0), self.columns - 1), min(max(int(row), 0), self.rows - 1)
        return int(self.squares[row * self.columns + column])

    def _fill(self, cells: Cells, ask: Any) -> NDArray[np.int32]:
        """Mark the squares outlines cross; of each run of other squares in a row ask for one and copy it."""
        squares = np.zeros(self.rows * self.columns, np.int32)
        squares[self._crossed(cells)] = ASK
        touched = squares == ASK
        starts = np.ones(len(squares), bool)
        starts[1:] = touched[1:] | touched[:-1]
        starts[:: self.columns] = True
        starts &= ~touched
        first = np.flatnonzero(starts)
        middle_x = self.west + (first % self.columns + 0.5) / self.per_column
        middle_y = self.south + (first // self.columns + 0.5) / self.per_row
        answers = ask(middle_x, middle_y)
        run = np.cumsum(starts) - 1
        squares[~touched] = answers[run[~touched]]
        return squares

    def _crossed(self, cells: Cells) -> Ints:
        """Every square an edge of an outline passes through or touches."""
        coordinates, owner = shapely.get_coordinates(_rings(cells), return_index=True)
        x = (coordinates[:, 0] - self.west) * self.per_column
        y = (coordinates[:, 1] - self.south) * self.per_row
        edge = np.flatnonzero(owner[1:] == owner[:-1])
        crossed = [self._squares_of(x, y, edge[i : i + 500_000]) for i in range(0, len(edge), 500_000)]
        return np.concatenate(crossed) if crossed else np.empty(0, np.int64)

    def _squares_of(self, x: Floats, y: Floats, edge: Ints) -> Ints:
        """The squares of some edges: by column, the rows between the heights at the column's two sides."""
        swap = x[edge] > x[edge + 1]
        left, right = np.where(swap, edge + 1, edge), np.where(swap, edge, edge + 1)
        x0, y0, x1, y1 = x[left], y[left], x[right], y[right]
        which, column = _expand(np.floor(x0 - SLACK), np.floor(x1 + SLACK))
        rise = (y1 - y0) / np.where(x1 > x0, x1 - x0, 1)
        enter = np.clip(column - SLACK, x0[which], x1[which])
        leave = np.clip(column + 1 + SLACK, x0[which], x1[which])
        at_enter = y0[which] + (enter - x0[which]) * rise[which]
        at_leave = np.where(leave >= x1[which], y1[which], y0[which] + (leave - x0[which]) * rise[which])
        low = np.minimum(at_enter, at_leave) - SLACK
        high = np.maximum(at_enter, at_leave) + SLACK
        upright = (x1 == x0)[which]
        low = np.where(upright, np.minimum(y0, y1)[which] - SLACK, low)
        high = np.where(upright, np.maximum(y0, y1)[which] + SLACK, high)
        again, row = _expand(np.floor(low), np.floor(high))
        column = column[again]
        kept = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return (row[kept] * self.columns + column[kept]).astype(np.int64)


def _rings(cells: Cells) -> Cells:
    rings: Cells = shapely.get_rings(shapely.get_parts(cells))
    return rings


def _expand(low: Floats, high: Floats) -> tuple[Ints, Floats]:
    """For each range the index of the range and every whole number in it."""
    length = (high - low).astype(np.int64) + 1
    which = np.repeat(np.arange(len(low)), length)
    begins = np.cumsum(length) - length
    return which, low[which] + (np.arange(len(which)) - begins[which])


def _metres(cells: Cells, x: Floats, y: Floats) -> Floats:
    """Distance of each point to its cell, on a plane that is true to scale at the point."""
    shrink = np.cos(np.radians(y))
    coordinates, owner = shapely.get_coordinates(cells, return_index=True)
    coordinates[:, 0] *= shrink[owner]
    flat = shapely.set_coordinates(cells.copy(), coordinates)
    metres: Floats = shapely.distance(flat, shapely.points(x * shrink, y)) * METRES_PER_DEGREE
    return metres


__all__ = ["REACH", "CellIndex", "How"]
