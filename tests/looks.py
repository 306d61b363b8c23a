"""How pages are looked at where the walk of all roles (tests/walk) does not come: forms in the middle of a task."""

import pytest

# Two ways between them have each width, each language and each size of type; the walk has every pair.
IN_TWO_WAYS = pytest.mark.parametrize(
    ("width", "cookies"),
    [
        pytest.param(390, {"care": "on"}, id="telephone-large"),
        pytest.param(1280, {"language": "en"}, id="desk-english"),
    ],
)
