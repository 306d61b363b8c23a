"""The register of processing activities at the desk: making an assessment, and somebody else's yes."""

import pytest

from linli.exchange.feeds.conftest import source  # noqa: F401  a fixture
from linli.residents.models import Assessment

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
    assert "已通过" in text(author.get("/desk/privacy/"))


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
