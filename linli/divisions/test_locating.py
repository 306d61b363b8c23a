from datetime import timedelta

import numpy as np
import pytest
import shapely
from django.utils import timezone

from linli.base import generations
from linli.base.generations import bump
from linli.divisions.codes import parse_code
from linli.divisions.locating import How, locate, locate_many
from linli.divisions.models import Division, Kind
from linli.divisions.shapes import stored

# Far from any place of the demo world.
X, Y = 90.0, 45.0
YESTERDAY = timezone.localdate() - timedelta(days=1)


def tomorrow():
    """Asked in each test: a run may last over midnight."""
    return timezone.localdate() + timedelta(days=1)


@pytest.fixture
def add_grid(tree, standing):
    """Put a grid of one tenth of a degree to the east of X, Y."""

    def add(number, east, kind=Kind.GRID, **dates):
        outline = stored(shapely.box(X + east, Y, X + east + 0.1, Y + 0.1))
        dates = {"valid_from": YESTERDAY} | dates
        code = parse_code(f"970101001001{number:03d}")
        grid = Division.objects.create(
            code=code,
            level=6,
            name=f"第{number}网格",
            kind=kind,
            outline=outline,
            parent=standing("970101001001"),
            **dates,
        )
        bump("divisions")
        return grid

    return add


def test_a_point_in_a_grid_is_located_inside_it(add_grid):
    grid = add_grid(1, 0)
    located = locate(X + 0.05, Y + 0.05)
    assert (located.grid, located.how, located.distance_m, located.contested) == (grid, "inside", 0, False)


def test_a_point_in_two_grids_goes_to_the_lower_code_and_is_contested(add_grid):
    lower, _upper = add_grid(1, 0), add_grid(2, 0)
    located = locate(X + 0.05, Y + 0.05)
    assert (located.grid, located.contested) == (lower, True)


def test_a_point_in_a_gap_goes_to_the_nearest_grid_and_says_how_far(add_grid):
    grid = add_grid(1, 0)
    located = locate(X + 0.05, Y - 0.01)
    assert (located.grid, located.how) == (grid, "nearest")
    assert located.distance_m == pytest.approx(1113, abs=2)


def test_a_point_in_the_sea_is_outside(add_grid):
    add_grid(1, 0)
    assert locate(X + 5, Y).grid is None
    assert locate(X + 5, Y).how == "outside"


def test_a_grid_that_has_ended_or_not_begun_is_not_found(add_grid):
    add_grid(1, 0, valid_from=YESTERDAY, valid_to=YESTERDAY)
    add_grid(2, 0, valid_from=tomorrow())
    assert locate(X + 0.05, Y + 0.05).grid is None


def test_a_grid_that_begins_tomorrow_is_found_tomorrow(add_grid, monkeypatch):
    grid = add_grid(1, 0, valid_from=tomorrow())
    generations.refresh()
    assert locate(X + 0.05, Y + 0.05).grid is None
    day = tomorrow()
    monkeypatch.setattr(timezone, "localdate", lambda **_where: day)
    assert locate(X + 0.05, Y + 0.05).grid == grid


def test_a_micro_grid_is_not_where_cases_go(add_grid):
    add_grid(1, 0, kind=Kind.MICRO_GRID)
    assert locate(X + 0.05, Y + 0.05).grid is None


def test_a_new_grid_is_found_at_once(add_grid):
    assert locate(X + 0.05, Y + 0.05).grid is None
    grid = add_grid(1, 0)
    assert locate(X + 0.05, Y + 0.05).grid == grid


def test_many_points_get_ids_and_how_each_was_found(add_grid):
    first, second = add_grid(1, 0), add_grid(2, 0.1)
    ids, how = locate_many([X + 0.05, X + 0.15, X + 0.21, X + 3], np.full(4, Y + 0.05))
    assert ids.tolist() == [first.pk, second.pk, second.pk, 0]
    assert how.tolist() == [How.INSIDE, How.INSIDE, How.NEAREST, How.OUTSIDE]
