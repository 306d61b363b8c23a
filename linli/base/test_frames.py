"""However deep a loop stands, its calls ask the system for no memory."""

from __future__ import annotations

import resource

import pytest

from linli.base.frames import in_one_stretch

CALLS, DEPTHS = 200, 300


def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def leaf(first=1, second=2, third=3):
    kept = taken = first
    return kept, taken


def new_pages():
    """How many pages of memory the system hands out to a loop of calls."""
    before = faults()
    for _call in range(CALLS):
        leaf()
    return faults() - before


def below(depth, do):
    return below(depth - 1, do) if depth else do()


def test_a_loop_is_as_cheap_at_every_depth():
    assert max(in_one_stretch(below, depth, new_pages) for depth in range(DEPTHS)) < CALLS / 2


def test_it_gives_back_what_was_asked_for_and_lets_a_refusal_through():
    assert in_one_stretch(max, 2, 3) == 3
    with pytest.raises(ZeroDivisionError):
        in_one_stretch(divmod, 1, 0)
