import pytest

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.cases.models import Attachment, Case, Notice, Withheld
from linli.cases.steps import steps_open_to
from linli.kinds.disputes.conftest import mediator
from linli.kinds.disputes.models import Yes
from linli.posts.actor import SystemActor
from linli.registers.actions.mediators import declare
from linli.registers.models import Mediator
from linli.residents.keeping import GivenContact
from linli.residents.models import Access


def test_nobody_is_asked_while_only_one_side_is_known(triaged):
    with pytest.raises(Conflict, match="other side first"):
        triaged.go(triaged.head, "invite")


def test_both_sides_are_asked_each_with_its_own_code(invited):
    asked = Notice.objects.filter(case=invited.key, step="invite").values_list("contact", flat=True)
    assert len(set(asked)) == 2


def test_the_lawful_ways_are_kept_as_they_were_shown_before_consent(invited):
    dispute = invited.dispute
    assert dispute.ways_at is not None
    assert {way["article"] for way in dispute.ways}
    paper = str(invited.papers("consent"))
    assert all(way["words"] in paper for way in dispute.ways)


def test_with_both_consents_the_head_names_the_mediator(consented, committee):
    assert (consented.stage, consented.tasks()) == ("consented", [committee.pk])


def test_with_one_consent_it_waits_for_the_other(invited, committee):
    invited.go(invited.applicant, "consent")
    assert (invited.stage, invited.tasks()) == ("consenting", [committee.pk])


def test_the_same_side_does_not_count_twice(invited):
    invited.go(invited.applicant, "consent")
    with pytest.raises(Conflict, match="already"):
        invited.go(invited.applicant, "consent")


def test_a_further_side_must_agree_as_well(invited):
    invited.go(invited.applicant, "consent")
    invited.go(invited.head, "name_side", contact=GivenContact("王芳", "13600001111"))
    invited.go(invited.respondent, "consent")
    assert invited.stage == "consenting"


def test_consent_on_paper_says_who_witnessed_it_and_keeps_the_paper(invited, picture):
    invited.go(invited.applicant, "consent")
    invited.go(invited.head, "consent", whose=1, papers=[picture])
    row = Yes.objects.get(dispute=invited.key, side=1)
    assert (row.manner, row.witness) == ("paper", invited.head.post)
    assert Attachment.objects.filter(case=invited.key, digest=row.paper, step="consent").exists()


def test_a_post_cannot_say_yes_without_the_signed_paper(invited):
    with pytest.raises(Conflict, match="signed paper"):
        invited.go(invited.head, "consent", whose=1)


@pytest.mark.parametrize("side", ["applicant", "respondent"])
def test_either_side_refuses_with_one_tap_and_is_told_the_ways(invited, side):
    invited.go(getattr(invited, side), "refuse")
    assert (invited.stage, invited.case.outcome) == ("ended", "refused")
    assert Notice.objects.filter(case=invited.key, step="refuse").count() == 2
    assert invited.papers("ending")


def test_silence_is_no_consent(invited):
    invited.go(invited.applicant, "consent").go(SystemActor("clock"), "stay_silent")
    assert (invited.stage, invited.case.outcome) == ("ended", "unanswered")


def test_the_named_mediator_has_the_next_step(mediating):
    assert (mediating.stage, mediating.tasks()) == ("mediating", [mediating.fan.post.pk])


def test_a_mediator_who_declared_a_tie_with_a_side_is_not_named(consented):
    fan = Mediator.objects.get(holding__account__called="范德顺")
    declare(fan, "王强", by=consented.fan)
    with pytest.raises(Conflict, match="declared a tie"):
        consented.go(consented.head, "appoint", to=consented.fan.post)


def test_a_mediator_who_declared_a_tie_later_steps_aside_and_sees_no_more(mediating):
    mediating.go(mediating.fan, "recuse", reason="表亲")
    assert mediating.stage == "consented"
    assert Withheld.objects.filter(case=mediating.key, post=mediating.fan.post).exists()
    with pytest.raises(Conflict, match="Choose another"):
        mediating.go(mediating.head, "appoint", to=mediating.fan.post)


def test_comparing_with_ties_is_a_reading_that_the_sides_can_see(mediating):
    assert Access.objects.filter(about=mediating.key, relation="ties").exists()


@pytest.mark.parametrize("side", ["applicant", "respondent"])
def test_either_side_may_have_another_mediator_without_a_reason(mediating, side, committee):
    mediating.go(getattr(mediating, side), "replace_mediator")
    assert (mediating.stage, mediating.tasks()) == ("consented", [committee.pk])
    mediating.go(mediating.head, "appoint", to=mediating.second.post)
    assert mediating.tasks() == [mediating.second.post.pk]


def test_whom_both_wish_for_is_suggested_first(consented):
    consented.go(consented.applicant, "prefer", to=consented.second.post)
    assert consented.dispute.wishes == {"0": consented.second.post.pk}


def test_naming_another_than_both_wish_for_says_why(consented):
    for side in (consented.applicant, consented.respondent):
        consented.go(side, "prefer", to=consented.second.post)
    with pytest.raises(Invalid, match="Say why"):
        consented.go(consented.head, "appoint", to=consented.fan.post)
    consented.go(consented.head, "appoint", to=consented.fan.post, reason="本人本月请假")


def test_another_mediator_and_the_county_find_nothing(mediating, world):
    for by in (mediator("石慧"), world.by("county_head"), world.by("chengguan_clerk")):
        assert steps_open_to(by, mediating.case) == []
        with pytest.raises(NotFound):
            mediating.go(by, "suggest", options="x")


def test_a_side_takes_no_step_of_the_mediator(mediating):
    with pytest.raises(NotYours):
        mediating.go(mediating.respondent, "suggest", options="x")
    assert Case.everywhere.get(pk=mediating.key).stage == "mediating"
