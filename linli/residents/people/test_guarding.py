"""Guardians: noted from a paper, several, ended, replaced, contested; a child's end by themselves at eighteen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given as examples
from hypothesis import strategies as some

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.ledger.models import Entry
from linli.posts.actor import PartyActor
from linli.residents.accounts import first_sign_in
from linli.residents.models import Access, Contact, Guardianship, Person
from linli.residents.people.ages import age_of, birthday, years_old
from linli.residents.people.changing import end
from linli.residents.people.conftest import given, registered_child
from linli.residents.people.erasing import erase_due
from linli.residents.people.guarding import (
    GivenGuardian,
    contest,
    end_guardian,
    end_of_age,
    note_guardian,
    settle,
)
from linli.residents.people.reading import read_person
from linli.residents.people.registering import register
from linli.residents.people.warding import age_of_record, guards, guards_of, is_contested
from linli.residents.purposes import GUARDIAN, GUARDIANS, purpose_named

pytestmark = pytest.mark.django_db
MOTHER, FATHER = "13800000001", "13800000002"
WINDOW = "chengguan_clerk"


def years_ago(years: int, days: int = 0) -> date:
    return birthday(timezone.localdate(), -years) + timedelta(days=days)


def paper(**changes: Any) -> GivenGuardian:
    said: dict[str, Any] = {
        "name": "慕容夫人",
        "ground": "minor",
        "tie": "parent",
        "paper": "household",
        "since": years_ago(6),
        "phone": MOTHER,
        "born": years_ago(6),
    }
    return GivenGuardian(**{**said, **changes})


def contact_of(phone: str) -> Contact:
    return first_sign_in(phone).resident.contact


@pytest.fixture
def child(world: Any) -> Person:
    return registered_child(world)


@pytest.fixture
def guarded(world: Any, child: Person) -> Person:
    note_guardian(child, paper(), by=world.by(WINDOW))
    return child


# --- ages


@examples(born=some.dates(date(1930, 1, 1), date(2026, 1, 1)), years=some.sampled_from([8, 14, 18]))
def test_somebody_is_so_old_from_the_midnight_of_the_birthday_on_and_not_a_day_before(
    born: date, years: int
) -> None:
    day = birthday(born, years)
    assert (years_old(born, day), years_old(born, day - timedelta(days=1))) == (years, years - 1)
    assert (day.month, day.day) in {(born.month, born.day), (2, 28)}


@examples(born=some.dates(date(1930, 1, 1), date(2026, 1, 1)), days=some.integers(0, 36_000))
def test_nobody_grows_younger(born: date, days: int) -> None:
    on = born + timedelta(days=days)
    assert 0 <= years_old(born, on) <= years_old(born, on + timedelta(days=1)) <= years_old(born, on) + 1


@pytest.mark.parametrize(
    ("born", "day", "child", "minor"),
    [
        (date(2012, 2, 29), date(2026, 2, 27), True, True),
        (date(2012, 2, 29), date(2026, 2, 28), False, True),
        (date(2008, 2, 29), date(2026, 2, 27), False, True),
        (date(2008, 2, 29), date(2026, 2, 28), False, False),
        (date(2008, 11, 25), date(2026, 11, 24), False, True),
        (date(2008, 11, 25), date(2026, 11, 25), False, False),
    ],
)
def test_fourteen_and_eighteen_come_on_the_birthday_also_of_those_born_on_29_february(
    born: date, day: date, child: object, minor: object
) -> None:
    age = age_of(born.isoformat(), day)
    assert (age.child, age.minor) == (child, minor)


def test_nobody_whose_age_is_not_known_is_taken_for_a_child() -> None:
    assert not age_of("", date(2026, 1, 1)).minor


# --- noting


def test_a_guardian_is_noted_with_the_paper_by_a_post_in_ledger_and_log(guarded: Person, world: Any) -> None:
    [found] = guards_of(guarded)
    assert (found.ground, found.tie, found.paper) == ("minor", "parent", "household")
    assert found.row.post == world.posts[WINDOW].pk
    entry = Entry.objects.get(name="residents.note_guardian")
    assert (entry.about, set(entry.facts)) == (guarded.pk, {"guardianship", "replaces"})
    assert Access.objects.get(activity=purpose_named(GUARDIANS).nr).person_id == guarded.pk


def test_nothing_of_a_guardian_lies_in_the_clear(guarded: Person) -> None:
    kept = str(vars(Guardianship.objects.get()))
    for marker in ("慕容夫人", MOTHER, "minor", "parent", years_ago(6).isoformat() + "'"):
        assert marker not in kept


def test_a_guardian_is_known_by_the_number_that_was_proven_and_nobody_else_is(guarded: Person) -> None:
    assert guards(contact_of(MOTHER), guarded)
    assert guards(contact_of(FATHER), guarded) is None


def test_both_parents_are_guardians_each_by_themselves(guarded: Person, world: Any) -> None:
    note_guardian(guarded, paper(name="慕容先生", phone=FATHER), by=world.by(WINDOW))
    assert len(guards_of(guarded)) == 2
    assert guards(contact_of(MOTHER), guarded)
    assert guards(contact_of(FATHER), guarded)


def test_the_same_number_is_noted_once(guarded: Person, world: Any) -> None:
    with pytest.raises(Conflict):
        note_guardian(guarded, paper(name="又一次"), by=world.by(WINDOW))
    assert Guardianship.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"born": None}, "born"),
        ({"born": years_ago(18)}, "born"),
        ({"born": years_ago(-1)}, "born"),
        ({"name": " "}, "name"),
        ({"phone": "0517-1234567"}, "phone"),
        ({"since": years_ago(-1)}, "since"),
        ({"ground": "none", "paper": "household"}, "paper"),
        ({"ground": "limited", "paper": "named"}, "paper"),
        ({"tie": "friend"}, "tie"),
    ],
)
def test_what_no_paper_can_say_is_refused_and_nothing_is_kept(
    child: Person, world: Any, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        note_guardian(child, paper(**wrong), by=world.by(WINDOW))
    assert field in refused.value.facts["fields"]
    assert not Guardianship.objects.exists()


def test_the_day_before_the_eighteenth_birthday_a_parent_is_still_noted(child: Person, world: Any) -> None:
    note_guardian(child, paper(born=years_ago(18, 1)), by=world.by(WINDOW))
    assert guards_of(child)


def test_a_court_finds_that_an_adult_cannot_act_alone(child: Person, world: Any) -> None:
    said = paper(ground="none", tie="spouse", paper="judgment", born=None)
    note_guardian(child, said, by=world.by(WINDOW))
    assert guards_of(child)[0].ground == "none"


@pytest.mark.parametrize(("post", "refusal"), [("东门社区第一网格", NotYours), ("liuhe_clerk", NotFound)])
def test_who_may_not_note_guardians_learns_nothing(
    child: Person, world: Any, post: str, refusal: Any
) -> None:
    with pytest.raises(refusal):
        note_guardian(child, paper(), by=world.by(post))
    assert not Guardianship.objects.exists()


# --- coming of age


def at(day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_asked: day)


def test_at_eighteen_it_is_over_at_midnight_whether_the_loop_has_run_or_not(
    guarded: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    mother = contact_of(MOTHER)
    day = birthday(years_ago(6), 18)
    at(day - timedelta(days=1), monkeypatch)
    assert guards(mother, guarded)
    at(day, monkeypatch)
    assert guards(mother, guarded) is None
    assert (end_of_age(), end_of_age()) == (1, 0)
    assert Guardianship.objects.get().until == day
    assert Entry.objects.get(name="residents.end_guardian").relation == "ages"


def test_what_a_court_found_does_not_end_with_an_age(
    child: Person, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_guardian(child, paper(ground="limited", paper="judgment"), by=world.by(WINDOW))
    at(birthday(years_ago(6), 40), monkeypatch)
    assert (len(guards_of(child)), end_of_age()) == (1, 0)


# --- the end


def test_an_ended_guardian_is_one_no_more_at_once(guarded: Person, world: Any) -> None:
    [found] = guards_of(guarded)
    end_guardian(guarded, found.row.pk, "revoked", on=timezone.localdate(), by=world.by(WINDOW))
    assert guards(contact_of(MOTHER), guarded) is None
    with pytest.raises(Conflict):
        end_guardian(guarded, found.row.pk, "revoked", on=timezone.localdate(), by=world.by(WINDOW))
    assert guards_of(guarded, going=False)[0].why_ended == "revoked"


def test_whoever_is_replaced_ends_in_the_same_step(guarded: Person, world: Any) -> None:
    [before] = guards_of(guarded)
    said = paper(name="慕容先生", phone=FATHER, since=timezone.localdate(), instead_of=before.row.pk)
    note_guardian(guarded, said, by=world.by(WINDOW))
    assert guards(contact_of(MOTHER), guarded) is None
    assert guards(contact_of(FATHER), guarded)


def test_a_replacement_that_fails_leaves_the_guardian_in_place(guarded: Person, world: Any) -> None:
    [before] = guards_of(guarded)
    early = paper(phone=FATHER, since=years_ago(7), born=years_ago(7), instead_of=before.row.pk)
    with pytest.raises(Invalid):
        note_guardian(guarded, early, by=world.by(WINDOW))
    assert guards(contact_of(MOTHER), guarded)


def test_with_the_wards_record_it_ends(guarded: Person, world: Any) -> None:
    end(guarded, "moved_away", on=timezone.localdate(), by=world.by(WINDOW))
    assert guards(contact_of(MOTHER), guarded) is None


def test_nobody_ends_a_guardianship_of_somebody_else(guarded: Person, world: Any) -> None:
    other = register(
        given(world, name="令狐", phone="", number="", document="none"), by=world.by(WINDOW), sure=True
    )
    with pytest.raises(NotFound):
        end_guardian(
            other, guards_of(guarded)[0].row.pk, "died", on=timezone.localdate(), by=world.by(WINDOW)
        )


def test_past_its_period_nothing_of_it_is_left(guarded: Person, world: Any) -> None:
    row = guards_of(guarded)[0].row
    end_guardian(guarded, row.pk, "died", on=timezone.localdate(), by=world.by(WINDOW))
    Guardianship.objects.update(since=years_ago(9), until=years_ago(4))
    assert erase_due() == 4
    now = Guardianship.objects.get()
    sealed = (now.guardian_sealed, now.number_sealed, now.born_sealed, now.terms_sealed)
    assert ({bytes(each) for each in sealed}, now.number_index) == ({b""}, "")


# --- disagreement


def test_a_disagreement_is_noted_and_settled_and_takes_nobodys_place(guarded: Person, world: Any) -> None:
    note_guardian(guarded, paper(name="慕容先生", phone=FATHER), by=world.by(WINDOW))
    contest(guarded, by=world.by(WINDOW))
    assert is_contested(guards_of(guarded))
    assert len(guards_of(guarded)) == 2
    with pytest.raises(Conflict):
        contest(guarded, by=world.by(WINDOW))
    settle(guarded, by=world.by(WINDOW))
    assert not is_contested(guards_of(guarded))


# --- what a guardian reads


def test_a_guardian_reads_the_wards_record_and_the_ward_sees_it(guarded: Person) -> None:
    by = PartyActor(GUARDIAN, person=contact_of(MOTHER).pk)
    assert read_person(guarded, GUARDIAN, by=by, fields=("name",)).name == "慕容小小"
    row = Access.objects.get(activity=purpose_named(GUARDIAN).nr)
    assert (row.person_id, row.relation, row.post) == (guarded.pk, "guardian", None)


@pytest.mark.parametrize("phone", [FATHER, ""])
def test_nobody_else_reads_it_by_saying_to_be_one(guarded: Person, phone: str) -> None:
    by = PartyActor(GUARDIAN, person=contact_of(phone).pk if phone else None)
    with pytest.raises(NotFound):
        read_person(guarded, GUARDIAN, by=by)
    assert not Access.objects.filter(activity=purpose_named(GUARDIAN).nr).exists()


def test_a_guardian_has_no_other_purpose(guarded: Person) -> None:
    by = PartyActor(GUARDIAN, person=contact_of(MOTHER).pk)
    with pytest.raises(NotFound):
        read_person(guarded, "window", by=by)


def test_the_age_is_known_from_the_guardianship_where_the_record_does_not_say(guarded: Person) -> None:
    assert age_of_record(guarded).child
