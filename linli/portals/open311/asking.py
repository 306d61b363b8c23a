"""Reading what a list is asked for: days with their zone, pages, codes; all that is wrong with it at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.ids import has_valid_check_digit
from linli.base.text import half_width, tidy

MOST = 1000  # the specification's limit of one answer
FARTHEST = 100_000  # rows a page may lie behind the first
SPAN = timedelta(days=90)
STATES = {"open", "closed"}
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
OWN_NUMBERS = ("external_id", "fixmystreet_id")  # attributes in which a source sends its own number
LONGEST_NUMBER = 60
T = TypeVar("T")
_NUMBER = re.compile(rf"[\w.:/#-]{{1,{LONGEST_NUMBER}}}")
_ZONE_AFTER_BLANK = re.compile(r" (\d\d:\d\d)$")


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed by; None: not at all."""

    numbers: list[str] | None
    services: list[str]
    states: set[str]
    start: datetime | None
    end: datetime | None
    updated_after: datetime | None
    updated_before: datetime | None
    size: int
    page: int

    @property
    def rows(self) -> slice:
        """Which rows of the whole list."""
        return slice((self.page - 1) * self.size, self.page * self.size)


def wanted(query: QueryDict) -> Wanted:
    """What the address asks for; empty parameters are as if they were not there."""
    faults: dict[str, list[str]] = {}
    moments = {
        name: _read(moment_of, query, name, faults)
        for name in ("start_date", "end_date", "updated_after", "updated_before")
    }
    states = set(_several(query, "status"))
    if states - STATES:
        faults["status"] = [_("A status is “open” or “closed”.")]
    size = min(_read(_count, query, "page_size", faults) or MOST, MOST)
    page = _read(_count, query, "page", faults) or 1
    if page * size > FARTHEST:
        faults["page"] = [_("This page lies too far back. Narrow the list by start_date and end_date.")]
    if faults:
        raise Invalid(fields=faults)
    found = Wanted(
        numbers=_numbers(query),
        services=_several(query, "service_code"),
        states=states,
        start=moments["start_date"],
        end=moments["end_date"],
        updated_after=moments["updated_after"],
        updated_before=moments["updated_before"],
        size=size,
        page=page,
    )
    return _within_ninety_days(found)


def _within_ninety_days(found: Wanted) -> Wanted:
    """The range the specification gives a list that names none, or only one end of it."""
    if found.start and found.end:
        if not found.start <= found.end <= found.start + SPAN:
            sentence = _("end_date must lie after start_date, and at most 90 days after it.")
            raise Invalid(fields={"end_date": [sentence]})
        return found
    if found.start:
        return replace(found, end=found.start + SPAN)
    if found.end:
        return replace(found, start=found.end - SPAN)
    changed = found.updated_after or found.updated_before
    return found if changed else replace(found, start=timezone.now() - SPAN)


def readable(number: str) -> bool:
    """Whether this can be one of our numbers at all."""
    return len(number) <= 30 and has_valid_check_digit(number)


def own_number(form: QueryDict) -> str:
    """The number the sender knows its request by, or nothing; Invalid for one that cannot be a number."""
    given = (tidy(form.get(f"attribute[{each}]", "")) for each in OWN_NUMBERS)
    number = next((each for each in given if each), "")
    if number and not _NUMBER.fullmatch(number):
        sentence = _("A number of your own has at most %(most)d letters, digits and . : / # -")
        raise Invalid(fields={f"attribute[{OWN_NUMBERS[0]}]": [sentence % {"most": LONGEST_NUMBER}]})
    return number


def _several(query: QueryDict, name: str) -> list[str]:
    """A parameter that may stand there several times, or once with commas."""
    given = ",".join(query.getlist(name))[:40_000]
    return [word for each in given.split(",")[:MOST] if (word := half_width(each).strip())]


def _numbers(query: QueryDict) -> list[str] | None:
    """Which requests are asked for by their numbers; an empty list where none of them can be one of ours."""
    asked = _several(query, "service_request_id")
    return [each for each in asked if readable(each)] if asked else None


def _read(reading: Callable[[str], T], query: QueryDict, name: str, faults: dict[str, list[str]]) -> T | None:
    text = query.get(name, "").strip()
    try:
        return reading(text) if text else None
    except Invalid as refusal:
        faults[name] = [str(refusal.sentence)]
        return None


def moment_of(text: str) -> datetime:
    """A W3C date and time with its zone, within the years the database can tell; Invalid otherwise."""
    try:
        found = parse_datetime(_ZONE_AFTER_BLANK.sub(r"+\1", text.strip())) if len(text) < 40 else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid(_("Write date, time and zone like 2026-03-01T09:30:00+08:00 or 2026-03-01T01:30:00Z."))
    if not EARLIEST.year < found.year < LATEST.year:
        return EARLIEST if found.year <= EARLIEST.year else LATEST
    return found


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) > 0):
        raise Invalid(_("This must be a whole number from 1 on."))
    return min(int(text), FARTHEST)
