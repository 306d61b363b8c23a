from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid
from linli.cases.lapses import lapse_due
from linli.cases.models import Clock, Notice
from linli.documents.models import Document
from linli.documents.showing import papers_of
from linli.kinds.disputes.conftest import in_days
from linli.kinds.disputes.models import Obligation
from linli.posts.actor import SystemActor


def states(way):
    return list(Obligation.objects.filter(dispute=way.key).values_list("state", flat=True))


def kept(way, number):
    way.go(way.respondent, "report_performance", number=number, state="said")
    return way.go(way.applicant, "check_performance", number=number, right=True)


def test_a_reminder_comes_three_days_before_what_is_due(sealed):
    clock = Clock.objects.get(case=sealed.key, name="due", stopped_at=None)
    assert timezone.localdate(clock.due_at) == in_days(27)


def test_both_are_reminded_and_the_next_reminder_waits_for_the_next_part(sealed):
    later = timezone.now() + timedelta(days=28)
    sealed.go(SystemActor("clock"), "remind_due", at=later)
    assert Notice.objects.filter(case=sealed.key, step="remind_due").count() == 2
    clock = Clock.objects.get(case=sealed.key, name="due", stopped_at=None)
    assert timezone.localdate(clock.due_at) == in_days(57)


def test_after_the_last_reminder_nobody_is_reminded_any_more(sealed):
    Obligation.objects.filter(dispute=sealed.key).update(on=in_days(1))
    Clock.objects.filter(case=sealed.key, name="due", stopped_at=None).update(due_at=timezone.now())
    assert lapse_due() == 1
    assert lapse_due() == 0
    assert Notice.objects.filter(case=sealed.key, step="remind_due").count() == 2
    assert not Clock.objects.filter(case=sealed.key, name="due", stopped_at=None).exists()


def test_kept_is_what_both_sides_say(sealed):
    sealed.go(sealed.respondent, "report_performance", number=1, state="said")
    assert states(sealed) == ["said", "open"]
    sealed.go(sealed.applicant, "check_performance", number=1, right=True)
    assert states(sealed) == ["kept", "open"]


def test_nobody_confirms_what_they_reported_themselves(sealed):
    sealed.go(sealed.respondent, "report_performance", number=1, state="said")
    with pytest.raises(Conflict, match="yourself"):
        sealed.go(sealed.respondent, "check_performance", number=1, right=True)


def test_what_the_other_side_denies_is_contested(sealed):
    sealed.go(sealed.respondent, "report_performance", number=1, state="said")
    sealed.go(sealed.applicant, "check_performance", number=1, right=False)
    assert states(sealed)[0] == "contested"


def test_a_breach_is_reported_by_either_side(sealed):
    sealed.go(sealed.applicant, "report_performance", number=1, state="broken")
    assert states(sealed)[0] == "broken"
    assert Notice.objects.filter(case=sealed.key, step="report_performance").count() == 2


def test_what_is_past_its_day_is_marked_until_it_is_said_to_be_kept(sealed):
    Obligation.objects.filter(dispute=sealed.key, number=1).update(on=in_days(-1))
    assert [row.late for row, _between in sealed.dispute.owed] == [True, False]
    sealed.go(sealed.respondent, "report_performance", number=1, state="said")
    assert not any(row.late for row, _between in sealed.dispute.owed)


def test_a_plan_has_days_to_come_and_two_different_sides(sealed):
    with pytest.raises(Invalid, match="has passed"):
        sealed.go(sealed.fan, "plan", act="修", on=in_days(-1), who=1, whom=0)
    with pytest.raises(Invalid, match="one side"):
        sealed.go(sealed.fan, "plan", act="修", on=in_days(3), who=1, whom=1)


def test_settled_needs_every_side_and_everything_kept(sealed):
    sealed.go(sealed.applicant, "confirm_settled")
    kept(kept(sealed, 1), 2)
    sealed.go(sealed.fan, "follow_up", finding="已履行")
    assert sealed.stage == "performing"
    sealed.go(sealed.respondent, "confirm_settled").go(sealed.fan, "follow_up", finding="双方满意")
    assert (sealed.stage, sealed.case.outcome) == ("settled", "settled")


def test_what_is_still_owed_is_not_settled_whatever_is_said(sealed):
    for side in (sealed.applicant, sealed.respondent):
        sealed.go(side, "confirm_settled")
    sealed.go(sealed.fan, "follow_up", finding="尚有一期未付")
    assert sealed.stage == "performing"


def test_without_both_it_is_closed_as_unconfirmed_and_not_before_the_follow_up(sealed):
    with pytest.raises(Conflict, match="not come yet"):
        sealed.go(sealed.fan, "conclude", reason="联系不上")
    sealed.go(sealed.fan, "conclude", reason="联系不上", at=timezone.now() + timedelta(days=40))
    assert (sealed.stage, sealed.case.outcome) == ("settled", "agreed")


def test_what_was_settled_can_break_out_again(sealed):
    for side in (sealed.applicant, sealed.respondent):
        sealed.go(side, "confirm_settled")
    kept(kept(sealed, 1), 2).go(sealed.fan, "follow_up", finding="好")
    sealed.go(sealed.respondent, "reopen", note="又漏水")
    assert (sealed.stage, sealed.dispute.turn, sealed.dispute.effective_at) == ("applied", 2, None)


def overdue(way, number=1):
    Obligation.objects.filter(dispute=way.key, number=number).update(on=in_days(-2))
    return way


def test_whoever_owes_what_is_overdue_is_reminded_in_writing(sealed):
    overdue(sealed).go(sealed.fan, "urge", number=1)
    [paper] = sealed.papers("reminder")
    assert paper["addressed"] == "王强"
    assert "已到期" in paper["parts"][0]["paragraphs"][0]


def test_both_hear_that_there_is_a_reminder_and_only_who_owes_it_reads_it(sealed):
    overdue(sealed).go(sealed.fan, "urge", number=1)
    assert Notice.objects.filter(case=sealed.key, step="urge").count() == 2
    paper = Document.objects.get(case=sealed.key, template="disputes.reminder")
    assert [each.document.pk == paper.pk for each in papers_of(sealed.case, by=sealed.respondent)].count(
        True
    ) == 1
    assert paper.pk not in {each.document.pk for each in papers_of(sealed.case, by=sealed.applicant)}


def test_what_is_not_due_for_a_while_is_not_urged(sealed):
    with pytest.raises(Conflict, match="not due yet"):
        sealed.go(sealed.fan, "urge", number=1)
    assert sealed.papers("reminder") == []


def test_what_was_kept_is_not_urged(sealed):
    kept(overdue(sealed), 1)
    with pytest.raises(Conflict, match="was kept"):
        sealed.go(sealed.fan, "urge", number=1)
