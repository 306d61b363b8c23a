"""What goes wrong in a dispute: each fault gets a sentence that says what to do, and nothing agreed is lost."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.http import urlencode

from linli.base.errors import Conflict, Invalid, NotFound, NotYours, Refusal
from linli.cases.followers import close_followers
from linli.cases.models import Case
from linli.cases.new_numbers import NewNumber, renumber
from linli.cases.parties import parties_of
from linli.cases.steps import take
from linli.documents import setting
from linli.documents.models import Manner, Signature
from linli.documents.setting import Unset, paper_of
from linli.documents.showing import papers_of
from linli.documents.signing import Signing, missing, sign, standing
from linli.kinds.disputes.conftest import (
    Way,
    agreement_of,
    in_days,
    sign_as,
)
from linli.kinds.disputes.models import Obligation, Said, Yes
from linli.registers.actions.mediators import declare
from linli.registers.models import Mediator
from linli.residents.keeping import GivenContact
from linli.web.typesetting import Unsettable

ADDRESS = "https://linli.example/verify/ABC/"


def refused(way: Way, by: object, step: str, /, kind: type[Refusal] = Invalid, **given: object) -> str:
    """The sentence with which a step is refused; the case is as it was."""
    before = Case.everywhere.get(pk=way.key).version
    with pytest.raises(kind) as refusal:
        way.go(by, step, **given)
    assert Case.everywhere.get(pk=way.key).version == before
    return str(refusal.value.sentence)


# --- two disputes that are one


def test_of_two_that_are_one_the_second_follows_and_ends_with_the_first(triaged):
    second = triaged.another()
    second.go(second.head, "link_duplicate", original=triaged.case)
    assert (second.stage, second.tasks()) == ("merged", [])
    triaged.go(triaged.head, "turn_down", reason="已由法院受理")
    close_followers()
    assert (second.stage, second.case.outcome) == ("ended", "merged")


def test_neither_itself_nor_one_that_follows_it_can_be_followed(triaged):
    second = triaged.another()
    assert "itself" in refused(second, second.head, "link_duplicate", kind=Conflict, original=second.case)
    second.go(second.head, "link_duplicate", original=triaged.case)
    assert "itself" in refused(triaged, triaged.head, "link_duplicate", kind=Conflict, original=second.case)


def test_who_asked_for_it_says_that_it_was_not_the_same_after_all(triaged):
    second = triaged.another()
    second.go(second.head, "link_duplicate", original=triaged.case).go(second.applicant, "unlink_duplicate")
    assert second.stage == "applied"
    assert second.tasks()


# --- a mediator who is a party's cousin


def test_a_cousin_is_neither_offered_nor_named_nor_wished_for(consented):
    declare(Mediator.objects.get(holding=consented.fan.holding), "王强", by=consented.fan)
    said = refused(consented, consented.head, "appoint", kind=Conflict, to=consented.fan.post)
    assert "declared a tie" in said
    assert "王强" not in said
    assert "declared a tie" in refused(
        consented, consented.applicant, "prefer", kind=Conflict, to=consented.fan.post
    )


def test_who_is_a_side_does_not_mediate_it(triaged):
    triaged.go(triaged.head, "name_side", contact=GivenContact("范 德顺", "13887654321"))
    triaged.go(triaged.head, "invite")
    for side in (triaged.applicant, triaged.respondent):
        triaged.go(side, "consent")
    with pytest.raises(Conflict, match="cannot take it"):
        triaged.go(triaged.head, "appoint", to=triaged.fan.post)


def test_a_cousin_who_notices_late_steps_aside_and_finds_the_case_no_more(mediating):
    mediating.go(mediating.fan, "recuse", reason="与一方是表亲")
    assert mediating.stage == "consented"
    with pytest.raises(NotFound):
        mediating.go(mediating.fan, "suggest", options="x")
    refused(mediating, mediating.head, "appoint", kind=Conflict, to=mediating.fan.post)
    mediating.go(mediating.head, "appoint", to=mediating.second.post)


# --- impossible days and sums


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2001, 2, 3), date(2999, 1, 1), date.max])
def test_an_impossible_day_is_refused_wherever_something_is_to_be_kept(sealed, day):
    assert "day" in refused(sealed, sealed.fan, "plan", act="修", on=day, who=1, whom=0)
    said = {"agreed": "搬走鞋柜", "manner": "present", "calm": True}
    other = sealed.another().go(sealed.head, "name_side", contact=GivenContact("王强", "13887654322"))
    assert "day" in refused(other, other.head, "settle_orally", by_day=day, **said)


@pytest.mark.parametrize(
    "typed", ["-5", "0.001", "12,00", "1e9", "壹万贰", "9" * 40, "NaN", "٣٠٠", "<b>5</b>", "一百或二百"]
)
def test_an_impossible_sum_is_refused_beside_its_field(sealed, typed):
    given = {"act": "付款", "on": in_days(9).isoformat(), "who": "1", "whom": "0", "fen": typed}
    with pytest.raises(Invalid) as refusal:
        take(sealed.case, "plan", given, by=sealed.fan, seen=sealed.case.version)
    assert refusal.value.facts["fields"]["fen"]
    assert Obligation.objects.filter(dispute=sealed.key).count() == 2


@pytest.mark.parametrize("typed", ["2026-02-30", "25:00", "明天", "0000-00-00T00:00", "9999-12-31T23:59", ""])
def test_an_impossible_moment_is_refused_beside_its_field(mediating, typed):
    given = {"when": typed, "how": "joint", "place": "调解室"}
    with pytest.raises(Invalid) as refusal:
        take(mediating.case, "convene", given, by=mediating.fan, seen=mediating.case.version)
    assert refusal.value.facts["fields"]["when"]


# --- three hundred pages


SAID = "双方就楼道堆物一事陈述意见，调解员逐条记录并向双方宣读。\n" * 4000


def test_minutes_of_a_hundred_thousand_characters_are_kept_and_longer_ones_refused(mediating):
    given = {"how": "joint", "present": ["0", "1"], "text": SAID[:99_990]}
    take(mediating.case, "hold", given, by=mediating.fan, seen=mediating.case.version)
    assert len(str(mediating.papers("minutes"))) > 95_000
    with pytest.raises(Invalid) as refusal:
        take(mediating.case, "hold", {**given, "text": SAID}, by=mediating.fan, seen=mediating.case.version)
    assert "text" in refusal.value.facts["fields"]


def test_the_longest_minutes_fit_through_the_desk_and_three_hundred_pages_are_turned_away(mediating, client):
    client.force_login(mediating.fan.holding.account)
    address = f"/desk/cases/{mediating.case.number}/hold/"
    given = {"how": "joint", "present": ["0", "1"], "seen": mediating.case.version}
    whole = urlencode({**given, "text": SAID[:99_990]}, doseq=True)
    form = "application/x-www-form-urlencoded"
    assert 400 <= client.post(address, whole * 3, content_type=form).status_code < 500
    assert not mediating.papers("minutes")
    answer = client.post(address, whole, content_type=form)
    assert answer.status_code == 302
    assert mediating.papers("minutes")


def test_a_scan_of_three_hundred_pages_is_no_photo(invited):
    scan = SimpleUploadedFile("协议.pdf", b"%PDF-1.7\n" + b"0" * 2_000_000, "application/pdf")
    given = {"whose": "1", "papers": [scan]}
    with pytest.raises(Invalid) as refusal:
        take(
            invited.case,
            "consent",
            given,
            by=invited.head,
            seen=invited.case.version,
            files={"papers": [scan]},
        )
    assert "papers" in refusal.value.facts["fields"]


# --- signing twice, denying


def test_whoever_denies_twice_or_denies_what_is_denied_is_told_so(sealed):
    sealed.go(sealed.respondent, "deny_signature", reason="不是我签的")
    refused(sealed, sealed.respondent, "deny_signature", kind=Conflict, reason="不是我签的")
    refused(sealed, sealed.applicant, "deny_signature", kind=Conflict, reason="也不是我签的")


def test_a_side_denies_what_a_post_put_down_from_paper(drafted):
    document = agreement_of(drafted)
    scan = Signing("respondent", Manner.SCAN, b"JPEG", seat=1)
    sign(document, scan, digest=document.digest, by=drafted.fan)
    drafted.go(drafted.respondent, "deny_signature", reason="我没有按过手印")
    assert (drafted.stage, standing(document)) == ("reviewing", [])


def test_nobody_denies_the_signature_of_the_other_side_or_of_the_mediator(drafted):
    sign_as(drafted, "respondent")
    sign_as(drafted, "mediator")
    said = refused(drafted, drafted.applicant, "deny_signature", kind=Conflict, reason="不是我签的")
    assert "no signature of yours" in said


def test_a_signature_found_genuine_counts_again(sealed):
    sealed.go(sealed.respondent, "deny_signature", reason="不是我签的")
    assert [each["relation"] for each in missing(agreement_of(sealed))] == ["respondent"]
    sealed.go(sealed.head, "uphold_signature", reason="有签字时的照片")
    assert missing(agreement_of(sealed)) == []


def test_denied_before_the_seal_and_found_genuine_the_seal_can_be_set(signed):
    signed.go(signed.respondent, "deny_signature", reason="不是我签的")
    refused(signed, signed.fan, "seal", kind=NotYours)
    signed.go(signed.head, "uphold_signature", reason="有签字时的照片").go(signed.fan, "seal")
    assert signed.stage == "performing"


def test_signed_anew_while_it_is_looked_into_it_stands_once(signed):
    signed.go(signed.respondent, "deny_signature", reason="不是我签的")
    sign_as(signed, "respondent")
    signed.go(signed.head, "uphold_signature", reason="当事人已重新签名")
    assert (
        Signature.objects.filter(
            document=signed.dispute.document, relation="respondent", denied_at=None
        ).count()
        == 1
    )
    assert missing(agreement_of(signed)) == []


def test_who_mediated_or_drew_it_up_does_not_look_into_the_signature(sealed):
    sealed.go(sealed.respondent, "deny_signature", reason="不是我签的")
    with pytest.raises(Refusal):
        sealed.go(sealed.fan, "uphold_signature", reason="我看着签的")
    assert sealed.stage == "reviewing"


# --- paper that cannot be made


def test_an_agreement_binds_though_its_paper_cannot_be_made(signed, monkeypatch):
    monkeypatch.setattr(setting, "made_of", _broken)
    signed.go(signed.fan, "seal")
    with pytest.raises(Unset, match="itself is kept"):
        paper_of(agreement_of(signed), ADDRESS)
    assert (signed.stage, bool(signed.dispute.effective_at)) == ("performing", True)
    assert "壹万贰仟元整" in str(signed.papers("agreement"))
    monkeypatch.undo()
    assert paper_of(agreement_of(signed), ADDRESS).startswith(b"%PDF-")


def _broken(sheet: object) -> object:
    raise Unsettable("x")


# --- a telephone that is lost in the middle


def test_who_loses_the_telephone_goes_on_with_a_new_number_and_the_old_code_opens_nothing(drafted):
    old = drafted.respondent
    sign_as(drafted, "reporter")
    seen = parties_of(drafted.case)[0].contact_id
    renumber(drafted.case, NewNumber(1, "13700000001", "核对了身份证", seen), by=drafted.fan)
    assert drafted.respondent.side.key != old.side.key
    with pytest.raises(Refusal):
        drafted.go(old, "halt")
    assert papers_of(drafted.case, by=drafted.respondent)
    sign_as(drafted, "respondent")
    sign_as(drafted, "mediator")
    drafted.go(drafted.fan, "seal")
    said = Yes.objects.filter(dispute=drafted.key, to=Said.CONSENT).values_list("side", flat=True)
    assert (drafted.stage, sorted(said)) == ("performing", [0, 1])
