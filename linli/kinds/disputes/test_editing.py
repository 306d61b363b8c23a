"""The agreement in the mediator's hands: edited at the desk, put on paper, and safe whatever becomes of the paper."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linli.cases.follow import follow_code, party_code
from linli.cases.parties import parties_of
from linli.documents import setting
from linli.documents.making import data_of
from linli.documents.models import Document, Manner
from linli.documents.setting import Unset, paper_of
from linli.documents.signing import Signing, missing, sign, standing
from linli.kinds.disputes.forms.clause_rows import PRESS
from linli.web.typesetting import Unsettable

ADDRESS = "https://linli.example/verify/ABC/"
DUE = (timezone.localdate() + timedelta(days=40)).isoformat()
TYPED = {
    "facts": "楼上漏水泡坏吊顶。",
    "clauses-0-sort": "money",
    "clauses-0-who": "1",
    "clauses-0-whom": "0",
    "clauses-0-fen": "壹万贰仟元整",
    "clauses-0-how": "transfer",
    "clauses-0-due-0": DUE,
}


@pytest.fixture
def desk(mediating):
    """A browser of the mediator."""
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(mediating.fan.holding.account)
    return client


def post(desk, way, **typed):
    case = way.case
    data = {"seen": str(case.version), **TYPED, **typed}
    return desk.post(f"/desk/cases/{case.number}/draft_agreement/", data)


def text(response):
    return response.content.decode()


def agreement_of(way):
    return Document.objects.select_related("case", "wording").get(pk=way.dispute.document)


@pytest.mark.parametrize("button", ["look", "add", "remove:0", "more:0", "split:0"])
def test_a_button_changes_the_form_and_takes_nothing(mediating, desk, button):
    shown = post(desk, mediating, **{PRESS: button, "clauses-new": "apology", "clauses-0-count": "3"})
    assert shown.status_code == 200
    assert (mediating.stage, mediating.dispute.document) == ("mediating", None)
    assert "楼上漏水泡坏吊顶。" in text(shown)


def test_a_button_says_nothing_of_what_is_missing(mediating, desk):
    shown = text(post(desk, mediating, **{PRESS: "add", "clauses-new": "apology", "clauses-0-who": ""}))
    assert 'class="error"' not in shown
    assert "赔礼道歉" in shown


def test_looking_at_it_says_it_in_plain_words(mediating, desk):
    shown = text(post(desk, mediating, **{PRESS: "look"}))
    assert re.search(r"须在\d+年\d+月\d+日前（含当天）付给", shown)
    assert "12,000元" in shown


def test_a_fault_stands_beside_its_field_and_nothing_is_lost(mediating, desk):
    shown = post(desk, mediating, **{"clauses-0-fen": "壹万贰"})
    assert shown.status_code == 422
    assert "可能有不同读法" in text(shown)
    assert 'value="壹万贰"' in text(shown)
    assert mediating.stage == "mediating"


def test_the_first_button_that_enter_presses_only_looks(mediating, desk):
    shown = text(desk.get(f"/desk/cases/{mediating.case.number}/draft_agreement/"))
    form = shown[shown.index('<form method="post" action="/desk/cases/') :]
    assert re.search(r"<button[^>]*>", form)[0].count('value="look"') == 1


def test_what_is_drawn_up_names_both_sides_and_the_sum_in_numerals(mediating, desk):
    assert post(desk, mediating).status_code == 302
    said = str(data_of(agreement_of(mediating)))
    assert "王强向李小芳支付人民币壹万贰仟元整（¥12,000）" in said
    assert "139" not in said


def test_another_version_begins_with_what_was_agreed(mediating, desk):
    post(desk, mediating, place="东门社区调解室")
    shown = text(desk.get(f"/desk/cases/{mediating.case.number}/draft_agreement/"))
    assert 'value="12,000"' in shown
    assert "楼上漏水泡坏吊顶。</textarea>" in shown
    assert 'value="东门社区调解室"' in shown


def test_who_acts_for_a_side_is_asked_side_by_side_and_stands_there_again_in_another_version(mediating, desk):
    post(desk, mediating, agent_1="王芳（母亲，法定代理人）")
    assert "王芳（母亲，法定代理人）" in str(data_of(agreement_of(mediating)))
    page = text(desk.get(f"/desk/cases/{mediating.case.number}/draft_agreement/"))
    assert re.search(r'name="agent_1"[^>]*value="王芳（母亲，法定代理人）"', page)


def test_what_nobody_may_confirm_is_not_offered_to_the_court(mediating, desk):
    post(desk, mediating, **{"clauses-1-sort": "status", "clauses-1-text": "双方解除收养关系"})
    sign_all(mediating).go(mediating.fan, "seal")
    assert not mediating.dispute.confirmable


def sign_all(way):
    document = agreement_of(way)
    by = {"reporter": way.applicant, "respondent": way.respondent, "mediator": way.fan}
    for place in missing(document):
        signing = Signing(place["relation"], Manner.CODE, seat=place["seat"])
        sign(document, signing, digest=document.digest, by=by[place["relation"]])
    return way


def test_a_failed_pdf_never_loses_the_agreement(mediating, desk, monkeypatch):
    def broken(sheet):
        raise Unsettable("no")

    monkeypatch.setattr(setting, "made_of", broken)
    post(desk, mediating)
    sign_all(mediating).go(mediating.fan, "seal")
    with pytest.raises(Unset):
        paper_of(agreement_of(mediating), ADDRESS)
    assert mediating.stage == "performing"
    monkeypatch.undo()
    assert paper_of(agreement_of(mediating), ADDRESS).startswith(b"%PDF-")


def test_without_paper_the_page_still_says_all_of_it(mediating, desk, monkeypatch):
    monkeypatch.setattr(setting, "can_set", lambda: False)
    post(desk, mediating)
    document = agreement_of(mediating)
    shown = text(desk.get(f"/desk/cases/{mediating.case.number}/papers/{document.pk}/"))
    for words in ("人民调解协议书", "王强向李小芳支付", "壹万贰仟元整"):
        assert words in shown


def telephone(way, code):
    """The telephone of a side, with the case open by that side's code."""
    client = Client(headers={"accept-language": "zh-hans"})
    assert client.post("/follow/", {"number": way.case.number, "code": code}).status_code == 302
    return client


def test_each_side_signs_with_its_own_code_in_its_own_place(mediating, desk):
    post(desk, mediating)
    document = agreement_of(mediating)
    address = f"/follow/{mediating.case.number}/papers/{document.pk}/"
    theirs = party_code(parties_of(mediating.case)[0])
    other = telephone(mediating, theirs)
    assert 'name="code"' in text(other.get(address))
    own = follow_code(mediating.key)
    assert other.post(address, {"digest": document.digest, "code": own}).status_code == 422
    assert other.post(address, {"digest": document.digest, "code": theirs}).status_code == 302
    assert [(each.relation, each.seat) for each in standing(document)] == [("respondent", 1)]
    assert 'name="code"' in text(telephone(mediating, own).get(address))


def test_who_has_signed_is_not_asked_again(mediating, desk):
    post(desk, mediating)
    document = agreement_of(mediating)
    address = f"/follow/{mediating.case.number}/papers/{document.pk}/"
    code = follow_code(mediating.key)
    client = telephone(mediating, code)
    for _twice in range(2):
        client.post(address, {"digest": document.digest, "code": code})
    assert len(standing(document)) == 1
    assert 'name="code"' not in text(client.get(address))
