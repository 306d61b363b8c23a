"""Nobody scrolls sideways, meets a foreign word or is shut out, on any page, on a phone or a desk, in any type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.walk.demo import Trail, demo, trails
from tests.walk.looking import Way, faults, listening

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.sqlite]
WAYS = [Way(*each) for each in product((390, 1280), ("zh-hans", "en"), ("off", "on"))]
# Every pair of width, language and type at least once.
PAIRWISE = [
    Way(390, "zh-hans", "off"),
    Way(390, "en", "on"),
    Way(1280, "zh-hans", "on"),
    Way(1280, "en", "off"),
]


@dataclass(frozen=True)
class Walk:
    """Where the demo answers, what each role finds there, and the links that led to a refusal."""

    address: str
    trails: list[Trail]
    broken: list[str]

    def pages(self, role: str) -> set[str]:
        """The kinds of pages of a role."""
        return next(set(trail.pages) for trail in self.trails if trail.role == role)


@pytest.fixture(scope="module")
def walk(_browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    with demo(Path(tmp_path_factory.mktemp("demo"))) as address:
        broken: list[str] = []
        walk = Walk(address, list(trails(_browser, address, broken)), broken)
        yield walk
        for trail in walk.trails:
            trail.page.context.close()


def walked(walk: Walk, ways: list[Way], axe: Callable[[int, int], str]) -> list[str]:
    """Look at every page in each way; `axe(place, turn)` gives the text of axe-core, or nothing to go on faster."""
    found = []
    for trail in walk.trails:
        page = trail.page
        with listening(page, walk.address) as heard:
            for turn, way in enumerate(ways):
                page.set_viewport_size({"width": way.width, "height": 844})
                page.context.add_cookies(way.cookies(walk.address))
                for place, (kind, here) in enumerate(trail.pages.items()):
                    heard.clear()
                    page.goto(here)
                    wrong = [*faults(page, way, axe(place, turn)), *heard]
                    found += [f"{trail.role} {way} {kind}: {each}" for each in wrong]
    return found


@pytest.mark.thorough
def test_the_walk_finds_the_pages_of_every_role(walk: Walk) -> None:
    assert all(trail.pages for trail in walk.trails)
    # Whether the case at hand has a paper depends on who was faster: portals/resident/test_papers_browser.py.
    assert {"/", "/report/matters/", "/follow/NUMBER/", "/neighbourhood/"} <= set(walk.pages("resident"))
    assert {"/desk/residents/", "/desk/rights/", "/account/2fa/"} <= set(walk.pages("clerk"))
    assert sum(len(trail.pages) for trail in walk.trails) > 100


@pytest.mark.thorough
def test_no_link_leads_to_a_refusal(walk: Walk) -> None:
    assert walk.broken == []


@pytest.mark.thorough
def test_every_page_is_whole_in_each_pair_of_ways(walk: Walk, axe_source: str) -> None:
    """Axe looks at each page once, in turn in another way."""
    assert walked(walk, PAIRWISE, lambda place, turn: axe_source if place % 4 == turn else "") == []


@pytest.mark.nightly
def test_every_page_is_whole_in_every_way(walk: Walk, axe_source: str) -> None:
    assert walked(walk, WAYS, lambda _place, _turn: axe_source) == []
