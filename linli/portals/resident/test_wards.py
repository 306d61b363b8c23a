"""Guardians on their own page: what they see of their ward, what is kept from them, and what the ward sees of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from linli.cases.follow import follow_code
from linli.cases.models import Case, Category
from linli.kinds.datarequests import actions
from linli.kinds.datarequests.models import DataRequest
from linli.residents.accounts import first_sign_in
from linli.residents.models import Access, Person
from linli.residents.people.conftest import ADDRESS, HOME, registered_child
from linli.residents.people.guarding import contest, end_guardian, note_guardian
from linli.residents.people.involving import involve
from linli.residents.people.reading import opened, read_person
from linli.residents.people.test_guarding import MOTHER, paper, years_ago
from linli.residents.people.warding import guards_of
from linli.residents.purposes import GUARDIAN, GUARDIAN_ASKS, purpose_named

pytestmark = pytest.mark.django_db
WINDOW, NAME, TEENS = "chengguan_clerk", "慕容小小", "13800000077"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is signed in has just proven it, but where a test says otherwise."""
    for page in ("wards", "own_data", "unlocked"):
        monkeypatch.setattr(f"linli.portals.resident.{page}.recently_proven", lambda _request: True)


@pytest.fixture
def ward(world: Any) -> Person:
    """A girl of fifteen with a number of her own, whose mother is noted."""
    child = registered_child(world, phone=TEENS)
    note_guardian(child, paper(born=years_ago(15), since=years_ago(15)), by=world.by(WINDOW))
    return child


def signed_in(phone: str = MOTHER) -> Client:
    client = Client()
    client.force_login(first_sign_in(phone))
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def page_of(ward: Person, phone: str = MOTHER) -> Any:
    return signed_in(phone).get(f"/mine/wards/{ward.pk}/")


def asked(ward: Person, wanted: str, phone: str = MOTHER, **said: str) -> DataRequest | None:
    data = {"wanted": wanted, "ward": str(ward.pk), "mark": "a-mark-of-a-form-that-is-long", **said}
    signed_in(phone).post("/report/datarequests/", data)
    return DataRequest.objects.order_by("-case__id").first()


def answered(request: DataRequest | None, world: Any, answer: str = "granted", **given: Any) -> DataRequest:
    assert request
    actions.decide(request, by=world.by("inspector"), seen=request.case.version, answer=answer, **given)
    return DataRequest.objects.get(pk=request.pk)


def looked_in(world: Any, ward: Person, case: Case) -> None:
    """The grid worker opens the ward's record in a case."""
    involve(ward, case.pk, relation="reporter", by=world.by(WINDOW))
    read_person(ward, "window", by=world.by(HOME), about=case.pk)


def sorted_as(case: Case, *, sensitive: bool) -> Case:
    category = Category.objects.exclude(parent=None).filter(sensitive=sensitive).first()
    Case.everywhere.filter(pk=case.pk).update(category=category)
    return Case.everywhere.get(pk=case.pk)


def test_a_guardian_sees_who_looked_and_the_ward_sees_the_guardian(ward: Person, world: Any) -> None:
    read_person(ward, "window", by=world.by(HOME))
    assert NAME in text(signed_in().get("/mine/wards/"))
    page = text(page_of(ward))
    assert world.posts[HOME].title in page
    own = text(signed_in(TEENS).get("/mine/data/"))
    assert "父母或其他监护人" in own
    assert Access.objects.filter(person=ward, activity=purpose_named(GUARDIAN).nr).count() >= 2


@pytest.mark.parametrize("phone", ["13800000002", TEENS])
def test_nobody_else_finds_the_page(ward: Person, phone: str) -> None:
    assert page_of(ward, phone).status_code == 404
    assert NAME not in text(signed_in(phone).get("/mine/wards/"))


def test_on_an_old_sign_in_not_even_the_name_is_shown(ward: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.portals.resident.wards.recently_proven", lambda _request: False)
    assert NAME not in text(page_of(ward)) + text(signed_in().get("/mine/wards/"))
    assert not Access.objects.filter(activity=purpose_named(GUARDIAN).nr).exists()


def test_with_the_guardianship_the_page_is_gone(ward: Person, world: Any) -> None:
    row = guards_of(ward)[0].row
    end_guardian(ward, row.pk, "revoked", on=timezone.localdate(), by=world.by(WINDOW))
    assert page_of(ward).status_code == 404


@pytest.mark.parametrize("sort", ["sensitive", "unsorted"])
def test_what_was_looked_at_in_a_sensitive_case_is_kept_from_the_guardian_and_not_from_the_ward(
    ward: Person, world: Any, checked_matter: Any, sort: str
) -> None:
    case = checked_matter.case
    if sort == "sensitive":
        sorted_as(case, sensitive=True)
    else:
        Case.everywhere.filter(pk=case.pk).update(category=None)
    looked_in(world, ward, case)
    assert world.posts[HOME].title not in text(page_of(ward))
    assert world.posts[HOME].title in text(signed_in(TEENS).get("/mine/data/"))


def test_what_was_looked_at_in_an_ordinary_case_is_shown(
    ward: Person, world: Any, checked_matter: Any
) -> None:
    looked_in(world, ward, sorted_as(checked_matter.case, sensitive=False))
    assert world.posts[HOME].title in text(page_of(ward))


def test_what_a_ward_raised_is_not_opened_to_the_guardian(ward: Person, checked_matter: Any) -> None:
    number = checked_matter.case.number
    assert signed_in().get(f"/follow/{number}/").status_code == 302
    assert number not in text(page_of(ward)) + text(signed_in().get("/mine/"))


# --- asking in the ward's name


def fetched(request: DataRequest) -> str:
    page = f"/follow/{request.case.number}/extract/"
    return text(signed_in().post(page, {"code": follow_code(request.case.pk)}))


def test_a_copy_is_of_the_record_and_leaves_its_rows(ward: Person, world: Any) -> None:
    request = answered(asked(ward, "copy"), world)
    assert Access.objects.filter(person=ward, activity=purpose_named(GUARDIAN_ASKS).nr).count() == 1
    before = Access.objects.filter(person=ward, activity=purpose_named(GUARDIAN).nr).count()
    kept = fetched(request)
    assert NAME in kept
    assert TEENS in kept
    assert Access.objects.filter(person=ward, activity=purpose_named(GUARDIAN).nr).count() > before


@pytest.mark.parametrize("entire", [False, True])
def test_only_a_person_lets_a_guardian_see_what_is_kept_from_guardians(
    ward: Person, world: Any, checked_matter: Any, *, entire: bool
) -> None:
    looked_in(world, ward, sorted_as(checked_matter.case, sensitive=True))
    request = answered(asked(ward, "copy"), world, entire=entire)
    assert (world.posts[HOME].title in fetched(request)) == entire


@pytest.mark.parametrize("entire", [False, True])
def test_while_guardians_disagree_only_a_person_tells_one_where_the_ward_lives(
    ward: Person, world: Any, *, entire: bool
) -> None:
    request = answered(asked(ward, "copy"), world, entire=entire)
    assert ADDRESS in fetched(request)
    contest(ward, by=world.by(WINDOW))
    kept = fetched(request)
    assert ((ADDRESS in kept), (TEENS in kept)) == (entire, entire)
    assert NAME in kept


def test_after_the_guardianship_a_granted_copy_is_not_given_out(ward: Person, world: Any) -> None:
    request = answered(asked(ward, "copy"), world)
    row = guards_of(ward)[0].row
    end_guardian(ward, row.pk, "revoked", on=timezone.localdate(), by=world.by(WINDOW))
    assert NAME not in fetched(request)


def test_a_correction_changes_the_wards_record_and_nothing_of_the_guardian(ward: Person, world: Any) -> None:
    answered(asked(ward, "correction", right_name="慕容小晓"), world)
    ward.refresh_from_db()
    assert opened(ward, "name") == "慕容小晓"


def test_a_deletion_erases_the_wards_record(ward: Person, world: Any) -> None:
    answered(asked(ward, "deletion"), world)
    ward.refresh_from_db()
    assert ward.erased_at
    assert bytes(ward.name_sealed) == b""
    assert page_of(ward).status_code == 404


def test_nobody_asks_for_somebody_whose_guardian_they_are_not(ward: Person) -> None:
    assert asked(ward, "copy", phone="13800000002") is None
    assert not Access.objects.filter(activity=purpose_named(GUARDIAN_ASKS).nr).exists()


def test_a_guardian_asks_why_somebody_looked_unless_it_is_kept_from_guardians(
    ward: Person, world: Any, checked_matter: Any
) -> None:
    read_person(ward, "window", by=world.by(HOME))
    look = Access.objects.filter(person=ward, post=world.posts[HOME].pk).latest("id")
    request = asked(ward, "ask_why", look=str(look.pk))
    assert request
    assert request.about == world.posts[HOME]
    looked_in(world, ward, sorted_as(checked_matter.case, sensitive=True))
    hidden = Access.objects.filter(person=ward, about=checked_matter.case.pk).latest("id")
    asked(ward, "ask_why", look=str(hidden.pk))
    assert DataRequest.objects.count() == 1


def test_whoever_answers_sees_that_guardians_disagree(ward: Person, world: Any, client: Client) -> None:
    request = asked(ward, "deletion")
    contest(ward, by=world.by(WINDOW))
    assert request
    client.force_login(world.by("inspector").holding.account)
    page = text(client.get(f"/desk/cases/{request.case.number}/"))
    assert "意见不一致" in page
    assert NAME not in page


def test_a_child_with_a_number_asks_alone_why_its_guardian_looked(ward: Person) -> None:
    page_of(ward)
    look = Access.objects.filter(person=ward, activity=purpose_named(GUARDIAN).nr).latest("id")
    data = {"wanted": "ask_why", "look": str(look.pk), "mark": "a-mark-of-a-form-that-is-long"}
    assert signed_in(TEENS).post("/report/datarequests/", data).status_code == 302
    assert DataRequest.objects.get().look == look.pk


def test_a_child_reports_alone_without_being_asked_its_age(world: Any) -> None:
    registered_child(world, phone=TEENS)
    page = signed_in(TEENS).get("/report/matters/")
    assert page.status_code == 200
    assert "监护" not in text(page)


def test_the_special_rules_are_public_and_name_every_field(client: Client) -> None:
    page = text(client.get("/handling/minors/"))
    assert "个人信息保护法 28、31" in page
    assert "监护人姓名" in page


def test_a_mother_is_guardian_no_more_when_the_ward_is_grown(
    ward: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.localdate() + timedelta(days=4 * 366)
    monkeypatch.setattr("linli.residents.people.warding.timezone.localdate", lambda *_asked: later)
    assert page_of(ward).status_code == 404
