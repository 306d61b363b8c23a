"""Both sides and the mediator at their doors: each reads what is theirs, and the lawful ways stand everywhere."""

from __future__ import annotations

from django.test import Client
from django.utils.translation import override

from linli.kinds.disputes.conftest import LEAK
from linli.residents.models import Access
from tests.parties import code_of


def at_the_desk(way, by):
    browser = Client(headers={"accept-language": "zh-hans"})
    browser.force_login(by.holding.account)
    return browser.get(f"/desk/cases/{way.case.number}/")


def as_side(way, nr):
    browser = Client(headers={"accept-language": "zh-hans"})
    browser.post("/follow/", {"number": way.case.number, "code": code_of(way.case, nr)})
    return browser.get(f"/follow/{way.case.number}/").content.decode()


def test_what_the_applicant_wrote_is_not_shown_to_the_other_side(mediating):
    assert LEAK in as_side(mediating, 0)
    assert LEAK not in as_side(mediating, 1)


def test_the_lawful_ways_stand_on_every_page(mediating):
    with override("zh-hans"):
        words = [way.words for way in mediating.dispute.other_ways]
    pages = [
        as_side(mediating, 0),
        as_side(mediating, 1),
        at_the_desk(mediating, mediating.fan).content.decode(),
    ]
    assert words
    assert all(each in page for page in pages for each in words)


def test_each_side_finds_its_way_out_on_its_page(mediating):
    for nr in (0, 1):
        assert "退出调解" in as_side(mediating, nr)


def test_the_mediator_sees_the_whole_and_the_county_nothing(mediating, world):
    assert LEAK in at_the_desk(mediating, mediating.fan).content.decode()
    assert at_the_desk(mediating, world.by("county_head")).status_code == 404


def test_every_page_of_an_agreement_in_force_is_drawn(sealed):
    for page in (as_side(sealed, 0), as_side(sealed, 1), at_the_desk(sealed, sealed.fan).content.decode()):
        assert "6,000" in page


def test_looking_at_whom_one_could_choose_is_no_reading_of_names(consented):
    as_side(consented, 0)
    at_the_desk(consented, consented.head)
    assert not Access.objects.filter(about=consented.key, relation="ties").exists()


AWAITED, TO_SIGN = "等您确认", "有一份文书等您签名"


def test_whoever_is_invited_is_asked_until_their_own_answer_whatever_the_other_side_said(invited):
    invited.go(invited.applicant, "consent")
    assert AWAITED in as_side(invited, 1)
    assert AWAITED not in as_side(invited, 0)


def test_what_one_only_may_do_is_not_asked_for(sealed):
    page = as_side(sealed, 0)
    assert "申请司法确认" in page
    assert AWAITED not in page


def test_whoever_has_still_to_sign_is_led_to_the_paper_side_and_mediator_alike(drafted):
    assert TO_SIGN in as_side(drafted, 1)
    assert TO_SIGN in at_the_desk(drafted, drafted.fan).content.decode()
    assert TO_SIGN not in at_the_desk(drafted, drafted.head).content.decode()
