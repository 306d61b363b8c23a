import pytest
from django.test import Client

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.cases.channels import text_of
from linli.cases.follow import ways_into
from linli.cases.models import Notice, Party
from linli.cases.new_numbers import NewNumber, renumber
from linli.cases.parties import Powers
from linli.cases.story import story_for_reporter
from linli.documents.models import Manner, Signature
from linli.documents.signing import Signing, sign
from linli.kinds.disputes.conftest import agreement_of, in_days, money, sign_as
from linli.kinds.disputes.models import Yes
from linli.ledger.models import Entry
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact
from linli.residents.models import Access
from linli.residents.purposes import ACTING, purpose_named

MOTHER = GivenContact("王母", "13700001111")
GUARDIAN = Powers("guardian")


def lawyer(*, special=False, begins=None, days=30):
    return Powers("attorney", special, begins, in_days(days))


def with_agent(way, powers, whose=1):
    """The dispute once somebody acts for a side."""
    by = way.head if way.stage in {"triaged", "consenting"} else way.fan
    return way.go(by, "name_agent", whose=whose, contact=MOTHER, powers=powers, paper="户口簿")


def agent_of(way):
    """Whoever acts for a side, as their own code makes them."""
    return next(each.by for each in ways_into(way.case) if each.by.agency)


def browser_of(way):
    """The browser in which they have typed their code."""
    client = Client()
    code = next(each.code for each in ways_into(way.case) if each.by.agency)
    client.post("/follow/", {"number": way.case.number, "code": code})
    return client


def test_who_acts_has_a_code_of_their_own_and_agrees_for_the_party(invited):
    way = with_agent(invited, GUARDIAN)
    assert len({each.code for each in ways_into(way.case)}) == 3
    way.go(way.applicant, "consent").go(agent_of(way), "consent")
    assert way.stage == "consented"
    assert Yes.objects.get(dispute=way.key, side=1).manner == "agent"


def test_the_ledger_says_who_acted_for_whom(invited):
    way = with_agent(invited, GUARDIAN)
    way.go(agent_of(way), "consent")
    entry = Entry.objects.get(about=way.key, name="disputes.consent")
    assert (entry.relation, entry.facts["party"], entry.facts["agent"]) == ("representative", 1, 2)


def test_the_party_reads_that_somebody_acted_for_it_and_the_other_side_for_whom(invited):
    way = with_agent(invited, GUARDIAN)
    way.go(agent_of(way), "consent")
    assert story_for_reporter(way.case, 1)[-1].relation == "representative"
    assert story_for_reporter(way.case, 0)[-1].post == "Respondent"


def test_who_acts_is_told_with_their_own_code(consented):
    way = with_agent(consented.go(consented.head, "appoint", to=consented.fan.post), GUARDIAN)
    way.go(way.fan, "suggest", options="一、修好。")
    agent = Party.objects.get(case=way.key, acts_for=1)
    notice = Notice.objects.get(case=way.key, step="suggest", contact=agent.contact)
    own = next(each.code for each in ways_into(way.case) if each.by.agency)
    assert own in text_of(notice)


def test_who_acts_for_nobody_yet_is_not_told(mediating):
    way = with_agent(mediating, lawyer(begins=in_days(3)))
    way.go(way.fan, "suggest", options="一、修好。")
    agent = Party.objects.get(case=way.key, acts_for=1)
    assert not Notice.objects.filter(case=way.key, contact=agent.contact).exists()


def test_a_guardian_signs_in_the_partys_place_and_the_paper_says_so(mediating):
    way = with_agent(mediating, GUARDIAN)
    way.go(way.fan, "draft_agreement", facts="漏水赔偿。", clauses=money())
    document = agreement_of(way)
    sign(document, Signing("respondent", Manner.CODE, seat=1), digest=document.digest, by=agent_of(way))
    assert Signature.objects.get(document=document).agent == 2
    assert "王母（法定代理人）" in str(way.papers("agreement"))


def test_a_general_power_does_not_sign_the_agreement(mediating):
    way = with_agent(mediating, lawyer())
    way.go(way.fan, "draft_agreement", facts="漏水赔偿。", clauses=money())
    document = agreement_of(way)
    with pytest.raises(NotYours, match="does not cover signing"):
        sign(document, Signing("respondent", Manner.CODE, seat=1), digest=document.digest, by=agent_of(way))


def test_a_special_power_signs_and_the_paper_names_scope_and_term(mediating):
    way = with_agent(mediating, lawyer(special=True))
    way.go(way.fan, "draft_agreement", facts="漏水赔偿。", clauses=money())
    document = agreement_of(way)
    sign(document, Signing("respondent", Manner.CODE, seat=1), digest=document.digest, by=agent_of(way))
    assert "王母（委托代理人，特别授权，代理期限至" in str(way.papers("agreement"))


def test_a_general_power_gives_no_claim_up_and_says_what_is_lacking(invited):
    way = with_agent(invited, lawyer(), whose=0)
    with pytest.raises(NotYours, match="article 62"):
        way.go(agent_of(way), "withdraw")
    assert way.stage == "consenting"


def test_a_general_power_still_speaks_for_the_party(invited):
    way = with_agent(invited, lawyer())
    assert way.go(agent_of(way), "refuse").stage == "ended"


def test_a_mandate_given_elsewhere_is_a_general_power(sealed):
    mandated = PartyActor("representative", sealed.key, side=sealed.respondent.side)
    with pytest.raises(NotYours, match="article 62"):
        sealed.go(mandated, "confirm_settled")


@pytest.mark.parametrize("powers", [lawyer(days=-1, begins=in_days(-9)), lawyer(begins=in_days(9), days=3)])
def test_a_term_that_is_over_or_turned_around_is_not_entered(mediating, powers):
    with pytest.raises(Invalid) as refusal:
        with_agent(mediating, powers)
    assert "This term is over" in str(refusal.value.facts["fields"]["ends"])


def test_a_power_of_attorney_says_until_when(mediating):
    with pytest.raises(Invalid):
        with_agent(mediating, Powers("attorney"))


def test_after_the_last_day_nobody_acts_and_the_sentence_says_which_day_it_was(invited):
    way = with_agent(invited, lawyer())
    client = browser_of(way)
    Party.objects.filter(case=way.key, acts_for=1).update(acts_until=in_days(-1))
    with pytest.raises(NotYours, match=in_days(-1).isoformat()):
        way.go(agent_of(way), "consent")
    page = client.get(f"/follow/{way.case.number}/")
    assert (page.status_code, in_days(-1).isoformat() in page.content.decode()) == (403, True)


def test_before_the_first_day_nobody_acts(invited):
    way = with_agent(invited, lawyer(begins=in_days(2)))
    with pytest.raises(NotYours, match="begins on"):
        way.go(agent_of(way), "consent")


def test_the_party_ends_it_and_the_code_opens_nothing_at_once(invited):
    way = with_agent(invited, lawyer())
    agent, client = agent_of(way), browser_of(way)
    assert client.get(f"/follow/{way.case.number}/").status_code == 200
    way.go(way.respondent, "end_agent", nr=2)
    assert client.get(f"/follow/{way.case.number}/").status_code == 302
    with pytest.raises(NotFound):
        way.go(agent, "consent")
    assert Entry.objects.get(about=way.key, name="disputes.end_agent").facts["acts"] == 2


def test_nobody_ends_what_is_another_sides(invited):
    way = with_agent(invited, lawyer())
    with pytest.raises(NotYours, match="not yours to end"):
        way.go(way.applicant, "end_agent", nr=2)


def test_a_ward_does_not_end_its_guardian(invited):
    way = with_agent(invited, GUARDIAN)
    with pytest.raises(NotYours, match="acts by law"):
        way.go(way.respondent, "end_agent", nr=2)


def test_what_was_ended_is_not_ended_twice(invited):
    way = with_agent(invited, lawyer())
    way.go(agent_of(way), "end_agent", nr=2)
    with pytest.raises(Conflict, match="ended already"):
        way.go(way.head, "end_agent", nr=2)


def test_a_new_paper_widens_the_power_and_the_code_stays(mediating):
    way = with_agent(mediating, lawyer())
    before = [each.code for each in ways_into(way.case)]
    way.go(way.fan, "renew_agent", nr=2, powers=lawyer(special=True, days=90), paper="新的授权委托书")
    assert [each.code for each in ways_into(way.case)] == before
    assert agent_of(way).agency.special


def test_the_mediator_sees_what_ends_soon(mediating):
    way, desk = with_agent(mediating, lawyer(days=5)), Client()
    desk.force_login(way.fan.holding.account)
    assert "即将到期" in desk.get(f"/desk/cases/{way.case.number}/").content.decode()


def test_the_party_sees_that_who_acts_for_it_looked(invited):
    way = with_agent(invited, lawyer())
    browser_of(way).get(f"/follow/{way.case.number}/")
    own = Party.objects.get(case=way.key, nr=1)
    assert Access.objects.filter(contact=own.contact, activity=purpose_named(ACTING).nr).exists()
    client = Client()
    client.post("/follow/", {"number": way.case.number, "code": ways_into(way.case)[1].code})
    assert "您的代理人" in client.get(f"/follow/{way.case.number}/data/").content.decode()


def test_the_applicant_sees_that_who_acts_for_them_read_their_words(invited):
    way = with_agent(invited, lawyer(), whose=0)
    client = browser_of(way)
    page = client.get(f"/follow/{way.case.number}/").content.decode()
    assert way.dispute.text in page
    looked = Access.objects.filter(contact=way.case.reporter, activity=purpose_named(ACTING).nr)
    assert any(each.classes & 8 for each in looked)


def test_who_acts_for_one_side_does_not_read_what_the_other_wrote(invited):
    way = with_agent(invited, lawyer())
    assert way.dispute.text not in browser_of(way).get(f"/follow/{way.case.number}/").content.decode()


def test_who_acts_chooses_how_they_are_told_themselves(invited):
    way = with_agent(invited, lawyer())
    page = browser_of(way).post(f"/notices/{way.case.number}/", {"sms": ""})
    assert page.status_code == 302
    assert not Party.objects.get(case=way.key, acts_for=1).choice.sms


def test_who_acts_and_loses_the_phone_acts_on_with_a_new_code(invited):
    way = with_agent(invited, lawyer())
    row, old = Party.objects.get(case=way.key, acts_for=1), agent_of(way)
    renumber(way.case, NewNumber(2, "13700002222", "核对身份证", row.contact_id), by=way.head)
    assert agent_of(way).agency.nr == old.agency.nr
    with pytest.raises(NotFound):
        way.go(old, "consent")


def test_a_signature_by_who_acts_is_denied_by_the_party(mediating):
    way = with_agent(mediating, lawyer(special=True))
    way.go(way.fan, "draft_agreement", facts="漏水赔偿。", clauses=money())
    document = agreement_of(way)
    sign(document, Signing("respondent", Manner.CODE, seat=1), digest=document.digest, by=agent_of(way))
    sign_as(way, "reporter")
    sign_as(way, "mediator")
    way.go(way.fan, "seal")
    with pytest.raises(NotYours, match="in person"):
        way.go(agent_of(way), "deny_signature", reason="不是我签的")
    assert way.go(way.respondent, "deny_signature", reason="我没有委托他签").stage == "reviewing"


def test_in_a_dispute_of_two_sides_who_act_are_no_sides(mediating):
    way = with_agent(mediating, GUARDIAN)
    assert way.sides() == [0, 1]
