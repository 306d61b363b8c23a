"""How old somebody is, by the calendar of the place (周岁): what children may do alone, and what needs a guardian."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

ACTS_PARTLY = 8  # from it on a child does by itself what fits its age (民法典 19)
OWN_CONSENT = 14  # below it a parent or other guardian agrees (个人信息保护法 31)
OF_AGE = 18  # 民法典 17


def birthday(born: date, years: int) -> date:
    """The day somebody becomes so old, from its midnight; 28 February where the year has no 29 (民法典 202)."""
    year = born.year + years
    return date(year, born.month, min(born.day, monthrange(year, born.month)[1]))


def years_old(born: date, on: date) -> int:
    """Full years of age on a day; below 0 for a day before the birth."""
    years = on.year - born.year
    return years if on >= birthday(born, years) else years - 1


@dataclass(frozen=True)
class Age:
    """What follows from an age; `years` is None where the day of birth is not known."""

    years: int | None

    @property
    def child(self) -> bool:
        """Whether a parent or other guardian has to agree to what is done with their data."""
        return self.years is not None and self.years < OWN_CONSENT

    @property
    def small(self) -> bool:
        """Whether somebody is known to be too young to do anything in law alone (民法典 20)."""
        return self.years is not None and self.years < ACTS_PARTLY

    @property
    def minor(self) -> bool:
        """Whether somebody has guardians because of their age."""
        return self.years is not None and self.years < OF_AGE


def age_of(born: str, on: date) -> Age:
    """The age of somebody whose day of birth is kept as text, perhaps not at all."""
    return Age(years_old(date.fromisoformat(born), on) if born else None)
