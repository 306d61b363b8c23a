"""A case whose place nobody named lies with whoever takes it in, and never wider than what is served."""

import pytest

from linli.cases.placing import unplaced
from linli.posts.actor import PartyActor


@pytest.mark.parametrize(
    ("by", "served", "expected"),
    [
        ("chengguan_clerk", "county", "城关街道"),
        ("chengguan_clerk", "城关街道", "城关街道"),
        ("chengguan_clerk", "柳河镇", "城关街道"),
        ("county_clerk", "柳河镇", "柳河镇"),
        ("河滨社区第一网格", "county", "河滨社区第一网格"),
        (None, "柳河镇", "柳河镇"),
    ],
)
def test_it_lies_in_the_own_area_of_a_post_unless_that_is_wider(world, by, served, expected):
    place = world.county if served == "county" else world.place(served)
    actor = world.by(by) if by else PartyActor("reporter")
    assert unplaced(actor, place) == world.place(expected)
