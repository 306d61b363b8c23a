"""What a subject reads about looks at their data, and what a stolen session row tells."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.base.rows import insert_values
from linli.residents import purposes
from linli.residents.access import CLASSES, WORDS, Glance, Seen, values_for
from linli.residents.delays import delayed_by_month
from linli.residents.keeping import GivenContact, sealed_contact
from linli.residents.looks import Whose, looks_at
from linli.residents.models import Access, How
from linli.residents.purposes import WORK, Delay, Purpose, add_purpose
from linli.residents.reading import log

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(db):
    made = sealed_contact(GivenContact("李小芳", "13912345678"))
    made.save(force_insert=True)
    return made


@pytest.fixture
def register(monkeypatch):
    """A register that a test may add to."""
    monkeypatch.setattr(purposes, "_purposes", dict(purposes._purposes))
    monkeypatch.setattr(purposes, "_by_nr", dict(purposes._by_nr))


def test_the_newest_look_comes_first_and_posts_are_named_without_holders(world, contact):
    for key in ("county_clerk", "call_taker"):
        log([(contact, None)], "call_back", ["name", "phone"], by=world.by(key))
    looks = looks_at(Whose([contact.pk])).lines
    assert [look.who for look in looks] == ["热线话务员", "县级受理员"]
    assert looks[0].organisation == "云溪县社会治理现代化指挥中心"
    assert looks[0].fields == "name, telephone number"


def test_a_reason_that_has_left_the_register_is_still_listed(world, contact, register):
    log([(contact, None)], "call_back", ["phone"], by=world.by("call_taker"))
    purposes._by_nr.pop(1)
    assert looks_at(Whose([contact.pk])).lines[0].purpose == "For a reason that is no longer in the register"


def test_many_looks_cost_two_statements(world, contact, django_assert_num_queries):
    for _time in range(20):
        log([(contact, uuid4())], "call_back", ["phone"], by=world.by("call_taker"))
    with django_assert_num_queries(2):
        assert len(looks_at(Whose([contact.pk])).lines) == 20


def test_pages_follow_each_other_without_a_gap(world, contact, monkeypatch):
    monkeypatch.setattr("linli.residents.looks.PAGE", 3)
    for _time in range(7):
        log([(contact, uuid4())], "call_back", ["phone"], by=world.by("call_taker"))
    seen, key = [], None
    while True:
        page = looks_at(Whose([contact.pk]), before=key)
        seen += [look.key for look in page.lines]
        key = page.older
        if key is None:
            break
    assert len(seen) == len(set(seen)) == 7


def test_a_row_of_a_list_the_page_and_its_photos_are_one_line(world, contact):
    case, by = uuid4(), world.by("chengguan_clerk")
    for name, how in (("words", How.LIST), ("words", How.VIEW), ("photos", How.VIEW), ("photos", How.VIEW)):
        rows = values_for(Glance(by, WORK, how), {Seen(contact.pk, case): CLASSES[name]})
        insert_values(Access, rows)
    [look] = looks_at(Whose([contact.pk])).lines
    assert (look.fields, look.how) == ("what you wrote, your photos", "as one row of a list, opened")


def test_what_was_read_at_another_time_or_in_another_matter_is_a_line_of_its_own(world, contact, monkeypatch):
    by, case = world.by("chengguan_clerk"), uuid4()
    now = timezone.now()
    for about, ago in ((case, 0), (uuid4(), 0), (case, 11)):
        at = now - timedelta(minutes=ago)
        monkeypatch.setattr("linli.residents.access.timezone.now", lambda at=at: at)
        insert_values(Access, values_for(Glance(by, WORK, How.VIEW), {Seen(contact.pk, about): WORDS}))
    assert len(looks_at(Whose([contact.pk])).lines) == 3


def test_whoever_left_no_contact_finds_it_by_the_matter(world):
    case = uuid4()
    insert_values(
        Access, values_for(Glance(world.by("call_taker"), WORK, How.VIEW), {Seen(None, case): WORDS})
    )
    assert len(looks_at(Whose(nameless=[case])).lines) == 1
    assert looks_at(Whose(nameless=[uuid4()])).lines == []
    assert looks_at(Whose()).lines == []


def test_ones_own_looks_are_listed_only_when_asked_for(contact, world):
    log([(contact, None)], "own", ["phone"], by=world.by("call_taker"))
    assert looks_at(Whose([contact.pk])).lines == []
    assert len(looks_at(Whose([contact.pk]), own=True).lines) == 1


def inquiry(days=60, since=date(2026, 1, 1)):
    add_purpose(Purpose(90, "inquiry", lambda: "Inquiry", "x", (), delay=Delay(days, "law", "body", since)))


def test_what_has_a_published_delay_appears_by_itself_when_it_is_over(world, contact, register, monkeypatch):
    inquiry(60)
    log([(contact, None)], "inquiry", ["phone"], by=world.by("call_taker"))
    assert looks_at(Whose([contact.pk])).lines == []
    later = timezone.now() + timedelta(days=61)
    monkeypatch.setattr("linli.residents.looks.timezone.now", lambda: later)
    assert [look.purpose for look in looks_at(Whose([contact.pk])).lines] == ["Inquiry"]


def test_a_delay_does_not_reach_back_before_it_was_published(world, contact, register):
    inquiry(60, since=timezone.localdate() + timedelta(days=2))
    log([(contact, None)], "inquiry", ["phone"], by=world.by("call_taker"))
    assert len(looks_at(Whose([contact.pk])).lines) == 1


def test_how_many_lines_are_delayed_is_counted_for_everybody(world, contact, register):
    assert delayed_by_month(timezone.now()) == []
    inquiry()
    for _time in range(3):
        log([(contact, None)], "inquiry", ["phone"], by=world.by("call_taker"))
    [row] = delayed_by_month(timezone.now())
    assert (row.count, row.purpose.name) == (3, "inquiry")


def test_no_delay_is_longer_than_ninety_days_and_no_number_is_given_twice(register):
    with pytest.raises(ValueError, match="90 days"):
        inquiry(91)
    with pytest.raises(ValueError, match="already"):
        add_purpose(Purpose(1, "other", str, "x", ()))


def test_a_session_row_holds_nothing_readable_and_comes_back(db):
    session = SessionStore()
    session["phone"] = "13912345678"
    session.save()
    stored = Session.objects.get(pk=session.session_key)
    assert "13912345678" not in str(stored.session_data)
    assert SessionStore(session.session_key)["phone"] == "13912345678"


def test_two_seals_of_one_session_differ(db):
    session = SessionStore()
    assert session.encode({"a": 1}) != session.encode({"a": 1})


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "whose", [{"contacts": 1}, {"contacts": 30}, {"contacts": 3, "people": 2}, {"nameless": 1}], ids=str
)
@pytest.mark.parametrize("further", [False, True])
def test_ones_own_rows_are_found_by_an_index_among_everybody_elses(db, whose, further):
    keys = {part: [uuid4() for _each in range(count)] for part, count in whose.items()}
    before = uuid4() if further else None
    with CaptureQueriesContext(connection) as asked:
        looks_at(Whose(**keys), before=before)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[0]['sql']}")
        plan = [row[3] for row in cursor.fetchall()]
    walked = [step for step in plan if step.startswith(("SCAN", "SEARCH"))]
    assert walked
    assert all("USING INDEX access_" in step for step in walked), plan
