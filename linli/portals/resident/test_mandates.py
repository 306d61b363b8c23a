"""Acting for somebody: only for whom and what it was given, under one's own telephone, and not a moment longer."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linli.cases.steps import take
from linli.ledger.models import Entry
from linli.residents.accounts import first_sign_in
from linli.residents.models import Access, Mandate
from linli.residents.purposes import purpose_named

pytestmark = pytest.mark.django_db
OWN, OTHER = "13912345678", "13800000000"
PAGE = "/mine/mandates/"


def signed_in(phone):
    client = Client()
    client.force_login(first_sign_in(phone))
    return client


def given(case=None, **said):
    data = {"phone": OTHER, "days": "30", "sure": "on", "case": str(case.pk) if case else "", **said}
    return signed_in(OWN).post(PAGE, data)


def seen(case, phone=OTHER):
    return signed_in(phone).get(f"/follow/{case.number}/").status_code == 200


def test_without_a_mandate_nothing_is_seen(checked_matter):
    assert not seen(checked_matter.case)


def test_with_one_the_case_is_seen_and_answered_for_and_marked_so(checked_matter):
    case = checked_matter.case
    assert given().status_code == 302
    assert seen(case)
    agent = signed_in(OTHER)
    assert case.number in agent.get("/mine/").content.decode()
    assert agent.post(f"/follow/{case.number}/confirm/", {"version": case.version}).status_code == 302
    assert Entry.objects.get(about=case.pk, name="matters.confirm").relation == "representative"
    assert "您的代办人" in signed_in(OWN).get(f"/follow/{case.number}/").content.decode()


def test_what_is_sensitive_is_listed_for_who_acts_only_after_proving_who_it_is(checked_matter, monkeypatch):
    given()
    monkeypatch.setattr("linli.portals.resident.own_data.is_private", lambda _case: True)
    assert checked_matter.case.number not in signed_in(OTHER).get("/mine/").content.decode()
    monkeypatch.setattr("linli.portals.resident.own_data.recently_proven", lambda _request: True)
    assert checked_matter.case.number in signed_in(OTHER).get("/mine/").content.decode()


def test_what_is_sealed_stays_sealed(checked_matter):
    given()
    page = signed_in(OTHER).post(f"/follow/{checked_matter.case.number}/data/")
    assert page.status_code == 404
    own = purpose_named("own").nr
    assert not Access.objects.filter(contact=checked_matter.case.reporter_id, activity=own).exists()


def test_ending_it_takes_effect_at_once(checked_matter):
    given()
    owner = signed_in(OWN)
    assert owner.post(PAGE, {"end": str(Mandate.objects.get().pk)}).status_code == 302
    assert not seen(checked_matter.case)
    assert owner.post(PAGE, {"end": str(Mandate.objects.get().pk)}).status_code == 409


def test_it_ends_by_itself(checked_matter):
    given()
    Mandate.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert not seen(checked_matter.case)


def test_for_one_case_it_is_that_case_only(checked_matter, client):
    case = checked_matter.case
    given(case)
    assert seen(case)
    Mandate.objects.update(about=Mandate.objects.get().pk)
    assert not seen(case)


def test_nobody_ends_what_somebody_else_gave(checked_matter):
    given()
    assert signed_in(OTHER).post(PAGE, {"end": str(Mandate.objects.get().pk)}).status_code == 404
    assert seen(checked_matter.case)


@pytest.mark.parametrize("wrong", [{"phone": OWN}, {"phone": "0517-1234567"}, {"days": "9999"}, {"sure": ""}])
def test_what_cannot_be_given_comes_back(checked_matter, wrong):
    assert given(**wrong).status_code == 422
    assert not Mandate.objects.exists()


def test_a_consent_is_given_in_person(dispatched_matter, world):
    case = dispatched_matter.case
    take(case, "ask_reach", {"reason": "x"}, by=world.by("power"), seen=3)
    given()
    agent = signed_in(OTHER)
    assert "allow_reach" not in agent.get(f"/follow/{case.number}/").content.decode()
    assert agent.post(f"/follow/{case.number}/allow_reach/", {"version": "4", "yes": "on"}).status_code == 403


def test_the_number_of_who_acts_is_kept_as_a_digest_only(checked_matter):
    given()
    row = Mandate.objects.get()
    assert OTHER not in str(vars(row))
    assert row.last_four == OTHER[-4:]
