"""Stuck notices and procedures on the desk."""

from __future__ import annotations

import pytest

from linli.cases.models import Notice
from linli.ledger.models import Entry
from linli.portals.desk.conftest import reported

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


@pytest.fixture
def stuck(world):
    notice = Notice.objects.get(case=reported(world).case)
    trouble = "TimeoutError: no answer for 13912345678"
    Notice.objects.filter(pk=notice.pk).update(state="stuck", attempts=6, trouble=trouble)
    return Notice.objects.select_related("case").get(pk=notice.pk)


def test_a_stuck_notice_is_shown_with_its_trouble_but_no_number(sign_in, stuck):
    page = text(sign_in("administrator").get("/desk/notices/"))
    assert stuck.case.number in page
    assert "TimeoutError: no answer for …" in page
    assert "13912345678" not in page


def test_it_can_be_tried_again_and_that_is_recorded(sign_in, stuck):
    response = sign_in("administrator").post(f"/desk/notices/{stuck.pk}/", follow=True)
    assert "重新发送" in text(response)
    stuck.refresh_from_db()
    assert (stuck.state, stuck.attempts) == ("waiting", 0)
    assert Entry.objects.filter(name="notices.resend").count() == 1


def test_one_that_went_out_meanwhile_is_not_sent_twice(sign_in, stuck):
    Notice.objects.filter(pk=stuck.pk).update(state="sent")
    assert sign_in("administrator").post(f"/desk/notices/{stuck.pk}/").status_code == 409


def test_only_administrators_see_notices(sign_in, stuck):
    client = sign_in("chengguan_clerk")
    assert client.get("/desk/notices/").status_code == 403
    assert client.post(f"/desk/notices/{stuck.pk}/").status_code == 403
    assert "/desk/notices/" not in text(client.get("/desk/"))


def test_a_procedure_is_drawn_and_told_in_both_languages(sign_in):
    for language, words in (
        ("zh-hans", ("待受理", "核查员", "本地尚未确认")),
        ("en", ("Reported", "Checker", "Limits in force")),
    ):
        page = text(sign_in("chengguan_clerk", language=language).get("/desk/procedures/matters/"))
        assert "<svg" in page
        assert all(word in page for word in words)
        assert "style=" not in page
