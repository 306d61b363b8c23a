"""How fast points find their grids: 1,000,000 points in 100,000 cells, on the bounds of Jiangsu.

    python bench/locate.py [points] [cells]

Prints the time and the rate, the ratio to plain `shapely.STRtree.query` and to a bare numpy floor in the same
run, and whether all answers are those of the plain query.
"""

from __future__ import annotations

import sys
from time import perf_counter

import numpy as np
import shapely

from linli.divisions.cells import CellIndex, How

WEST, SOUTH, EAST, NORTH = 116.36, 30.76, 121.92, 35.13
ROUNDS = 5


def voronoi_cells(count: int, dice: np.random.Generator, *, dense: bool = False) -> np.ndarray:
    """Cells around points of which 60 % sit in 13 towns; `dense` gives them outlines of some 40 vertices."""
    towns = dice.uniform((WEST + 0.3, SOUTH + 0.3), (EAST - 0.3, NORTH - 0.3), (13, 2))
    near = towns[dice.integers(0, 13, int(count * 0.6))] + dice.normal(0, 0.08, (int(count * 0.6), 2))
    far = dice.uniform((WEST, SOUTH), (EAST, NORTH), (count - len(near), 2))
    box = shapely.box(WEST, SOUTH, EAST, NORTH)
    seeds = shapely.multipoints(np.clip(np.vstack([near, far]), (WEST, SOUTH), (EAST, NORTH)))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=box))
    cells = shapely.intersection(cells, box)
    return shapely.segmentize(cells, shapely.length(cells) / 40) if dense else cells


def brute(cells: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The plain way: one query of the tree with the predicate; the lowest position where several answer."""
    answer = np.full(len(x), len(cells))
    point, cell = shapely.STRtree(cells).query(shapely.points(x, y), predicate="intersects")
    np.minimum.at(answer, point, cell)
    return np.where(answer == len(cells), -1, answer)


def best_of(act, rounds: int = ROUNDS) -> float:
    """The shortest of some runs: other work on the machine only ever lengthens them."""
    times = []
    for _ in range(rounds):
        start = perf_counter()
        act()
        times.append(perf_counter() - start)
    return min(times)


def measure(points: int, count: int, *, dense: bool) -> None:
    dice = np.random.default_rng(3)
    cells = voronoi_cells(count, dice, dense=dense)
    cells = cells[np.argsort(shapely.area(cells), kind="stable")]  # the order of our tie rule
    x, y = dice.uniform(WEST, EAST, points), dice.uniform(SOUTH, NORTH, points)
    start = perf_counter()
    index = CellIndex(cells, np.arange(len(cells)))
    built = perf_counter() - start
    ours = best_of(lambda: index.locate_many(x, y))
    plain_points = points // 4
    plain = best_of(lambda: brute(cells, x[:plain_points], y[:plain_points]), 2) * points / plain_points
    edges = np.sort(x[: index.raster.columns * index.raster.rows : 7])
    floor = best_of(lambda: np.searchsorted(edges, x))
    bare = best_of(lambda: index.raster.look_up(x, y))
    ids, how = index.locate_many(x, y)
    same = float((ids[:plain_points] == brute(cells, x[:plain_points], y[:plain_points])).mean())
    ones = perf_counter()
    for a, b in zip(x[:5000].tolist(), y[:5000].tolist(), strict=True):
        index.locate(a, b)
    one = (perf_counter() - ones) / 5000
    vertices = shapely.get_num_coordinates(cells).mean()
    print(f"{points:,} points, {len(cells):,} cells of {vertices:.0f} vertices")
    print(f"  index built in             {built:8.2f} s, {index.raster.squares.nbytes / 1e6:.0f} MB raster")
    print(f"  locate_many                {ours:8.3f} s  {points / ours / 1e6:6.2f} M points/s   (bar: 2 s)")
    print(f"  plain STRtree.query        {plain:8.3f} s  {plain / ours:6.1f} x ours")
    print(f"  floor: one raster look-up  {bare:8.3f} s  ours is {ours / bare:.1f} x")
    print(f"  floor: one np.searchsorted {floor:8.3f} s  ours is {ours / floor:.1f} x")
    print(f"  locate, one point          {one * 1e6:8.1f} µs")
    print(f"  same answers as the plain query: {same:.4%}; contested {np.mean(how == How.CONTESTED):.4%}")


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    for dense in (False, True):
        measure(size, number, dense=dense)
