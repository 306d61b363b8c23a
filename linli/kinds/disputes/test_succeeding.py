from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotFound
from linli.cases.clocks import live_clocks
from linli.cases.follow import ways_into
from linli.cases.lapses import lapse_due
from linli.cases.models import Notice, Party
from linli.cases.new_numbers import NewNumber, renumber
from linli.documents.signing import missing
from linli.kinds.disputes.conftest import agreement_of, in_days, money
from linli.kinds.disputes.models import Obligation
from linli.kinds.disputes.test_acting import agent_of, lawyer, with_agent
from linli.residents.keeping import GivenContact

SON = GivenContact("王小强", "13600001111")


def died(way, whose=1):
    """One side has died."""
    by = way.head if way.stage in {"consenting", "consented"} else way.fan
    return way.go(by, "note_death", whose=whose, on=in_days(-2), paper="死亡证明")


def with_heir(way, whose=1, contact=SON):
    """An heir was entered; the newest party of the case."""
    by = way.fan if way.dispute.handler else way.head
    way.go(by, "name_heir", whose=whose, contact=contact, paper="亲属关系证明")
    return way.party(max(way.sides()))


def test_with_a_death_mediation_rests_with_its_clock_and_no_code_of_the_dead_opens_it(mediating):
    dead = mediating.respondent
    died(mediating)
    length = next(each for each in live_clocks(mediating.case) if each.name == "length")
    assert (mediating.stage, length.resting, len(ways_into(mediating.case))) == ("resting", True, 1)
    with pytest.raises(NotFound):
        mediating.go(dead, "halt")


def test_the_applicant_can_die_too(mediating):
    dead = mediating.applicant
    died(mediating, whose=0)
    assert [way.by.nr for way in ways_into(mediating.case)] == [1]
    with pytest.raises(NotFound):
        mediating.go(dead, "halt")
    assert not Notice.objects.filter(
        case=mediating.key, step="note_death", contact=mediating.case.reporter
    ).exists()


def test_nobody_gets_a_new_number_in_the_place_of_the_dead(mediating):
    died(mediating, whose=0)
    asked = NewNumber(0, "13611112222", "核对身份证", mediating.case.reporter_id)
    with pytest.raises(NotFound):
        renumber(mediating.case, asked, by=mediating.fan)


def test_whoever_acted_for_the_dead_acts_no_more(mediating):
    way = with_agent(mediating, lawyer(special=True))
    agent = agent_of(way)
    died(way)
    assert not Party.objects.filter(case=way.key, acts_for=1, left_at=None).exists()
    with pytest.raises(NotFound):
        way.go(agent, "halt")


def test_an_heir_comes_in_by_a_code_of_their_own_and_mediation_goes_on_where_it_rested(mediating):
    died(mediating)
    heir = with_heir(mediating)
    assert Notice.objects.filter(case=mediating.key, step="name_heir").count() == 1
    mediating.go(heir, "take_over").go(mediating.fan, "resume")
    length = next(each for each in live_clocks(mediating.case) if each.name == "length")
    assert (mediating.stage, length.running, mediating.sides()) == ("mediating", True, [0, 2])


def test_an_heir_of_the_applicant_signs_in_a_place_of_their_own(mediating):
    died(mediating, whose=0)
    mediating.go(with_heir(mediating, whose=0), "take_over").go(mediating.fan, "resume")
    clauses = [replace(each, whom=2) for each in money()]
    mediating.go(mediating.fan, "draft_agreement", facts="漏水赔偿。", clauses=clauses)
    places = [(each["relation"], each["seat"]) for each in missing(agreement_of(mediating))]
    assert ("applicant", 2) in places
    assert ("reporter", 0) not in places


def test_it_does_not_go_on_before_each_heir_has_said_yes(mediating):
    died(mediating)
    first = with_heir(mediating)
    with_heir(mediating, contact=GivenContact("王小芳", "13600002222"))
    mediating.go(first, "take_over")
    with pytest.raises(Conflict, match="Not every heir"):
        mediating.go(mediating.fan, "resume")
    mediating.go(mediating.party(3), "step_out").go(mediating.fan, "resume")
    assert mediating.sides() == [0, 2]


def test_without_any_heir_it_does_not_go_on(mediating):
    died(mediating)
    with pytest.raises(Conflict, match="Enter the other side"):
        mediating.go(mediating.fan, "resume")


def test_who_is_no_heir_does_not_go_on_in_anybodys_place(mediating):
    died(mediating)
    with_heir(mediating)
    with pytest.raises(Conflict, match="for the heirs to say"):
        mediating.go(mediating.applicant, "take_over")


@pytest.mark.parametrize("declared", [False, True])
def test_when_the_time_of_the_heirs_is_over_it_ends_unless_one_goes_on(mediating, declared):
    died(mediating)
    heir = with_heir(mediating)
    if declared:
        mediating.go(heir, "take_over")
    lapse_due(timezone.now() + timedelta(days=61))
    assert (mediating.stage, mediating.case.outcome) == (
        ("resting", "") if declared else ("ended", "heirless")
    )


def test_the_mediator_ends_it_when_none_goes_on(mediating):
    died(mediating)
    mediating.go(with_heir(mediating), "step_out").go(mediating.fan, "end_resting")
    assert (mediating.stage, mediating.case.outcome) == ("ended", "heirless")


def test_a_death_while_consent_is_asked_for_asks_the_heirs_and_who_has_not_answered(invited):
    invited.go(invited.applicant, "consent")
    died(invited)
    invited.go(with_heir(invited), "take_over").go(invited.head, "resume")
    assert invited.stage == "consented"


def test_what_is_agreed_and_in_force_stays_and_is_due_from_the_heirs(sealed):
    died(sealed)
    heir = with_heir(sealed)
    assert (sealed.stage, sealed.dispute.document) == ("performing", agreement_of(sealed).pk)
    sealed.go(heir, "report_performance", number=1, state="said")
    sealed.go(sealed.applicant, "check_performance", number=1, right=True)
    assert Obligation.objects.get(dispute=sealed.key, number=1).state == "kept"


def test_an_heir_does_not_check_what_the_dead_reported(sealed):
    sealed.go(sealed.respondent, "report_performance", number=1, state="said")
    died(sealed)
    with pytest.raises(Conflict, match="reported this yourself"):
        sealed.go(with_heir(sealed), "check_performance", number=1, right=True)


def test_the_court_is_asked_by_heirs_and_the_paper_names_who_agreed(sealed):
    died(sealed)
    sealed.go(with_heir(sealed), "ask_confirmation").go(sealed.applicant, "ask_confirmation")
    paper = str(sealed.papers("confirmation")[0])
    assert "王小强" in paper
    assert "王强" in paper


def test_an_heir_is_reminded_of_what_is_due(sealed):
    died(sealed)
    with_heir(sealed)
    Obligation.objects.filter(dispute=sealed.key, number=1).update(on=in_days(1))
    sealed.go(sealed.fan, "urge", number=1)
    assert sealed.papers("reminder")[0]["addressed"] == "王小强"


def test_a_draft_that_names_the_dead_is_signed_by_nobody(drafted):
    document = agreement_of(drafted)
    died(drafted)
    document.refresh_from_db()
    assert document.state == "void"


def test_a_death_in_the_future_is_refused(mediating):
    with pytest.raises(Invalid):
        mediating.go(mediating.fan, "note_death", whose=1, on=in_days(1), paper="死亡证明")
    assert mediating.stage == "mediating"
