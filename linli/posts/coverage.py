"""Coverage checks: every village has grids, every grid a worker. Each hole is a link to where it is filled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from linli.divisions.models import Division
from linli.posts.models import Holding, Post, PostKind

VILLAGE, GRID = 5, 6


@dataclass(frozen=True)
class Hole:
    """A place that lacks something: `lacks` is `grids`, `post` or `holder`."""

    division: Division
    lacks: str


@dataclass(frozen=True)
class Coverage:
    """What a division has and what it lacks."""

    villages: int
    grids: int
    holes: list[Hole]


def coverage(division: Division) -> Coverage:
    """Look through a subtree in four statements, however large it is."""
    low, high = division.span
    places = Division.objects.current().filter(code__gte=low, code__lt=high)
    villages = list(places.filter(level=VILLAGE).order_by("code"))
    grids = list(places.filter(level=GRID).order_by("code"))
    return Coverage(len(villages), len(grids), [*_without_grids(villages, grids), *_without_worker(grids)])


def _without_grids(villages: list[Division], grids: list[Division]) -> Iterator[Hole]:
    parents = {grid.parent_id for grid in grids}
    return (Hole(village, "grids") for village in villages if village.pk not in parents)


def _without_worker(grids: list[Division]) -> Iterator[Hole]:
    posts = set(Post.objects.filter(kind=PostKind.GRID_WORKER, until=None).values_list("division_id", flat=True))
    held = set(Holding.objects.current().filter(post__kind=PostKind.GRID_WORKER).values_list("post__division_id", flat=True))
    for grid in grids:
        if grid.pk not in held:
            yield Hole(grid, "holder" if grid.pk in posts else "post")
