from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotYours
from linli.cases.followers import close_followers
from linli.cases.lapses import lapse_due
from linli.cases.models import Clock, Notice, Task
from linli.cases.sight import Sight, sight_of
from linli.documents.models import Document
from linli.documents.showing import papers_of
from linli.kinds.disputes.models import Session
from linli.posts.actor import SystemActor


def test_both_sides_are_told_of_a_session_and_reminded_of_it(mediating):
    mediating.go(mediating.fan, "convene", when=mediating.soon, how="joint", place="调解室")
    assert Notice.objects.filter(case=mediating.key, step="convene").count() == 2
    clock = Clock.objects.get(case=mediating.key, name="remind", stopped_at=None)
    assert timedelta(hours=19) < mediating.dispute.sessions.get().at - clock.due_at < timedelta(hours=21)
    mediating.go(SystemActor("clock"), "remind_session")
    assert Notice.objects.filter(case=mediating.key, step="remind_session").count() == 2


@pytest.mark.parametrize("days", [-1, 200])
def test_a_session_lies_in_the_next_six_months(mediating, days):
    when = timezone.now() + timedelta(days=days)
    with pytest.raises(Invalid, match="six months"):
        mediating.go(mediating.fan, "convene", when=when, how="joint", place="调解室")


def test_minutes_are_a_paper_that_those_sign_who_were_there(mediating):
    mediating.go(mediating.fan, "hold", how="apart", present=[1], text="王强：同意修。")
    paper = mediating.papers("minutes")[0]
    assert [each["relation"] for each in paper["signing"]] == ["respondent", "mediator"]
    assert Session.objects.get(dispute=mediating.key).minutes


def test_minutes_name_somebody_who_was_there(mediating):
    for present in ([], [7]):
        with pytest.raises(Invalid, match="were there"):
            mediating.go(mediating.fan, "hold", how="apart", present=present, text="x")


def test_minutes_of_what_is_still_to_come_are_refused(mediating):
    with pytest.raises(Invalid, match="already"):
        mediating.go(mediating.fan, "hold", how="joint", present=[0, 1], text="x", held_at=mediating.soon)


def test_an_expert_is_asked_and_sees_no_more_than_the_question(mediating, world):
    housing = world.by("housing")
    mediating.go(mediating.fan, "consult", to=housing.post, question="如何估损?")
    assert Task.objects.filter(case=mediating.key, post=housing.post, role="asked", closed_at=None).exists()
    with pytest.raises(NotYours):
        mediating.go(housing, "suggest", options="x")
    mediating.go(housing, "advise", opinion="约八千元")
    assert mediating.tasks() == [mediating.fan.post.pk]


def test_it_goes_on_longer_only_if_every_side_agrees(mediating):
    first = Clock.objects.get(case=mediating.key, name="length", stopped_at=None).due_at
    mediating.go(mediating.applicant, "prolong")
    assert Clock.objects.get(case=mediating.key, name="length", stopped_at=None).due_at == first
    mediating.go(mediating.respondent, "prolong")
    assert Clock.objects.get(case=mediating.key, name="length", stopped_at=None).extra == 30


@pytest.mark.parametrize("side", ["applicant", "respondent"])
def test_either_side_stops_with_one_tap_and_without_a_reason(mediating, side):
    mediating.go(getattr(mediating, side), "halt")
    assert (mediating.stage, mediating.case.outcome, mediating.tasks()) == ("ended", "stopped", [])
    assert Notice.objects.filter(case=mediating.key, step="halt").count() == 2


def test_a_side_can_stop_by_telephone(mediating):
    with pytest.raises(Invalid, match="whose word"):
        mediating.go(mediating.fan, "halt")
    mediating.go(mediating.fan, "halt", whose=1, manner="spoken")
    assert mediating.stage == "ended"


def test_where_it_fails_the_ways_are_named_on_paper(mediating):
    mediating.go(mediating.fan, "fail", reason="双方差距较大")
    assert mediating.case.outcome == "failed"
    paper = str(mediating.papers("ending"))
    assert "双方差距较大" in paper
    assert all(way["words"] in paper for way in mediating.dispute.ways)


def test_whoever_sued_is_not_mediated_any_more(mediating):
    mediating.go(mediating.respondent, "go_to_court", number="（2026）苏0831民初1号")
    assert (mediating.stage, mediating.case.outcome) == ("ended", "court")


def test_either_side_can_have_it_taken_up_again_and_everything_is_asked_anew(mediating, committee):
    mediating.go(mediating.respondent, "halt").go(mediating.respondent, "reopen")
    assert (mediating.stage, mediating.tasks()) == ("applied", [committee.pk])
    mediating.go(mediating.head, "triage", safety="calm", crime=False).go(mediating.head, "invite")
    mediating.go(mediating.applicant, "consent")
    assert mediating.stage == "consenting"


def test_two_disputes_that_are_one_are_merged_and_end_together(mediating, world):
    second = mediating.another()
    second.go(second.head, "link_duplicate", original=mediating.case)
    assert (second.stage, second.tasks()) == ("merged", [])
    mediating.go(mediating.fan, "fail", reason="差距较大")
    assert close_followers() == 1
    assert (second.stage, second.case.outcome) == ("ended", "merged")


def sees_whole(by, way):
    return sight_of(way.case, by=by) is Sight.WHOLE


def test_who_mediates_reads_the_papers_of_what_was_merged_and_no_more_after_stepping_aside(mediating, world):
    second = mediating.another()
    assert not sees_whole(mediating.fan, second)
    second.go(second.head, "link_duplicate", original=mediating.case)
    assert sees_whole(mediating.fan, second)
    mediating.go(mediating.fan, "recuse", reason="有亲属关系")
    mediating.go(mediating.head, "appoint", to=mediating.second.post)
    assert [sees_whole(each, second) for each in (mediating.fan, mediating.second)] == [False, True]
    second.go(second.applicant, "unlink_duplicate")
    assert not sees_whole(mediating.second, second)


def test_the_clock_ends_what_nobody_answered(invited):
    Clock.objects.filter(case=invited.key, name="consent").update(due_at=timezone.now() - timedelta(hours=1))
    lapse_due()
    assert (invited.stage, invited.case.outcome) == ("ended", "unanswered")


def test_a_late_yes_is_refused_with_where_it_stands(invited):
    invited.go(SystemActor("clock"), "stay_silent")
    with pytest.raises(Conflict):
        invited.go(invited.applicant, "consent")


def papers_read(way, by):
    return [each.document.template for each in papers_of(way.case, by=by)]


def test_what_one_side_says_apart_is_not_for_the_other_to_read(mediating):
    mediating.go(mediating.fan, "hold", how="apart", present=[1], text="王强：最多赔八千。")
    assert "disputes.minutes" in papers_read(mediating, mediating.respondent)
    assert "disputes.minutes" not in papers_read(mediating, mediating.applicant)
    with pytest.raises(Invalid, match="of their own"):
        mediating.go(mediating.fan, "hold", how="apart", present=[0, 1], text="x")


def test_minutes_of_two_sessions_both_count(mediating):
    for text in ("第一次。", "第二次。"):
        mediating.go(mediating.fan, "hold", how="joint", present=[0, 1], text=text)
    kept = Document.objects.filter(case=mediating.key, template="disputes.minutes")
    assert sorted(kept.values_list("part", "state")) == [(1, "final"), (2, "final")]
