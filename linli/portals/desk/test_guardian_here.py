"""A guardian without a telephone at the window: raises, asks and answers while the guardianship holds."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from linli.base.errors import Conflict
from linli.cases.follow import follow_code
from linli.cases.models import Case, Category
from linli.cases.steps import open_case
from linli.kinds.datarequests import actions
from linli.kinds.datarequests.models import DataRequest, Proof
from linli.kinds.matters import actions as matters
from linli.ledger.models import Entry
from linli.residents.models import Access, Contact, Guardianship, Person
from linli.residents.people.conftest import NAME, PHONE, given
from linli.residents.people.guarding import GivenGuardian, contest, end_guardian, note_guardian
from linli.residents.people.registering import register
from linli.residents.people.warding import guards, guards_of
from linli.residents.purposes import GUARDIAN_CAME, purpose_named

pytestmark = pytest.mark.django_db
DESK, CLERK = "/desk/residents/", "chengguan_clerk"


@pytest.fixture(autouse=True)
def _nobody_has_looked_up_yet() -> None:
    cache.clear()


@pytest.fixture
def ward(world: Any) -> Person:
    """Somebody whom a court found unable to act alone; her brother is guardian and has no telephone."""
    person = register(given(world), by=world.by(CLERK))
    judged = GivenGuardian(
        "慕容先生", "none", "sibling", "judgment", timezone.localdate() - timedelta(days=9)
    )
    note_guardian(person, judged, by=world.by(CLERK))
    return person


def here(ward: Person) -> str:
    return f"{DESK}{ward.pk}/guardians/{Guardianship.objects.get(person=ward).pk}/here/"


@pytest.fixture
def clerk(sign_in: Any, ward: Person) -> Any:
    """The clerk, with the ward's record open and the guardian's document seen."""
    client = sign_in(CLERK)
    client.post(DESK, {"number": PHONE})
    assert client.post(here(ward), {"document": "id_card"}).status_code == 302
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def raised(client: Any, ward: Person, world: Any, **said: str) -> Any:
    row = str(Guardianship.objects.get(person=ward).pk)
    place = world.place("东门社区").trimmed
    return client.post(
        "/desk/report/matters/", {"text": "路灯坏了三天", "division": place, "ward": row, **said}
    )


def asked(client: Any, ward: Person, wanted: str, **said: str) -> Any:
    return client.post(here(ward), {"act": "ask", "wanted": wanted, **said})


def answered(client: Any, ward: Person, case: Case, step: str, **said: str) -> Any:
    seen = str(Case.everywhere.get(pk=case.pk).version)
    data = {"act": "take", "number": case.number, "step": step, "seen": seen, **said}
    return client.post(here(ward), data)


def wards_own(world: Any, *, by: str = "call_taker", sensitive: bool = False) -> Case:
    """Something the ward raised with her own number."""
    said = {"text": "路灯坏了", "division": world.place("东门社区").trimmed, "name": NAME, "phone": PHONE}
    case = Case.everywhere.get(pk=open_case("matters", said, by=world.by(by)).case)
    category = Category.objects.exclude(parent=None).filter(kind="matters", sensitive=sensitive).first()
    Case.everywhere.filter(pk=case.pk).update(category=category)
    return Case.everywhere.get(pk=case.pk)


def over(ward: Person, world: Any) -> None:
    end_guardian(ward, guards_of(ward)[0].row.pk, "revoked", on=timezone.localdate(), by=world.by(CLERK))


def test_without_a_document_nothing_is_offered(sign_in: Any, ward: Person, world: Any) -> None:
    client = sign_in(CLERK)
    client.post(DESK, {"number": PHONE})
    assert client.post(here(ward), {"document": ""}).status_code == 422
    assert asked(client, ward, "copy").status_code == 404
    assert raised(client, ward, world).status_code == 404
    assert not Case.everywhere.filter(reporter__guardianships__isnull=False).exists()


def test_a_guardian_without_a_number_raises_something_and_is_asked_for_no_name(
    clerk: Any, ward: Person, world: Any
) -> None:
    form = text(clerk.get(f"/desk/report/matters/?ward={Guardianship.objects.get(person=ward).pk}"))
    assert 'name="phone"' not in form
    page = text(raised(clerk, ward, world))
    case = Case.everywhere.order_by("-recorded_at").first()
    assert case
    assert case.reporter
    assert case.number in page
    assert "慕容先生" not in page
    assert guards(case.reporter, ward)
    assert not case.reporter.phone_index


def test_the_ward_sees_that_the_guardian_came_and_the_ledger_says_by_which_document(
    clerk: Any, ward: Person, world: Any
) -> None:
    raised(clerk, ward, world)
    rows = Access.objects.filter(person=ward, activity=purpose_named(GUARDIAN_CAME).nr)
    entry = Entry.objects.get(name="residents.guardian_came")
    assert [row.about for row in rows] == [entry.about]
    assert (entry.facts["document"], entry.facts["step"]) == ("id_card", "matters.report")
    assert entry.post == world.posts[CLERK].pk


@pytest.mark.parametrize("wanted", ["access", "copy", "deletion", "withdrawal"])
def test_a_guardian_asks_about_the_wards_data_and_a_person_answers(
    clerk: Any, ward: Person, world: Any, wanted: str
) -> None:
    assert asked(clerk, ward, wanted).status_code == 200
    request = DataRequest.objects.get()
    assert (request.ward, request.proof, request.document) == (ward, Proof.WINDOW, "id_card")
    actions.decide(request, by=world.by("inspector"), seen=request.case.version, answer="granted")
    assert DataRequest.objects.get().done


def test_the_copy_is_fetched_with_the_code_of_the_receipt(
    clerk: Any, ward: Person, world: Any, client: Any
) -> None:
    asked(clerk, ward, "copy")
    request = DataRequest.objects.get()
    actions.decide(request, by=world.by("inspector"), seen=request.case.version, answer="granted")
    case = request.case
    client.post("/follow/", {"number": case.number, "code": follow_code(case.pk)})
    page = client.post(f"/follow/{case.number}/extract/", {"code": follow_code(case.pk)})
    assert NAME in text(page)
    over(ward, world)
    assert client.post(f"/follow/{case.number}/extract/", {"code": follow_code(case.pk)}).status_code == 404


def test_what_a_guardian_asked_for_is_not_carried_out_once_the_guardianship_is_over(
    clerk: Any, ward: Person, world: Any
) -> None:
    asked(clerk, ward, "correction", right_name="慕容秋月")
    over(ward, world)
    request = DataRequest.objects.get()
    with pytest.raises(Conflict):
        actions.decide(request, by=world.by("inspector"), seen=request.case.version, answer="granted")


def test_a_guardian_confirms_what_they_raised(clerk: Any, ward: Person, world: Any, sign_in: Any) -> None:
    asked(clerk, ward, "copy")
    request = DataRequest.objects.get()
    actions.decide(request, by=world.by("inspector"), seen=request.case.version, answer="granted")
    found = clerk.post(here(ward), {"act": "find", "number": request.case.number})
    assert request.case.number in text(found)
    assert answered(clerk, ward, request.case, "confirm").status_code == 302
    assert Case.everywhere.get(pk=request.case.pk).outcome == "confirmed"
    names = list(Entry.objects.filter(about=request.case.pk).values_list("name", flat=True))
    assert {"datarequests.confirm", "residents.guardian_came"} <= set(names)


def test_a_guardian_objects_in_what_the_ward_raised(clerk: Any, ward: Person, world: Any) -> None:
    case = wards_own(world)
    Case.everywhere.filter(pk=case.pk).update(stage="checked")
    assert answered(clerk, ward, case, "contest", reason="还是不亮").status_code == 302
    assert Entry.objects.get(about=case.pk, name="matters.contest").relation == "representative"


@pytest.mark.parametrize("case_of", ["somebody_else", "sensitive", "contested", "none"])
def test_in_no_other_case_does_a_guardian_answer_and_all_refusals_are_alike(
    clerk: Any, ward: Person, world: Any, case_of: str
) -> None:
    case = wards_own(world, sensitive=case_of == "sensitive")
    if case_of == "somebody_else":
        Contact.objects.filter(pk=case.reporter_id).update(phone_index="x")
    if case_of == "contested":
        contest(ward, by=world.by(CLERK))
    number = "990101-26-99999-9" if case_of == "none" else case.number
    page = clerk.post(here(ward), {"act": "find", "number": number})
    assert page.status_code == 422
    assert re.search("凭这个编号，该监护人没有", text(page))
    if case_of != "none":
        assert answered(clerk, ward, case, "contest", reason="没有修好").status_code == 422


def test_what_a_child_of_eight_raised_itself_is_not_opened_to_its_guardian(world: Any, sign_in: Any) -> None:
    today = timezone.localdate()
    born = date(today.year - 9, 1, 1)
    child = register(given(world, document="none", number=""), by=world.by(CLERK))
    said = GivenGuardian("慕容先生", "minor", "parent", "birth", born, born=born)
    note_guardian(child, said, by=world.by(CLERK))
    client = sign_in(CLERK)
    client.post(DESK, {"number": PHONE})
    client.post(here(child), {"document": "id_card"})
    assert answered(client, child, wards_own(world), "contest").status_code == 422


def test_revocation_holds_at_once_on_pages_that_are_open(clerk: Any, ward: Person, world: Any) -> None:
    case = wards_own(world)
    page, row = here(ward), Guardianship.objects.get(person=ward)
    over(ward, world)
    seen = str(case.version)
    said = {"act": "take", "number": case.number, "step": "contest", "seen": seen}
    place = world.place("东门社区").trimmed
    answers = [
        clerk.get(page),
        clerk.post(page, {"act": "ask", "wanted": "copy"}),
        clerk.post(page, said),
        clerk.post("/desk/report/matters/", {"text": "灯", "division": place, "ward": str(row.pk)}),
    ]
    assert [each.status_code for each in answers] == [409] * 4
    assert Case.everywhere.get(pk=case.pk).version == case.version


def test_who_dealt_with_a_case_does_not_take_down_what_is_said_about_it(
    clerk: Any, ward: Person, world: Any
) -> None:
    case = wards_own(world)
    matters.accept(case.matter, by=world.by(CLERK), seen=case.version)
    assert answered(clerk, ward, case, "contest").status_code == 403


def test_a_step_that_is_no_partys_is_not_a_guardians(clerk: Any, ward: Person, world: Any) -> None:
    case = wards_own(world)
    assert answered(clerk, ward, case, "accept").status_code == 403
