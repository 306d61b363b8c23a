"""What a subject reads about looks at their data, and what a stolen session row tells."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from linli.residents.keeping import GivenContact, sealed_contact
from linli.residents.looks import looks_at
from linli.residents.reading import log

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(db):
    made = sealed_contact(GivenContact("李小芳", "13912345678"))
    made.save(force_insert=True)
    return made


def test_the_newest_look_comes_first_and_posts_are_named_without_holders(world, contact):
    for key in ("county_clerk", "call_taker"):
        log([(contact, None)], "call_back", ["name", "phone"], by=world.by(key))
    looks = looks_at([contact.pk])
    assert [look.who for look in looks] == ["热线话务员", "县级受理员"]
    assert looks[0].organisation == "云溪县社会治理现代化指挥中心"
    assert looks[0].fields == "name, telephone number"


def test_a_purpose_that_has_left_the_register_is_still_listed(world, contact):
    log([(contact, None)], "long_gone", ["phone"], by=world.by("call_taker"))
    assert looks_at([contact.pk])[0].purpose == "long_gone"


def test_many_looks_cost_two_statements(world, contact, django_assert_num_queries):
    for _time in range(20):
        log([(contact, None)], "call_back", ["phone"], by=world.by("call_taker"))
    with django_assert_num_queries(2):
        assert len(looks_at([contact.pk])) == 20


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
