"""Nobody scrolls sideways, meets a foreign word or is shut out, on any page, on a phone or a desk, in any type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count, product
from pathlib import Path
from typing import Any

import pytest

from tests.walk.demo import Trail, demo, one_of_each, trails
from tests.walk.looking import Way, faults, listening

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.sqlite]
WIDTHS = (390, 1280)
WAYS = [Way(*each) for each in product(WIDTHS, ("zh-hans", "en"), ("off", "on"))]
DRESSES = list(product(("zh-hans", "en"), ("off", "on")))


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


Visit = list[Way]  # a page is opened in the first way, and made wider for the others


def walked(walk: Walk, visits: Callable[[int], list[Visit]], axe: Callable[[int, int], str]) -> list[str]:
    """Look at every page on its visits; `axe(place, turn)` gives the text of axe-core, or nothing to go on faster."""
    found = []
    for trail in walk.trails:
        with listening(trail.page, walk.address) as heard:
            for place, (kind, here) in enumerate(trail.pages.items()):
                looks = count()
                for visit in visits(place):
                    for way in _taken(trail.page, here, walk.address, visit):
                        wrong = [*faults(trail.page, way, axe(place, next(looks))), *heard]
                        found += [f"{trail.role} {way} {kind}: {each}" for each in wrong]
                        heard.clear()
    return found


def _taken(page: Any, here: str, address: str, visit: Visit) -> Iterator[Way]:
    """Open a page and make it wider, way by way."""
    page.context.add_cookies(visit[0].cookies(address))
    for way in visit:
        page.set_viewport_size({"width": way.width, "height": 844})
        if way is visit[0]:
            page.goto(here)
        yield way


def in_one_dress(place: int) -> list[Visit]:
    """Narrow and wide; each fourth page in the same language and size of type."""
    return [[Way(width, *DRESSES[place % 4]) for width in WIDTHS]]


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
def test_every_page_is_whole_narrow_and_wide(walk: Walk, axe_source: str) -> None:
    """Of pages that are drawn alike the first; axe looks at each once, at half of them where they are narrow."""
    some = replace(walk, trails=[replace(each, pages=one_of_each(each.pages)) for each in walk.trails])

    def axe(place: int, turn: int) -> str:
        return axe_source if place // 4 % 2 == turn else ""

    found = walked(some, in_one_dress, axe)
    assert not found, "\n".join(found)


@pytest.mark.nightly
def test_every_page_is_whole_in_every_way(walk: Walk, axe_source: str) -> None:
    """Each opened anew, as what a script has measured may be another."""
    browser = walk.trails[0].page.context.browser
    rarer = trails(browser, walk.address, walk.broken, walk.trails)
    whole = replace(walk, trails=[*walk.trails, *rarer])
    found = walked(whole, lambda _place: [[way] for way in WAYS], lambda _place, _turn: axe_source)
    assert not found, "\n".join(found)
    assert walk.broken == []
