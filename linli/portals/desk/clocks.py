"""The clocks of a case and the limits of a procedure, each with the row that says so and where it comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.apps import apps
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.base.worktime import Unit
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Clock, Limit
from linli.cases.procedure import Procedure
from linli.portals.desk.lights import Light, light_of, resting_words


@dataclass(frozen=True)
class ShownClock:
    """A stretch of running time in words; `light` only while it runs, `first_due` only where it is another moment."""

    label: str
    term: str
    source: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    light: Light | None
    halted: str = ""
    granted: str = ""
    first_due: datetime | None = None
    promised: bool = True


@dataclass(frozen=True)
class ShownLimit:
    """A limit in force: which clock, how long, since when, whose rule, and whether the place has confirmed it."""

    label: str
    term: str
    source: str
    since: date
    confirmed: bool


def clocks_of(case: Case) -> list[ShownClock]:
    """All clocks of a case: those that run first, among them what the reporter was promised; then the newest first."""
    found = Clock.objects.filter(case=case).select_related("task__post")
    clocks = list(found.order_by("-started_at", "name"))
    sources = _sources(case.kind, {clock.source for clock in clocks})
    rules, now = kind_of(case.kind).procedure.clocks, timezone.now()
    for clock in clocks:
        clock.case = case
    shown = [
        ShownClock(
            label=_named(str(rules[clock.name].label), clock),
            term=term_words(clock.amount, clock.unit),
            source=sources.get(clock.source, ""),
            started_at=clock.started_at,
            due_at=clock.due_at,
            stopped_at=clock.stopped_at,
            light=light_of(clock, now) if clock.running or clock.resting else None,
            halted=_halted_words(clock),
            granted=term_words(clock.extra, clock.unit) if clock.extra else "",
            first_due=clock.first_due if clock.first_due != clock.due_at else None,
            promised=rules[clock.name].shown,
        )
        for clock in clocks
    ]
    return sorted(shown, key=lambda clock: 2 if clock.light is None else 0 if clock.promised else 1)


def _named(label: str, clock: Clock) -> str:
    """With the milestone it is for, or the post whose part it measures."""
    whose = clock.task.post.title if clock.task else clock.label
    return f"{label} · {whose}" if whose else label


def _halted_words(clock: Clock) -> str:
    if clock.halted == Clock.Halted.EXTENDED:
        return _("extended")
    return resting_words(clock) if clock.halted else ""


def limits_of(procedure: Procedure, on: date) -> list[ShownLimit]:
    """The limits of a procedure's clocks in force on a day."""
    in_force = Limit.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=on), kind=procedure.kind, valid_from__lte=on
    )
    newest = {limit.clock: limit for limit in in_force.order_by("valid_from", "pk")}
    return [
        ShownLimit(
            str(rule.label), term_words(row.amount or 0, row.unit), row.source, row.valid_from, row.confirmed
        )
        for rule in procedure.clocks.values()
        if (row := newest.get(rule.name))
    ]


def term_words(amount: int, unit: str) -> str:
    """A length such as “5 working days”."""
    if unit == Unit.WORKING_DAYS:
        words = ngettext("%(count)d working day", "%(count)d working days", amount)
    elif unit == Unit.WORKING_HOURS:
        words = ngettext("%(count)d working hour", "%(count)d working hours", amount)
    elif unit == Unit.HOURS:
        words = ngettext("%(count)d hour", "%(count)d hours", amount)
    else:
        words = ngettext("%(count)d day", "%(count)d days", amount)
    return words % {"count": amount}


def _sources(kind: str, names: Iterable[str]) -> dict[str, str]:
    """`limit:7` is a row of the table of that name, the core's or the kind's own."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for name in names:
        table, _colon, key = name.partition(":")
        wanted[table].add(key)
    found = {}
    for table, keys in wanted.items():
        model: type[Model] | None = Limit if table == "limit" else _model(kind, table)
        for row in model._default_manager.filter(pk__in=keys) if model else ():
            found[f"{table}:{row.pk}"] = str(getattr(row, "source", ""))
    return found


def _model(kind: str, table: str) -> type[Model] | None:
    return apps.get_app_config("cases").models.get(table) or apps.get_app_config(kind).models.get(table)
