"""What the question "is it one of these?" finds of real pairs, and what it costs with 100,000 matters open.

    python bench/alike.py [sample]

Boston's 311 requests of 2015 (../shared/data/311, PDDL) in square grids of 300 m, five by five to a village, played
in the order of time: opened and closed as the city did. Sought are located requests that had another one of the same
type within 50 m in the three days before; found is such an earlier one that is shown. Then all are open at once.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import cos, radians
from pathlib import Path
from random import Random
from time import process_time
from types import SimpleNamespace

import shapely
from _ground import REPOSITORY, county, median, percentile, show, timed
from django.utils import timezone

from linli.base.generations import bump
from linli.base.ids import uuid7
from linli.base.rows import insert_many
from linli.base.writing import writing
from linli.cases import nearby
from linli.cases.alike import apart
from linli.cases.models import Case, Category
from linli.cases.nearby import Spot
from linli.divisions.codes import span
from linli.divisions.models import FAMILY, Division, Kind, Level
from linli.kinds.matters.models import Matter

FILE = REPOSITORY.parent / "shared" / "data" / "311" / "boston-2015.parquet"
NOWHERE = (-71.0587, 42.3594)
WEST, SOUTH = -71.20, 42.22
SIDE = 300 / 111_319.49  # degrees of a grid northwards
WIDE = SIDE / cos(radians(42.3))
BLOCK = 5
CLOSE, SOON = 50.0, timedelta(days=3)
TOWN = "990101900"


@dataclass(frozen=True)
class Request:
    """One located request: what, where, from when until when, and those before it that are the same."""

    number: int
    type: str
    point: tuple[float, float]
    opened: datetime
    closed: datetime | None
    earlier: tuple[int, ...]


def requests(path: Path) -> list[Request]:
    """Those whose place was known, by time, each with the same-type requests within 50 m and 3 days before it."""
    from pyarrow import parquet  # only this bench of all needs it

    rows = parquet.read_table(path, columns=["open_dt", "closed_dt", "type", "lat", "lon"]).to_pylist()
    near: dict[tuple[object, ...], list[Request]] = defaultdict(list)
    found: list[Request] = []
    for row in rows:
        point = (row["lon"], row["lat"])
        closed = row["closed_dt"].replace(tzinfo=UTC) if row["closed_dt"] else None
        opened = row["open_dt"].replace(tzinfo=UTC)
        if point == NOWHERE or None in point or (closed and closed <= opened):
            continue  # nobody can be asked about what was never open
        before = [each for cell in _cells(point) for each in near[row["type"], *cell]]
        same = [e.number for e in before if opened - e.opened <= SOON and apart(e.point, point) <= CLOSE]
        each = Request(len(found), row["type"], point, opened, closed, tuple(same))
        found.append(each)
        near[row["type"], int(point[0] / WIDE), int(point[1] / SIDE)].append(each)
    return found


def _cells(point: tuple[float, float]) -> Iterator[tuple[int, int]]:
    east, north = int(point[0] / WIDE), int(point[1] / SIDE)
    yield from ((east + x, north + y) for x in (-1, 0, 1) for y in (-1, 0, 1))


def lay_out(found: Sequence[Request]) -> dict[tuple[int, int], Division]:
    """Grids and villages for every place that was reported, inside the demo county."""
    county_row, start = Division.objects.get(level=Level.COUNTY), date(2010, 1, 1)
    cells = sorted({_grid_of(each.point) for each in found})
    blocks = sorted({(x // BLOCK, y // BLOCK) for x, y in cells})
    given = {"valid_from": start, "kind": Kind.REAL}
    town = Division.objects.create(code=span(TOWN)[0], level=Level.TOWN, name="B", parent=county_row, **given)
    villages = [
        Division(code=span(f"{TOWN}{n:03d}")[0], level=Level.VILLAGE, name=f"V{n}", parent=town, **given)
        for n in range(len(blocks))
    ]
    of_block = dict(zip(blocks, Division.objects.bulk_create(villages), strict=True))
    grids = [_grid(cell, of_block[cell[0] // BLOCK, cell[1] // BLOCK], start) for cell in cells]
    rows = dict(zip(cells, Division.objects.bulk_create(grids), strict=True))
    bump(FAMILY)
    return rows


def _grid_of(point: tuple[float, float]) -> tuple[int, int]:
    return int((point[0] - WEST) / WIDE), int((point[1] - SOUTH) / SIDE)


def _grid(cell: tuple[int, int], village: Division, start: date) -> Division:
    x, y = cell
    west, south = WEST + x * WIDE, SOUTH + y * SIDE
    code = f"{village.trimmed}{x % BLOCK * BLOCK + y % BLOCK + 1:03d}"
    outline = shapely.to_wkb(shapely.box(west, south, west + WIDE, south + SIDE))
    row = {"level": Level.GRID, "name": code, "parent": village, "valid_from": start, "outline": outline}
    return Division(code=span(code)[0], kind=Kind.GRID, **row)


def categories_of(found: Sequence[Request]) -> dict[str, Category]:
    """A category for each type."""
    given = {"kind": "matters", "valid_from": date(2010, 1, 1), "name_zh": "x"}
    types = sorted({each.type for each in found})
    rows = [Category(code=f"B{n}", name_en=name[:120], **given) for n, name in enumerate(types)]
    return dict(zip(types, Category.objects.bulk_create(rows), strict=True))


@dataclass
class World:
    """Where the requests are played."""

    grids: dict[tuple[int, int], Division]
    categories: dict[str, Category]
    now: datetime = datetime(2015, 1, 1, tzinfo=UTC)

    def open(self, found: Sequence[Request], *, at: datetime | None = None) -> None:
        """Put requests in, as the rows the question reads: case and matter; `at`: all in the month before it."""
        dice = Random(1)
        cases = []
        for each in found:
            grid = self.grids[_grid_of(each.point)]
            moment = at - timedelta(days=29 * dice.random()) if at else each.opened
            place = {"division": grid, "code_then": grid.code, "code_now": grid.code}
            said = {"summary": each.type[:80], "channel": "web", "category": self.categories[each.type]}
            number = f"{'Z' if at else 'B'}{each.number}"
            times = {"id": uuid7(moment), "at": moment, "recorded_at": moment}
            cases.append(Case(number=number, kind="matters", stage="accepted", **place, **said, **times))
        with writing():
            insert_many(cases)
            points = zip(cases, found, strict=True)
            insert_many(
                [Matter(case=c, text="", longitude=r.point[0], latitude=r.point[1]) for c, r in points]
            )

    def shown(self, each: Request) -> list[nearby.Nearby]:
        """What whoever sends this request is asked about."""
        grid, category = self.grids[_grid_of(each.point)], self.categories[each.type]
        return nearby.nearby(Spot("matters", grid, each.point, category, each.type))


def play(world: World, found: Sequence[Request], sample: Sequence[Request]) -> tuple[int, int, int, int]:
    """How many of the sample had an earlier one still open, were shown it, were asked, and by the window of 3 days."""
    clock = SimpleNamespace(now=lambda: world.now, localdate=timezone.localdate)
    nearby.timezone = clock  # type: ignore[attr-defined]  the bench lives in 2015
    closing = sorted((each for each in found if each.closed), key=lambda each: each.closed or world.now)
    place = shut = still = hit = asked = 0
    for each in sample:
        world.now = each.opened
        world.open(found[place : each.number])
        place, shut = each.number, _close(closing, shut, each)
        open_ones = {f"B{n}" for n in each.earlier if not _over(found[n], each.opened)}
        seen = {one.number for one in world.shown(each)}
        still += bool(open_ones)
        hit += bool(open_ones & seen)
        asked += bool(seen)
    nearby.timezone = timezone  # type: ignore[attr-defined]
    return len(sample), still, hit, asked


def _over(one: Request, moment: datetime) -> bool:
    return one.closed is not None and one.closed <= moment


def _close(closing: Sequence[Request], shut: int, until: Request) -> int:
    """Close in the database what the city had closed by then; return up to where that is done."""
    upto = shut
    while upto < len(closing) and _over(closing[upto], until.opened):
        upto += 1
    numbers = [f"B{each.number}" for each in closing[shut:upto]]
    for begin in range(0, len(numbers), 500):
        Case.everywhere.filter(number__in=numbers[begin : begin + 500]).update(closed_at=until.opened)
    return upto


def main(sample_size: int) -> None:
    """Print what is found, then what it costs."""
    found = requests(FILE)
    twins = [each for each in found if each.earlier]
    dice = Random(2)
    sample = sorted(dice.sample(twins, min(sample_size, len(twins))), key=lambda each: each.number)
    others = sorted(dice.sample(found, min(sample_size, len(found))), key=lambda each: each.number)
    with county():
        world = World(lay_out(found), categories_of(found))
        with_twin = play(world, found, sample)
    with county():
        world = World(lay_out(found), categories_of(found))
        any_one = play(world, found, others)
    print(
        f"\n{len(found):,} located requests; {len(twins) / len(found):.1%} had one of their type before them"
    )
    head = ("", "requests", "earlier one open", "it is shown", "asked at all")
    show("50 m and 3 days, at most 3 shown", head, [("with an earlier one", *with_twin), ("any", *any_one)])
    print(f"  recall {with_twin[2] / with_twin[1]:.1%} of those that can be found")
    with county():
        world = World(lay_out(found), categories_of(found))
        world.open(found, at=timezone.now())
        world.shown(found[0])
        asking, begun = dice.sample(found, 1000), process_time()
        times = [1000 * timed(lambda each=each: world.shown(each)) for each in asking]
        spent = process_time() - begun
    row = (f"{len(found):,} open", median(times), percentile(times, 0.99), spent)
    show("Cost of the question", ("", "median ms", "p99 ms", "of processor, ms"), [row])


if __name__ == "__main__":
    if FILE.is_file():
        main(int(sys.argv[1]) if sys.argv[1:] else 2000)
    else:
        print("skipped: the file of requests is not here (see the module's first lines)")
