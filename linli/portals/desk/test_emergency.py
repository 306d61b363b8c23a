"""The door of the emergency: loud before, once after, and closed to whoever has no case there."""

from __future__ import annotations

from typing import Any

import pytest

from linli.cases.models import Case
from linli.kinds.emergencyreads.models import EmergencyRead
from linli.portals.desk.conftest import NAME, PHONE, SignIn
from linli.residents.models import Access
from linli.residents.purposes import LIFE_AT_RISK, purpose_named

pytestmark = pytest.mark.django_db
REASON = "上报人来电称家中煤气泄漏后失去联系，需马上联系。"
SAID = {"reason": REASON, "sure": "on"}


def at(case: Case) -> str:
    return f"/desk/cases/{case.number}/emergency/"


def contact_read() -> bool:
    """Whether the contact was opened for the emergency; that the page itself shows the case is another row."""
    return Access.objects.filter(activity=purpose_named(LIFE_AT_RISK).nr).exists()


def test_the_page_says_what_follows_and_shows_nobody(sign_in: SignIn, case: Case) -> None:
    page = sign_in("chengguan_team").get(at(case)).text
    assert "24小时" in page
    assert "120" in page
    assert NAME not in page
    assert PHONE not in page
    assert not contact_read()


def test_with_reason_and_yes_it_is_shown_once_and_never_kept(sign_in: SignIn, case: Case) -> None:
    answer = sign_in("chengguan_team").post(at(case), SAID)
    review = EmergencyRead.objects.get()
    assert answer.status_code == 200
    assert (NAME in answer.text, PHONE in answer.text, review.case.number in answer.text) == (
        True,
        True,
        True,
    )
    assert answer.headers["Cache-Control"].startswith("no-store, private")
    assert contact_read()


@pytest.mark.parametrize("said", [{}, {"reason": REASON}, {"sure": "on", "reason": "快"}])
def test_without_them_the_form_comes_back_and_nothing_is_read(
    sign_in: SignIn, case: Case, said: dict[str, str]
) -> None:
    answer = sign_in("chengguan_team").post(at(case), said)
    assert answer.status_code == 422
    assert PHONE not in answer.text
    assert said.get("reason", "") in answer.text
    assert not contact_read()


def test_the_case_leads_there_only_whom_it_concerns(sign_in: SignIn, case: Case) -> None:
    assert at(case) in sign_in("chengguan_team").get(f"/desk/cases/{case.number}/").text
    assert at(case) not in sign_in("administrator").get(f"/desk/cases/{case.number}/").text


def test_the_review_stands_in_the_reviewers_list_and_page(sign_in: SignIn, case: Case) -> None:
    sign_in("chengguan_team").post(at(case), SAID)
    number = EmergencyRead.objects.get().case.number
    inspector = sign_in("inspector")
    assert number in inspector.get("/desk/").text
    page = inspector.get(f"/desk/cases/{number}/").text
    assert REASON in page
    assert PHONE not in page
    assert NAME not in page


def test_the_story_of_the_case_tells_everybody_who_works_on_it(sign_in: SignIn, case: Case) -> None:
    sign_in("chengguan_team").post(at(case), SAID)
    page = sign_in("chengguan_clerk").get(f"/desk/cases/{case.number}/").text
    assert EmergencyRead.objects.get().case.number in page
    assert REASON not in page


def test_the_head_that_is_told_does_not_read_the_reason(sign_in: SignIn, case: Case, world: Any) -> None:
    sign_in("东门社区第一网格").post(at(case), SAID)
    head, number = sign_in("head_东门社区"), EmergencyRead.objects.get().case.number
    assert number in head.get("/desk/copied/").text
    page = head.get(f"/desk/cases/{number}/").text
    assert world.posts["东门社区第一网格"].title in page
    assert REASON not in page


def test_nobody_opens_one_in_the_list_of_kinds(sign_in: SignIn) -> None:
    assert "emergencyreads" not in sign_in("chengguan_clerk").get("/desk/report/").text
    assert sign_in("chengguan_clerk").get("/desk/report/emergencyreads/").status_code == 403
