"""The call-taker's page: what a number finds, who sees that it was looked up, and the way to the receipt."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from linli.cases import call_figures, calling
from linli.cases.calling import CALLER, EMERGENCY, PUT_THROUGH, matters_of_caller
from linli.cases.models import Case, Category, Copy, Task
from linli.cases.steps import open_case, take
from linli.kinds.matters import actions
from linli.ledger.models import Entry
from linli.portals.desk.calling import LOOK_UPS
from linli.portals.desk.conftest import NAME, PHONE, dispatched, reported
from linli.posts.actor import PartyActor
from linli.residents.access import names_of
from linli.residents.keeping import GivenContact
from linli.residents.looks import Whose, looks_at
from linli.residents.models import Access

pytestmark = pytest.mark.django_db
CALLS = "/desk/calls/"
TEXT = "东门桥头井盖松动，电动车绕行很危险。"


def text(response):
    return response.content.decode()


def call(client, act="open", **given):
    return client.post(CALLS, {"act": act, "sent": str(uuid4()), **given})


def elsewhere(world):
    """A matter raised with the same number in another town."""
    grid = world.place("柳河社区第一网格")
    opened = actions.report(
        by=PartyActor("reporter"),
        text="河边栏杆断了。",
        longitude=grid.longitude,
        latitude=grid.latitude,
        contact=GivenContact(NAME, PHONE),
    )
    return Case.everywhere.get(pk=opened.case)


@pytest.fixture(autouse=True)
def _fresh_counts():
    cache.clear()


# --- the number ---


def test_a_whole_number_finds_what_was_raised_with_it_however_it_is_typed(world, sign_in, case):
    page = text(call(sign_in("call_taker"), "find", phone="+86 139-1234-5678"))
    assert case.number in page
    assert "东门社区第一网格" in page


def test_what_is_found_says_how_it_stands_but_not_who_or_in_which_words(world, sign_in, case):
    page = text(call(sign_in("call_taker"), "find", phone=PHONE))
    assert "待受理" in page
    assert NAME not in page
    assert case.summary not in page


@pytest.mark.parametrize("part", ["1391234567", "13912345", "5678", "139123456789"])
def test_a_part_of_a_number_finds_nothing(world, sign_in, case, part):
    assert case.number not in text(call(sign_in("call_taker"), "find", phone=part))


def test_matters_of_another_area_are_not_found_and_their_contact_is_not_looked_at(world, sign_in, case):
    other = elsewhere(world)
    page = text(call(sign_in("chengguan_clerk"), "find", phone=PHONE))
    assert case.number in page
    assert other.number not in page
    assert not Access.objects.filter(contact=other.reporter).exists()


def test_the_person_sees_who_looked_and_why(world, sign_in, case):
    call(sign_in("call_taker"), "find", phone=PHONE)
    look = looks_at(Whose([case.reporter_id])).lines[0]
    assert (look.who, look.about) == ("热线话务员", case.pk)
    assert "来电" in look.purpose
    assert "反映" in look.fields


def test_a_look_up_that_finds_nothing_is_an_entry_without_the_number(world, sign_in):
    call(sign_in("call_taker"), "find", phone="13500001111")
    entry = Entry.objects.select_related("detail").get(name=CALLER)
    assert entry.facts == {"found": 0}
    assert "13500001111" not in str(entry.detail.words)
    assert entry.post == world.posts["call_taker"].pk


def test_without_the_access_row_nothing_is_found(world, case, monkeypatch):
    monkeypatch.setattr(calling, "log_look_up", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        matters_of_caller(PHONE, by=world.by("call_taker"))
    assert not Entry.objects.filter(name=CALLER).exists()


def test_no_more_than_ten_are_shown(world):
    for number in range(12):
        reported(world, f"第{number}件")
    assert len(matters_of_caller(PHONE, by=world.by("call_taker"))) == calling.MOST


def test_a_post_looks_up_only_so_often_and_loses_nothing_it_typed(world, sign_in, case):
    client = sign_in("call_taker")
    for _time in range(LOOK_UPS["per_minute"]):
        assert call(client, "find", phone="13500001111").status_code == 200
    response = call(client, "find", phone=PHONE, text=TEXT)
    assert response.status_code == 429
    assert TEXT in text(response)
    assert case.number not in text(response)
    assert Entry.objects.filter(name=CALLER).count() == LOOK_UPS["per_minute"]


def test_posts_that_take_no_calls_do_not_look_numbers_up(world, sign_in, case):
    for key in ("chengguan_team", "chengguan_checker", "东门社区第一网格"):
        assert call(sign_in(key), "find", phone=PHONE).status_code == 403
    assert not Access.objects.exists()


def test_the_contact_door_does_not_offer_the_purpose_of_a_look_up(sign_in, case):
    page = text(sign_in("call_taker").get(f"/desk/cases/{case.number}/contact/"))
    assert 'value="intake"' not in page
    refused = sign_in("call_taker").post(f"/desk/cases/{case.number}/contact/", {"purpose": "intake"})
    assert PHONE not in text(refused)


def test_nothing_of_the_caller_is_in_an_address_a_log_or_a_title(world, sign_in, case, caplog):
    caplog.set_level(logging.DEBUG)
    client = sign_in("call_taker")
    page = call(client, "find", phone=PHONE, name=NAME)
    done = call(client, phone=PHONE, name=NAME, text=TEXT)
    for response in (page, done):
        assert PHONE not in response.request["QUERY_STRING"] + response.request["PATH_INFO"]
        assert PHONE not in re.search("<title>.*?</title>", text(response), re.S).group()
        assert "no-store" in response["Cache-Control"]
        links = re.findall(r'(?:href|action)="([^"]*)"', text(response))
        assert not [each for each in links if PHONE in each or NAME in each]
    assert PHONE not in caplog.text
    assert PHONE not in text(done)


def test_a_number_in_an_address_is_not_looked_up(sign_in, case):
    response = sign_in("call_taker").get(f"{CALLS}?act=find&phone={PHONE}")
    assert case.number not in text(response)
    assert f'value="{PHONE}"' not in text(response)


# --- the matter ---


def test_the_last_place_is_offered_and_the_number_not_asked_again(world, sign_in, case):
    page = text(call(sign_in("call_taker"), "find", phone=PHONE))
    assert re.search(r'name="division"[^>]*value="东门社区第一网格"', page) or re.search(
        r'value="东门社区第一网格"[^>]*name="division"', page
    )
    assert page.count('name="phone"') == 1
    assert f'value="{PHONE}"' in page


def test_steps_of_the_caller_are_links_beside_the_matter(world, sign_in):
    matter = dispatched(world)
    actions.handle(matter, by=world.by("power"), seen=3, result="灯已换好。")
    actions.check(matter, by=world.by("county_checker"), seen=4)
    page = text(call(sign_in("call_taker"), "find", phone=PHONE))
    for step in ("confirm", "contest"):
        assert f"/desk/cases/{matter.case.number}/{step}/" in page


def test_taking_it_in_ends_with_the_receipt_and_the_last_digits_of_the_number(world, sign_in):
    response = call(sign_in("call_taker"), phone=PHONE, text=TEXT, division="东门社区")
    case = Case.everywhere.latest("recorded_at")
    assert (case.channel, case.division.name) == ("telephone", "东门社区")
    assert case.number in text(response)
    assert "尾号 5678" in text(response)
    assert 'class="slip"' in text(response)


@pytest.mark.parametrize(
    ("phone", "said"), [("", "没有留电话"), ("0517-83211234", "不是手机号")], ids=["none", "landline"]
)
def test_where_no_message_arrives_it_is_said(world, sign_in, phone, said):
    assert said in text(call(sign_in("call_taker"), phone=phone, text=TEXT))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("东门社区", "东门社区"),
        ("东门社区第二", "东门社区第二网格"),
        ("文昌", "文昌社区"),
        ("柳河镇", "柳河镇"),
    ],
)
def test_a_place_is_found_by_some_characters(world, sign_in, typed, found):
    assert call(sign_in("call_taker"), text=TEXT, division=typed).status_code == 200
    assert Case.everywhere.latest("recorded_at").division.name == found


@pytest.mark.parametrize(
    ("typed", "said"), [("第一网格", "符合的地点不止一个"), ("亚特兰蒂斯", "没有叫这个名字的地点")]
)
def test_a_place_in_doubt_is_asked_again_and_nothing_typed_is_lost(world, sign_in, typed, said):
    before = Case.everywhere.count()
    response = call(sign_in("call_taker"), text=TEXT, division=typed, phone=PHONE)
    assert response.status_code == 422
    assert said in text(response)
    for kept in (TEXT, PHONE, typed):
        assert kept in text(response)
    assert Case.everywhere.count() == before


def test_enter_looks_a_new_number_up_and_then_takes_the_matter_in(world, sign_in):
    client = sign_in("call_taker")
    first = call(client, "", phone=PHONE, text=TEXT)
    assert Entry.objects.filter(name=CALLER).count() == 1
    assert TEXT in text(first)
    call(client, "", phone=PHONE, text=TEXT, sought=PHONE)
    assert Entry.objects.filter(name=CALLER).count() == 1
    assert Case.everywhere.latest("recorded_at").summary == TEXT


def test_the_found_matters_stay_in_sight_without_a_second_look_up(world, sign_in, case):
    response = call(sign_in("call_taker"), text="", found=case.number, phone=PHONE)
    assert response.status_code == 422
    assert case.number in text(response)
    assert [(row.about, names_of(row.classes)) for row in Access.objects.all()] == [(case.pk, ["matters"])]


def test_matters_of_another_area_do_not_come_in_through_the_hidden_field(world, sign_in):
    other = elsewhere(world)
    page = text(call(sign_in("chengguan_clerk"), "kind", found=other.number))
    assert f"/desk/cases/{other.number}/" not in page


def test_what_was_typed_is_back_after_signing_in_again(world):
    client = Client(headers={"accept-language": "zh-hans"})
    response = call(client, phone=PHONE, text=TEXT)
    assert response.status_code == 302
    assert PHONE not in response["Location"]
    client.force_login(world.by("call_taker").holding.account)
    page = text(client.get(CALLS))
    assert TEXT in page
    assert PHONE in page
    assert TEXT not in text(client.get(CALLS))


def test_the_next_call_begins_with_an_empty_page(world, sign_in, case):
    client = sign_in("call_taker")
    call(client, "find", phone=PHONE, text=TEXT)
    page = text(client.get(CALLS))
    for gone in (PHONE, TEXT, case.number):
        assert gone not in page


# --- emergencies, handing over, figures ---


def test_a_call_handed_to_an_emergency_line_is_counted_and_nothing_else_kept(world, sign_in):
    response = call(sign_in("call_taker"), "119", phone=PHONE, text=TEXT)
    entry = Entry.objects.get(name=EMERGENCY)
    assert (entry.facts, entry.words_digest, entry.about) == ({"line": "119"}, "", None)
    assert TEXT in text(response)
    assert "今天有 1 个来电已转接紧急电话" in text(response)


def test_the_other_side_has_case_and_note_before_it_picks_up(world, sign_in, case):
    power = world.posts["power"]
    address = f"/desk/cases/{case.number}/put-through/"
    page = sign_in("call_taker").post(address, {"to": power.pk, "note": "来电人催问路灯。"})
    assert Copy.objects.filter(case=case, post=power).exists()
    assert (
        Entry.objects.select_related("detail").get(name=PUT_THROUGH).detail.words["note"]
        == "来电人催问路灯。"
    )
    assert power.organisation.telephone.startswith("0000-")
    assert power.organisation.telephone in text(page)
    assert "来电人催问路灯。" in text(sign_in("power").get(f"/desk/cases/{case.number}/"))


def test_the_post_that_leads_the_case_is_chosen_already_and_the_page_says_why(sign_in, dispatched_case):
    form = sign_in("call_taker").get(f"/desk/cases/{dispatched_case.number}/put-through/").context["form"]
    assert form["to"].value() == dispatched_case.lead.pk
    assert "正在主办" in form["to"].help_text


def test_before_anybody_leads_it_whom_the_catalogue_names_is_chosen_or_where_it_waits(world, sign_in, case):
    address = f"/desk/cases/{case.number}/put-through/"
    form = sign_in("call_taker").get(address).context["form"]  # of no category yet
    assert form["to"].value() == Task.objects.get(case=case, closed_at=None).post_id
    assert "正等待该岗位" in form["to"].help_text
    Case.everywhere.filter(pk=case.pk).update(category=Category.objects.get(code="0201"))
    form = sign_in("call_taker").get(address).context["form"]
    assert form["to"].value() == world.posts["power"].pk
    assert "权责清单建议" in form["to"].help_text


def test_where_nobody_picks_up_the_caller_goes_on_to_another_post_with_the_same_note(world, sign_in, case):
    address = f"/desk/cases/{case.number}/put-through/"
    client = sign_in("call_taker")
    page = client.post(address, {"to": world.posts["power"].pk, "note": "来电人催问路灯。"})
    assert page.context["form"]["note"].value() == "来电人催问路灯。"
    assert f'action="{address}"' in text(page)
    client.post(address, {"to": world.posts["county_clerk"].pk, "note": "来电人催问路灯。"})
    assert Copy.objects.filter(case=case).count() == 2


def test_a_figure_opens_the_list_it_counts(world, sign_in, case):
    client = sign_in("call_taker")
    call(client, text=TEXT, division="东门社区")
    page = text(client.get(CALLS))
    for found in re.findall(r'<a href="([^"]*area[^"]*)"><strong>(\d+)</strong>', page):
        address, count = found
        rows = text(client.get(address.replace("&amp;", "&"))).count('class="is-title"')
        assert rows == int(count), address
    assert len(re.findall(r"<strong>\d+</strong>", page)) == 4


def test_a_confirmed_category_is_kept(world, sign_in):
    call(sign_in("call_taker"), text=TEXT, category="0202")
    assert Case.everywhere.latest("recorded_at").category == Category.objects.get(code="0202")


def test_the_number_to_dial_is_the_one_the_administrator_entered(world, sign_in, case):
    power = world.posts["power"]
    address = f"/desk/posts/{world.county.trimmed}/bodies/"
    given = {"organisation": power.organisation_id, "telephone": "0517-83219999"}
    assert sign_in("administrator").post(address, given).status_code == 302
    assert "0517-83219999" in text(sign_in("administrator").get(address))
    put = {"to": power.pk, "note": "x"}
    assert "0517-83219999" in text(sign_in("call_taker").post(f"/desk/cases/{case.number}/put-through/", put))


def test_a_duty_telephone_that_cannot_be_dialled_is_asked_again(world, sign_in):
    given = {"organisation": world.posts["power"].organisation_id, "telephone": "值班室"}
    address = f"/desk/posts/{world.county.trimmed}/bodies/"
    assert sign_in("administrator").post(address, given).status_code == 422


# --- call-backs ---


def asked_for_a_call(**given):
    opened = open_case("callbacks", {"phone": PHONE, **given}, by=PartyActor("reporter"))
    return Case.everywhere.get(pk=opened.case)


def test_who_asked_to_be_called_stands_there_with_the_clock_the_longest_waiting_first(world, sign_in):
    cases = [asked_for_a_call(when=when) for when in ("morning", "evening")]
    Task.objects.filter(case=cases[1]).update(opened_at=cases[0].at - timedelta(hours=1))
    page = text(sign_in("call_taker").get(CALLS))
    waiting = re.findall(r'href="/desk/cases/([\d-]+)/"', page[page.index('id="backs"') :])
    assert waiting == [cases[1].number, cases[0].number]
    assert "还剩" in page


def test_a_call_that_was_made_stands_there_no_longer(world, sign_in):
    case = asked_for_a_call()
    take(case, "talk", {}, by=world.by("call_taker"), seen=case.version)
    assert case.number not in text(sign_in("call_taker").get(CALLS))


def test_nobody_is_shown_who_waits_while_somebody_is_on_the_line(world, sign_in):
    case = asked_for_a_call()
    assert case.number not in text(call(sign_in("call_taker"), "find", phone="13900000000"))


def test_more_than_anybody_counts_is_told_as_more(world, sign_in, monkeypatch):
    reported(world), reported(world)
    page = sign_in("call_taker").get(CALLS)
    assert (page.context["queue"].unaccepted, "<strong>2</strong>" in text(page)) == (2, True)
    monkeypatch.setattr(call_figures, "MOST_COUNTED", 1)
    assert "<strong>1+</strong>" in text(sign_in("call_taker").get(CALLS))
