"""At the window: guardians noted from a paper, and whom somebody without a telephone lets act for them."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.utils import timezone

from linli.cases.models import Case
from linli.cases.steps import open_case
from linli.ledger.models import Entry
from linli.residents.accounts import first_sign_in
from linli.residents.mandates import may_act
from linli.residents.models import Access, Guardianship, Mandate, Person
from linli.residents.people.conftest import NAME, PHONE, given
from linli.residents.people.registering import register
from linli.residents.people.warding import guards_of
from linli.residents.purposes import GUARDIANS, purpose_named

pytestmark = pytest.mark.django_db
DESK, AGENT = "/desk/residents/", "13800000009"


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture(autouse=True)
def _nobody_has_looked_up_yet() -> None:
    cache.clear()


@pytest.fixture
def resident(world: Any) -> Person:
    return register(given(world), by=world.by("chengguan_clerk"))


@pytest.fixture
def clerk(sign_in: Any, resident: Person) -> Any:
    client = sign_in("chengguan_clerk")
    client.post(DESK, {"number": PHONE})
    return client


def paper(**changes: str) -> dict[str, str]:
    day = (timezone.localdate() - timedelta(days=3000)).isoformat()
    said = {"ground": "minor", "born": day, "name": "慕容先生", "tie": "parent", "phone": "13800000001"}
    return {**said, "paper": "birth", "since": day, **changes}


def noted(client: Any, resident: Person, **changes: str) -> Any:
    return client.post(f"{DESK}{resident.pk}/guardians/", paper(**changes))


def test_a_guardian_is_noted_and_stands_on_the_page_and_in_the_log(clerk: Any, resident: Person) -> None:
    assert noted(clerk, resident).status_code == 302
    page = text(clerk.get(f"{DESK}{resident.pk}/guardians/"))
    assert "慕容先生" in page
    assert "出生医学证明" in page
    assert Access.objects.filter(activity=purpose_named(GUARDIANS).nr, person=resident).count() >= 2


@pytest.mark.parametrize("wrong", [{"ground": ""}, {"born": ""}, {"phone": "1"}, {"since": "2099-01-01"}])
def test_what_is_wrong_comes_back_with_what_was_typed(
    clerk: Any, resident: Person, wrong: dict[str, str]
) -> None:
    page = noted(clerk, resident, **wrong)
    assert page.status_code == 422
    assert "慕容先生" in text(page)
    assert not Guardianship.objects.exists()


def test_one_is_ended_with_its_reason(clerk: Any, resident: Person) -> None:
    noted(clerk, resident)
    row = Guardianship.objects.get()
    page = f"{DESK}{resident.pk}/guardians/{row.pk}/"
    assert clerk.get(page).status_code == 200
    assert clerk.post(page, {"why": "", "on": ""}).status_code == 422
    said = {"why": "revoked", "on": timezone.localdate().isoformat()}
    assert clerk.post(page, said).status_code == 302
    assert guards_of(resident) == []


def test_one_takes_the_place_of_another(clerk: Any, resident: Person) -> None:
    noted(clerk, resident)
    before = Guardianship.objects.get()
    today = timezone.localdate().isoformat()
    noted(clerk, resident, phone="13800000002", name="令狐", since=today, instead_of=str(before.pk))
    assert [each.row.pk == before.pk for each in guards_of(resident)] == [False]


def test_that_they_disagree_is_said_on_the_page(clerk: Any, resident: Person) -> None:
    noted(clerk, resident)
    page = f"{DESK}{resident.pk}/guardians/"
    assert clerk.post(page, {"act": "contest"}).status_code == 302
    assert "意见不一致" in text(clerk.get(page))
    assert clerk.post(page, {"act": "contest"}).status_code == 409
    clerk.post(page, {"act": "settle"})
    assert "意见不一致。" not in text(clerk.get(page))


def test_a_grid_worker_may_not(sign_in: Any, resident: Person) -> None:
    client = sign_in("东门社区第一网格")
    client.post(DESK, {"number": PHONE})
    for page in ("guardians/", "mandates/"):
        assert client.get(f"{DESK}{resident.pk}/{page}").status_code == 403
    assert "guardians/" not in text(client.get(f"{DESK}{resident.pk}/"))


# --- whom somebody without a telephone lets act


def raised(world: Any, phone: str = "", name: str = NAME) -> Case:
    said = {"text": "路灯坏了", "division": world.place("东门社区").trimmed, "name": name, "phone": phone}
    return Case.everywhere.get(pk=open_case("matters", said, by=world.by("chengguan_clerk")).case)


def named(client: Any, resident: Person, **said: str) -> Any:
    data = {"phone": AGENT, "tie": "relative", "days": "30", "paper": "on", **said}
    return client.post(f"{DESK}{resident.pk}/mandates/", data)


def acts(case: Case) -> bool:
    assert case.reporter_id
    return may_act(first_sign_in(AGENT).resident, case.reporter_id, case.pk)


def test_who_has_no_telephone_names_somebody_for_one_case(clerk: Any, resident: Person, world: Any) -> None:
    case, other = raised(world), raised(world)
    assert named(clerk, resident, number=case.number).status_code == 302
    assert (acts(case), acts(other)) == (True, False)
    page = text(clerk.get(f"{DESK}{resident.pk}/mandates/"))
    assert (case.number in page, AGENT in page) == (True, False)
    entry = Entry.objects.get(name="residents.give_mandate")
    assert (entry.about, entry.post) == (case.pk, world.posts["chengguan_clerk"].pk)


def test_with_a_number_it_may_be_for_everything_raised_with_it(
    clerk: Any, resident: Person, world: Any
) -> None:
    case, somebody_elses = raised(world, PHONE), raised(world, name="令狐冲虚")
    assert named(clerk, resident).status_code == 302
    assert (acts(case), acts(somebody_elses)) == (True, False)


def test_where_a_household_shares_the_number_it_is_one_case_in_ones_own_name(
    clerk: Any, resident: Person, world: Any
) -> None:
    register(
        given(world, name="慕容夫人", document="none", number=""), by=world.by("chengguan_clerk"), sure=True
    )
    own, mothers = raised(world, PHONE), raised(world, PHONE, name="慕容夫人")
    assert named(clerk, resident).status_code == 422
    assert named(clerk, resident, number=mothers.number).status_code == 422
    assert named(clerk, resident, number=own.number).status_code == 302
    assert (acts(own), acts(mothers)) == (True, False)


@pytest.mark.parametrize(
    "wrong", [{"paper": ""}, {"phone": PHONE}, {"phone": "1"}, {"days": "9999"}, {"tie": ""}, {"number": "1"}]
)
def test_what_cannot_be_given_at_the_window_comes_back(
    clerk: Any, resident: Person, world: Any, wrong: dict[str, str]
) -> None:
    raised(world, PHONE)
    assert named(clerk, resident, **wrong).status_code == 422
    assert not Mandate.objects.exists()


def test_somebody_elses_case_is_not_opened_this_way(clerk: Any, resident: Person, world: Any) -> None:
    case = raised(world, "13700137555", name="令狐冲虚")
    assert named(clerk, resident, number=case.number).status_code == 422
    assert not acts(case)


@pytest.fixture
def app(world: Any) -> str:
    """The dispatcher has an app; this is its key."""
    key = str(generate_totp_secret())
    TOTP.activate(world.by("chengguan_dispatcher").holding.account, key)
    return key


def code_of(key: str) -> str:
    return str(format_hotp_value(hotp_value(key, int(time.time()) // 30)))


def test_the_second_post_signs_with_a_code_of_its_own(
    clerk: Any, resident: Person, world: Any, app: str
) -> None:
    case, second = raised(world), world.posts["chengguan_dispatcher"]
    said = {"number": case.number, "paper": "", "witness": str(second.pk), "proof": code_of(app)}
    assert named(clerk, resident, **said).status_code == 302
    assert (Mandate.objects.get().witness, acts(case)) == (second.pk, True)
    assert Entry.objects.get(name="residents.give_mandate").facts["signed"] is True


def test_a_code_of_the_second_post_signs_once(clerk: Any, resident: Person, world: Any, app: str) -> None:
    cases, second = [raised(world), raised(world)], world.posts["chengguan_dispatcher"]
    said = {"paper": "", "witness": str(second.pk), "proof": code_of(app)}
    assert [named(clerk, resident, number=case.number, **said).status_code for case in cases] == [302, 422]


@pytest.mark.parametrize("proof", ["", "000000", "abc"])
def test_a_second_post_that_is_only_named_is_no_witness(
    clerk: Any, resident: Person, world: Any, app: str, proof: str
) -> None:
    case, second = raised(world), world.posts["chengguan_dispatcher"]
    said = {"number": case.number, "paper": "", "witness": str(second.pk), "proof": proof}
    assert named(clerk, resident, **said).status_code == 422
    assert not Mandate.objects.exists()


def test_who_guesses_codes_of_the_second_post_is_stopped_even_with_the_right_one(
    clerk: Any, resident: Person, world: Any, app: str
) -> None:
    case, second = raised(world), world.posts["chengguan_dispatcher"]
    said = {"number": case.number, "paper": "", "witness": str(second.pk)}
    for guess in range(5):
        named(clerk, resident, proof=f"00000{guess}", **said)
    assert named(clerk, resident, proof=code_of(app), **said).status_code == 422
    assert not Mandate.objects.exists()


def test_one_person_on_two_posts_is_no_second_witness(clerk: Any, resident: Person, world: Any) -> None:
    case, second = raised(world), world.posts["chengguan_dispatcher"]
    second.holdings.update(account=world.by("chengguan_clerk").holding.account)
    said = {"number": case.number, "paper": "", "witness": str(second.pk)}
    assert named(clerk, resident, **said).status_code == 422
    assert not Mandate.objects.exists()


def test_it_ends_at_the_window_at_once(clerk: Any, resident: Person, world: Any) -> None:
    case = raised(world)
    named(clerk, resident, number=case.number)
    key = {"end": str(Mandate.objects.get().pk)}
    assert clerk.post(f"{DESK}{resident.pk}/mandates/", key).status_code == 302
    assert not acts(case)
    assert clerk.post(f"{DESK}{resident.pk}/mandates/", key).status_code == 409


def test_the_resident_sees_it_and_ends_it_too(clerk: Any, resident: Person, world: Any, client: Any) -> None:
    case = raised(world, PHONE)
    named(clerk, resident)
    client.force_login(first_sign_in(PHONE))
    assert AGENT[-4:] in text(client.get("/mine/mandates/"))
    assert client.post("/mine/mandates/", {"end": str(Mandate.objects.get().pk)}).status_code == 302
    assert not acts(case)


def test_the_printout_says_who_may_act(clerk: Any, resident: Person, world: Any) -> None:
    case = raised(world, PHONE)
    named(clerk, resident)
    paper = text(clerk.post("/desk/printouts/", {"number": case.number, "document": "id_card"}))
    assert AGENT[-4:] in paper
    assert AGENT not in paper
