"""How pages are looked at where the walk of all roles (tests/walk) does not come: forms in the middle of a task."""

from __future__ import annotations

import pytest

# Two ways between them have each width, each language and each size of type; the walk has every pair.
TWO_WAYS = [(390, {"care": "on"}), (1280, {"language": "en"})]
IN_TWO_WAYS = pytest.mark.parametrize(
    ("width", "cookies"),
    [
        pytest.param(*way, id=name)
        for way, name in zip(TWO_WAYS, ("telephone-large", "desk-english"), strict=True)
    ],
)


def axe_looks(place: int, width: int) -> bool:
    """Whether axe looks at a page this time: at each once, in turn in the one and in the other way."""
    return TWO_WAYS[place % 2][0] == width
