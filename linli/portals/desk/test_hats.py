"""Hats: whoever signs in works as one post, as long as the appointment lasts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.posts.actions import appoint
from linli.posts.actor import SystemActor
from linli.posts.models import Account, Holding

DEMO = SystemActor("demo")
pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def test_a_stranger_signs_in_first_and_comes_back(client):
    response = client.get("/desk/area/?words=灯")
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login") + "?next=/desk/area/")


def test_the_only_hat_is_worn_without_asking(sign_in):
    response = sign_in("chengguan_clerk").get("/desk/")
    assert response.status_code == 200
    assert "城关街道受理员" in text(response)


def test_somebody_with_two_posts_chooses_and_may_switch(world, sign_in):
    appoint(world.by("chengguan_clerk").holding.account, world.posts["county_clerk"], by=DEMO, acting=True)
    client = sign_in("chengguan_clerk")
    assert client.get("/desk/")["Location"] == reverse("desk:hat")
    acting = Holding.objects.get(post=world.posts["county_clerk"], acting=True)
    page = client.post("/desk/hat/", {"hat": acting.pk}, follow=True)
    assert "您现在以“县级受理员”身份办理" in text(page)
    assert "（代理）" in text(page)
    assert "切换岗位" in text(page)


def test_nobody_wears_a_post_of_somebody_else(world, sign_in):
    other = world.by("chengguan_dispatcher").holding
    response = sign_in("chengguan_clerk").post("/desk/hat/", {"hat": other.pk})
    assert response.status_code == 403
    assert "您目前没有担任该岗位" in text(response)


@pytest.mark.parametrize("rubbish", ["", "x", "-1", "9" * 40])
def test_a_hat_that_cannot_be_read_is_refused(sign_in, rubbish):
    assert sign_in("chengguan_clerk").post("/desk/hat/", {"hat": rubbish}).status_code == 403


def test_an_appointment_that_ended_a_minute_ago_says_so_and_asks_again(world, sign_in, case):
    appoint(world.by("chengguan_clerk").holding.account, world.posts["county_clerk"], by=DEMO, acting=True)
    client = sign_in("chengguan_clerk")
    mine = world.by("chengguan_clerk").holding
    client.post("/desk/hat/", {"hat": mine.pk})
    Holding.objects.filter(pk=mine.pk).update(until=timezone.now() - timedelta(minutes=1))
    data = {"seen": 1, "reason": "重复"}
    response = client.post(f"/desk/cases/{case.number}/refuse/", data, follow=True)
    assert response.redirect_chain == [(reverse("desk:hat"), 302)]
    assert "任职已经结束" in text(response)
    case.refresh_from_db()
    assert case.stage == "reported"


def test_a_single_remaining_hat_is_not_put_on_silently_after_another_ended(world, sign_in):
    appoint(world.by("chengguan_clerk").holding.account, world.posts["county_clerk"], by=DEMO, acting=True)
    client = sign_in("chengguan_clerk")
    mine = world.by("chengguan_clerk").holding
    client.post("/desk/hat/", {"hat": mine.pk})
    Holding.objects.filter(pk=mine.pk).update(until=timezone.now())
    assert client.get("/desk/")["Location"] == reverse("desk:hat")


def test_an_account_without_a_post_learns_what_to_do(db):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(Account.objects.create_user("nobody"))
    page = client.get("/desk/", follow=True)
    assert page.status_code == 200
    assert "您目前没有担任任何岗位" in text(page)


def test_a_password_that_was_handed_out_is_changed_first(world, sign_in):
    account = world.by("chengguan_clerk").holding.account
    Account.objects.filter(pk=account.pk).update(password_once=True)
    response = sign_in("chengguan_clerk").get("/desk/")
    assert response["Location"] == reverse("account_change_password")


def test_nothing_of_the_desk_is_kept_by_the_browser(sign_in):
    assert "no-store" in sign_in("chengguan_clerk").get("/desk/")["Cache-Control"]


@pytest.mark.parametrize(("post", "offered"), [("东门社区第一网格", True), ("chengguan_clerk", False)])
def test_who_works_outside_is_offered_the_field_app_above_the_list(world, sign_in, post, offered):
    assert ("打开网格员端" in text(sign_in(post).get("/desk/"))) is offered
