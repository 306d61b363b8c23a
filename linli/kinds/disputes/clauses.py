"""Clauses of an agreement as data: who owes whom what until when, checked, and whether a court may confirm it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from linli.base.worktime import Calendar
from linli.kinds.disputes.sums import MOST, digits

FARTHEST_YEARS = 20
MOST_CLAUSES = 40
MOST_PAYMENTS = 60


class Sort(models.TextChoices):
    """What a clause is about."""

    MONEY = "money", pgettext_lazy("clause", "Payment of money")
    ACT = "act", pgettext_lazy("clause", "Something is done")
    STOP = "stop", pgettext_lazy("clause", "Something is no longer done")
    APOLOGY = "apology", pgettext_lazy("clause", "Apology")
    RETURN = "return", pgettext_lazy("clause", "Something is given back")
    COSTS = "costs", pgettext_lazy("clause", "Who bears the costs")
    CONFIDENTIAL = "confidential", pgettext_lazy("clause", "Both keep it to themselves")
    SETTLED = "settled", pgettext_lazy("clause", "No further claims")
    OWNERSHIP = "ownership", pgettext_lazy("clause", "Whose a house, land or another right is")
    STATUS = "status", pgettext_lazy("clause", "Marriage, parenthood or adoption")
    OTHER = "other", pgettext_lazy("clause", "Something else")


class How(models.TextChoices):
    """How money is paid, or an apology made."""

    TRANSFER = "transfer", pgettext_lazy("clause", "by bank transfer")
    PHONE = "phone", pgettext_lazy("clause", "by telephone payment")
    CASH = "cash", pgettext_lazy("clause", "in cash")
    SPOKEN = "spoken", pgettext_lazy("clause", "face to face")
    WRITTEN = "written", pgettext_lazy("clause", "in writing")


WAYS: Mapping[str, tuple[How, ...]] = {
    Sort.MONEY: (How.TRANSFER, How.PHONE, How.CASH),
    Sort.APOLOGY: (How.SPOKEN, How.WRITTEN),
}


@dataclass(frozen=True)
class Payment:
    """An instalment, or the whole sum: until when, and how much."""

    due: date
    fen: int


@dataclass(frozen=True)
class Clause:
    """One clause. `who` owes, `whom` it is owed to: numbers of parties in the case (0 raised it); None: all alike."""

    sort: Sort
    who: int | None = None
    whom: int | None = None
    text: str = ""
    by: date | None = None
    how: str = ""
    fen: int = 0
    payments: tuple[Payment, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """As it is kept: plain values that say nothing twice."""
        kept = {
            name: value
            for name, value in asdict(self).items()
            if value not in (None, "", 0, ()) or name == "who"
        }
        if self.by:
            kept["by"] = self.by.isoformat()
        if self.whom is not None:
            kept["whom"] = self.whom
        if self.payments:
            kept["payments"] = [{"due": each.due.isoformat(), "fen": each.fen} for each in self.payments]
        return {**kept, "sort": self.sort.value}


def clause_from(data: Mapping[str, Any]) -> Clause:
    """A clause as it was kept."""
    known = {each.name for each in fields(Clause)}
    kept = {name: value for name, value in data.items() if name in known}
    kept["sort"] = Sort(kept["sort"])
    if kept.get("by"):
        kept["by"] = date.fromisoformat(kept["by"])
    kept["payments"] = tuple(
        Payment(date.fromisoformat(each["due"]), each["fen"]) for each in kept.get("payments", ())
    )
    return Clause(**kept)


# What each sort asks for; in brackets below, what may be left out.
ASKS: Mapping[str, tuple[str, ...]] = {
    Sort.MONEY: ("who", "whom", "fen", "how", "payments", "text"),
    Sort.ACT: ("who", "text", "by"),
    Sort.STOP: ("who", "text", "by"),
    Sort.APOLOGY: ("who", "whom", "how", "by", "text"),
    Sort.RETURN: ("who", "whom", "text", "by"),
    Sort.COSTS: ("text", "who", "fen"),
    Sort.CONFIDENTIAL: (),
    Sort.SETTLED: ("text",),
    Sort.OWNERSHIP: ("text",),
    Sort.STATUS: ("text",),
    Sort.OTHER: ("text",),
}
MAY_LACK: Mapping[str, frozenset[str]] = {
    Sort.MONEY: frozenset({"text"}),
    Sort.STOP: frozenset({"by"}),
    Sort.APOLOGY: frozenset({"text"}),
    Sort.COSTS: frozenset({"who", "fen"}),
    Sort.SETTLED: frozenset({"text"}),
}


def may_lack(sort: str, name: str) -> bool:
    """Whether a clause of this sort may leave a part open."""
    return name in MAY_LACK.get(sort, frozenset())


def faults(clause: Clause, sides: Collection[int], today: date) -> dict[str, str]:
    """What is wrong with a clause, by part, each with what to do; empty for a sound one."""
    found = {name: _("This is missing.") for name in _lacking(clause)}
    found |= _wrong_sides(clause, sides)
    if clause.by and (wrong := wrong_day(clause.by, today)):
        found["by"] = wrong
    if clause.how and clause.how not in WAYS.get(clause.sort, ()):
        found["how"] = _("This way does not fit this clause. Choose one from the list.")
    if clause.fen and not 0 < clause.fen <= MOST:
        found["fen"] = _("A sum in an agreement is more than nothing.")
    if clause.sort == Sort.MONEY and clause.payments and "fen" not in found:
        found |= _wrong_payments(clause, today)
    return found


def _lacking(clause: Clause) -> Iterator[str]:
    for name in ASKS[clause.sort]:
        empty = getattr(clause, name) in ((None,) if name in {"who", "whom"} else (None, "", 0, ()))
        if empty and not may_lack(clause.sort, name):
            yield name


def _wrong_sides(clause: Clause, sides: Collection[int]) -> dict[str, str]:
    strangers = {"who": clause.who, "whom": clause.whom}
    found = {
        name: _("This is nobody who is a party here. Choose one from the list.")
        for name, nr in strangers.items()
        if nr is not None and nr not in sides
    }
    if clause.who is not None and clause.who == clause.whom:
        found["whom"] = _("Both sides are the same person here. Choose who receives it.")
    return found


def wrong_day(day: date, today: date) -> str:
    """What is wrong with a day by which something is to be done, in a sentence; empty where nothing is."""
    if day < today:
        return _("This day has passed. What was already done is written into the facts of the dispute.")
    if day > today.replace(year=today.year + FARTHEST_YEARS, day=min(today.day, 28)):
        return _("This day is more than %(years)d years away. Please check the year.") % {
            "years": FARTHEST_YEARS
        }
    return ""


def _wrong_payments(clause: Clause, today: date) -> dict[str, str]:
    if len(clause.payments) > MOST_PAYMENTS:
        return {"payments": _("At most %(most)d instalments in one clause.") % {"most": MOST_PAYMENTS}}
    days = [each.due for each in clause.payments]
    for nr, each in enumerate(clause.payments, 1):
        wrong = wrong_day(each.due, today) or (
            "" if each.fen > 0 else _("A sum in an agreement is more than nothing.")
        )
        if wrong:
            return {"payments": _("Instalment %(nr)d: %(wrong)s") % {"nr": nr, "wrong": wrong}}
    if days != sorted(set(days)):
        return {"payments": _("Put the instalments in the order of their days, one for each day.")}
    total = sum(each.fen for each in clause.payments)
    if total != clause.fen:
        told = {"total": digits(total), "sum": digits(clause.fen), "gap": digits(abs(clause.fen - total))}
        if total < clause.fen:
            return {
                "payments": _("The instalments come to %(total)s, that is %(gap)s less than %(sum)s.") % told
            }
        return {"payments": _("The instalments come to %(total)s, that is %(gap)s more than %(sum)s.") % told}
    return {}


def monthly(fen: int, count: int, first: date) -> tuple[Payment, ...]:
    """A sum in equal monthly parts from a day on; what does not divide is in the last part.

    A month without that day ends earlier: 31 January, 28 February, 31 March.
    """
    part = fen // count
    dues = [_month_after(first, months) for months in range(count)]
    sums = [part] * (count - 1) + [fen - part * (count - 1)]
    return tuple(Payment(due, each) for due, each in zip(dues, sums, strict=True))


def _month_after(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    begin = date(day.year + year, month + 1, 1)
    end = (begin + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return begin.replace(day=min(day.day, end.day))


@dataclass(frozen=True)
class Due:
    """What is to be performed on a day, for the plan that reminds and asks: which clause, which instalment of it."""

    clause: int
    part: int
    who: int | None
    whom: int | None
    day: date
    fen: int


def plan_of(clauses: Sequence[Clause]) -> list[Due]:
    """Everything in an agreement that has a day, in the order of days. Clauses and instalments count from 1."""
    found = []
    for nr, clause in enumerate(clauses, 1):
        owed = clause.who, clause.whom
        found += [Due(nr, part, *owed, each.due, each.fen) for part, each in enumerate(clause.payments, 1)]
        if clause.by and clause.sort != Sort.STOP:
            found.append(Due(nr, 1, *owed, clause.by, 0))
    return sorted(found, key=lambda due: (due.day, due.clause))


def days_off(clause: Clause, calendar: Calendar) -> list[tuple[date, date]]:
    """Days of a clause that nobody works on, each with the next working day: a wish to think twice, no fault."""
    days = [each.due for each in clause.payments] + ([clause.by] if clause.by else [])
    return [(day, calendar.next_workday(day)) for day in days if not calendar.is_workday(day)]


class Confirmable(StrEnum):
    """Whether a court may confirm what a clause says."""

    YES = "yes"
    LOOKED_AT = "looked_at"
    NO = "no"


@dataclass(frozen=True)
class Confirming:
    """Whether a clause can be confirmed, why, and where that stands."""

    answer: Confirmable
    reason: str | Promise
    source: str = ""


# 法释〔2011〕5号 art. 4 (2)-(4) as published, 7 from memory; 民事诉讼法解释 (2022) art. 355 (3), (5): from memory.
_CLEAR = Confirming(Confirmable.YES, gettext_lazy("A court can confirm this and have it carried out."))
_IF_CLEAR = Confirming(
    Confirmable.LOOKED_AT,
    gettext_lazy("A court confirms this only if it is plain what is to be done, by whom and until when."),
    "法释〔2011〕5号 7",
)
_UNFORCED = Confirming(
    Confirmable.LOOKED_AT,
    gettext_lazy("A court may confirm the agreement, but can hardly have this carried out."),
    "法释〔2011〕5号 7",
)
_OWNED = Confirming(
    Confirmable.NO,
    gettext_lazy(
        "A court does not confirm whose a house, land or another right is. It needs a lawsuit or the register."
    ),
    "民诉法解释 355(5)",
)
_STATUS = Confirming(
    Confirmable.NO,
    gettext_lazy(
        "A court does not confirm marriage, parenthood or adoption. It needs a lawsuit or the registry office."
    ),
    "法释〔2011〕5号 4(2)-(4)",
)
CONFIRMING: Mapping[str, Confirming] = {
    Sort.MONEY: _CLEAR,
    Sort.ACT: _IF_CLEAR,
    Sort.STOP: _IF_CLEAR,
    Sort.APOLOGY: _UNFORCED,
    Sort.RETURN: _CLEAR,
    Sort.COSTS: _CLEAR,
    Sort.CONFIDENTIAL: _UNFORCED,
    Sort.SETTLED: _CLEAR,
    Sort.OWNERSHIP: _OWNED,
    Sort.STATUS: _STATUS,
    Sort.OTHER: _IF_CLEAR,
}


def may_be_confirmed(clauses: Sequence[Clause]) -> bool:
    """Whether a joint application is offered: something can be confirmed, and nothing a court must turn down."""
    answers = {CONFIRMING[each.sort].answer for each in clauses}
    return bool(answers) and Confirmable.NO not in answers
