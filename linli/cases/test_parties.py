"""Further parties of a case: who joins, by which code, who is told, and that nobody acts as another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.cases.follow import follow_code, followed, ways_into
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Notice, Party
from linli.cases.opening import Draft, open_many
from linli.cases.parties import GivenParty
from linli.cases.permission import require_step
from linli.cases.procedure import Procedure, mistakes_in
from linli.cases.story import story_for_reporter, story_for_staff
from linli.kinds.matters.models import Matter
from linli.ledger.models import EntryDetail
from linli.posts.actor import PartyActor, Side
from linli.residents.keeping import GivenContact
from linli.residents.looks import Whose, looks_at
from linli.residents.models import Access
from linli.residents.reading import read, read_many
from tests import parties
from tests.parties import (
    CLERK,
    LI,
    RESPONDENT,
    WANG,
    WITNESS,
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


# --- the procedure ------------------------------------------------------------------------------------------


def _mistakes(**changes: Any) -> list[str]:
    procedure = kind_of("matters").procedure
    steps = {**procedure.steps, "object": replace(procedure.steps["object"], **changes)}
    return list(mistakes_in(Procedure(**{**vars_of(procedure), "steps": steps})))


def vars_of(procedure: Procedure) -> dict[str, Any]:
    return {name: getattr(procedure, name) for name in Procedure.__dataclass_fields__}


def test_a_step_for_a_party_that_no_role_names_is_a_mistake_with_a_sentence() -> None:
    assert "step object names an unknown party neighbour: list it under roles, or say reporter or anyone" in (
        _mistakes(parties=frozenset({"neighbour"}))
    )


def test_a_notice_to_a_party_that_no_role_names_is_a_mistake_with_a_sentence() -> None:
    assert (
        "step object tells an unknown party neighbour: list it under roles, or say reporter or parties"
        in (_mistakes(tells=frozenset({"neighbour"})))
    )


# --- joining ------------------------------------------------------------------------------------------------


def test_who_joins_has_a_number_a_sealed_contact_and_a_code_of_their_own(world: Any) -> None:
    case = dispute(world, RESPONDENT, WITNESS)
    rows = {each.nr: each for each in Party.objects.filter(case=case)}
    assert {nr: each.role for nr, each in rows.items()} == {1: "respondent", 2: "witness"}
    assert "王强".encode() not in bytes(rows[1].contact.name_sealed)
    assert len({code_of(case, nr) for nr in (0, 1, 2)}) == 3
    assert code_of(case, 0) == follow_code(case.pk)


def test_the_entry_says_the_numbers_of_those_who_join_and_nothing_else_about_them(world: Any) -> None:
    said = entry(dispute(world))
    assert said.facts["joined"] == [1]
    assert "王强" not in str(said.facts) + str(EntryDetail.objects.filter(entry=said).values_list("words"))
    assert WANG not in str(said.facts)


def test_parties_can_be_there_from_the_opening_on(world: Any) -> None:
    draft = Draft(
        "matters",
        PartyActor("reporter"),
        world.place("东门社区第一网格"),
        Matter(text="敲墙"),
        "敲墙",
        "web",
        contact=GivenContact("李小芳", LI),
        parties=[GivenParty(*RESPONDENT), GivenParty(*WITNESS)],
    )
    case = Case.everywhere.get(pk=open_many([draft])[0].case)
    assert [way.by.role for way in ways_into(case)] == ["reporter", "respondent", "witness"]
    assert entry(case).facts["joined"] == [1, 2]


def test_there_are_no_more_of_a_role_than_the_procedure_allows(world: Any) -> None:
    case = dispute(world, *[("respondent", GivenContact(f"王{each}")) for each in "甲乙丙"])
    with pytest.raises(Conflict, match="3"):
        invited(case, world, joins=[("respondent", GivenContact("王丁"))])
    assert Party.objects.filter(case=case).count() == 3


def test_who_left_makes_room_and_their_number_in_the_case_is_not_given_again(world: Any) -> None:
    case = dispute(world, *[("respondent", GivenContact(f"王{each}")) for each in "甲乙丙"])
    invited(case, world, leaves=[3], joins=[("respondent", GivenContact("王丁"))])
    assert [way.by.nr for way in ways_into(case)] == [0, 1, 2, 4]


@pytest.mark.parametrize("phone", [LI, WANG, "+86 139-1234-5678"])
def test_the_number_of_another_party_is_refused(world: Any, phone: str) -> None:
    case = dispute(world)
    with pytest.raises(Conflict):
        invited(case, world, joins=[("witness", GivenContact("赵敏", phone))])


def test_a_party_of_whom_nothing_is_given_is_refused(world: Any) -> None:
    with pytest.raises(Invalid):
        invited(dispute(world), world, joins=[("witness", GivenContact())])


# --- acting -------------------------------------------------------------------------------------------------


def test_the_code_opens_the_case_as_that_party_and_as_no_other(world: Any) -> None:
    case = dispute(world, RESPONDENT, WITNESS)
    for nr, role in ((0, "reporter"), (1, "respondent"), (2, "witness")):
        by = followed(case.number, code_of(case, nr))[1]
        assert (by.nr, by.role, by.relation) == (nr, role, role)


def test_a_party_takes_its_steps_and_its_number_is_in_the_entry(world: Any) -> None:
    case = dispute(world)
    parties.object_(matter(case), words="不是我", by=actor_of(case, 1), seen=version(case))
    said = entry(case)
    assert (said.relation, said.facts["party"]) == ("respondent", 1)


@pytest.mark.parametrize("nr", [0, 2])
def test_a_step_of_one_role_is_not_another_partys(world: Any, nr: int) -> None:
    case = dispute(world, RESPONDENT, WITNESS)
    with pytest.raises(NotYours):
        parties.object_(matter(case), by=actor_of(case, nr), seen=version(case))


def test_who_acts_for_a_party_takes_its_steps_but_none_in_person(world: Any) -> None:
    case = dispute(world, RESPONDENT, WITNESS)
    for_wang, for_zhao = (
        PartyActor("representative", case.pk, side=actor_of(case, nr).side) for nr in (1, 2)
    )
    parties.object_(matter(case), by=for_wang, seen=version(case))
    assert (entry(case).relation, entry(case).facts["party"]) == ("representative", 1)
    with pytest.raises(NotYours):
        parties.swear(matter(case), by=for_zhao, seen=version(case))


@pytest.mark.parametrize(
    "forged",
    [
        lambda by: replace(by, side=None),
        lambda by: replace(by, side=replace(by.side, nr=2)),
        lambda by: replace(by, relation="witness", side=replace(by.side, role="witness")),
        lambda by: replace(by, relation="witness"),
        lambda by: PartyActor("respondent", by.case, side=Side(by.case, "respondent", 1)),
    ],
)
def test_a_role_without_the_row_that_gives_it_finds_nothing(world: Any, forged: Any) -> None:
    case = dispute(world)
    for step in ("object", "swear"):
        with pytest.raises(NotFound):
            require_step(kind_of("matters").procedure.steps[step], case, [], by=forged(actor_of(case, 1)))


def test_who_left_acts_no_more_and_the_code_opens_nothing(world: Any) -> None:
    case = dispute(world)
    by, code = actor_of(case, 1), code_of(case, 1)
    invited(case, world, leaves=[1])
    with pytest.raises(NotFound):
        followed(case.number, code)
    with pytest.raises(NotFound):
        parties.object_(matter(case), by=by, seen=version(case))


# --- being told ---------------------------------------------------------------------------------------------


def test_each_party_is_told_with_its_own_code(world: Any, messages: list[tuple[str, str]]) -> None:
    case = dispute(world)
    sent = {phone: text for phone, text in messages() if "新进展" in text or "news" in text}
    assert code_of(case, 0) in sent[LI]
    assert code_of(case, 1) in sent[WANG]
    assert code_of(case, 0) not in sent[WANG]


def test_an_action_may_choose_whom_it_tells(world: Any) -> None:
    case = dispute(world)
    Notice.objects.all().delete()
    invited(case, world, tells=[1])
    assert [each.contact for each in Notice.objects.filter(channel="sms")] == [contact_of(case, 1)]


def test_what_a_party_wrote_is_not_shown_to_the_others(world: Any) -> None:
    case = dispute(world, RESPONDENT, WITNESS)
    parties.object_(matter(case), words="其实是楼下", by=actor_of(case, 1), seen=version(case))
    shown = {nr: story_for_reporter(case, nr)[-1] for nr in (0, 1, 2)}
    assert shown[1].words == {"reason": "其实是楼下"}
    assert [(shown[nr].words, shown[nr].post) for nr in (0, 2)] == [({}, "Respondent")] * 2
    assert story_for_staff(case, by=world.by(CLERK))[-1].party == "Respondent"


# --- reading ------------------------------------------------------------------------------------------------


def test_a_party_reads_its_own_contact_and_never_anothers(world: Any) -> None:
    case = dispute(world)
    by, li = actor_of(case, 1), case.reporter
    assert read(contact_of(case, 1), "own", case, by=by).phone == WANG
    for whose, other in ((li, by), (contact_of(case, 1), actor_of(case, 0))):
        with pytest.raises(NotFound):
            read(whose, "own", case, by=other)


def test_parties_who_are_named_to_each_other_read_the_name_only_and_it_is_logged(world: Any) -> None:
    case = dispute(world, RESPONDENT, WITNESS)
    (li,) = read_many([(case.reporter, case)], "between", by=actor_of(case, 1))
    assert (li.name, li.phone, li.address) == ("李小芳", "", "")
    assert looks_at(Whose([case.reporter_id])).lines[0].who == "Another party of the case"
    with pytest.raises(NotFound):
        read_many([(contact_of(case, 2), case)], "between", by=actor_of(case, 1))


def test_who_carries_the_case_reads_named_parties_and_only_they_see_it(world: Any) -> None:
    case, by = dispute(world), world.by(CLERK)
    assert read(contact_of(case, 1), "carry", case, by=by).phone == WANG
    own = Access.objects.filter(post=by.post.pk)
    assert own.filter(contact=contact_of(case, 1)).exists()
    assert not own.filter(contact=case.reporter).exists()


def test_who_has_no_task_in_it_and_what_no_role_names_stays_shielded(world: Any) -> None:
    case = dispute(world, RESPONDENT, WITNESS)
    for contact, key in ((contact_of(case, 1), "power"), (contact_of(case, 2), CLERK)):
        with pytest.raises((NotYours, NotFound)):
            read(contact, "carry", case, by=world.by(key))
