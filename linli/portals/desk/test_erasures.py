"""Proofs of what was erased, for auditors and on the page of the case; files that are kept longer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.cases.forgetting import forget_due
from linli.cases.models import Forgetting, Hold
from linli.cases.test_forgetting import closed, raised
from linli.kinds.matters.models import Matter
from linli.ledger.sequencing import sequence_all
from linli.portals.resident.conftest import unlocking  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
PAGE = "/desk/erasures/"


def text(response):
    return response.content.decode()


@pytest.fixture
def forgotten(world):
    """A matter whose file went after its ten years."""
    case = closed(raised(world))
    forget_due()
    sequence_all()
    return case


def test_an_auditor_reads_the_proofs_of_the_area(sign_in, forgotten):
    page = text(sign_in("county_head").get(PAGE))
    assert forgotten.number in page
    assert Forgetting.objects.get().digest[:12] in page
    assert "网格事件：10 年" in page


def test_nobody_else_does(sign_in, forgotten):
    assert sign_in("county_clerk").get(PAGE).status_code == 403


def test_the_page_of_the_case_says_what_went_and_checks_the_proof(sign_in, forgotten):
    page = text(sign_in("county_head").get(f"/desk/cases/{forgotten.number}/"))
    assert "刚刚核验：与办理留痕第" in page
    assert "此类办件的材料自办结起保存 10 年" in page


def test_whoever_raised_it_reads_the_same_on_their_own_page(unlocking, forgotten):  # noqa: F811
    matter = Matter.objects.select_related("case").get(pk=forgotten.pk)
    page = text(unlocking(matter).get(f"/follow/{forgotten.number}/"))
    assert "刚刚核验：与办理留痕第" in page
    assert Forgetting.objects.get().digest in page


def test_where_something_has_come_back_the_page_says_so(sign_in, forgotten):
    Matter.objects.filter(pk=forgotten.pk).update(text="又写回来了")
    assert "与办理留痕不一致" in text(sign_in("county_head").get(f"/desk/cases/{forgotten.number}/"))


def test_a_file_is_kept_longer_and_let_go(sign_in, world):
    case, head = closed(raised(world)), sign_in("county_head")
    until = timezone.localdate() + timedelta(days=90)
    said = {"number": case.number, "basis": "县人民法院（2026）调卷函 12 号", "until": until.isoformat()}
    assert head.post(PAGE, said).status_code == 302
    assert forget_due() == 0
    assert "调卷函 12 号" in text(head.get(PAGE))
    assert head.post(f"{PAGE}{Hold.objects.get().pk}/let-go/").status_code == 302
    assert forget_due() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": "990101-26-99999-9"}, "辖区"),
        ({"basis": "要"}, "法律依据"),
        ({"until": "2020-01-01"}, "今天以后"),
        ({"until": "明天"}, "日期"),
    ],
)
def test_what_is_wrong_comes_back_with_what_was_typed_and_keeps_nothing(sign_in, world, wrong, said):
    case = closed(raised(world))
    until = (timezone.localdate() + timedelta(days=90)).isoformat()
    given = {"number": case.number, "basis": "县人民法院调卷", "until": until, **wrong}
    response = sign_in("county_head").post(PAGE, given)
    assert response.status_code == 422
    assert said in text(response)
    assert not Hold.objects.exists()


def test_an_inspector_of_a_town_may_not_keep_a_file_of_another(sign_in, world):
    case = closed(raised(world))
    until = (timezone.localdate() + timedelta(days=90)).isoformat()
    given = {"number": case.number, "basis": "县人民法院调卷", "until": until}
    assert sign_in("head_杨庄村").post(PAGE, given).status_code == 422
    assert sign_in("county_head").get(f"{PAGE}?before=x").status_code == 404
