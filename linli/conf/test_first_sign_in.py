"""A new place has one way in: the password that `linli init` printed, once, and then a second factor."""

import re
from itertools import product

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from linli.posts.models import Account
from tests.reading import PACKAGE

pytestmark = pytest.mark.once

DEFAULTS = r"""(?ix)
    (password|passwd|secret|token)\w*\s*=\s*["'][^"'{}%]{3,}["']
    | set_password\(["']
    | create_user\([^)]*,\s*["'][^"']{3,}["']"""
ALLOWED = {"only-for-building-nothing-is-served"}


@pytest.fixture
def printed(db, capsys):
    """What `linli init` says on an empty place: the password in it."""
    call_command("init", place="320831", username="first")
    return re.search(r"[A-Z\d]{4}(?:-[A-Z\d]{4}){2}", capsys.readouterr().out).group()


def test_the_first_administrator_chooses_a_password_and_then_a_second_factor(printed, settings):
    settings.SECOND_FACTOR = True
    client = Client()
    client.post("/account/login/", {"login": "first", "password": printed})
    assert client.get("/desk/").headers["Location"] == "/account/password/change/"
    new = "a heron over the canal"
    client.post("/account/password/change/", {"oldpassword": printed, "password1": new, "password2": new})
    assert client.get("/desk/").headers["Location"] == "/account/2fa/"
    again = Client()
    again.post("/account/login/", {"login": "first", "password": printed})
    assert "_auth_user_id" not in again.session


def opens(name, password):
    """Whether they let somebody in who has not tried before."""
    cache.clear()
    client = Client()
    client.post("/account/login/", {"login": name, "password": password})
    return "_auth_user_id" in client.session


@pytest.mark.thorough
def test_no_default_and_no_credential_of_the_demo_opens_a_place(printed):
    names = ("admin", "demo", "demo-001", "root", "first", "administrator")
    passwords = ("admin", "password", "demo", "linli", "", "admin123", "123456")
    assert [each for each in product(names, passwords) if opens(*each)] == []
    assert opens("first", printed)


def test_there_is_no_way_in_without_a_password_outside_the_demo(printed):
    assert Client().get("/demo/").status_code == 404
    assert Client().post("/demo/become/clerk/").status_code == 404


def test_no_password_stands_in_the_product():
    found = []
    for file in PACKAGE.rglob("*.py"):
        if file.name.startswith(("test_", "conftest")):
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            hit = re.search(DEFAULTS, line)
            if hit and not any(each in line for each in ALLOWED):
                found.append(f"{file.relative_to(PACKAGE)}: {line.strip()}")
    assert found == []


def test_demo_accounts_have_no_password_at_all(world):
    demo = Account.objects.filter(username__startswith="demo-")
    assert demo.exists()
    assert not [each.username for each in demo if each.has_usable_password()]
