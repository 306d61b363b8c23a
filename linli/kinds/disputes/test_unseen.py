"""A dispute is between its sides and those who mediate it: nobody else finds it, at no address and by no word."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from linli.base.errors import Refusal
from linli.cases.channels import text_of
from linli.cases.emergency import may_break_glass
from linli.cases.follow import ways_into
from linli.cases.models import Case, Link, Notice
from linli.cases.opening import Origin
from linli.cases.parties import parties_of
from linli.cases.search import fold
from linli.kinds.disputes import actions
from linli.kinds.disputes.conftest import HOME, LEAK, Way
from linli.kinds.matters import actions as matters
from linli.ledger.sequencing import sequence_all
from linli.posts import tokens
from linli.posts.actor import PostActor, SystemActor
from linli.residents.access import Access
from linli.residents.keeping import GivenContact
from linli.residents.purposes import CARRY
from linli.residents.reading import read

STRANGERS = ("county_head", "head_东门社区", "county_clerk", "call_taker", "administrator", HOME)


def folded() -> None:
    sequence_all()
    while fold():
        pass


def desk_of(by: PostActor) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(by.holding.account)
    client.get("/desk/")
    return client


def pages_of(number: str) -> list[str]:
    """Every list, the search by number and by word, and the addresses of the case itself."""
    lists = ["/desk/", "/desk/done/", "/desk/raised/", "/desk/copied/", "/desk/area/"]
    words = [f"/desk/area/?words={word}" for word in ("漏水", "李小芳", "邻里纠纷", number)]
    own = [
        f"/desk/cases/{number}/{rest}"
        for rest in ("", "triage/", "convene/", "contact/", "file/", "similar/")
    ]
    return [*lists, *words, *own]


def found_by(by: PostActor, way: Way) -> list[str]:
    """The pages on which a post comes across the dispute; its number typed by itself does not count."""
    case, client, found = way.case, desk_of(by), []
    for path in pages_of(case.number):
        page = client.get(path, follow=True)
        said = page.content.decode()
        if page.status_code == 200 and (LEAK in said or f"/desk/cases/{case.number}/" in said):
            found.append(path)
    return found


@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_post_outside_the_mediation_finds_it_in_lists_by_search_or_by_address(
    mediating: Way, world: Any, stranger: str
) -> None:
    folded()
    assert found_by(world.by(stranger), mediating) == []


def test_another_mediator_finds_nothing_and_the_one_who_mediates_does(mediating: Way) -> None:
    folded()
    assert found_by(mediating.second, mediating) == []
    assert "/desk/" in found_by(mediating.fan, mediating)


@pytest.mark.parametrize("stranger", ["county_head", "county_clerk"])
def test_no_token_of_another_post_reads_it(mediating: Way, world: Any, stranger: str) -> None:
    token = tokens.issue(world.by(stranger).holding, "test", by=SystemActor("test"))
    client = Client(headers={"authorization": f"Bearer {token}"})
    assert client.get(f"/api/v1/disputes/{mediating.case.number}").status_code == 404
    listed = client.get("/api/v1/disputes")
    assert mediating.case.number not in listed.content.decode()


def test_a_neighbour_with_the_number_alone_is_asked_for_a_code(mediating: Way) -> None:
    page = Client().get(f"/follow/{mediating.case.number}/")
    assert page.status_code == 302
    assert page["Location"].startswith("/follow/?number=")


def test_neither_sides_code_shows_the_other_sides_number_or_words(mediating: Way) -> None:
    cache.clear()
    client = Client(headers={"accept-language": "zh-hans"})
    code = ways_into(mediating.case)[1].code
    client.post("/follow/", {"number": mediating.case.number, "code": code})
    said = client.get(f"/follow/{mediating.case.number}/").content.decode()
    assert "李小芳" in said
    assert "13912345678" not in said
    assert LEAK not in said


def test_no_message_says_what_it_is_about_or_who_the_other_is(signed: Way) -> None:
    signed.go(signed.fan, "seal")
    said = "".join(text_of(each) for each in Notice.objects.filter(case=signed.key))
    assert not [word for word in ("漏水", "李小芳", "王强", "邻里", "暴力", "赔") if word in said]


def grown(world: Any) -> tuple[Case, Case]:
    """A matter, and the dispute that its grid worker opened from it."""
    worker = world.by(HOME)
    matter = Case.everywhere.get(
        pk=matters.report(
            by=worker, text=LEAK, division=world.place(HOME), contact=GivenContact("李小芳", "13912345678")
        ).case
    )
    opened = actions.apply(by=worker, text=LEAK, division=world.place(HOME), origin=Origin(case=matter))
    return matter, Case.everywhere.get(pk=opened.case)


def test_a_matter_that_becomes_a_dispute_keeps_its_link_and_says_nothing_to_its_area(
    world: Any, committee: Any
) -> None:
    matter, dispute = grown(world)
    assert Link.objects.get(source=matter).target == dispute
    assert dispute.reporter_id == matter.reporter_id
    for by in (world.by("county_head"), world.by("chengguan_clerk")):
        page = desk_of(by).get(f"/desk/cases/{matter.number}/")
        assert page.status_code == 200
        assert dispute.number not in page.content.decode()
    assert dispute.number in desk_of(world.by(HOME)).get(f"/desk/cases/{matter.number}/").content.decode()


def test_a_matters_reporter_finds_the_dispute_they_are_in(world: Any, committee: Any) -> None:
    cache.clear()
    matter, dispute = grown(world)
    client = Client(headers={"accept-language": "zh-hans"})
    client.post("/follow/", {"number": matter.number, "code": ways_into(matter)[0].code})
    assert dispute.number in client.get(f"/follow/{matter.number}/").content.decode()


def test_in_danger_to_life_whoever_has_the_dispute_reads_where_a_side_is_and_nobody_else_does(triaged):
    case = triaged.case
    triaged.go(triaged.head, "name_side", contact=GivenContact("王强", "13887654321", "三号楼 401"))
    side = parties_of(triaged.case)[0].contact
    assert read(side, CARRY, triaged.case, by=triaged.head).address == "三号楼 401"
    assert Access.objects.filter(contact=side, post=triaged.head.post.pk).exists()
    above = triaged.world.by("county_head")
    assert not may_break_glass(above, case)
    assert not may_break_glass(triaged.head, case)
    with pytest.raises(Refusal):
        read(side, CARRY, triaged.case, by=above)
