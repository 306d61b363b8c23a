"""Absence: said by the holder, confirmed by a third person, over when its time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from linli.base.errors import NotYours
from linli.cases.models import Category
from linli.kinds.matters import actions
from linli.ledger.models import Entry
from linli.portals.desk.conftest import reload, reported
from linli.posts import absences
from linli.posts.actor import PostActor
from linli.posts.models import Absence, Holding

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def days(first=0, last=3):
    today = timezone.localdate()
    return {"first": str(today + timedelta(days=first)), "last": str(today + timedelta(days=last))}


def declared(world, sign_in, who="chengguan_clerk", deputy="chengguan_dispatcher", **when):
    data = {**days(**when), "deputy": world.posts[deputy].pk}
    response = sign_in(who).post("/desk/absence/", data, follow=True)
    assert response.status_code == 200, text(response)
    return Absence.objects.get(holding=world.by(who).holding)


def confirmed(world, sign_in, **when):
    absence = declared(world, sign_in, **when)
    sign_in("county_head").post(f"/desk/absence/{absence.pk}/", {"answer": "confirm"})
    return Holding.objects.get(post=world.posts["chengguan_clerk"], acting=True)


def deputy_client(world, sign_in, acting):
    client = sign_in("chengguan_dispatcher")
    client.post("/desk/hat/", {"hat": acting.pk})
    return client


def test_nothing_changes_until_somebody_else_has_confirmed_it(world, sign_in):
    absence = declared(world, sign_in)
    assert not Holding.objects.filter(post=world.posts["chengguan_clerk"], acting=True).exists()
    head = sign_in("county_head")
    assert "城关街道受理员" in text(head.get("/desk/absence/"))
    page = head.post(f"/desk/absence/{absence.pk}/", {"answer": "confirm"}, follow=True)
    assert "已确认" in text(page)
    acting = Holding.objects.get(post=world.posts["chengguan_clerk"], acting=True)
    assert acting.account == world.by("chengguan_dispatcher").holding.account
    assert acting.until == absence.until
    assert {"posts.declare_absence", "posts.confirm_absence"} <= set(
        Entry.objects.values_list("name", flat=True)
    )


def test_neither_the_holder_nor_the_deputy_nor_a_stranger_confirms(world, sign_in):
    absence = declared(world, sign_in)
    assert (
        sign_in("chengguan_clerk").post(f"/desk/absence/{absence.pk}/", {"answer": "confirm"}).status_code
        == 403
    )
    assert (
        sign_in("liuhe_clerk").post(f"/desk/absence/{absence.pk}/", {"answer": "confirm"}).status_code == 404
    )
    own = declared(world, sign_in, who="county_head", deputy="administrator")
    assert sign_in("county_head").post(f"/desk/absence/{own.pk}/", {"answer": "confirm"}).status_code == 403
    assert sign_in("administrator").post(f"/desk/absence/{own.pk}/", {"answer": "confirm"}).status_code == 403
    assert not Holding.objects.filter(acting=True).exists()


def test_tasks_stay_with_the_post_and_the_ledger_says_acting(world, sign_in):
    case = reported(world).case
    acting = confirmed(world, sign_in)
    client = deputy_client(world, sign_in, acting)
    assert case.number in text(client.get("/desk/"))
    client.post(f"/desk/cases/{case.number}/accept/", {"seen": 1, "category": "0201", "note": ""})
    entry = Entry.objects.get(about=case.pk, name="matters.accept")
    assert (entry.post, entry.holding) == (world.posts["chengguan_clerk"].pk, acting.pk)
    assert "城关街道受理员（代理）" in text(sign_in("county_head").get(f"/desk/cases/{case.number}/"))


def test_a_principal_who_is_back_early_acts_beside_the_deputy(world, sign_in):
    one, other = reported(world).case, reported(world).case
    client = deputy_client(world, sign_in, confirmed(world, sign_in))
    data = {"seen": 1, "category": "0201", "note": ""}
    assert sign_in("chengguan_clerk").post(f"/desk/cases/{one.number}/accept/", data).status_code == 302
    assert client.post(f"/desk/cases/{other.number}/accept/", data).status_code == 302
    assert reload(other.matter).case.stage == reload(one.matter).case.stage == "accepted"


def test_a_deputy_whose_principal_has_ended_it_is_refused_politely_in_the_middle_of_a_form(world, sign_in):
    case = reported(world).case
    client = deputy_client(world, sign_in, confirmed(world, sign_in))
    assert client.get(f"/desk/cases/{case.number}/accept/").status_code == 200
    absence = Absence.objects.get()
    back = sign_in("chengguan_clerk").post(f"/desk/absence/{absence.pk}/", {"answer": "end"}, follow=True)
    assert "已结束" in text(back)
    data = {"seen": 1, "category": "0201", "note": ""}
    response = client.post(f"/desk/cases/{case.number}/accept/", data, follow=True)
    assert response.redirect_chain == [(reverse("desk:hat"), 302)]
    assert "任职已经结束" in text(response)
    assert reload(case.matter).case.stage == "reported"
    again = sign_in("chengguan_clerk").post(f"/desk/absence/{absence.pk}/", {"answer": "end"})
    assert again.status_code == 409


def test_a_deputy_is_refused_when_the_last_day_is_over(world, sign_in):
    case = reported(world).case
    acting = confirmed(world, sign_in)
    Holding.objects.filter(pk=acting.pk).update(until=timezone.now())
    lamp = Category.objects.get(code="0201")
    with pytest.raises(NotYours, match="任职已经结束"):
        actions.accept(case.matter, by=PostActor(acting), seen=1, category=lamp)


def test_a_deputy_does_not_act_before_the_first_day(world, sign_in):
    acting = confirmed(world, sign_in, first=1)
    assert acting.since > timezone.now()
    assert sign_in("chengguan_dispatcher").post("/desk/hat/", {"hat": acting.pk}).status_code == 403


def test_whoever_dispatched_does_not_check_as_a_deputy(world, sign_in):
    matter = reported(world)
    lamp = Category.objects.get(code="0201")
    dispatcher = world.by("chengguan_dispatcher")
    actions.accept(matter, by=world.by("chengguan_clerk"), seen=1, category=lamp)
    actions.dispatch(matter, by=dispatcher, seen=2, to=world.posts["power"])
    absence = declared(world, sign_in, who="chengguan_checker")
    acting = absences.confirm(absence.pk, by=world.by("county_head"))
    matter = reload(matter)
    actions.handle(matter, by=world.by("power"), seen=matter.case.version, result="换了灯泡")
    matter = reload(matter)
    with pytest.raises(NotYours):
        actions.check(
            matter, by=PostActor(Holding.objects.with_post().get(pk=acting.pk)), seen=matter.case.version
        )


@pytest.mark.parametrize(
    "data", [{}, {"first": "x", "last": "y"}, days(3, 1), days(-9, -8), days(0, 800), {"deputy": "999999"}]
)
def test_nonsense_is_no_absence(world, sign_in, data):
    data = {"deputy": world.posts["chengguan_dispatcher"].pk, **data}
    assert sign_in("chengguan_clerk").post("/desk/absence/", data).status_code == 422
    assert not Absence.objects.exists()


def test_two_absences_do_not_overlap(world, sign_in):
    declared(world, sign_in)
    data = {**days(2, 5), "deputy": world.posts["chengguan_dispatcher"].pk}
    assert sign_in("chengguan_clerk").post("/desk/absence/", data).status_code == 422
    assert Absence.objects.count() == 1


def test_only_near_posts_that_somebody_else_holds_stand_in(world, sign_in):
    data = {**days(), "deputy": world.posts["liuhe_clerk"].pk}
    assert sign_in("chengguan_clerk").post("/desk/absence/", data).status_code == 422


def test_a_deputy_declares_nothing_for_the_post(world, sign_in):
    client = deputy_client(world, sign_in, confirmed(world, sign_in))
    client.post("/desk/absence/", {**days(8, 9), "deputy": world.posts["chengguan_checker"].pk})
    assert Absence.objects.count() == 1


def test_a_declined_absence_makes_no_deputy(world, sign_in):
    absence = declared(world, sign_in)
    head = sign_in("county_head")
    head.post(f"/desk/absence/{absence.pk}/", {"answer": "decline"})
    assert head.post(f"/desk/absence/{absence.pk}/", {"answer": "confirm"}).status_code == 409
    assert head.post(f"/desk/absence/{absence.pk}/", {"answer": "x"}).status_code == 422
    assert not Holding.objects.filter(acting=True).exists()


def test_every_process_hears_of_appointments_that_begin_or_end_by_themselves(world, sign_in):
    acting = confirmed(world, sign_in)
    absences.turn_over()
    assert absences.turn_over() == 0
    assert absences.turn_over(acting.until + timedelta(seconds=1)) == 1
    absences._looked.clear()
