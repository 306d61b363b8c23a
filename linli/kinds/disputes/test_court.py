"""The thirty days for the court, with ends reckoned by hand; and what the court says."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Conflict
from linli.base.worktime import PLACE_TIME
from linli.cases.models import Clock
from linli.documents.models import Document
from linli.kinds.disputes.conftest import money, sign_as


def both_ask(way, **given):
    return way.go(way.applicant, "ask_confirmation", **given).go(way.respondent, "ask_confirmation", **given)


@pytest.fixture
def filed(sealed):
    return both_ask(sealed).go(sealed.fan, "file_confirmation", court="云溪县人民法院")


def test_both_must_ask_each_for_itself(sealed):
    sealed.go(sealed.applicant, "ask_confirmation")
    assert not sealed.papers("confirmation")
    with pytest.raises(Conflict, match="Both sides must ask"):
        sealed.go(sealed.fan, "file_confirmation", court="云溪县人民法院")


def test_with_both_the_application_is_made(sealed):
    both_ask(sealed)
    assert [each["relation"] for each in sealed.papers("confirmation")[0]["signing"]] == [
        "reporter",
        "respondent",
    ]


def test_what_was_asked_of_an_agreement_that_proved_void_is_asked_anew_of_the_next(sealed):
    both_ask(sealed).go(sealed.respondent, "deny_signature", reason="当天我在外地")
    sealed.go(sealed.head, "void_agreement", reason="笔迹不符")
    sealed.go(sealed.fan, "draft_agreement", facts="漏水赔偿。", clauses=money())
    for relation in ("reporter", "respondent", "mediator"):
        sign_as(sealed, relation)
    sealed.go(sealed.fan, "seal")
    with pytest.raises(Conflict, match="Both sides must ask"):
        sealed.go(sealed.fan, "file_confirmation", court="云溪县人民法院")
    assert Document.objects.get(case=sealed.key, template="disputes.confirmation").state == "void"
    both_ask(sealed)
    assert len(sealed.papers("confirmation")) == 2


def test_after_thirty_days_it_is_refused_and_said_what_else_is_possible(sealed):
    with pytest.raises(Conflict, match=r"thirty days .* may sue"):
        sealed.go(sealed.applicant, "ask_confirmation", at=timezone.now() + timedelta(days=40))


@pytest.mark.parametrize(
    ("sealed_on", "last_day"),
    [
        ((2026, 3, 2), (2026, 4, 1)),
        ((2026, 3, 6), (2026, 4, 7)),  # 5 April is Qingming, 4-6 April are days off
        ((2026, 4, 1), (2026, 5, 6)),  # 1 May begins a holiday of five days
        ((2026, 9, 1), (2026, 10, 8)),  # 1 October begins a holiday of seven days
        ((2026, 1, 18), (2026, 2, 24)),  # 17 February lies in the Spring Festival, 15-23 February
    ],
)
def test_the_last_day_moves_past_holidays(signed, sealed_on, last_day):
    signed.go(signed.fan, "seal", at=datetime(*sealed_on, 10, tzinfo=PLACE_TIME))
    clock = Clock.objects.get(case=signed.key, name="confirm", stopped_at=None)
    assert timezone.localdate(clock.due_at) == datetime(*last_day).date()


def test_the_court_has_three_days_to_accept_and_fifteen_to_decide(filed):
    clock = Clock.objects.get(case=filed.key, name="court_accept", stopped_at=None)
    assert (clock.amount, clock.unit) == (3, "calendar_days")
    filed.go(filed.fan, "court_accepts", number="（2026）苏0831诉前调确1号")
    clock = Clock.objects.get(case=filed.key, name="court_decide", stopped_at=None)
    assert (clock.amount, clock.unit) == (15, "calendar_days")


def test_the_court_takes_ten_days_more_once(filed):
    filed.go(filed.fan, "court_accepts", number="1号").go(filed.fan, "court_prolongs")
    assert Clock.objects.get(case=filed.key, name="court_decide", stopped_at=None).extra == 10
    with pytest.raises(Conflict, match="only once"):
        filed.go(filed.fan, "court_prolongs")


@pytest.mark.parametrize("ruling", ["confirmed", "rejected"])
def test_what_the_court_decided_is_kept_and_the_agreement_goes_on(filed, ruling):
    filed.go(filed.fan, "court_accepts", number="1号").go(filed.fan, "court_decides", ruling=ruling)
    assert (filed.stage, filed.dispute.at_court) == ("performing", ruling)
    with pytest.raises(Conflict, match="already"):
        filed.go(filed.applicant, "ask_confirmation")


def test_what_the_court_confirmed_no_committee_finds_void(filed):
    filed.go(filed.fan, "court_accepts", number="1号").go(filed.fan, "court_decides", ruling="confirmed")
    with pytest.raises(Conflict, match="turns to that court"):
        filed.go(filed.respondent, "deny_signature", reason="不是我签的")


def test_while_it_is_before_the_court_it_is_kept_all_the_same(filed):
    filed.go(filed.respondent, "report_performance", number=1, state="said")
    assert filed.stage == "confirming"
