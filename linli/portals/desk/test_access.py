"""Somebody who lost password or telephone gets a new start from another administrator, and is told."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command
from django.test import Client

from linli.base.errors import Conflict, NotYours
from linli.ledger.models import Entry
from linli.posts.accounts import close_account, renew_access
from linli.posts.actions import appoint
from linli.posts.models import Account, Holding
from tests.signing_in import prove

pytestmark = pytest.mark.django_db
PASSWORD = "three words and a bird"


@pytest.fixture
def clerk(world):
    account = world.by("chengguan_clerk").holding.account
    account.set_password(PASSWORD)
    account.save()
    TOTP.activate(account, generate_totp_secret())
    return account


@pytest.fixture
def administrator(world):
    """The administrator's browser, just proven."""
    client = Client()
    account = world.by("administrator").holding.account
    account.set_password("another four words here")
    account.save()
    prove(client, account)
    return client


def address(world, who="chengguan_clerk"):
    holding = world.by(who).holding
    return f"/desk/posts/{holding.post.division.trimmed}/{holding.post_id}/access/{holding.pk}/"


def test_a_new_start_takes_both_factors_and_shows_a_password_once(administrator, clerk, world):
    page = administrator.post(address(world), {"act": "renew"})
    assert "no-store" in page.headers["Cache-Control"]
    password = re.search(r"(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}", page.content.decode()).group()
    assert not Authenticator.objects.filter(user=clerk).exists()
    client = Client()
    client.post("/account/login/", {"login": clerk.username, "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    client.post("/account/login/", {"login": clerk.username, "password": password})
    assert client.get("/desk/").headers["Location"] == "/account/password/change/"
    assert "管理员" in client.get("/account/password/change/").content.decode()


def test_it_stands_in_the_ledger_and_ends_open_sessions(administrator, clerk, world):
    open_one = Client()
    open_one.force_login(clerk)
    administrator.post(address(world), {"act": "renew"})
    entry = Entry.objects.filter(name="posts.renew_access").latest("pk")
    assert entry.facts == {"account": clerk.pk}
    assert entry.post == world.by("administrator").post.pk
    assert open_one.get("/desk/").status_code == 302


def test_it_needs_fresh_proof(administrator, clerk, world):
    client = Client()
    prove(client, world.by("administrator").holding.account, ago=3600)
    assert (
        client.post(address(world), {"act": "renew"})
        .headers["Location"]
        .startswith("/account/reauthenticate/")
    )
    assert Authenticator.objects.filter(user=clerk).exists()


def test_nobody_gives_themselves_a_new_start(administrator, world):
    assert administrator.post(address(world, "administrator"), {"act": "renew"}).status_code == 409
    page = administrator.get(address(world, "administrator")).content.decode()
    assert 'value="renew"' not in page
    with pytest.raises(Conflict):
        renew_access(world.by("administrator").holding.account, by=world.by("administrator"))


def test_power_over_one_post_of_a_person_is_no_way_into_the_others(world, clerk):
    """An administrator of a street cannot take over a county's head who stands in on a post of that street."""
    county_admin = world.by("administrator")
    below = Holding.objects.get(pk=county_admin.holding.pk)
    below.post.division = world.place("城关街道")
    street_admin = type(county_admin)(below)
    head = world.by("county_head").holding.account
    appoint(head, world.by("chengguan_clerk").post, by=county_admin, acting=True)
    for act in (renew_access, close_account):
        with pytest.raises(NotYours):
            act(head, by=street_admin)


def test_an_administrator_whose_appointment_ended_does_nothing_any_more(world, clerk):
    by = world.by("administrator")
    Holding.objects.filter(pk=by.holding.pk).update(until=by.holding.since)
    with pytest.raises(NotYours):
        renew_access(clerk, by=by)


@pytest.mark.parametrize("by", ["chengguan_clerk", "county_head", "liuhe_clerk"])
def test_other_posts_do_not(world, by):
    with pytest.raises((NotYours, Conflict)):
        renew_access(world.by("chengguan_team").holding.account, by=world.by(by))


def test_closing_ends_appointments_and_account(administrator, clerk, world):
    administrator.post(address(world), {"act": "close"})
    assert not Account.objects.get(pk=clerk.pk).is_active
    assert not Holding.objects.current().filter(account=clerk).exists()
    assert administrator.get(address(world)).status_code == 404


def test_binding_single_sign_on(administrator, clerk, world, settings):
    settings.SIGN_ON_ISSUER = "https://login.example.cn"
    administrator.post(address(world), {"act": "bind", "subject": "s-1", "mail": "clerk@example.cn"})
    page = administrator.get(address(world)).content.decode()
    assert 'value="s-1"' in page
    assert 'value="clerk@example.cn"' in page


@pytest.mark.parametrize(
    "data", [{}, {"act": "x"}, {"act": "bind", "mail": "🐟"}, {"act": "bind", "subject": "x" * 300}]
)
def test_bad_input_changes_nothing(administrator, clerk, world, data):
    before = Entry.objects.count()
    assert administrator.post(address(world), data).status_code == 422
    assert Entry.objects.count() == before


def test_the_only_administrator_is_readmitted_on_the_machine(world, clerk, capsys):
    call_command("readmit", clerk.username)
    assert re.search(r"(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}", capsys.readouterr().out)
    assert not Authenticator.objects.filter(user=clerk).exists()
    assert Entry.objects.filter(name="posts.renew_access").latest("pk").actor == "system"
    with pytest.raises(CommandError):
        call_command("readmit", "nobody-at-all")
