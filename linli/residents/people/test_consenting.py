"""Below fourteen a parent or other guardian agrees; from fourteen on it is the young person's own to say."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, NotFound
from linli.base.ids import uuid7
from linli.posts.actor import PartyActor
from linli.residents import consents
from linli.residents.keeping import GivenContact, sealed_contact
from linli.residents.models import Consent, Contact, Person
from linli.residents.people.conftest import given, registered_child
from linli.residents.people.guarding import contest, note_guardian
from linli.residents.people.registering import register
from linli.residents.people.test_guarding import FATHER, WINDOW, paper, years_ago

pytestmark = pytest.mark.django_db
PHONE = "13800000078"


@pytest.fixture
def child(world: Any) -> Person:
    return registered_child(world, phone=PHONE)


def asked(world: Any, name: str = "慕容小小") -> Consent:
    contact = sealed_contact(GivenContact(name, PHONE))
    contact.save(force_insert=True)
    body = world.posts["power"].organisation
    return consents.ask(contact, consents.Wish(consents.REACH, uuid7(), 0, body), post=None)


def guarded(child: Person, world: Any, years: int = 13, days: int = 0, **changes: Any) -> None:
    born = years_ago(years, days)
    note_guardian(child, paper(born=born, since=born, **changes), by=world.by(WINDOW))


def given_by(consent: Consent, how: str = "own") -> str:
    return consents.give(consent, at=timezone.now(), how=how, sheet=b"x" if how == "paper" else b"")


def test_a_childs_own_yes_is_not_taken_and_nothing_is_kept(child: Person, world: Any) -> None:
    guarded(child, world)
    consent = asked(world)
    with pytest.raises(Conflict, match="fourteen"):
        given_by(consent)
    consent.refresh_from_db()
    assert consent.given_at is None


def test_a_sheet_that_a_guardian_signed_says_so(child: Person, world: Any) -> None:
    guarded(child, world)
    consent = asked(world)
    assert given_by(consent, "paper") == "guardian"
    [agreed] = consents.agreed_by([consent.contact_id])
    assert (agreed.guardian, agreed.going, agreed.anew) == ("mother or father", True, False)


def test_of_several_guardians_one_is_enough(child: Person, world: Any) -> None:
    guarded(child, world)
    guarded(child, world, phone=FATHER)
    assert given_by(asked(world), "paper") == "guardian"


def test_while_guardians_disagree_none_agrees_alone(child: Person, world: Any) -> None:
    guarded(child, world)
    contest(child, by=world.by(WINDOW))
    with pytest.raises(Conflict, match="disagree"):
        given_by(asked(world), "paper")


def test_without_a_noted_guardian_a_sheet_of_a_child_is_not_taken(world: Any) -> None:
    registered_child(world, phone=PHONE, document="card", number=card(years_ago(10)))
    with pytest.raises(Conflict, match="no guardian"):
        given_by(asked(world), "paper")


def test_the_day_before_fourteen_it_is_the_guardians_and_on_the_birthday_ones_own(
    child: Person, world: Any
) -> None:
    guarded(child, world, 14, days=1)
    with pytest.raises(Conflict):
        given_by(asked(world))


def test_from_fourteen_on_it_is_ones_own(child: Person, world: Any) -> None:
    guarded(child, world, 14)
    assert given_by(asked(world)) == "own"


def test_a_parent_with_the_same_number_agrees_for_their_own_name(child: Person, world: Any) -> None:
    guarded(child, world)
    mother = given(world, name="慕容夫人", phone=PHONE, document="none", number="")
    register(mother, by=world.by(WINDOW), sure=True)
    assert given_by(asked(world, "慕容夫人")) == "own"
    with pytest.raises(Conflict):
        given_by(asked(world))


def test_at_fourteen_a_guardians_yes_holds_and_is_asked_anew(
    child: Person, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded(child, world, 14, days=1)
    consent = asked(world)
    given_by(consent, "paper")
    by, mine = PartyActor("reporter"), [consent.contact_id]
    with pytest.raises(NotFound):
        consents.affirm(consent.pk, mine, by=by)
    tomorrow = years_ago(0, 1)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_asked: tomorrow)
    [agreed] = consents.agreed_by(mine)
    assert (agreed.going, agreed.anew) == (True, True)
    with pytest.raises(NotFound):
        consents.affirm(consent.pk, [other_contact().pk], by=by)
    consents.affirm(consent.pk, mine, by=by)
    [agreed] = consents.agreed_by(mine)
    assert (agreed.consent.how, agreed.going, agreed.anew) == ("own", True, False)


def other_contact() -> Contact:
    contact = sealed_contact(GivenContact("令狐", "13800000079"))
    contact.save(force_insert=True)
    return contact


def card(born: Any) -> str:
    """A number with a right check digit."""
    front = f"110105{born:%Y%m%d}123"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return front + "10X98765432"[sum(int(each) * by for each, by in zip(front, weights, strict=True)) % 11]
