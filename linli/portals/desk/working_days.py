"""The working calendar of the country and of places: a year at a glance, and editing it with a preview and an undo."""

from __future__ import annotations

from calendar import Calendar as Weeks
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linli.base.errors import Invalid, Refusal
from linli.base.worktime import Calendar, Hours
from linli.cases.calendar_edits import (
    DayEdit,
    Edit,
    HoursEdit,
    change_calendar,
    edits_within,
    preview,
    require_calendar,
    undo_calendar,
)
from linli.cases.calendars import calendar_of
from linli.cases.models import CalendarDay, WorkHours
from linli.cases.reckoning import reckon_turn
from linli.divisions.models import Division
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.posts.actor import PostActor
from linli.posts.tree import Node, standing_at

FIRST_YEAR, LAST_YEAR = 2004, 2100
AT_ONCE = 5000  # so many are reckoned again while the page waits; more are left to the worker loop


class DaysForm(forms.Form):
    """Days that are off, worked or ordinary again."""

    first = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    what = forms.ChoiceField(
        label=gettext_lazy("These days are"),
        choices=[
            ("off", gettext_lazy("days off (休)")),
            ("worked", gettext_lazy("worked, to make up (班)")),
            ("ordinary", gettext_lazy("ordinary again")),
        ],
    )
    name = forms.CharField(label=gettext_lazy("Occasion"), max_length=30, required=False)

    def edit(self, division: Division | None) -> Edit:
        """What is to be changed."""
        given = self.cleaned_data
        worked = {"off": False, "worked": True}.get(given["what"])
        return DayEdit(division, given["first"], given["last"] or given["first"], worked, given["name"])


def _time(label: Any, *, required: bool = True) -> forms.TimeField:
    return forms.TimeField(label=label, required=required, widget=forms.TimeInput(attrs={"type": "time"}))


class HoursForm(forms.Form):
    """From when to when people work."""

    opens = _time(gettext_lazy("Work begins"))
    break_from = _time(gettext_lazy("Break begins"), required=False)
    break_to = _time(gettext_lazy("Break ends"), required=False)
    closes = _time(gettext_lazy("Work ends"))
    since = forms.DateField(
        label=gettext_lazy("In force from"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def edit(self, division: Division | None) -> Edit:
        """What is to be changed."""
        given = self.cleaned_data
        hours = Hours(given["opens"], given["closes"], given["break_from"], given["break_to"])
        return HoursEdit(division, hours, given["since"])


FORMS: dict[str, type[DaysForm | HoursForm]] = {"days": DaysForm, "hours": HoursForm}


@dataclass(frozen=True)
class Day:
    """A cell of a month: its number, whether people work, and what the calendar says about it."""

    number: int
    off: bool
    mark: str
    name: str


@dataclass(frozen=True)
class Standing:
    """Whose calendar is looked at, and which year of it; without a place it is the country's."""

    node: Node
    place: Division | None
    year: int


@require_safe
@seated
def calendar(request: HttpRequest, by: PostActor) -> HttpResponse:
    """A year of the country's calendar or of a place's, with what was entered for it."""
    return _page(request, by, _standing(request.GET, by))


def _standing(data: Any, by: PostActor) -> Standing:
    code, year = data.get("place", ""), data.get("year", "") or str(timezone.localdate().year)
    if not year.isascii() or not year.isdigit() or not FIRST_YEAR <= int(year[:5]) <= LAST_YEAR:
        raise Invalid(
            _("Choose a year between %(first)d and %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
    node = standing_at(by, code)
    return Standing(node, node.here if code else None, int(year))


def _page(request: HttpRequest, by: PostActor, at: Standing, **more: Any) -> HttpResponse:
    place, year = at.place, at.year
    days = CalendarDay.objects.filter(day__year=year).order_by("day", "division")
    own = days.filter(division=place)
    found = calendar_of(place.code if place else None)
    context = {
        "node": at.node,
        "place": place,
        "year": year,
        "years": [each for each in (year - 1, year, year + 1) if FIRST_YEAR <= each <= LAST_YEAR],
        "months": _months(year, place),
        "days": own,
        "hours": found.hours_on(timezone.localdate()),
        "rows": WorkHours.objects.filter(division=place).order_by("-valid_from", "-pk"),
        "unknown": not found.covers(date(year, 1, 1)),
        "may_edit": _may_edit(by, place),
        "edits": edits_within(by.post.division.span) if has(by, "calendar.edit") else [],
        "days_form": DaysForm(),
        "hours_form": HoursForm(initial={"since": timezone.localdate()}),
        **more,
    }
    trouble = any(each.is_bound and each.errors for each in (context["days_form"], context["hours_form"]))
    return render(request, "desk/calendar.html", context, status=422 if trouble else 200)


def _may_edit(by: PostActor, place: Division | None) -> bool:
    try:
        require_calendar(by, place)
    except Refusal:
        return False
    return True


def _months(year: int, place: Division | None) -> list[tuple[str, list[list[Day | None]]]]:
    found = calendar_of(place.code if place else None)
    rows = CalendarDay.objects.filter(day__year=year).exclude(name="").order_by("division")
    names = {row.day: row.name for row in rows}
    return [
        (
            str(MONTHS[month]),
            [
                [_day(day, found, names) if day.month == month else None for day in week]
                for week in Weeks().monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]


def _day(day: date, found: Calendar, names: dict[date, str]) -> Day:
    off = not found.is_workday(day)
    if day not in found.exceptions:
        return Day(day.day, off, "", "")
    return Day(day.day, off, _("off") if off else _("work"), names.get(day, ""))


@require_POST
@seated
def change(request: HttpRequest, by: PostActor) -> HttpResponse:
    """First show how many running clocks an edit would move; with the second button write it."""
    at = _standing(request.POST, by)
    require_calendar(by, at.place)
    what = request.POST.get("form", "days")
    if what not in FORMS:
        raise Invalid
    form = FORMS[what](request.POST)
    shown: dict[str, Any] = {f"{what}_form": form}
    if not form.is_valid():
        return _page(request, by, at, **shown)
    edit = form.edit(at.place)
    try:
        moves = preview(edit)
        if "sure" not in request.POST:
            return _page(request, by, at, previewed=what, moves=moves, **shown)
        change_calendar(edit, by=by)
    except Invalid as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, by, at, **shown)
    _reckon(request, moves)
    return redirect(_address(at.place, at.year))


def _reckon(request: HttpRequest, moves: int) -> None:
    if moves <= AT_ONCE:
        reckon_turn()
        messages.success(request, _("Saved. Running clocks moved: %(count)d.") % {"count": moves})
        return
    words = _("Saved. %(count)d running clocks are being reckoned again; this takes a minute.")
    messages.success(request, words % {"count": moves})


def _address(place: Division | None, year: int) -> str:
    return f"{reverse('desk:calendar')}?year={year}&place={place.trimmed if place else ''}"


@require_POST
@seated
def undo(request: HttpRequest, by: PostActor, key: int) -> HttpResponse:
    """Take one edit back."""
    undo_calendar(key, by=by)
    reckon_turn()
    messages.success(request, _("Taken back."))
    return redirect("desk:calendar")
