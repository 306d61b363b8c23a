"""Residents at the desk: no list, one record at a time after a whole number, every opening in the log."""

import logging
import re
import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from linli.kinds.matters import actions
from linli.ledger.models import Entry
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact
from linli.residents.models import Access, FieldRule, Involvement, Merge, Pair, Person, Residence
from linli.residents.people.conftest import ADDRESS, HOME, NAME, NUMBER, PHONE, given
from linli.residents.people.registering import register
from linli.residents.purposes import purpose_named

pytestmark = pytest.mark.django_db
DESK = "/desk/residents/"
MARKERS = (NAME, PHONE, NUMBER, ADDRESS)
TYPED = {
    "name": NAME,
    "phone": PHONE,
    "document": "card",
    "number": NUMBER,
    "division": HOME,
    "address": ADDRESS,
    "relation": "head",
    "since": "2026-03-01",
    "region": "340122",
    "language": "zh-hans",
}


def text(response):
    return response.content.decode()


@pytest.fixture(autouse=True)
def _nobody_has_looked_up_yet():
    cache.clear()


@pytest.fixture
def resident(world):
    return register(given(world), by=world.by(HOME))


@pytest.fixture
def clerk(sign_in, resident):
    """The clerk of the town, with the record open."""
    client = sign_in("chengguan_clerk")
    assert client.post(DESK, {"number": PHONE}).status_code == 302
    return client


def test_the_number_opens_the_record_and_stands_in_no_address(world, sign_in, resident):
    client = sign_in(HOME)
    found = client.post(DESK, {"number": "137 0013 7001"})
    assert found["Location"] == f"{DESK}{resident.pk}/"
    page = client.get(found["Location"])
    assert all(marker in text(page) for marker in MARKERS)
    assert "no-store" in page["Cache-Control"]
    row = Access.objects.get(activity=purpose_named("window").nr)
    assert (row.person, row.post) == (resident, world.posts[HOME].pk)


def test_each_view_leaves_its_row(clerk, resident):
    for count in (1, 2, 3):
        clerk.get(f"{DESK}{resident.pk}/")
        assert Access.objects.filter(activity=purpose_named("window").nr).count() == count


def test_an_address_alone_opens_nothing(sign_in, resident):
    client = sign_in("chengguan_clerk")
    for page in ("", "household/", "correct/", "move/", "end/"):
        response = client.get(f"{DESK}{resident.pk}/{page}")
        assert response.status_code == 404
        assert NAME not in text(response)
    assert not Access.objects.exclude(activity=purpose_named("upkeep").nr).exists()


def test_one_record_is_open_at_a_time(world, clerk, resident):
    other = register(
        given(world, name="令狐", phone="13700137002", number="", document="none"),
        by=world.by(HOME),
        sure=True,
    )
    clerk.post(DESK, {"number": "13700137002"})
    assert clerk.get(f"{DESK}{other.pk}/").status_code == 200
    assert clerk.get(f"{DESK}{resident.pk}/").status_code == 404


def test_a_record_closes_by_itself(clerk, resident, monkeypatch):
    now = time.time()
    monkeypatch.setattr("linli.portals.desk.residents.time.time", lambda: now + 31 * 60)
    assert clerk.get(f"{DESK}{resident.pk}/").status_code == 404


def test_a_number_of_nobody_here_says_the_same_whoever_it_is(sign_in, resident):
    client = sign_in("liuhe_clerk")
    answers = []
    for number in (PHONE, "13700137002"):
        answer = client.post(DESK, {"number": number})
        answers.append(re.sub(r"\d{11}|csrfmiddlewaretoken\S+ value=\S+", "", text(answer)))
    assert answers[0] == answers[1]
    assert "没有" in answers[0]


@pytest.mark.parametrize(
    "key",
    ["power", "chengguan_dispatcher", "chengguan_checker", "county_clerk", "call_taker", "administrator"],
)
def test_other_posts_have_no_such_pages(sign_in, resident, key):
    client = sign_in(key)
    for page in ("", "register/", f"{resident.pk}/", f"{resident.pk}/household/"):
        assert client.get(f"{DESK}{page}").status_code == 403, page
    assert client.post(DESK, {"number": PHONE}).status_code == 403


@pytest.mark.parametrize("key", ["power", "chengguan_dispatcher", "chengguan_team", "administrator"])
def test_posts_without_a_window_are_not_shown_the_way(sign_in, key):
    assert f'href="{DESK}"' not in text(sign_in(key).get("/desk/"))


def test_registering_asks_once_and_opens_the_record(sign_in):
    client = sign_in(HOME)
    answer = client.post(f"{DESK}register/", TYPED)
    assert answer.status_code == 302
    person = Person.objects.get()
    assert all(marker in text(client.get(answer["Location"])) for marker in MARKERS)
    assert Residence.objects.filter(person=person).count() == 2


def test_what_is_held_is_offered_and_shows_nothing_before_it_is_opened(sign_in, resident):
    client = sign_in("chengguan_clerk")
    asked = client.post(f"{DESK}register/", {**TYPED, "name": "慕容", "address": "东门街99号"})
    assert asked.status_code == 409
    assert ADDRESS not in text(asked)
    assert NAME not in text(asked)
    assert Person.objects.count() == 1
    opened = client.post(f"{DESK}register/", {**TYPED, "name": "慕容", "act": "open-0"})
    assert opened["Location"] == f"{DESK}{resident.pk}/"
    sure = client.post(f"{DESK}register/", {**TYPED, "name": "慕容", "act": "sure"})
    assert sure.status_code == 302
    assert Person.objects.count() == 2
    assert Pair.objects.count() == 1


def test_who_is_known_elsewhere_comes_along_and_nobody_saw_from_where(sign_in, resident):
    client = sign_in("柳河社区第一网格")
    there = {**TYPED, "division": "柳河社区第一网格", "address": "柳河路1号"}
    asked = client.post(f"{DESK}register/", there)
    assert asked.status_code == 409
    assert "东门" not in text(asked)
    came = client.post(f"{DESK}register/", {**there, "act": "along", "since": "2026-06-01"})
    assert came["Location"] == f"{DESK}{resident.pk}/"
    assert Person.objects.count() == 1
    assert "柳河路1号" in text(client.get(came["Location"]))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": "110105194912310021"}, "110105194912310021"),
        ({"division": "无此地"}, "无此地"),
        ({"since": "2999-01-01"}, ADDRESS),
        ({"phone": "abc"}, "abc"),
        ({"region": "1"}, ADDRESS),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(sign_in, wrong, said):
    answer = sign_in(HOME).post(f"{DESK}register/", {**TYPED, **wrong})
    assert answer.status_code == 422
    assert said in text(answer)
    assert NAME in text(answer)
    assert not Person.objects.exists()


def test_a_field_the_place_does_not_keep_is_not_asked_for(sign_in):
    page = text(sign_in(HOME).get(f"{DESK}register/"))
    assert 'name="phone"' in page
    assert 'name="birth"' not in page


def test_only_what_was_changed_is_written(clerk, resident):
    answer = clerk.post(
        f"{DESK}{resident.pk}/correct/",
        {
            "name": NAME,
            "phone": "13700137009",
            "document": "card",
            "number": NUMBER,
            "region": "340122",
            "reason": "换号",
        },
    )
    assert answer.status_code == 302
    page = text(clerk.get(answer["Location"]))
    assert "13700137009" in page
    assert NUMBER in page
    assert Residence.objects.filter(person=resident).count() == 2


def test_a_correction_without_a_reason_is_refused(clerk, resident):
    answer = clerk.post(f"{DESK}{resident.pk}/correct/", {"name": "x", "document": "none"})
    assert answer.status_code == 422


def test_a_move_and_an_end(clerk, resident):
    moved = clerk.post(
        f"{DESK}{resident.pk}/move/",
        {"division": "东门社区第二网格", "address": "东门街88号", "relation": "head", "on": "2026-06-01"},
    )
    assert moved.status_code == 302
    assert "东门街88号" in text(clerk.get(moved["Location"]))
    ended = clerk.post(f"{DESK}{resident.pk}/end/", {"why": "moved_away", "on": "2026-07-01"})
    assert ended["Location"] == DESK
    assert clerk.get(f"{DESK}{resident.pk}/").status_code == 404


def test_the_household_shows_names_only(world, clerk, resident):
    mother = given(world, name="慕容夫人", phone="13700137003", document="none", number="", relation="parent")
    register(mother, by=world.by(HOME), sure=True)
    page = text(clerk.get(f"{DESK}{resident.pk}/household/"))
    assert "慕容夫人" in page
    assert "13700137003" not in page
    assert Access.objects.filter(activity=purpose_named("household").nr).count() == 2


def test_pairs_come_one_at_a_time_and_only_after_the_button(world, clerk, resident):
    for number in (1, 2):
        again = given(world, name=f"慕容{number}", phone="", address=f"{number}号")
        register(again, by=world.by(HOME), sure=True)
    asked = text(clerk.get(f"{DESK}doubles/"))
    assert NAME not in asked
    assert not Access.objects.filter(activity=purpose_named("pairs").nr).exists()
    shown = text(clerk.post(f"{DESK}doubles/"))
    assert NAME in shown
    assert "慕容2" not in shown
    assert Access.objects.filter(activity=purpose_named("pairs").nr).count() == 2


def test_a_merge_is_undone_on_the_page(world, clerk, resident):
    register(given(world, name="慕容", phone="", address="9号"), by=world.by(HOME), sure=True)
    pair = Pair.objects.get()
    assert clerk.post(f"{DESK}doubles/{pair.pk}/", {"keep": "first"}).status_code == 302
    merged = Merge.objects.get()
    page = text(clerk.get(f"{DESK}doubles/"))
    assert str(merged.pk) in page
    assert not any(marker in page for marker in MARKERS)
    clerk.post(f"{DESK}merges/{merged.pk}/undo/", {"contested": "1"})
    assert Person.objects.filter(merged_into=None).count() == 2
    assert Pair.objects.get().state == "apart"


@pytest.fixture
def case(world):
    opened = actions.report(
        by=PartyActor("reporter"),
        text="灯坏了",
        division=world.place(HOME),
        contact=GivenContact("慕容", PHONE),
    )
    return opened.number


def test_from_a_case_the_record_opens_with_the_case_in_the_log(sign_in, resident, case):
    client = sign_in("chengguan_clerk")
    address = f"/desk/cases/{case}/resident/"
    assert address in text(client.get(f"/desk/cases/{case}/"))
    assert NAME not in text(client.get(address))
    assert not Involvement.objects.exists()
    client.get(client.post(address)["Location"])
    about = Involvement.objects.get().about
    assert Access.objects.get(activity=purpose_named("window").nr).about == about


@pytest.mark.parametrize(
    "key", [HOME, "chengguan_dispatcher", "chengguan_checker", "county_clerk", "administrator"]
)
def test_whoever_may_not_know_the_reporter_does_not_learn_it_this_way(sign_in, resident, case, key):
    client = sign_in(key)
    assert "/resident/" not in text(client.get(f"/desk/cases/{case}/"))
    for answer in (client.get(f"/desk/cases/{case}/resident/"), client.post(f"/desk/cases/{case}/resident/")):
        assert answer.status_code == 403
    assert not Involvement.objects.exists()


def test_nothing_of_a_resident_is_in_a_log_or_a_session(clerk, resident, caplog):
    caplog.set_level(logging.DEBUG)
    clerk.get(f"{DESK}{resident.pk}/")
    clerk.get(f"{DESK}{resident.pk}/household/")
    clerk.post(DESK, {"number": NUMBER})
    said = caplog.text + str(dict(clerk.session))
    assert not any(marker in said for marker in MARKERS)


def test_a_post_looks_up_only_so_often(sign_in):
    client = sign_in("chengguan_clerk")
    codes = [client.post(DESK, {"number": "13700137009"}).status_code for _time in range(12)]
    assert codes[0] == 200
    assert codes[-1] == 429


def test_an_administrator_decides_what_is_asked_and_nobody_else(world, sign_in):
    decided = {
        "field": "birth",
        "asked": "on",
        "basis": "高龄津贴",
        "months": "6",
        "valid_from": "2026-01-01",
    }
    assert sign_in(HOME).post(f"{DESK}fields/", decided).status_code == 403
    client = sign_in("administrator")
    assert client.post(f"{DESK}fields/", {**decided, "months": "99"}).status_code == 422
    assert client.post(f"{DESK}fields/", decided).status_code == 302
    assert "高龄津贴" in text(client.get(f"{DESK}fields/"))
    assert 'name="birth"' in text(sign_in(HOME).get(f"{DESK}register/"))


def test_an_administrator_keeps_readings_longer_and_nobody_shortens_what_the_law_asks(world, sign_in):
    kept = {"months": "60", "basis": "县档案局规定", "valid_from": timezone.localdate().isoformat()}
    assert sign_in(HOME).post(f"{DESK}fields/readings/", kept).status_code == 403
    client = sign_in("administrator")
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    for wrong in ({"months": "35"}, {"months": "121"}, {"basis": ""}, {"valid_from": yesterday}):
        assert client.post(f"{DESK}fields/readings/", {**kept, **wrong}).status_code == 422
    assert not FieldRule.objects.filter(field="looks").exists()
    assert client.post(f"{DESK}fields/readings/", kept).status_code == 302
    entry = Entry.objects.get(name="residents.set_field")
    assert (entry.facts["field"], entry.facts["months"]) == ("looks", 60)
    assert "县档案局规定" in text(client.get(f"{DESK}fields/readings/"))
    assert "60" in text(sign_in(HOME).get(f"{DESK}fields/"))


def test_everybody_with_a_window_reads_what_is_kept_and_how_long(sign_in):
    page = text(sign_in(HOME).get(f"{DESK}fields/"))
    assert "个人信息保护法" in page
