"""A party on its own phone: it comes in by its own code or number, sees what is its own, and nobody comes in as it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.cases.models import Case, Category, Party
from linli.cases.new_numbers import NewNumber, renumber
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry
from linli.residents.accounts import first_sign_in
from linli.residents.looks import Whose, looks_at
from linli.residents.mandates import Terms, give
from linli.residents.models import Access
from linli.residents.purposes import purpose_named
from tests import parties
from tests.parties import LI, WANG, ZHAO, actor_of, code_of, dispute

SUMMARY = "楼上半夜敲墙"


@pytest.fixture(autouse=True)
def _matters_have_parties(monkeypatch: pytest.MonkeyPatch) -> None:
    parties.let_matters_have_parties(monkeypatch)


@pytest.fixture
def case(world: Any) -> Case:
    """Between Li and Wang; of a category that is not sensitive."""
    made = dispute(world)
    Case.everywhere.filter(pk=made.pk).update(category=Category.objects.get(code="0201"))
    return Case.everywhere.select_related("reporter").get(pk=made.pk)


def by_code(case: Case, nr: int) -> Client:
    client = Client()
    sent = client.post("/follow/", {"number": case.number, "code": code_of(case, nr)})
    assert sent.status_code == 302
    return client


def by_number(phone: str) -> Client:
    client = Client()
    client.force_login(first_sign_in(phone))
    return client


def page(client: Client, case: Case, rest: str = "") -> str:
    answer = client.get(f"/follow/{case.number}/{rest}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_my_cases_cost_the_same_however_many_somebody_is_a_party_of(case: Case, world: Any) -> None:
    client = by_number(WANG)
    client.get("/mine/")
    with CaptureQueriesContext(connection) as one:
        client.get("/mine/")
    more = [dispute(world).pk, dispute(world).pk]
    Case.everywhere.filter(pk__in=more).update(category=case.category)
    with CaptureQueriesContext(connection) as three:
        shown = client.get("/mine/").content.decode()
    assert shown.count("被申请人") == 3
    assert len(three) == len(one)


def test_a_party_sees_the_case_with_its_own_steps_and_the_others_by_name(case: Case) -> None:
    shown = page(by_code(case, 1), case)
    assert "被申请人" in shown
    assert "李小芳" in shown
    assert "提出异议" in shown
    assert LI not in shown


def test_the_reporter_sees_the_other_party_and_none_of_its_steps(case: Case) -> None:
    shown = page(by_code(case, 0), case)
    assert "王强" in shown
    assert "提出异议" not in shown
    assert WANG not in shown
    assert "东门街 5 号" not in shown


def test_a_party_takes_its_step_as_itself(case: Case) -> None:
    client = by_code(case, 1)
    client.post(f"/follow/{case.number}/object/", {"version": case.version, "words": "不是我家"})
    said = Entry.objects.filter(about=case.pk).latest("id")
    assert (said.name, said.relation, said.facts["party"]) == ("matters.object", "respondent", 1)
    assert "不是我家" in page(client, case)
    assert "不是我家" not in page(by_code(case, 0), case)


def test_the_reporter_cannot_send_another_partys_step(case: Case) -> None:
    sent = by_code(case, 0).post(f"/follow/{case.number}/object/", {"version": case.version, "words": "我"})
    assert sent.status_code == 403
    assert not Entry.objects.filter(name="matters.object").exists()


def test_the_signed_in_number_of_a_party_leads_to_its_cases(case: Case) -> None:
    shown = by_number(WANG).get("/mine/").content.decode()
    assert case.number in shown
    assert "被申请人" in shown
    assert SUMMARY not in shown  # what the reporter wrote is read on the case's page, and logged there
    assert "不是您" not in page(by_number(WANG), case)


def test_another_number_finds_nothing(case: Case) -> None:
    client = by_number(ZHAO)
    assert case.number not in client.get("/mine/").content.decode()
    assert client.get(f"/follow/{case.number}/").status_code == 302


def test_that_a_party_looked_is_seen_by_the_reporter_as_another_party(case: Case) -> None:
    page(by_code(case, 1), case)
    looks = Access.objects.filter(contact=case.reporter, activity=purpose_named("between").nr)
    assert {each.relation for each in looks} == {"respondent"}
    assert not Access.objects.filter(contact=case.reporter, activity=purpose_named("own").nr).exists()
    assert "本办件的另一方当事人" in page(by_code(case, 0), case)


def test_the_access_page_of_a_party_shows_its_own_data_and_readings_only(case: Case, world: Any) -> None:
    client = by_code(case, 1)
    answer = client.post(f"/follow/{case.number}/data/")
    shown = answer.content.decode()
    assert WANG in shown
    assert LI not in shown
    wang = Party.objects.get(case=case, nr=1).contact
    assert looks_at(Whose([wang.pk]), own=True).lines
    assert not looks_at(Whose([case.reporter_id]), own=True).lines


def test_who_acts_for_a_party_comes_in_by_mandate_as_its_representative(case: Case) -> None:
    give(first_sign_in(WANG).resident, Terms(ZHAO, 30))
    client = by_number(ZHAO)
    assert case.number in client.get("/mine/").content.decode()
    client.post(f"/follow/{case.number}/object/", {"version": case.version, "words": "他不在家"})
    said = Entry.objects.filter(about=case.pk).latest("id")
    assert (said.name, said.relation, said.facts["party"]) == ("matters.object", "representative", 1)


def test_a_mandate_of_one_party_does_not_open_the_case_as_another(case: Case) -> None:
    give(first_sign_in(LI).resident, Terms(ZHAO, 30))
    sent = by_number(ZHAO).post(f"/follow/{case.number}/object/", {"version": case.version, "words": "我"})
    assert sent.status_code == 403


def test_an_open_page_ends_with_the_number_that_was_replaced(case: Case, world: Any) -> None:
    client = by_code(case, 1)
    seen = Party.objects.get(case=case, nr=1).contact_id
    renumber(case, NewNumber(1, ZHAO, "核对身份证", seen), by=world.by(parties.CLERK))
    assert client.get(f"/follow/{case.number}/").status_code == 302
    assert case.number not in client.get("/follow/").content.decode().replace(f'value="{case.number}"', "")
    assert "提出异议" in page(by_code(case, 1), case)


def test_what_the_reporter_photographed_is_not_the_other_partys(case: Case) -> None:
    assert "/photos/" not in page(by_code(case, 1), case)


def test_the_api_knows_a_party_by_its_code(case: Case) -> None:
    parties.object_(
        Matter.objects.select_related("case").get(pk=case.pk),
        words="不是我家",
        by=actor_of(case, 1),
        seen=case.version,
    )
    address = f"/api/v1/matters/{case.number}"
    told = {
        nr: Client().get(address, headers={"x-follow-code": code_of(case, nr)}).content.decode()
        for nr in (0, 1)
    }
    assert "不是我家" in told[1]
    assert "不是我家" not in told[0]
