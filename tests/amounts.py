"""Tests whose amount is the point run with a small one before each landing, and with the whole one at night."""

from __future__ import annotations

import pytest


def fewer_by_day(name: str, day: int, night: int) -> pytest.MarkDecorator:
    """Give a test an amount, by this name: thorough with the one, nightly with the other."""
    return pytest.mark.parametrize(
        name, [pytest.param(day, marks=pytest.mark.thorough), pytest.param(night, marks=pytest.mark.nightly)]
    )
