import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid
from linli.cases.models import Clock
from linli.cases.steps import steps_open_to
from linli.documents.models import Manner
from linli.documents.signing import Signing, missing, sign
from linli.documents.verifying import verdict_on
from linli.kinds.disputes.clauses import Clause, Sort
from linli.kinds.disputes.conftest import agreement_of, in_days, money, sign_as
from linli.kinds.disputes.models import Obligation


def test_without_every_signature_there_is_no_seal(drafted):
    sign_as(drafted, "reporter")
    with pytest.raises(Conflict, match="Not everybody has signed"):
        drafted.go(drafted.fan, "seal")


def test_with_signatures_and_seal_it_binds_and_thirty_days_run(sealed):
    clock = Clock.objects.get(case=sealed.key, name="confirm", stopped_at=None)
    assert (sealed.stage, clock.amount, clock.unit) == ("performing", 30, "calendar_days")
    assert sealed.dispute.effective_at is not None


def test_whoever_verifies_an_agreement_hears_that_it_does_not_bind_before_the_seal(signed):
    code = agreement_of(signed).code
    assert verdict_on(code).waits
    signed.go(signed.fan, "seal")
    assert not verdict_on(code).waits
    signed.go(signed.respondent, "deny_signature", reason="不是我签的")
    assert verdict_on(code).waits
    sign_as(signed, "respondent")
    assert verdict_on(code).waits, "whoever signs anew does not put the seal back"


def test_what_is_due_when_is_entered_with_the_seal(sealed):
    rows = Obligation.objects.filter(dispute=sealed.key).values_list("who", "whom", "on", "fen")
    assert list(rows) == [(1, 0, in_days(30), 600_000), (1, 0, in_days(60), 600_000)]


def test_a_side_that_signs_twice_is_refused(drafted):
    sign_as(drafted, "reporter")
    with pytest.raises(Conflict, match="signed already"):
        sign_as(drafted, "reporter")


def test_signing_a_version_that_was_changed_is_refused(drafted):
    old = agreement_of(drafted)
    drafted.go(drafted.fan, "draft_agreement", facts="漏水赔偿，另有误工。", clauses=money())
    with pytest.raises(Conflict, match="not the version you read"):
        sign_as(drafted, "reporter", old)


def test_what_was_signed_of_an_earlier_version_does_not_count(drafted):
    sign_as(drafted, "reporter")
    drafted.go(drafted.fan, "draft_agreement", facts="漏水赔偿，另有误工。", clauses=money())
    assert len(missing(agreement_of(drafted))) == 3


def test_the_paper_names_both_sides_and_no_number_of_theirs(drafted):
    page = str(drafted.papers("agreement"))
    assert "李小芳" in page
    assert "王强" in page
    assert "139" not in page


def test_an_agreement_about_marriage_is_not_offered_to_the_court(mediating):
    clauses = (*money(), Clause(Sort.STATUS, text="双方自愿离婚"))
    mediating.go(mediating.fan, "draft_agreement", facts="婚姻。", clauses=clauses)
    for relation in ("reporter", "respondent", "mediator"):
        sign_as(mediating, relation)
    mediating.go(mediating.fan, "seal")
    assert not Clock.objects.filter(case=mediating.key, name="confirm").exists()
    with pytest.raises(Conflict, match="may sue"):
        mediating.go(mediating.applicant, "ask_confirmation")


def test_a_denied_signature_is_looked_into_by_who_did_not_mediate(sealed, committee):
    sealed.go(sealed.respondent, "deny_signature", reason="当天我在外地")
    assert (sealed.stage, sealed.tasks()) == ("reviewing", [committee.pk])
    assert not Clock.objects.filter(case=sealed.key, name="confirm", stopped_at=None).exists()


def test_who_has_not_signed_has_nothing_to_deny(drafted):
    with pytest.raises(Conflict, match="no signature of yours"):
        drafted.go(drafted.respondent, "deny_signature", reason="不是我签的")


def test_a_signature_that_a_post_put_down_from_paper_can_be_denied_too(drafted):
    document = agreement_of(drafted)
    sign(document, Signing("respondent", Manner.SCAN, b"JPEG", 1), digest=document.digest, by=drafted.fan)
    drafted.go(drafted.respondent, "deny_signature", reason="这不是我签的")
    assert drafted.stage == "reviewing"


def test_found_genuine_the_days_go_on_that_were_left(sealed):
    due = Clock.objects.get(case=sealed.key, name="confirm", stopped_at=None).due_at
    sealed.go(sealed.respondent, "deny_signature", reason="当天我在外地")
    sealed.go(sealed.head, "uphold_signature", reason="有签字时的照片")
    clock = Clock.objects.get(case=sealed.key, name="confirm", stopped_at=None)
    assert (sealed.stage, clock.due_at) == ("performing", due)


def test_found_not_genuine_nothing_binds_and_mediation_goes_on(sealed):
    sealed.go(sealed.respondent, "deny_signature", reason="当天我在外地")
    sealed.go(sealed.head, "void_agreement", reason="笔迹不符")
    assert (sealed.stage, sealed.dispute.effective_at) == ("mediating", None)
    assert not Obligation.objects.filter(dispute=sealed.key).exists()


def test_an_agreement_must_say_something(mediating):
    with pytest.raises(Invalid, match="at least one thing"):
        mediating.go(mediating.fan, "draft_agreement", facts="x", clauses=())


def offered(way, who):
    return {step.name for step in steps_open_to(who, way.case)}


def test_a_side_may_deny_its_signature_before_the_seal(signed):
    assert "deny_signature" in offered(signed, signed.applicant)
    signed.go(signed.applicant, "deny_signature", reason="不是我签的")
    assert "uphold_signature" in offered(signed, signed.head)


def test_a_side_may_deny_its_signature_when_the_time_for_the_court_is_over(sealed):
    Clock.objects.filter(case=sealed.key, name="confirm").update(stopped_at=timezone.now())
    assert "deny_signature" in offered(sealed, sealed.respondent)
