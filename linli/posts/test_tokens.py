from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.ledger.models import Entry, EntryDetail
from linli.posts import tokens
from linli.posts.actions import end
from linli.posts.actor import SystemActor
from linli.posts.models import Account, Token

SYSTEM = SystemActor("test")


@pytest.fixture
def clerk(world):
    return world.by("chengguan_clerk").holding


@pytest.fixture
def secret(clerk):
    return tokens.issue(clerk, "热线系统", by=SYSTEM)


def test_a_secret_leads_to_its_appointment(clerk, secret):
    assert tokens.actor_of(secret).holding == clerk


def test_only_the_digest_is_kept(secret):
    token = Token.objects.get()
    assert secret not in str(Token.objects.values().get())
    assert (token.last_four, len(token.digest)) == (secret[-4:], 64)
    assert len(secret) >= 43


def test_issuing_is_a_ledger_entry_without_the_secret(secret, clerk):
    entry = Entry.objects.get(name="posts.token")
    assert entry.facts == {"token": Token.objects.get().pk, "post": clerk.post_id, "holding": clerk.pk}
    assert not EntryDetail.objects.filter(entry=entry).exists()


@pytest.mark.parametrize("wrong", ["", "linli_", "x" * 10_000, "路灯", "\ud83d", "\u0000"])
def test_anything_else_is_unknown(secret, wrong):
    with pytest.raises(tokens.Unknown):
        tokens.actor_of(wrong)


def test_an_ended_token_is_unknown_at_once(secret):
    tokens.end_token(Token.objects.get(), by=SYSTEM)
    with pytest.raises(tokens.Unknown):
        tokens.actor_of(secret)
    assert Entry.objects.filter(name="posts.end_token").count() == 1


def test_a_token_ends_by_itself(clerk):
    old = tokens.issue(clerk, "x", by=SYSTEM, until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(tokens.Unknown):
        tokens.actor_of(old)


def test_a_token_lasts_a_year_unless_said_otherwise(secret):
    assert timedelta(days=364) < Token.objects.get().until - timezone.now() <= timedelta(days=365)


def test_a_token_cannot_end_twice(secret):
    tokens.end_token(Token.objects.get(), by=SYSTEM)
    with pytest.raises(Conflict):
        tokens.end_token(Token.objects.get(), by=SYSTEM)


def test_the_end_of_the_appointment_ends_its_tokens(clerk, secret):
    end(clerk, by=SYSTEM)
    with pytest.raises(NotYours):
        tokens.actor_of(secret)


def test_a_closed_account_ends_its_tokens(clerk, secret):
    Account.objects.filter(pk=clerk.account_id).update(is_active=False)
    with pytest.raises(NotYours):
        tokens.actor_of(secret)


def test_an_ended_appointment_gets_no_token(clerk):
    end(clerk, by=SYSTEM)
    with pytest.raises(Conflict):
        tokens.issue(clerk, "x", by=SYSTEM)


def test_who_appoints_also_gives_tokens_and_nobody_else(world, clerk):
    assert tokens.issue(clerk, "x", by=world.by("administrator"))
    with pytest.raises(NotYours):
        tokens.issue(clerk, "x", by=world.by("county_dispatcher"))
    with pytest.raises(NotFound):
        tokens.issue(clerk, "x", by=world.by("liuhe_clerk"))
    assert Token.objects.count() == 1


@pytest.mark.parametrize("label", ["", " ", "x" * 61])
def test_a_token_says_what_it_is_for(clerk, label):
    with pytest.raises(Invalid):
        tokens.issue(clerk, label, by=SYSTEM)


def test_the_command_prints_the_secret_alone(clerk):
    out, said = StringIO(), StringIO()
    call_command("token", str(clerk.post_id), "热线系统", stdout=out, stderr=said)
    assert tokens.actor_of(out.getvalue().strip()).holding == clerk
    assert clerk.post.title in said.getvalue()


def test_the_command_lists_and_ends(clerk, secret):
    out = StringIO()
    call_command("token", stdout=out)
    assert secret[-4:] in out.getvalue()
    call_command("token", "--end", str(Token.objects.get().pk), stdout=out)
    with pytest.raises(tokens.Unknown):
        tokens.actor_of(secret)


def test_the_command_says_what_is_wrong(world, clerk):
    for wrong in (["99999999", "x"], ["--end", "99999999"], [str(clerk.post_id), "x" * 61]):
        with pytest.raises(CommandError):
            call_command("token", *wrong, stdout=StringIO(), stderr=StringIO())
