"""Editing the working calendar of a place: days off and worked, hours of work; previewed, recorded, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.base.generations import bump
from linli.base.worktime import Hours
from linli.base.writing import writing
from linli.cases.calendars import FAMILY, Calendars, Layer, read_calendars
from linli.cases.editing import top_area
from linli.cases.models import CalendarDay, Revision, WorkHours
from linli.cases.reckoning import moving
from linli.divisions.codes import EVERYWHERE
from linli.divisions.models import Division
from linli.ledger.names import Redaction, register
from linli.ledger.records import Line, record
from linli.posts.actor import Actor, PostActor, SystemActor
from linli.posts.may import covers, require

TABLE = "calendar"
LONGEST_RUN = 31


@dataclass(frozen=True)
class DayEdit:
    """Days that become off or worked at a place (None: the country), or ordinary again (`worked` None)."""

    division: Division | None
    first: date
    last: date
    worked: bool | None
    name: str = ""

    @property
    def days(self) -> list[date]:
        """All days from the first to the last."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


@dataclass(frozen=True)
class HoursEdit:
    """From when to when a place works, from a day on."""

    division: Division | None
    hours: Hours
    since: date


Edit = DayEdit | HoursEdit


def require_calendar(by: Actor, division: Division | None) -> None:
    """Raise the refusal of whoever may not edit this calendar: the country's is edited at the top of the place."""
    if isinstance(by, SystemActor):
        return
    if not isinstance(by, PostActor):
        raise NotYours
    within = division.code if division else top_area()
    if division is None and not covers(by, within):
        raise NotYours(_("The calendar of the whole country is edited at the top of this place only."))
    require(by, "calendar.edit", within=within)


def preview(edit: Edit) -> int:
    """How many running clocks an edit would move; nothing is changed."""
    _check(edit)
    calendars = read_calendars()
    key = edit.division.pk if edit.division else None
    span = edit.division.span if edit.division else EVERYWHERE
    layer = calendars.layers.setdefault(key, Layer(span))
    if isinstance(edit, HoursEdit):
        layer.hours = ((edit.since, edit.hours), *(each for each in layer.hours if each[0] < edit.since))
    else:
        for day in edit.days:
            layer.days.pop(day, None)
            if edit.worked is not None:
                layer.days[day] = edit.worked
    return moving(Calendars(calendars.layers))


def change_calendar(edit: Edit, *, by: Actor) -> Revision:
    """Write an edit and record it; running clocks are reckoned again after it. Invalid when it makes no sense."""
    require_calendar(by, edit.division)
    _check(edit)
    with writing():
        made = _write_hours(edit) if isinstance(edit, HoursEdit) else _write_days(edit)
        return _recorded(edit.division, made, "calendar.edit", by=by)


def _check(edit: Edit) -> None:
    if isinstance(edit, HoursEdit):
        rest = (edit.hours.break_from, edit.hours.break_to)
        points = [edit.hours.opens, *(point for point in rest if point), edit.hours.closes]
        if points != sorted(set(points)) or len(points) == 3:
            raise Invalid(_("Hours of work run from morning to evening, with the break between them."))
        return
    if edit.last < edit.first:
        raise Invalid(_("The last day is before the first."))
    if len(edit.days) > LONGEST_RUN:
        raise Invalid(_("Enter at most %(count)d days at once.") % {"count": LONGEST_RUN})


def _write_days(edit: DayEdit) -> list[dict[str, Any]]:
    known = {row.day: row for row in CalendarDay.objects.filter(division=edit.division, day__in=edit.days)}
    made = []
    for day in edit.days:
        before = _kept(known.get(day))
        after = None if edit.worked is None else [edit.worked, edit.name]
        if before != after:
            _put(edit.division, day, after)
            made.append({"day": day.isoformat(), "before": before, "after": after})
    if not made:
        raise Invalid(_("These days stand like this in the calendar already."))
    return made


def _kept(row: CalendarDay | None) -> list[Any] | None:
    return [row.worked, row.name] if row else None


def _put(division: Division | None, day: date, value: list[Any] | None) -> None:
    if value is None:
        CalendarDay.objects.filter(division=division, day=day).delete()
        return
    CalendarDay.objects.update_or_create(
        division=division, day=day, defaults={"worked": value[0], "name": value[1]}
    )


def _write_hours(edit: HoursEdit) -> list[dict[str, Any]]:
    row = WorkHours.objects.create(division=edit.division, valid_from=edit.since, **vars(edit.hours))
    return [{"hours": row.pk}]


def _recorded(
    division: Division | None,
    made: list[dict[str, Any]],
    name: str,
    *,
    by: Actor,
    undoes: Revision | None = None,
) -> Revision:
    post = by.post if isinstance(by, PostActor) else None
    revision = Revision.objects.create(
        kind=TABLE,
        table=TABLE,
        at=timezone.now(),
        post=post,
        changes=[{"division": division.pk if division else None, **step} for step in made],
        counts={"days": len(made)},
        undoes=undoes,
    )
    bump(FAMILY)
    facts = {"revision": revision.pk, "days": len(made), "place": division.trimmed if division else ""}
    record(Line(name, by.by(), division.code if division else top_area(), facts=facts))
    return revision


def undo_calendar(key: int, *, by: Actor) -> Revision:
    """Take an edit back; Conflict when that was done, or when one of its days was edited again since."""
    revision = Revision.objects.filter(kind=TABLE, pk=key).first()
    if revision is None:
        raise NotFound
    division = Division.objects.filter(pk=revision.changes[0]["division"]).first()
    require_calendar(by, division)
    with writing():
        if revision.undoes_id or Revision.objects.filter(undoes=revision).exists():
            raise Conflict(_("This edit has been taken back already."))
        return _recorded(
            division,
            [_back(division, step) for step in revision.changes],
            "calendar.undo",
            by=by,
            undoes=revision,
        )


def _back(division: Division | None, step: dict[str, Any]) -> dict[str, Any]:
    if "hours" in step:
        WorkHours.objects.filter(pk=step["hours"]).delete()
        return {"hours": step["hours"]}
    day = date.fromisoformat(step["day"])
    if _kept(CalendarDay.objects.filter(division=division, day=day).first()) != step["after"]:
        raise Conflict(_("One of these days was edited again later. Take the later edit back first."))
    _put(division, day, step["before"])
    return {"day": step["day"], "before": step["after"], "after": step["before"]}


def edits_within(span: tuple[int, int], most: int = 20) -> list[tuple[Revision, bool]]:
    """The latest edits of the country's calendar and of an area's, and whether each can be taken back."""
    places = {
        place.pk for place in Division.objects.filter(code__gte=span[0], code__lt=span[1], pk__in=_edited())
    }
    rows = Revision.objects.filter(kind=TABLE).select_related("post", "undone_by").order_by("-pk")
    found = [row for row in rows[: most * 5] if row.changes[0]["division"] in {None, *places}]
    return [(row, row.undoes_id is None and not hasattr(row, "undone_by")) for row in found[:most]]


def _edited() -> set[int]:
    days = CalendarDay.objects.exclude(division=None).values_list("division", flat=True)
    hours = WorkHours.objects.exclude(division=None).values_list("division", flat=True)
    revised = Revision.objects.filter(kind=TABLE).values_list("changes", flat=True)
    return {key for key in (*days, *hours, *(each[0]["division"] for each in revised)) if key}


def register_entries() -> None:
    """Make this module's ledger names known; called when the app starts."""
    for name, label in (
        ("calendar.edit", lambda: gettext("Working calendar edited")),
        ("calendar.undo", lambda: gettext("Calendar edit taken back")),
    ):
        register(name, label=label, redaction=Redaction.NO_WORDS)
