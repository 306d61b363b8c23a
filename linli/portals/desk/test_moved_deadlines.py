"""A deadline that a source has moved is taken over from the preview of its sheet, or left as it was."""

from __future__ import annotations

import pytest

from linli.base.worktime import PLACE_TIME
from linli.exchange.models import Foreign
from linli.exchange.sheets.conftest import good
from linli.portals.desk.test_exchange import hotline, looked_at, mapped  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db


def test_a_moved_deadline_is_ticked_taken_over_and_told_in_the_case(mapped, sign_in):  # noqa: F811
    client = sign_in("county_clerk")
    client.post(looked_at(client, good(1, 办理时限="2026-12-01 18:00"), good(2, 办理时限="2026-12-01 18:00")))
    again = [good(each, 办理时限="2026-12-08 18:00") for each in (1, 2)]
    address = looked_at(client, *again, good(3))
    assert client.post(address, {"deadlines": "1"}).status_code == 422
    number = good(1)["工单编号"]
    page = client.post(address, {"deadlines": "1", "moved": number}, follow=True).text
    assert "已采用 1 个新时限" in page
    assert page.count('name="moved"') == 1
    client.post(address)  # the other is not ticked, and stays as it was
    days = [
        each.due.astimezone(PLACE_TIME).day
        for each in Foreign.objects.filter(due__isnull=False).order_by("number")
    ]
    assert days == [8, 1, 1]
    case = Foreign.objects.get(number=number).case
    story = client.get(f"/desk/cases/{case.number}/").text
    assert "对方调整了时限，已采用新时限" in story
    assert "对方时限由 2026年12月1日 18:00 改为 2026年12月8日 18:00" in story
