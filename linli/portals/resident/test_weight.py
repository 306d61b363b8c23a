"""What a resident's page weighs on its first load, and how many statements it costs."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.cases.models import Category
from linli.kinds.matters import actions
from linli.posts.actor import PartyActor

pytestmark = pytest.mark.django_db
HEAVIEST = 60_000  # bytes, compressed, with style and script
MOST_STATEMENTS = 15
VILLAGE = "东门社区"
PAGES = (
    "/",
    "/report/",
    "/report/matters/",
    "/report/callbacks/",
    "/follow/",
    "/find/?q=路灯",
    "/neighbourhood/",
    "/neighbourhood/?place={village}",
    "/figures/",
    "/figures/?place={village}",
    "/mediation/",
    "/follow/{number}/",
)


def weight(page: Any) -> int:
    """The page and what it loads, each compressed."""
    text = page.content.decode()
    loaded = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg))"', text)
    files = [
        Path(str(finders.find(re.sub(r"\.[0-9a-f]{12}(?=\.)", "", each)))).read_bytes() for each in loaded
    ]
    return sum(len(gzip.compress(each)) for each in [page.content, *files])


@pytest.fixture
def places(world, checked_matter):
    lamp = Category.objects.get(code="0201")
    for each in range(12):
        place = world.place(VILLAGE)
        actions.report(by=PartyActor("reporter"), text=f"路灯{each}", category=lamp, division=place)
    return {"village": world.place(VILLAGE).trimmed, "number": checked_matter.case.number}


@pytest.mark.parametrize("address", PAGES)
def test_no_page_of_a_resident_weighs_more_than_a_slow_telephone_can_bear(
    unlocking, checked_matter, places, address
):
    page = unlocking(checked_matter).get(address.format(**places))
    assert page.status_code == 200
    assert weight(page) <= HEAVIEST


@pytest.mark.parametrize("address", PAGES)
def test_no_page_of_a_resident_asks_more_than_fifteen_times(unlocking, checked_matter, places, address):
    client = unlocking(checked_matter)
    client.get(address.format(**places))  # settings, tree and public numbers are kept by the process
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(address.format(**places))
    said = [each["sql"] for each in asked.captured_queries]
    assert len(said) <= MOST_STATEMENTS, "\n".join(each[:230] for each in said)
