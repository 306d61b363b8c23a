"""Mediation bodies by Excel: out as a workbook, in row by row; one fault, and nothing of the file is carried out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from linli.base.errors import Invalid, Refusal
from linli.base.sheets import Heading, Table, write_workbook
from linli.base.text import half_width, tidy
from linli.base.workbooks import Sheet, Value, read_workbook
from linli.base.writing import writing
from linli.divisions.models import Division
from linli.posts.actor import PostActor
from linli.registers.actions.bodies import About, check, enter
from linli.registers.models import Body, BodyKind, Station
from linli.registers.reading import bodies_in

LONGEST = {"title": 100, "located": 200, "telephone": 30, "hours": 100, "unit": 100}


def _columns() -> dict[str, str]:
    """Field and heading, in the order of the sheet, in the reader's language."""
    return {
        "title": _("Name of the body"),
        "kind": _("Kind of body"),
        "area": _("Code of the area it serves"),
        "located": _("Where to find it"),
        "station": _("Stationed"),
        "telephone": _("Duty telephone"),
        "hours": _("Hours"),
        "unit": _("Large unit"),
        "members": _("Members"),
        "women": _("Women among them"),
    }


@dataclass(frozen=True)
class Fault:
    """What is wrong in a row (as Excel counts them)."""

    row: int
    sentence: str


@dataclass
class Plan:
    """What a workbook would do: bodies to enter, or everything that is wrong with it."""

    entries: list[tuple[About, Division]] = field(default_factory=list)
    new: int = 0
    faults: list[Fault] = field(default_factory=list)


def as_workbook(area: Division) -> bytes:
    """The bodies of an area, with choices to pick from; it can be changed and sent back."""
    columns = _columns()
    choices: dict[str, tuple[str, ...]] = {
        "kind": tuple(str(label) for label in BodyKind.labels),
        "station": tuple(str(label) for label in Station.labels),
    }
    headings = [Heading(label, 20, choices.get(name, ())) for name, label in columns.items()]
    return write_workbook(
        Table(_("Mediation bodies"), headings, [_written(body) for body in bodies_in(area)])
    )


def _written(body: Body) -> list[str | int | None]:
    return [
        body.organisation.name,
        str(BodyKind(body.kind).label),
        body.division.trimmed,
        body.located,
        str(Station(body.station).label),
        body.organisation.telephone,
        body.hours,
        body.unit.title if body.unit else "",
        body.members,
        body.women,
    ]


def plan_of(content: bytes, *, by: PostActor) -> Plan:
    """Read a workbook; raises Invalid or TooLarge where it is none of ours, and lists what is wrong row by row."""
    sheet, places = _sheet(content)
    plan, seen = Plan(), set()
    for number, row in enumerate(sheet.rows[1:], start=2):
        cells = {name: _text(row[place]) if place < len(row) else "" for name, place in places.items()}
        if not any(cells.values()):
            continue
        try:
            about, area = _entry(cells, by=by)
            if (about.title, area.pk) in seen:
                raise Invalid(_("This body stands in the file twice."))
            seen.add((about.title, area.pk))
            plan.entries.append((about, area))
        except Refusal as refusal:
            plan.faults.append(Fault(number, refusal.sentence))
    known = set(Body.objects.values_list("organisation__name", "organisation__division_id"))
    plan.new = len(seen - known)
    return plan


def carry_out(plan: Plan, *, by: PostActor) -> int:
    """Enter all bodies of a plan in one transaction; how many. A body that is not in the file stays as it is."""
    if plan.faults:
        raise Invalid(
            _("Nothing was carried out: put the rows right that are named, then send the file again.")
        )
    with writing():
        for about, area in plan.entries:
            enter(about, area, by=by)
    return len(plan.entries)


def _sheet(content: bytes) -> tuple[Sheet, Mapping[str, int]]:
    columns = {label: name for name, label in _columns().items()}
    for sheet in read_workbook(content):
        top = [tidy(str(cell)) for cell in sheet.rows[0]] if sheet.rows else []
        places = {columns[label]: place for place, label in enumerate(top) if label in columns}
        if {"title", "kind", "area", "located"} <= set(places):
            if sheet.formulas:
                raise Invalid(_("Some cells hold formulas. Paste them as values, then send the file again."))
            return sheet, places
    raise Invalid(
        _("The first row must hold the headings of our own workbook. Download it here and fill it in.")
    )


def _text(value: Value) -> str:
    if isinstance(value, float) and value.is_integer():
        value = str(int(value))
    return tidy(str(value))


def _entry(cells: Mapping[str, str], *, by: PostActor) -> tuple[About, Division]:
    for name, label in _columns().items():
        if name in {"title", "kind", "area", "located"} and not cells.get(name):
            raise Invalid(_("“%(label)s” is empty.") % {"label": label})
        if len(cells.get(name, "")) > LONGEST.get(name, 30):
            raise Invalid(_("“%(label)s” is too long.") % {"label": label})
    area = Division.objects.current().coded(half_width(cells["area"])).first()
    if area is None:
        raise Invalid(_("There is no place with this code here. Choose one from the list."))
    check(by, area)
    about = About(
        title=cells["title"],
        kind=_choice(BodyKind, cells["kind"]),
        located=cells["located"],
        station=_choice(Station, cells.get("station") or str(Station.OWN.label)),
        telephone=cells.get("telephone", ""),
        hours=cells.get("hours", ""),
        unit=cells.get("unit", ""),
        members=_number(cells.get("members", "")),
        women=_number(cells.get("women", "")),
    )
    return about, area


def _choice(choices: Any, typed: str) -> str:
    for value, label in choices.choices:
        if typed in (value, str(label)):
            return str(value)
    raise Invalid(_("“%(typed)s” is none of the choices.") % {"typed": typed})


def _number(typed: str) -> int | None:
    plain = half_width(typed)
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 3):
        raise Invalid(_("“%(typed)s” is no number of people.") % {"typed": typed})
    return int(plain)


def faults_shown(plan: Plan, most: int = 100) -> Iterator[Fault]:
    """The first faults, for a page."""
    yield from plan.faults[:most]
