"""Who raised a matter stays hidden: one door, for listed purposes, with a trace; no other page tells."""

from __future__ import annotations

import re

import pytest

from linli.kinds.matters import actions
from linli.portals.desk.conftest import NAME, PHONE, dispatched, reload, reported
from linli.residents.access import names_of
from linli.residents.models import Access
from linli.residents.purposes import purpose_named

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def contacts_read():
    """The rows of whoever got to see more than words and the course of a matter."""
    return [row for row in Access.objects.all() if {"name", "phone", "address"} & set(names_of(row.classes))]


def contact(case):
    return f"/desk/cases/{case.number}/contact/"


def test_the_door_shows_once_and_leaves_a_row(world, sign_in, case):
    client = sign_in("chengguan_clerk")
    assert contact(case) in text(client.get(f"/desk/cases/{case.number}/"))
    asked = text(client.get(contact(case)))
    assert NAME not in asked
    assert PHONE not in asked
    assert not contacts_read()
    shown = client.post(contact(case), {"purpose": "call_back"})
    assert NAME in text(shown)
    assert PHONE in text(shown)
    assert "no-store" in shown["Cache-Control"]
    [row] = contacts_read()
    assert (row.activity, row.about) == (purpose_named("call_back").nr, case.pk)
    assert row.post == world.posts["chengguan_clerk"].pk
    assert PHONE not in str(dict(client.session))
    assert NAME not in text(client.get(contact(case)))


@pytest.mark.parametrize("purpose", ["", "curiosity", "own", "notice"])
def test_without_a_purpose_of_its_own_nothing_is_shown(sign_in, case, purpose):
    response = sign_in("chengguan_clerk").post(contact(case), {"purpose": purpose})
    assert response.status_code == 422
    assert NAME not in text(response)
    assert not contacts_read()


@pytest.mark.parametrize(
    "key", ["power", "chengguan_dispatcher", "chengguan_checker", "county_head", "administrator"]
)
def test_other_posts_see_no_link_and_are_refused(sign_in, dispatched_case, key):
    client = sign_in(key)
    assert contact(dispatched_case) not in text(client.get(f"/desk/cases/{dispatched_case.number}/"))
    for response in (
        client.get(contact(dispatched_case)),
        client.post(contact(dispatched_case), {"purpose": "call_back"}),
    ):
        assert response.status_code == 403
        assert NAME not in text(response)
    assert not contacts_read()


def test_a_clerk_of_another_town_finds_nothing(sign_in, case):
    assert sign_in("liuhe_clerk").post(contact(case), {"purpose": "call_back"}).status_code == 404


def test_a_case_without_a_contact_has_no_door(world, sign_in):
    opened = actions.report(
        by=world.by("东门社区第一网格"), text="井盖松动", division=world.place("东门社区第一网格")
    )
    client = sign_in("chengguan_clerk")
    assert "/contact/" not in text(client.get(f"/desk/cases/{opened.number}/"))
    assert client.get(f"/desk/cases/{opened.number}/contact/").status_code == 404


@pytest.mark.thorough
def test_whoever_deals_with_it_walks_the_whole_desk_and_never_meets_the_reporter(world, sign_in):
    """Follow every link and open every step form; try the steps too, to see their errors."""
    handled = dispatched(world)
    actions.handle(handled, by=world.by("power"), seen=3, result="换了灯泡")
    actions.fail(reload(handled), by=world.by("chengguan_checker"), seen=4, reason="仍不亮")
    dispatched(world)
    reported(world)
    for key in (
        "power",
        "东门社区第一网格",
        "chengguan_dispatcher",
        "chengguan_checker",
        "county_head",
        "administrator",
    ):
        pages = _walked(sign_in(key))
        assert len(pages) > 5, key
        for address, body in pages.items():
            assert NAME not in body, (key, address)
            assert PHONE not in body, (key, address)
            assert PHONE[:3] + PHONE[-4:] not in body, (key, address)


def _walked(client):
    pages, waiting = {}, ["/desk/", "/desk/?export=csv", "/desk/area/?export=csv"]
    while waiting:
        address = waiting.pop()
        if address in pages or len(pages) > 150:
            continue
        pages[address] = client.get(address).content.decode("utf-8", "replace")
        links = re.findall(r'(?:href|src)="(/desk/[^"#]*|\?[^"#]+)"', pages[address])
        waiting += [link if link.startswith("/") else address.split("?")[0] + link for link in links]
        for action in re.findall(r'action="(/desk/cases/[^"]+)"', pages[address]):
            waiting.append(action)
            pages[f"POST {action}"] = client.post(action, {"seen": 0}).content.decode()
    return pages
