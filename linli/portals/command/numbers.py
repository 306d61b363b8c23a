"""A number on a page of the command centre, and where exactly the cases it counts are listed."""

from __future__ import annotations

from dataclasses import dataclass

from linli.analytics.counting import Counted
from linli.analytics.definition import Figure
from linli.analytics.periods import Period
from linli.portals.command.picture import FREE, counted_by


@dataclass(frozen=True)
class Number:
    """How many cases a figure comes to; `address` lists them, and is empty where there are none."""

    label: str
    count: int
    address: str


def number_of(figure: Figure, counted: Counted, period: Period, *, label: str = "", **of: str) -> Number:
    """A figure of some days; `of` is whose it is, as the list is asked for it (`place`, `rest`)."""
    found = counted.get(figure.name, 0)
    days = {"period": FREE, "since": period.since.isoformat(), "until": period.until.isoformat()}
    address = counted_by(figure=figure.name, **days, **of) if found else ""
    return Number(label or str(figure.label), found, address)
