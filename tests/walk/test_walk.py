"""Nobody scrolls sideways, meets a foreign word or is shut out, on any page, on a phone or a desk, in any type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.walk.demo import become, demo, trails
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
    """Where the demo answers, the pages of each role, and the links that led to a refusal."""

    address: str
    pages: dict[str, dict[str, str]]
    broken: list[str]


@pytest.fixture(scope="module")
def walk(_browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    with demo(Path(tmp_path_factory.mktemp("demo"))) as address:
        context = _browser.new_context(locale="zh-CN")
        broken: list[str] = []
        yield Walk(address, trails(context.new_page(), address, broken), broken)
        context.close()


def walked(page: Any, walk: Walk, ways: list[Way], axe: Any) -> list[str]:
    """Look at every page in each way; `axe(place, turn)` gives the text of axe-core, or nothing to go on faster."""
    found = []
    with listening(page, walk.address) as heard:
        for role, pages in walk.pages.items():
            become(page, walk.address, role)
            for turn, way in enumerate(ways):
                page.set_viewport_size({"width": way.width, "height": 844})
                page.context.add_cookies(way.cookies(walk.address))
                for place, (kind, here) in enumerate(pages.items()):
                    heard.clear()
                    page.goto(here)
                    wrong = [*faults(page, way, axe(place, turn)), *heard]
                    found += [f"{role} {way.width} {way.language} {way.care} {kind} {each}" for each in wrong]
    return found


@pytest.mark.thorough
def test_the_walk_finds_the_pages_of_every_role(walk: Walk) -> None:
    assert all(pages for pages in walk.pages.values())
    assert {"/", "/report/matters/", "/follow/NUMBER/", "/follow/NUMBER/papers/KEY/"} <= set(
        walk.pages["resident"]
    )
    assert {"/desk/residents/", "/desk/rights/", "/account/2fa/"} <= set(walk.pages["clerk"])
    assert sum(map(len, walk.pages.values())) > 100


@pytest.mark.thorough
def test_no_link_leads_to_a_refusal(walk: Walk) -> None:
    assert walk.broken == []


@pytest.mark.thorough
def test_every_page_is_whole_in_each_pair_of_ways(walk: Walk, browser_page: Any, axe_source: str) -> None:
    """Axe looks at each page once, in turn in another way."""
    assert (
        walked(browser_page, walk, PAIRWISE, lambda place, turn: axe_source if place % 4 == turn else "")
        == []
    )


@pytest.mark.nightly
def test_every_page_is_whole_in_every_way(walk: Walk, browser_page: Any, axe_source: str) -> None:
    assert walked(browser_page, walk, WAYS, lambda _place, _turn: axe_source) == []
