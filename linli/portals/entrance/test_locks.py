"""Guessing comes to an end; nobody learns which accounts there are; nobody locks somebody else out for ever."""

import re
import time

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import cache
from django.test import Client

from linli.portals.entrance.conftest import PASSWORD, SIGN_IN, is_in, sign_in
from linli.posts.models import Account
from linli.residents.accounts import first_sign_in
from linli.web.limits import PASSWORDS
from tests.answers import Answer
from tests.doors import DOORS

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def said(response):
    return re.sub(r'csrfmiddlewaretoken" value="\w+"|value="[^"]*"', "", response.content.decode())


def tried(name, password="wrong", address="203.0.113.1"):
    return Client(REMOTE_ADDR=address).post(SIGN_IN, {"login": name, "password": password})


def lock(account, address="203.0.113.1"):
    for _time in range(PASSWORDS.from_one):
        tried(account.username, address=address)
        cache.delete_many(
            [key for key in cache._cache if "rate/" in key]
        )  # the address's own limit is another test's


class Counting(PBKDF2PasswordHasher):
    """Counts how often a password is hashed."""

    iterations = 1
    count = 0

    def encode(self, *args, **kwargs):
        type(self).count += 1
        return super().encode(*args, **kwargs)


def test_a_locked_account_an_unknown_name_and_a_wrong_password_get_one_answer(clerk):
    unknown, wrong = tried("nobody-at-all"), tried(clerk.username)
    lock(clerk)
    locked_right, locked_wrong = tried(clerk.username, PASSWORD), tried(clerk.username)
    assert unknown.status_code == 200
    assert len({said(each) for each in (unknown, wrong, locked_right, locked_wrong)}) == 1


def test_the_same_answer_costs_the_same_hashing(clerk, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    clerk.set_password(PASSWORD)
    clerk.save()
    closed = Account.objects.create_user("closed", PASSWORD, is_active=False)
    no_password = Account.objects.create_user("no-password", None)

    def work(name, password):
        before = Counting.count
        tried(name, password)
        return Counting.count - before

    names = [clerk.username, closed.username, no_password.username, "nobody-at-all", "x" * 300, "无此人"]
    counted = {name: work(name, "wrong") for name in names}
    lock(clerk)
    counted["locked"] = work(clerk.username, "wrong")
    assert len(set(counted.values())) == 1, counted
    assert min(counted.values()) > 0


def test_a_lock_ends_by_itself(clerk, later):
    lock(clerk)
    assert not is_in(sign_in(clerk, REMOTE_ADDR="203.0.113.1"))
    later(PASSWORDS.window)
    assert is_in(sign_in(clerk, REMOTE_ADDR="203.0.113.1"))


def test_somebody_with_one_connection_locks_nobody_else_out(clerk):
    lock(clerk)
    assert is_in(sign_in(clerk, REMOTE_ADDR="203.0.113.2"))


def test_guessing_from_many_addresses_ends_too(clerk):
    for nr in range(PASSWORDS.from_all):
        tried(clerk.username, address=f"198.51.{nr // 200}.{nr % 200}")
    assert not is_in(sign_in(clerk, REMOTE_ADDR="203.0.113.7"))


def test_the_holder_is_told_once_at_the_next_sign_in(clerk):
    lock(clerk)
    lock(clerk)
    assert clerk.news.filter(what="locked").count() == 1
    client = sign_in(clerk, REMOTE_ADDR="203.0.113.2")
    assert "多次输错密码" in client.get("/desk/").content.decode()
    assert "多次输错密码" not in sign_in(clerk, REMOTE_ADDR="203.0.113.3").get("/desk/").content.decode()


def test_closing_an_account_answers_like_a_wrong_password(clerk):
    Account.objects.filter(pk=clerk.pk).update(is_active=False)
    assert said(tried(clerk.username, PASSWORD)) == said(tried("nobody-at-all"))


def test_a_number_gets_one_code_a_minute_whoever_asks_and_known_or_not(messages_sent):
    first_sign_in("13800000000")
    for phone in ("13912345678", "13800000000"):
        asked = [
            Client(REMOTE_ADDR=f"203.0.113.{nr}").post("/account/login/code/", {"phone": phone})
            for nr in (1, 2)
        ]
        assert [each.status_code for each in asked] == [302, 429]


def test_a_number_gets_six_codes_an_hour_from_anybody_together(messages_sent, later):
    hour_begins = 3600 - int(time.time()) % 3600
    for nr in range(8):
        later(hour_begins + 61 * nr)
        Client(REMOTE_ADDR=f"203.0.113.{nr}").post("/account/login/code/", {"phone": "13912345678"})
    assert len(messages_sent) == 6


MOST = 130  # forms of one sort that one address may send within a minute, anywhere


@pytest.mark.parametrize("route", sorted(DOORS))
def test_every_address_that_a_stranger_may_send_a_form_to_has_a_limit(route, world):
    client = Client(REMOTE_ADDR="203.0.113.200")
    filled = DOORS[route].fill(world)
    address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(filled[found.group(1)]), route)
    for _time in range(MOST):
        response = client.post(address, dict(DOORS[route].data))
        if response.status_code in {405, 429} or Answer.of(response) in {Answer.SIGN_IN, Answer.HIDDEN}:
            return
    pytest.fail(f"{MOST} forms from one address in a minute, and none was refused")


def test_entering_codes_has_a_limit_too(messages_sent):
    client = Client()
    client.post("/account/login/code/", {"phone": "13912345678"})
    codes = {client.post("/account/login/code/confirm/", {"code": "1"}).status_code for _time in range(30)}
    assert 429 in codes


def test_the_limit_holds_behind_a_proxy_that_a_client_lies_to(settings):
    codes = set()
    for nr in range(40):
        client = Client(REMOTE_ADDR="203.0.113.50", HTTP_X_FORWARDED_FOR=f"10.0.0.{nr}")
        codes.add(client.post(SIGN_IN, {"login": f"guess-{nr}", "password": "x"}).status_code)
    assert 429 in codes
