"""The address of a form, opened by a link, from the history, or by the choice of a language: it leads to a page.

After an error the page has the address that the form was sent to. Whoever comes back to it wants the page the form
stands on, which lies above it.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from linli.web.errors import API
from tests.doors import DOORS

pytestmark = pytest.mark.once
FOR_RESIDENTS = "/mine/"
SENT = sorted(
    route for route, door in DOORS.items() if door.method == "post" and not f"/{route}".startswith(API)
)


def _address(route: str, world: Any) -> str:
    filled = DOORS[route].fill(world)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(filled[found.group(1)]), route)


@pytest.mark.parametrize("route", SENT)
def test_whoever_opens_the_address_of_a_form_comes_to_a_page(route: str, world: Any, client: Client) -> None:
    client.force_login(world.by(DOORS[route].right_power).holding.account)
    answer = client.get(_address(route, world), follow=True)
    assert answer.status_code == (403 if answer.request["PATH_INFO"] == FOR_RESIDENTS else 200)


def test_nobody_who_is_signed_out_meets_a_wall_there(world: Any, client: Client) -> None:
    answers = {route: client.get(_address(route, world), follow=True).status_code for route in SENT}
    assert {route: code for route, code in answers.items() if code not in {200, 404}} == {}


def test_what_is_above_is_the_page_on_which_the_form_stands(world: Any, client: Client) -> None:
    client.force_login(world.by("county_head").holding.account)
    leads = {
        "/command/shifts/hand-over/": "/command/shifts/",
        "/command/alerts/rules/7/end/": "/command/alerts/",
        "/preferences/": "/",
    }
    for form, page in leads.items():
        answer = client.get(form)
        assert (answer.status_code, answer["Location"]) == (303, page)


def test_what_was_typed_before_signing_in_again_waits_at_the_address_of_its_form(
    world: Any, client: Client
) -> None:
    cache.clear()  # what other tests typed in this minute counts too
    sent = {"words": "东门泵站夜里停过一次"}
    client.post("/command/shifts/hand-over/", sent, headers={"origin": "http://testserver"})
    client.force_login(world.by("county_dispatcher").holding.account)
    back = client.get("/command/shifts/hand-over/")
    assert (back.status_code, sent["words"] in back.content.decode()) == (200, True)
