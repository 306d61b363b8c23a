"""Coverage checks: every village has grids, every grid a worker. Each hole is a link to where it is filled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from linli.divisions.coverage import villages_without_grids
from linli.divisions.models import GRID_KINDS, Division
from linli.posts.models import Holding, Post, PostKind


@dataclass(frozen=True)
class Hole:
    """A place that lacks something: `lacks` is `grids`, `post` or `holder`."""

    division: Division
    lacks: str


@dataclass(frozen=True)
class Coverage:
    """How many villages and grids a division has, and what is missing."""

    villages: int
    grids: int
    holes: list[Hole]


def coverage(division: Division) -> Coverage:
    """Look through a subtree in a handful of statements, however large it is."""
    places = Division.objects.within(division.trimmed).current()
    grids = list(places.filter(kind__in=GRID_KINDS).order_by("code"))
    bare = [Hole(village, "grids") for village in villages_without_grids(division.trimmed)]
    return Coverage(places.filter(level=5).count(), len(grids), [*bare, *_without_worker(grids)])


def _without_worker(grids: list[Division]) -> Iterator[Hole]:
    posts = Post.objects.filter(kind=PostKind.GRID_WORKER, until=None)
    founded = set(posts.values_list("division_id", flat=True))
    served = set(Holding.objects.current().filter(post__in=posts).values_list("post__division_id", flat=True))
    for grid in grids:
        if grid.pk not in served:
            yield Hole(grid, "holder" if grid.pk in founded else "post")
