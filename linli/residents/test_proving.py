"""An open session is no proof of who sits there; fresh proof lasts a quarter of an hour."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from linli.residents.proving import PROOF_LASTS, recently_proven
from tests.signing_in import prove

pytestmark = pytest.mark.django_db


def request_of(client, account):
    request = RequestFactory().get("/")
    request.user, request.session = account, client.session
    return request


@pytest.mark.parametrize(("ago", "fresh"), [(0, True), (PROOF_LASTS - 60, True), (PROOF_LASTS + 1, False)])
def test_proof_lasts_a_quarter_of_an_hour(client, world, ago, fresh):
    account = world.by("chengguan_clerk").holding.account
    prove(client, account, ago=ago)
    assert recently_proven(request_of(client, account)) is fresh


def test_an_open_session_alone_proves_nothing(client, world):
    account = world.by("chengguan_clerk").holding.account
    client.force_login(account)
    assert not recently_proven(request_of(client, account))


def test_what_somebody_else_proved_in_this_session_does_not_count(client, world):
    prove(client, world.by("chengguan_clerk").holding.account)
    assert not recently_proven(request_of(client, world.by("liuhe_clerk").holding.account))


def test_a_clock_that_was_set_back_makes_no_proof_last(client, world):
    account = world.by("chengguan_clerk").holding.account
    prove(client, account, ago=-3600)
    assert not recently_proven(request_of(client, account))


def test_a_stranger_proves_nothing(client):
    assert not recently_proven(request_of(client, AnonymousUser()))


def test_in_the_demo_nobody_has_anything_to_prove_it_with(client, world, settings):
    settings.DEMO = True
    account = world.by("chengguan_clerk").holding.account
    client.force_login(account)
    assert recently_proven(request_of(client, account))
