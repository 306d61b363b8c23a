"""The register of processing activities at the desk: making an assessment, and somebody else's yes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base.generations import bump
from linli.exchange.feeds.conftest import source  # noqa: F401  a fixture
from linli.residents.models import Assessment, Grace
from linli.residents.openings import FAMILY

pytestmark = pytest.mark.django_db
PAGE = "/desk/privacy/feed-city/"
WORDS = "只告知办理进度，不含任何个人信息。"
SAID = {"covers": ["matters"], "necessity": WORDS, "impact": WORDS, "measures": WORDS}


def text(response):
    return response.content.decode()


def test_an_assessment_is_made_by_one_and_approved_by_another(sign_in, source):  # noqa: F811
    author = sign_in("administrator")
    assert "未完成" in text(author.get("/desk/privacy/"))
    assert author.post(PAGE, SAID).status_code == 302
    assert 'value="approve"' not in text(author.get(PAGE))
    head = sign_in("county_head")
    assert 'value="approve"' in text(head.get(PAGE))
    assert head.post(PAGE, {"act": "approve"}).status_code == 302
    assert Assessment.objects.get(activity="feed-city").state == "approved"
    assert "已通过" in text(author.get(PAGE))


def test_what_is_too_short_comes_back_with_its_words(sign_in, source):  # noqa: F811
    response = sign_in("administrator").post(PAGE, {**SAID, "impact": "x"})
    assert response.status_code == 422
    assert WORDS in text(response)
    assert not Assessment.objects.filter(activity="feed-city").exists()


def test_a_no_without_a_reason_comes_back(sign_in, source):  # noqa: F811
    sign_in("administrator").post(PAGE, SAID)
    assert sign_in("county_head").post(PAGE, {"act": "decline"}).status_code == 422
    assert Assessment.objects.get(activity="feed-city").state == "made"


def test_a_town_sees_what_belongs_to_the_whole_and_not_the_countys_feed(sign_in, source):  # noqa: F811
    page = text(sign_in("liuhe_clerk").get("/desk/privacy/"))
    assert "contacts" in page
    assert "feed-city" not in page


def test_residents_read_the_register_and_a_notice_of_each_activity(client, source):  # noqa: F811
    assert "feed-city" in text(client.get("/handling/"))
    page = text(client.get("/handling/feed-city/"))
    for said in ("处理目的", "保存期限", "55(3)", "市平台", "人民法院"):
        assert said in page
    assert client.get("/handling/nothing/").status_code == 404


def test_whoever_approves_ends_one_early_and_what_ran_by_it_stops(sign_in):
    head, page = sign_in("county_head"), "/desk/privacy/likeness/"
    assert head.post(page, {"act": "end", "end-reason": "变"}).status_code == 422
    assert head.post(page, {"act": "end", "end-reason": "比对范围要扩大到全县。"}).status_code == 302
    shown = text(head.get(page))
    assert "目前不运行" in shown
    assert "比对范围要扩大到全县。" in shown
    assert "目前不运行" in text(head.get("/handling/"))
    assert sign_in("county_clerk").post(page, {"act": "end", "end-reason": "x" * 20}).status_code == 403


def test_the_register_says_until_when_each_holds_and_when_to_look_again(sign_in):
    page = text(sign_in("administrator").get("/desk/privacy/"))
    assert "已评估并批准" in page
    assert "起复查" in page


def test_what_runs_on_grace_says_its_day_at_the_desk(sign_in, source):  # noqa: F811
    until = timezone.now() + timedelta(days=20)
    Assessment.objects.filter(activity="source-city").delete()
    Grace.objects.create(activity="source-city", until=until)
    bump(FAMILY)
    administrator = sign_in("administrator")
    assert "有 1 项活动" in text(administrator.get("/desk/privacy/"))
    assert "在要求评估之前已经运行" in text(administrator.get("/desk/privacy/source-city/"))


def test_the_notice_says_that_no_machine_decides_and_what_the_assessment_found(client):
    page = text(client.get("/handling/mediator-offers/"))
    for said in ("由人决定", "第五十五条第二项", "对个人权益的影响", "至少保存三年"):
        assert said in page
    assert "措施合法、有效" not in page, "how the place protects itself is not told to the world"
