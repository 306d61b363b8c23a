"""The same thing reported twice: found by category, place and days, shown side by side, never when sensitive."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.cases.alike import alike
from linli.cases.models import Case, Category, Link
from linli.kinds.matters import actions
from linli.portals.desk.conftest import HOME, NAME, PHONE
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact

pytestmark = pytest.mark.django_db
METRE = 1 / 111_000


def text(response):
    return response.content.decode()


def lamp(world, *, north=0.0, days=0, code="0201", text="路灯坏了"):
    """A matter so many metres north of the middle of the grid, so many days ago."""
    grid, found = world.place(HOME), Category.objects.get(code=code)
    opened = actions.report(
        by=PartyActor("reporter"),
        text=text,
        category=found,
        longitude=grid.longitude,
        latitude=grid.latitude + north * METRE,
        contact=GivenContact(NAME, PHONE),
        at=timezone.now() - timedelta(days=days),
    )
    return Case.everywhere.with_place().select_related("division__parent", "category").get(pk=opened.case)


def suggested(case, world, who="chengguan_clerk"):
    return [each.case.number for each in alike(case, by=world.by(who))]


def test_the_nearest_of_the_same_category_and_days_come_first(world):
    case, far, near = lamp(world), lamp(world, north=40), lamp(world, north=10, days=29)
    lamp(world, north=60), lamp(world, days=32), lamp(world, code="0101")
    assert suggested(case, world) == [near.number, far.number]
    assert [each.metres for each in alike(case, by=world.by("chengguan_clerk"))] == [10, 40]


def test_nothing_is_suggested_in_a_sensitive_category(world, sign_in):
    Category.objects.filter(code="0201").update(sensitive=True)
    case, other = lamp(world), lamp(world)
    assert suggested(case, world) == []
    page = text(sign_in("chengguan_clerk").get(f"/desk/cases/{case.number}/similar/"))
    assert other.number not in page
    assert "敏感" in page


def test_nothing_outside_the_area_is_suggested(world):
    case = lamp(world)
    lamp(world)
    assert suggested(case, world, "liuhe_clerk") == []


def test_what_is_linked_already_is_not_suggested_again(world):
    case, other = lamp(world), lamp(world)
    Link.objects.create(source=other, target=case, relation="duplicate_of")
    assert suggested(case, world) == []


def test_both_stand_side_by_side_without_whoever_raised_them(world, sign_in):
    case, other = lamp(world), lamp(world, north=10, text="三号楼前的灯不亮")
    client = sign_in("chengguan_clerk")
    assert other.number in text(client.get(f"/desk/cases/{case.number}/similar/"))
    page = text(client.get(f"/desk/cases/{case.number}/similar/{other.number}/"))
    for words in ("路灯坏了", "三号楼前的灯不亮", "10 米", case.number, other.number):
        assert words in page
    assert NAME not in page
    assert PHONE not in page


def test_any_number_can_be_compared_with_as_far_as_it_may_be_seen(world, sign_in):
    case, other = lamp(world), lamp(world, code="0101")
    client = sign_in("chengguan_clerk")
    asked = client.get(f"/desk/cases/{case.number}/similar/", {"other": f" {other.number} "})
    assert asked["Location"].endswith(f"/similar/{other.number}/")
    assert client.get(f"/desk/cases/{case.number}/similar/", {"other": "x"}).status_code == 422
    assert client.get(f"/desk/cases/{case.number}/similar/{case.number}/").status_code == 409
    assert client.get(f"/desk/cases/{case.number}/similar/990101-26-99999-9/").status_code == 404


def test_linking_them_is_a_step_whose_form_is_filled_already(world, sign_in):
    case, other = lamp(world), lamp(world, north=10)
    client = sign_in("chengguan_clerk")
    page = text(client.get(f"/desk/cases/{case.number}/similar/{other.number}/"))
    address = f"/desk/cases/{case.number}/link_duplicate/"
    assert f'action="{address}"' in page
    form = text(client.get(address, {"original": other.number}))
    assert f'value="{other.number}"' in form
    client.post(address, {"seen": 1, "original": other.number, "note": ""})
    assert Link.objects.filter(source=case, target=other).exists()
