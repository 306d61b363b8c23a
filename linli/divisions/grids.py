"""Schematic grids for places that have no polygons: invented, flagged as such, the same every time.

Nobody publishes grid outlines. Until a place draws or imports its own, every village gets a part of whatever
outline is known above it, and its grids parts of that. The parts tile the whole without overlap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from linli.base.coordinates import Datum
from linli.base.errors import Conflict, Invalid
from linli.base.generations import bump
from linli.base.writing import writing
from linli.divisions.codes import Level, child_code, parse_code
from linli.divisions.models import FAMILY, LOCAL, Division, Kind
from linli.divisions.shapes import Area, as_area, partition, restored, square, stored
from linli.ledger.records import By, Line, record

MOST_GRIDS = 999
VILLAGE_SQUARE_KILOMETRES = 3.0
COMMITTEES = ("村民委员会", "居民委员会", "村委会", "居委会")
Centre = tuple[float, float]
Progress = Callable[[int, int], None]


def usual_count(village: Division) -> int:
    """Three to six grids, by the code: what a village of 1,000 to 2,500 households has."""
    return 3 + village.code // 10**5 % 4


def draw_grids(
    village: Division, count: int, *, by: By, on: date, within: Area | None = None
) -> list[Division]:
    """Give a village `count` schematic grids that tile its area; the ledger keeps that they were drawn."""
    if not 0 < count <= MOST_GRIDS:
        raise Invalid(_("A village has 1 to {most} grids.").format(most=MOST_GRIDS))
    if village.level != Level.VILLAGE or village.valid_to is not None:
        raise Invalid(_("{division} is not a village or community in force.").format(division=village))
    area = within or _own_area(village)
    if area is None:
        raise Invalid(_("No outline of {division} is known; give one.").format(division=village))
    with writing():
        if Division.objects.filter(parent=village, valid_to=None).exists():
            raise Conflict(_("{division} has grids already.").format(division=village))
        grids = Division.objects.bulk_create(_grids_of(village, area, count, on))
        bump(FAMILY)
        record(Line("divisions.draw_grids", by, division=village.code, facts={"grids": count, "villages": 1}))
    return grids


def lay_out(
    root: Division,
    *,
    by: By,
    on: date,
    centre: Centre | None = None,
    count_for: Callable[[Division], int] = usual_count,
    progress: Progress | None = None,
) -> int:
    """Give every village of a place schematic grids, every level between an outline; return how many grids.

    Known outlines are kept. Where none is known at or below `root`, a square around `centre` is invented.
    Villages that have grids keep them, so that it can be run again.
    """
    place = _place_of(root)
    area = _area_of(place, centre)
    drawn = 0
    towns = _areas_of_towns(place, area)
    for done, (town, town_area) in enumerate(towns, start=1):
        drawn += _fill_town(place, (town, town_area), count_for, on)
        if progress:
            progress(done, len(towns))
    if drawn:
        with writing():
            facts = {"grids": drawn, "villages": place.weight[place.root.pk]}
            record(Line("divisions.draw_grids", by, division=root.code, facts=facts))
    return drawn


@dataclass
class Place:
    """A subtree in memory: children by parent, the number of villages below each, villages with grids."""

    root: Division
    children: dict[int, list[Division]]
    weight: dict[int, int]
    have_grids: set[int]


def _place_of(root: Division) -> Place:
    rows = Division.objects.within(root.trimmed).current().order_by("level", "code").defer(None)
    children: dict[int, list[Division]] = defaultdict(list)
    weight: dict[int, int] = defaultdict(int)
    have_grids: set[int] = set()
    listed = []
    for row in rows.filter(level__lte=Level.GRID):
        if row.level == Level.GRID:
            have_grids.add(row.parent_id or 0)
            continue
        listed.append(row)
        if row.pk == root.pk:
            root = row
        else:
            children[row.parent_id or 0].append(row)
    for row in reversed(listed):
        weight[row.pk] = max(1, weight[row.pk])
        if row.pk != root.pk:
            weight[row.parent_id or 0] += weight[row.pk]
    return Place(root, children, weight, have_grids)


def _own_area(division: Division) -> Area | None:
    return restored(division.outline) if division.outline else None


def _is_surveyed(division: Division) -> bool:
    return bool(division.outline) and not division.schematic


def _area_of(place: Place, centre: Centre | None) -> Area | None:
    """The root's own outline, none where its children bring theirs, else the invented square."""
    own = _own_area(place.root)
    if own is not None or any(_is_surveyed(child) for child in place.children[place.root.pk]):
        return own
    if centre is None:
        raise Invalid(_("No outline of {division} is known; give its centre.").format(division=place.root))
    return square(*centre, VILLAGE_SQUARE_KILOMETRES * place.weight[place.root.pk])


def _areas_of_towns(place: Place, area: Area | None) -> list[tuple[Division, Area]]:
    """Every town with its area, the levels above them divided and written down."""
    layer: list[tuple[Division, Area | None]] = [(place.root, area)]
    towns: list[tuple[Division, Area]] = []
    while layer:
        division, own = layer.pop(0)
        if own is not None:
            _keep_outlines([(division, own)])
        if division.level >= Level.TOWN and own is not None:
            towns.append((division, own))
        else:
            layer += _divide(place, division, own)
    return towns


def _divide(place: Place, division: Division, area: Area | None) -> list[tuple[Division, Area | None]]:
    """The children with their areas: known ones as they are, others cut from the parent or a sibling."""
    children = place.children[division.pk]
    known = _without_overlaps([child for child in children if _is_surveyed(child)])
    lacking = [child for child in children if child.pk not in known]
    if lacking and known:
        # Development zones have no outline of their own and lie inside their neighbours.
        largest = max(known, key=lambda pk: known[pk].area)
        weights = [place.weight[pk] for pk in (largest, *(child.pk for child in lacking))]
        known[largest], *parts = partition(known[largest], weights, seed=division.code % 1009)
    elif lacking and area is not None:
        parts = partition(area, [place.weight[child.pk] for child in lacking], seed=division.code % 1009)
    else:
        parts = []
    known |= {child.pk: part for child, part in zip(lacking, parts, strict=True)}
    return [(child, known[child.pk]) for child in children]


def _without_overlaps(surveyed: Iterable[Division]) -> dict[int, Area]:
    """Published outlines of neighbours overlap a little; the lower code keeps the strip."""
    taken: dict[int, Area] = {}
    for division in surveyed:
        area = restored(division.outline or b"")
        for other in taken.values():
            if area.intersects(other):
                area = as_area(area.difference(other))
        taken[division.pk] = area
    return taken


def _fill_town(
    place: Place, town: tuple[Division, Area], count_for: Callable[[Division], int], on: date
) -> int:
    """One small transaction: the outlines of a town's villages, and their grids."""
    villages = [
        (child, area) for child, area in _divide(place, *town) if area is not None and not area.is_empty
    ]
    grids = [
        grid
        for village, area in villages
        if village.pk not in place.have_grids
        for grid in _grids_of(village, area, count_for(village), on)
    ]
    with writing():
        _keep_outlines(villages)
        Division.objects.bulk_create(grids)
        bump(FAMILY)
    return len(grids)


def _keep_outlines(areas: Iterable[tuple[Division, Area]]) -> None:
    """Write down schematic outlines where none was known."""
    changed = []
    for division, area in areas:
        if not division.outline and not area.is_empty:
            _shape(division, area)
            changed.append(division)
    if changed:
        with writing():
            fields = ["outline", "schematic", "datum", "longitude", "latitude"]
            Division.objects.bulk_update(changed, fields, batch_size=50)


def _grids_of(village: Division, area: Area, count: int, on: date) -> list[Division]:
    name = village.name
    for ending in COMMITTEES:
        name = name.removesuffix(ending)
    grids = []
    for number, part in enumerate(partition(area, [1.0] * count, seed=village.code % 1009), start=1):
        code = parse_code(child_code(village.trimmed, number))
        grid = Division(code=code, level=Level.GRID, name=f"{name}第{number}网格", kind=Kind.GRID)
        grid.parent, grid.valid_from, grid.source = village, on, LOCAL
        grids.append(_shape(grid, part))
    return grids


def _shape(division: Division, area: Area) -> Division:
    centre = area.representative_point()
    division.outline, division.schematic, division.datum = stored(area), True, Datum.NONE
    division.longitude, division.latitude = round(centre.x, 6), round(centre.y, 6)
    return division


__all__ = ["draw_grids", "lay_out", "usual_count"]
