"""Further parties of a case: who joins, by which code, who is told, and that nobody acts as another."""

from __future__ import annotations

from dataclasses import replace
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
from linli.cases.follow import follow_code, followed, ways_into
from linli.cases.held_data import Held, everything_about, held
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Notice, Party
from linli.cases.new_numbers import NewNumber, renumber
from linli.cases.notices import send_waiting
from linli.cases.opening import Draft, open_many
from linli.cases.parties import GivenParty
from linli.cases.permission import require_step
from linli.cases.printouts import Asked, printout
from linli.cases.procedure import Procedure, mistakes_in
from linli.cases.replaying import Past, PastStep, replay_many
from linli.cases.story import story_for_reporter, story_for_staff
from linli.cases.touched import Reach, tell_of
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry, EntryDetail
from linli.posts.actor import PartyActor, Side
from linli.residents.keeping import GivenContact
from linli.residents.looks import Whose, looks_at
from linli.residents.models import Access, Contact
from linli.residents.purposes import purpose_named
from linli.residents.reading import read, read_many
from tests import parties
from tests.parties import CLERK, LI, WANG, ZHAO, actor_of, code_of, dispute

RESPONDENT = ("respondent", GivenContact("王强", WANG, "东门街 5 号"))
NO_CASE = UUID(int=0)
WITNESS = ("witness", GivenContact("赵敏", ZHAO))


@pytest.fixture(autouse=True)
def _matters_have_parties(monkeypatch: pytest.MonkeyPatch) -> None:
    parties.let_matters_have_parties(monkeypatch)


def matter(case: Case) -> Matter:
    return Matter.objects.select_related("case").get(pk=case.pk)


def version(case: Case) -> int:
    return Case.everywhere.get(pk=case.pk).version


def invite(case: Case, world: Any, **given: Any) -> None:
    parties.invite(matter(case), by=world.by(CLERK), seen=version(case), **given)


def entry(case: Case) -> Entry:
    return Entry.objects.filter(about=case.pk).latest("id")


def contact_of(case: Case, nr: int) -> Contact:
    return Party.objects.get(case=case, nr=nr, left_at=None).contact


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
        invite(case, world, joins=[("respondent", GivenContact("王丁"))])
    assert Party.objects.filter(case=case).count() == 3


def test_who_left_makes_room_and_their_number_in_the_case_is_not_given_again(world: Any) -> None:
    case = dispute(world, *[("respondent", GivenContact(f"王{each}")) for each in "甲乙丙"])
    invite(case, world, leaves=[3], joins=[("respondent", GivenContact("王丁"))])
    assert [way.by.nr for way in ways_into(case)] == [0, 1, 2, 4]


@pytest.mark.parametrize("phone", [LI, WANG, "+86 139-1234-5678"])
def test_the_number_of_another_party_is_refused(world: Any, phone: str) -> None:
    case = dispute(world)
    with pytest.raises(Conflict):
        invite(case, world, joins=[("witness", GivenContact("赵敏", phone))])


def test_a_party_of_whom_nothing_is_given_is_refused(world: Any) -> None:
    with pytest.raises(Invalid):
        invite(dispute(world), world, joins=[("witness", GivenContact())])


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
    invite(case, world, leaves=[1])
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
    invite(case, world, tells=[1])
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
    asked: Any = SimpleNamespace(contact=contact_of(case, 1), whole=True)
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
                invite(case, world, joins=[(role, GivenContact(f"某{turn}", phone))])
            elif what == "leave":
                invite(case, world, leaves=[chance.choice(present)])
            else:
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


@pytest.fixture
def messages(settings: Any) -> Any:
    """Sends what waits and gives it: (number, text)."""
    settings.SMS_BACKEND = f"{__name__}.Pocket"
    SENT.clear()

    def sent() -> list[tuple[str, str]]:
        Notice.objects.update(next_try=timezone.now())
        send_waiting()
        return list(SENT)

    return sent


SENT: list[tuple[str, str]] = []


class Pocket:
    """Keeps text messages instead of sending them."""

    def send(self, phone: str, text: str) -> None:
        """Keep one."""
        SENT.append((phone, text))
