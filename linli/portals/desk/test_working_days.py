"""The calendar's page: a preview first, then the edit; everything can be taken back."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from linli.cases.models import CalendarDay, Case, Revision, WorkHours
from linli.ledger.models import Entry
from linli.portals.desk.conftest import reported

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year


def text(response):
    return response.content.decode()


def entered(day, **more):
    return {"form": "days", "year": "2026", "place": "", "first": day, "what": "off", "name": "测试", **more}


@pytest.fixture
def administrator(sign_in):
    return sign_in("administrator")


def test_a_year_nobody_has_entered_says_so_and_never_fails(sign_in):
    page = text(sign_in("chengguan_clerk").get("/desk/calendar/", {"year": "2031"}))
    assert "2031" in page
    assert 'role="alert"' in page
    assert 'role="alert"' not in text(sign_in("chengguan_clerk").get("/desk/calendar/", {"year": "2026"}))


@pytest.mark.parametrize("year", ["abc", "1", "99999999999999999999", "٢٠٢٦", "-5"])
def test_a_year_that_is_none_gets_a_sentence(sign_in, year):
    assert sign_in("chengguan_clerk").get("/desk/calendar/", {"year": year}).status_code == 422


def test_a_preview_counts_what_would_move_and_changes_nothing(administrator, world):
    case = reported(world, "灯坏了")
    last = timezone.localdate(Case.everywhere.get(pk=case.pk).due).isoformat()
    page = administrator.post("/desk/calendar/change/", entered(last))
    assert page.status_code == 200
    assert page.context["moves"] >= 1
    assert not CalendarDay.objects.filter(name="测试").exists()


def test_a_saved_day_moves_the_case_is_recorded_and_can_be_taken_back(administrator, world):
    case = reported(world, "灯坏了")
    before = Case.everywhere.get(pk=case.pk).due
    last = timezone.localdate(before).isoformat()
    assert administrator.post("/desk/calendar/change/", entered(last, sure="1")).status_code == 302
    assert Case.everywhere.get(pk=case.pk).due > before
    assert Entry.objects.filter(name="calendar.edit").count() == 1
    edit = Revision.objects.get(kind="calendar")
    assert administrator.post(f"/desk/calendar/undo/{edit.pk}/").status_code == 302
    assert Case.everywhere.get(pk=case.pk).due == before
    assert administrator.post(f"/desk/calendar/undo/{edit.pk}/").status_code == 409


def test_a_later_edit_is_taken_back_first(administrator):
    administrator.post("/desk/calendar/change/", entered("2026-03-03", sure="1"))
    first = Revision.objects.get(kind="calendar")
    administrator.post("/desk/calendar/change/", entered("2026-03-03", what="ordinary", sure="1"))
    assert administrator.post(f"/desk/calendar/undo/{first.pk}/").status_code == 409


@pytest.mark.parametrize(
    "bad",
    [
        {"first": "2026-02-30"},
        {"first": ""},
        {"last": "2026-01-01"},
        {"last": "2027-12-31"},
        {"what": "holiday"},
        {"name": "长" * 31},
        {"form": "hours", "opens": "09:00", "closes": "08:00", "since": "2026-01-01"},
        {"form": "hours", "opens": "09:00", "closes": "17:00", "break_from": "12:00", "since": "2026-01-01"},
        {"form": "hours", "opens": "09:00", "closes": "09:00", "since": "2026-01-01"},
        {"form": "hours", "opens": "25:00", "closes": "17:00", "since": "2026-01-01"},
        {"form": "years"},
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(administrator, bad):
    counted = (CalendarDay.objects.count(), WorkHours.objects.count())
    answer = administrator.post("/desk/calendar/change/", entered("2026-03-03", sure="1") | bad)
    assert answer.status_code == 422
    assert (CalendarDay.objects.count(), WorkHours.objects.count()) == counted


def test_a_place_enters_its_own_day_and_hours(administrator, world):
    given = {"place": world.county.trimmed, "sure": "1"}
    administrator.post("/desk/calendar/change/", entered("2026-03-03", **given))
    assert CalendarDay.objects.get(name="测试").division == world.county
    hours = {"form": "hours", "opens": "08:30", "closes": "17:30", "break_from": "12:00", "break_to": "14:00"}
    answer = administrator.post(
        "/desk/calendar/change/", {**given, **hours, "since": "2026-01-01", "year": "2026"}
    )
    assert answer.status_code == 302
    assert WorkHours.objects.get(division=world.county).valid_from == date(2026, 1, 1)
