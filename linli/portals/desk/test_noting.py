"""Notes: for colleagues only, kept as written, withdrawn but not edited."""

from __future__ import annotations

import pytest
from django.utils import timezone

from linli.cases.follow import follow_code
from linli.cases.story import story_for_reporter
from linli.ledger.models import Entry, EntryDetail
from linli.ledger.records import erase_words
from linli.posts.actions import appoint
from linli.posts.actor import SystemActor
from linli.posts.models import Holding

pytestmark = pytest.mark.django_db
SECRET = "门卫说周二晚上有人值班，可以那时去。"


def text(response):
    return response.content.decode()


def noted(case, client):
    client.post(f"/desk/cases/{case.number}/note/", {"note": SECRET})
    return Entry.objects.get(about=case.pk, name="cases.note")


def test_a_note_stands_in_the_story_of_the_desk_and_moves_nothing(sign_in, case):
    client = sign_in("chengguan_clerk")
    response = client.post(f"/desk/cases/{case.number}/note/", {"note": SECRET}, follow=True)
    assert SECRET in text(response)
    case.refresh_from_db()
    assert (case.version, case.stage) == (1, "reported")
    entry = Entry.objects.get(about=case.pk, name="cases.note")
    assert entry.facts == {}
    assert entry.detail.words == {"note": SECRET}


def test_whoever_raised_it_never_sees_a_note(client, sign_in, case):
    noted(case, sign_in("chengguan_clerk"))
    assert all(SECRET not in str(each.words) for each in story_for_reporter(case))
    page = client.post("/follow/", {"number": case.number, "code": follow_code(case.pk)}, follow=True)
    assert case.number in text(page)
    assert SECRET not in text(page)


def test_a_note_needs_words(sign_in, case):
    response = sign_in("chengguan_clerk").post(f"/desk/cases/{case.number}/note/", {"note": " \n "})
    assert response.status_code == 422
    assert not Entry.objects.filter(name="cases.note").exists()


def test_nobody_outside_the_area_leaves_a_note(sign_in, case):
    response = sign_in("liuhe_clerk").post(f"/desk/cases/{case.number}/note/", {"note": SECRET})
    assert response.status_code == 404
    assert not Entry.objects.filter(name="cases.note").exists()


def test_the_post_that_wrote_a_note_withdraws_it_and_it_is_struck_through(sign_in, case):
    client = sign_in("chengguan_clerk")
    entry = noted(case, client)
    address = f"/desk/cases/{case.number}/note/{entry.pk}/"
    assert address in text(client.get(f"/desk/cases/{case.number}/"))
    assert client.post(address, {"reason": ""}).status_code == 422
    page = text(client.post(address, {"reason": "值班时间改了"}, follow=True))
    assert f"<del>{SECRET}</del>" in page
    assert "值班时间改了" in page
    assert address not in page
    assert client.post(address, {"reason": "再一次"}).status_code == 409


def test_another_post_does_not_withdraw_it(sign_in, case):
    entry = noted(case, sign_in("chengguan_clerk"))
    address = f"/desk/cases/{case.number}/note/{entry.pk}/"
    assert sign_in("chengguan_dispatcher").post(address, {"reason": "不对"}).status_code == 403
    assert address not in text(sign_in("chengguan_dispatcher").get(f"/desk/cases/{case.number}/"))
    elsewhere = f"/desk/cases/{case.number}/note/{case.pk}/"
    assert sign_in("chengguan_clerk").get(elsewhere).status_code == 404


def test_the_words_of_a_note_can_be_erased(sign_in, case):
    client = sign_in("chengguan_clerk")
    erase_words(EntryDetail.objects.filter(entry=noted(case, client)))
    page = client.get(f"/desk/cases/{case.number}/")
    assert page.status_code == 200
    assert SECRET not in text(page)


def test_a_note_is_not_a_change_that_overtakes_anybody(sign_in, case):
    noted(case, sign_in("chengguan_clerk"))
    data = {"seen": 1, "category": "0201", "note": ""}
    response = sign_in("chengguan_clerk").post(f"/desk/cases/{case.number}/accept/", data)
    assert response.status_code == 302


def test_the_story_says_who_stood_in(world, sign_in, case):
    account = world.by("chengguan_dispatcher").holding.account
    Holding.objects.filter(pk=world.by("chengguan_dispatcher").holding.pk).update(until=timezone.now())
    appoint(account, world.posts["chengguan_clerk"], by=SystemActor("demo"), acting=True)
    page = text(
        sign_in("chengguan_dispatcher").post(
            f"/desk/cases/{case.number}/note/", {"note": SECRET}, follow=True
        )
    )
    assert "城关街道受理员（代理）" in page
