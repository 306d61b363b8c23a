"""Who looked at my data, as pages show it: by day, with the matter where it is one's own, and the way to ask why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from linli.base.errors import Invalid
from linli.cases.kinds import Kind, all_kinds
from linli.cases.models import Case
from linli.residents.looks import Look, Looks


@dataclass(frozen=True)
class Line:
    """One reading; `number` is the matter's, empty where it is not the reader's own; `ask` leads to asking why."""

    look: Look
    number: str
    ask: str


@dataclass(frozen=True)
class Day:
    """The readings of a day, the newest first."""

    day: date
    lines: Sequence[Line]


def by_day(looks: Looks, own: Iterable[Case], *, ward: UUID | None = None) -> list[Day]:
    """Grouped by the days of the place. Somebody else's matter, in which one was looked up, is never named.

    `ward`: whose list it is, where a guardian reads it and would ask for them.
    """
    numbers = {case.pk: case.number for case in own}
    asking = kind_that_answers()
    lines = [_line(each, numbers, asking, ward) for each in looks.lines]
    return [
        Day(day, list(those))
        for day, those in groupby(lines, key=lambda line: timezone.localtime(line.look.at).date())
    ]


def _line(look: Look, numbers: Mapping[UUID, str], asking: Kind | None, ward: UUID | None) -> Line:
    number = numbers.get(look.about, "") if look.about else ""
    if asking is None or (ward and not look.organisation):
        return Line(look, number, "")
    wanted = {"wanted": "ask_why", "look": str(look.key), **({"mentions": number} if number else {})}
    if ward:
        wanted["ward"] = str(ward)
    return Line(look, number, f"{reverse('resident:report', args=[asking.name])}?{urlencode(wanted)}")


def kind_that_answers() -> Kind | None:
    """The kind of case in which somebody is told why: the one whose opening form takes a look from a link."""
    for kind in all_kinds():
        form = kind.form(kind.procedure.opening)
        if "look" in form.from_link:
            return kind
    return None


def page_key(request: HttpRequest) -> UUID | None:
    """Where the page goes on; Invalid for what is no key."""
    given = request.GET.get("before", "")
    try:
        return UUID(given) if given else None
    except ValueError as trouble:
        raise Invalid from trouble
