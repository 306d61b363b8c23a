"""Staff see what they read themselves; an inspector's look is written down too; a clerk prints a resident's list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from linli.kinds.matters import actions
from linli.ledger.models import Entry
from linli.portals.desk.conftest import HOME, NAME, PHONE, reported
from linli.posts.actor import PartyActor, PostActor
from linli.posts.models import Holding
from linli.residents.models import Access, Inspection
from linli.residents.purposes import PRINTOUT, purpose_named
from linli.residents.reading import log
from linli.residents.reads import inspections_of, own_reads

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def test_staff_see_what_they_read_and_nobody_elses(sign_in, case):
    clerk, head = sign_in("chengguan_clerk"), sign_in("county_head")
    clerk.get(f"/desk/cases/{case.number}/")
    page = text(clerk.get("/desk/looked/"))
    assert case.number in page
    assert "本岗位办理" in page
    assert case.number not in text(head.get("/desk/looked/"))


def test_a_list_is_one_line_and_names_nobody(world, sign_in, case):
    other = reported(world).case
    client = sign_in("chengguan_clerk")
    client.get("/desk/")
    page = text(client.get("/desk/looked/"))
    assert "2 件" in page
    assert case.number not in page
    assert other.number not in page
    assert NAME not in page


def test_ones_own_list_is_itself_no_reading(sign_in, case):
    client = sign_in("chengguan_clerk")
    client.get(f"/desk/cases/{case.number}/")
    before = Access.objects.count()
    client.get("/desk/looked/")
    assert Access.objects.count() == before


def test_an_inspector_gives_a_reason_and_whoever_sits_there_reads_it(world, sign_in, case):
    clerk, inspector = sign_in("chengguan_clerk"), sign_in("inspector")
    clerk.get(f"/desk/cases/{case.number}/")
    asked = {"post": world.posts["chengguan_clerk"].pk, "reason": ""}
    assert inspector.post("/desk/looked/post/", asked).status_code == 422
    assert not Inspection.objects.exists()
    page = text(inspector.post("/desk/looked/post/", {**asked, "reason": "季度抽查"}))
    assert case.number in page
    assert "季度抽查" in text(clerk.get("/desk/looked/"))
    row = Inspection.objects.get()
    assert (row.inspected, row.post) == (asked["post"], world.posts["inspector"].pk)


@pytest.mark.parametrize("key", ["chengguan_clerk", "county_head", "administrator"])
def test_nobody_but_an_inspector_sees_what_another_post_read(world, sign_in, key):
    asked = {"post": world.posts["chengguan_clerk"].pk, "reason": "x"}
    assert sign_in(key).post("/desk/looked/post/", asked).status_code == 403


def test_what_an_inspector_looked_at_cannot_be_changed(world, sign_in):
    asked = {"post": world.posts["chengguan_clerk"].pk, "reason": "x"}
    sign_in("inspector").post("/desk/looked/post/", asked)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Inspection.objects.all().delete()


@pytest.mark.parametrize("asked", ["number", "phone"])
def test_a_printout_names_posts_and_is_itself_in_the_list(world, sign_in, case, asked):
    sign_in("county_head").get(f"/desk/cases/{case.number}/")
    given = {"number": case.number, "phone": PHONE}
    page = text(
        sign_in("chengguan_clerk").post("/desk/printouts/", {asked: given[asked], "document": "id_card"})
    )
    head = world.by("county_head")
    assert head.post.title in page
    assert head.holding.account.called not in page
    assert purpose_named(PRINTOUT).label() in page
    assert NAME not in page
    assert PHONE not in page
    assert Entry.objects.get(name="cases.printout").facts == {"found": 1, "document": "id_card"}


def test_whoever_left_no_contact_gets_who_looked_printed_by_the_number_of_the_matter(world, sign_in):
    opened = actions.report(by=PartyActor("reporter"), text="谁也没有留下", division=world.place(HOME))
    sign_in("county_head").get(f"/desk/cases/{opened.number}/")
    page = text(
        sign_in("chengguan_clerk").post("/desk/printouts/", {"number": opened.number, "document": "other"})
    )
    assert world.by("county_head").post.title in page


def test_whoever_left_a_post_does_not_read_who_inspects_it_afterwards(world, sign_in, case):
    asked = {"post": world.posts["chengguan_clerk"].pk, "reason": "季度抽查"}
    sign_in("inspector").post("/desk/looked/post/", asked)
    assert len(inspections_of(world.by("chengguan_clerk").holding.account)) == 1
    held = Holding.objects.filter(post=asked["post"])
    held.update(since=timezone.now() - timedelta(days=9), until=timezone.now() - timedelta(days=1))
    assert inspections_of(world.by("chengguan_clerk").holding.account) == []


@pytest.mark.parametrize("most", ["ROWS", "LINES"])
def test_what_one_read_on_two_posts_is_one_list_the_newest_first_and_goes_on(world, case, monkeypatch, most):
    monkeypatch.setattr(f"linli.residents.reads.{most}", 3)
    account = world.by("chengguan_clerk").holding.account
    second = Holding.objects.create(post=world.posts["liuhe_clerk"], account=account, acting=True)
    for number in range(7):
        by = PostActor(second) if number % 2 else world.by("chengguan_clerk")
        log([(None, case.pk)], "work", ["words"], by=by)
    found, key = [], None
    while True:
        page = own_reads(account, before=key)
        found += [each.key for each in page.lines]
        key = page.older
        if key is None:
            break
    assert len(found) == 7
    assert found == sorted(found, reverse=True)


def test_without_a_document_nothing_is_printed(sign_in, case):
    response = sign_in("chengguan_clerk").post("/desk/printouts/", {"number": case.number})
    assert response.status_code == 422
    assert not Entry.objects.filter(name="cases.printout").exists()


def test_a_clerk_elsewhere_prints_nothing(sign_in, case):
    for given in ({"number": case.number}, {"phone": PHONE}):
        response = sign_in("liuhe_clerk").post("/desk/printouts/", {**given, "document": "id_card"})
        assert response.status_code == 422
        assert case.number not in text(response).replace(f'value="{case.number}"', "")


def test_what_area_gives_no_sight_of_is_not_printed(world, sign_in, case, monkeypatch):
    monkeypatch.setattr("linli.cases.models.case._seen_by_area", set())
    response = sign_in("chengguan_clerk").post("/desk/printouts/", {"phone": PHONE, "document": "id_card"})
    assert response.status_code == 422
    assert not Access.objects.filter(activity=purpose_named(PRINTOUT).nr).exists()
