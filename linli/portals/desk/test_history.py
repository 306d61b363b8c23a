"""What the page of a case tells of its past, whoever took each step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.cases.lapses import lapse_due
from linli.cases.models import Case, Clock
from linli.kinds.matters import actions
from linli.portals.desk.conftest import dispatched

pytestmark = pytest.mark.django_db


@pytest.fixture
def unanswered_case(world):
    case = dispatched(world).case
    actions.handle(case.matter, by=world.by("power"), seen=3, result="已亮")
    actions.check(case.matter, by=world.by("chengguan_checker"), seen=4)
    Clock.objects.filter(case=case, name="confirm").update(due_at=timezone.now() - timedelta(minutes=1))
    assert lapse_due() == 1
    return Case.everywhere.get(pk=case.pk)


def test_what_the_clock_closed_by_itself_can_be_read(sign_in, unanswered_case):
    answer = sign_in("chengguan_clerk").get(f"/desk/cases/{unanswered_case.number}/")
    assert answer.status_code == 200
    assert "逾期未确认办结" in answer.content.decode()


def test_what_the_clock_closed_by_itself_can_be_printed(sign_in, unanswered_case):
    answer = sign_in("chengguan_clerk").post(f"/desk/cases/{unanswered_case.number}/file/")
    assert answer.status_code == 200
    assert "逾期未确认办结" in answer.content.decode()
