"""Parties over time: a lost phone, their rights over their data, history, races; and no code ever acts as another."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotFound, NotYours, Refusal, Stale
from linli.base.writing import writing
from linli.cases.calling import matters_of_caller
from linli.cases.emergency import break_glass
from linli.cases.follow import followed, ways_into
from linli.cases.held_data import Held, everything_about, held
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Notice
from linli.cases.new_numbers import NewNumber, renumber
from linli.cases.permission import require_step
from linli.cases.printouts import Asked, printout
from linli.cases.replaying import Past, PastStep, replay_many
from linli.cases.touched import Reach, tell_of
from linli.ledger.models import Entry, EntryDetail
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact
from linli.residents.looks import Whose, looks_at
from linli.residents.models import Access
from linli.residents.purposes import purpose_named
from linli.residents.reading import read
from tests import parties
from tests.parties import (
    CLERK,
    LI,
    RESPONDENT,
    WANG,
    WITNESS,
    ZHAO,
    actor_of,
    code_of,
    contact_of,
    dispute,
    entry,
    invited,
    matter,
    messages_of,
    version,
)

NO_CASE = UUID(int=0)


@pytest.fixture(autouse=True)
def _matters_have_parties(monkeypatch: pytest.MonkeyPatch) -> None:
    parties.let_matters_have_parties(monkeypatch)


@pytest.fixture
def messages(settings: Any) -> Any:
    """Sends what waits and gives it: (number, text)."""
    return messages_of(settings)


# --- a lost phone -------------------------------------------------------------------------------------------


def lost(case: Case, nr: int, phone: str, world: Any, **more: Any) -> None:
    """Another number for a party, as the page of the post sends it."""
    old = next(way.contact for way in ways_into(case) if way.by.nr == nr)
    given = {"proof": "核对身份证", "seen": old, "by": CLERK} | more
    renumber(case, NewNumber(nr, phone, given["proof"], given["seen"]), by=world.by(given["by"]))


@pytest.mark.parametrize("nr", [0, 1])
def test_a_new_number_ends_the_old_code_and_its_open_pages(world: Any, nr: int) -> None:
    case = dispute(world)
    by, code = actor_of(case, nr), code_of(case, nr)
    lost(case, nr, ZHAO, world)
    case = Case.everywhere.select_related("reporter").get(pk=case.pk)
    with pytest.raises(NotFound):
        followed(case.number, code)
    with pytest.raises(NotFound):
        require_step(kind_of("matters").procedure.steps["object"], case, [], by=by)
    again = followed(case.number, code_of(case, nr))[1]
    assert (again.nr, again.role) == (nr, by.role)
    reached = case.reporter if nr == 0 else contact_of(case, nr)
    assert read(reached, "own", case, by=again).phone == ZHAO


def test_both_numbers_are_told_and_only_the_new_one_gets_the_code(world: Any, messages: Any) -> None:
    case = dispute(world)
    Notice.objects.all().delete()
    lost(case, 1, ZHAO, world)
    sent = dict(messages())
    assert set(sent) == {WANG, ZHAO}
    assert code_of(case, 1) in sent[ZHAO]
    assert code_of(case, 1) not in sent[WANG]


def test_how_the_person_was_proven_is_kept_apart_from_the_entry(world: Any) -> None:
    case = dispute(world)
    lost(case, 1, ZHAO, world)
    said = entry(case)
    assert (said.name, said.facts) == ("cases.renumber", {"party": 1})
    assert EntryDetail.objects.get(entry=said).words == {"note": "核对身份证"}


@pytest.mark.parametrize(
    ("more", "phone"), [({}, ""), ({"proof": "ok"}, ZHAO), ({}, "12"), ({}, LI), ({"seen": None}, ZHAO)]
)
def test_a_number_or_proof_that_is_missing_or_stale_changes_nothing(
    world: Any, more: Any, phone: str
) -> None:
    case = dispute(world)
    code = code_of(case, 1)
    with pytest.raises((Invalid, Conflict)):
        lost(case, 1, phone, world, **more)
    assert code_of(case, 1) == code


def test_a_post_that_does_not_carry_the_case_puts_no_number_in(world: Any) -> None:
    with pytest.raises((NotYours, NotFound)):
        lost(dispute(world), 1, ZHAO, world, by="chengguan_dispatcher")


def test_a_party_sees_who_looked_at_the_number_it_had_before(world: Any) -> None:
    case = dispute(world)
    read(contact_of(case, 1), "carry", case, by=world.by(CLERK))
    lost(case, 1, ZHAO, world)
    assert looks_at(Whose([each for each in case.contacts_of_party(1) if each])).lines


# --- rights -------------------------------------------------------------------------------------------------


def test_a_partys_contact_stays_while_the_case_is_open(world: Any) -> None:
    case = dispute(world)
    wang = contact_of(case, 1)
    assert held(wang, whole=True, request=NO_CASE)[wang.pk] is Held.OPEN


def test_a_partys_copy_has_its_own_data_and_not_the_others_words(world: Any) -> None:
    case = dispute(world)
    asked: Any = SimpleNamespace(contact=contact_of(case, 1), whole=True, person=None)
    (report,) = everything_about(asked, case)["reports"]
    assert report["contact"]["telephone"] == WANG
    assert report["words"] == ""
    assert LI not in str(report)


def test_a_party_who_calls_is_found_by_its_number_and_sees_the_look_up(world: Any) -> None:
    case = dispute(world)
    assert matters_of_caller(WANG, by=world.by("call_taker")) == [case]
    looks = Access.objects.filter(activity=purpose_named("intake").nr)
    assert [each.contact for each in looks] == [contact_of(case, 1)]


def test_a_printout_for_a_party_says_who_looked_at_that_party_alone(world: Any) -> None:
    case, by = dispute(world), world.by(CLERK)
    read(contact_of(case, 1), "carry", case, by=by)
    made = printout(Asked("", WANG, "id_card"), by=by)
    assert made.cases == [case]
    assert made.lines
    assert not Access.objects.filter(contact=case.reporter, post=by.post.pk).exists()


def test_in_danger_to_life_a_party_is_read_and_told_instead_of_the_reporter(world: Any) -> None:
    case = dispute(world)
    said = {"reason": "对方说要跳楼，需要马上联系到他", "sure": "on"}
    whom = contact_of(case, 1)
    person, review = break_glass(case, said, by=world.by("东门社区第一网格"), whom=whom)
    assert person.phone == WANG
    assert Case.everywhere.get(pk=review.case).reporter == whom


def test_a_leak_is_told_to_each_party_of_the_cases_it_touches(world: Any) -> None:
    case = dispute(world)
    with writing():
        assert tell_of(case, "invite", Reach(numbers=[case.number])) == 2


def test_past_steps_of_parties_come_in_as_history(world: Any) -> None:
    at = timezone.now() - timedelta(days=30)
    steps = [
        PastStep("invite", at + timedelta(days=1), given={"joins": [RESPONDENT]}),
        PastStep("object", at + timedelta(days=2), by=PartyActor("respondent"), given={"words": "不是我"}),
    ]
    given = {"text": "敲墙", "division": world.place("东门社区第一网格")}
    (key,) = replay_many([Past("matters", at, given, steps=steps)])
    case = Case.everywhere.get(pk=key)
    assert [way.by.role for way in ways_into(case)] == ["reporter", "respondent"]
    said = Entry.objects.get(about=key, name="matters.object")
    assert (said.relation, said.facts["party"]) == ("respondent", 1)


# --- races and long walks -----------------------------------------------------------------------------------


def test_two_numbers_put_in_at_once_leave_one(committed_world: Any, at_once: Any) -> None:
    world = committed_world
    case = dispute(world)
    seen = contact_of(case, 1).pk
    outcomes = at_once(
        [lambda phone=phone: lost(case, 1, phone, world, seen=seen) for phone in (ZHAO, "13612345678")]
    )
    assert sum(isinstance(each, Conflict) for each in outcomes) == 1, outcomes
    assert len(ways_into(case)) == 2


def test_the_same_invitation_sent_twice_at_once_adds_one_party(committed_world: Any, at_once: Any) -> None:
    world = committed_world
    case = dispute(world)
    by, seen = world.by(CLERK), version(case)

    def send() -> None:
        parties.invite(matter(case), by=by, seen=seen, joins=[WITNESS])

    outcomes = at_once([send, send])
    assert sum(isinstance(each, Stale) for each in outcomes) == 1, outcomes
    assert [way.by.role for way in ways_into(case)] == ["reporter", "respondent", "witness"]


@pytest.mark.parametrize("seed", range(6))
def test_no_sequence_of_joining_leaving_and_new_numbers_lets_a_code_act_as_another(
    world: Any, seed: int
) -> None:
    """Whatever happens, a code is that of the one party it was given to, or of nobody."""
    chance, case = Random(seed), dispute(world)
    given: dict[str, int] = {}
    for turn in range(25):
        phone = f"136{chance.randrange(10**8):08d}" if chance.random() < 0.8 else ""
        present = [way.by.nr for way in ways_into(case)]
        try:
            what = chance.choice(["join", "join", "leave", "lose"])
            if what == "join":
                role = chance.choice(["respondent", "witness"])
                invited(case, world, joins=[(role, GivenContact(f"某{turn}", phone))])
            elif what == "leave":
                invited(case, world, leaves=[chance.choice(present or [0])])
            elif present:
                lost(case, chance.choice(present), phone, world)
        except Refusal:
            pass
        case = Case.everywhere.select_related("reporter").get(pk=case.pk)
        given |= {way.code: way.by.nr for way in ways_into(case)}
        standing = {way.code: way.by for way in ways_into(case)}
        for code, nr in given.items():
            if code in standing:
                assert followed(case.number, code)[1] == standing[code]
                assert standing[code].nr == nr
            else:
                with pytest.raises(NotFound):
                    followed(case.number, code)
    assert len(given) > 5
