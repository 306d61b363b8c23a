"""The rows that figures are counted among: one statement each, through an index that leads to the period's rows.

They know nothing of what the figures are called, so that a rollup can take the place of one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from linli.analytics.questions import Question
from linli.base.rows import any_of
from linli.base.stored import Key
from linli.cases.counted import Group
from linli.cases.duplicates import DUPLICATE
from linli.cases.kinds import all_kinds
from linli.cases.models import Case, Clock, Link
from linli.cases.models.case import Unindexed
from linli.cases.narrowing import SOON, least_key
from linli.cases.sight import opening_to
from linli.ledger.models import Entry

VOID = "void"  # the outcome of what should not have been opened, in every kind that has it
RETURNED, REWORKED, CONTESTED, DISPATCHED = "send_back", "fail", "contest", "dispatch"
SOLVED, UNANSWERED = "confirm", "lapse"
HEARD = {  # figures of the last word, and what that was
    "word_due": (SOLVED, CONTESTED, UNANSWERED),
    "word_given": (SOLVED, CONTESTED),
    "word_none": (UNANSWERED,),
    "word_solved": (SOLVED,),
}
LONG_OPEN = LONG_OVERDUE = timedelta(days=30)
QUIET = timedelta(days=14)
A_DAY = timedelta(days=1)  # 24 hours: a stretch that needs no calendar
WHOLE = Q(halted="") | Q(resting=True)  # the last stretch of a clock: every other one is halted and went on


AT_ONCE = timedelta()
EVERY_ROW = Q()
A_BIT = timedelta(milliseconds=1)  # keys tell moments apart by no less
Turn = tuple[str, timedelta]  # a column of the rows; how long after its moment (before it: negative)


@dataclass(frozen=True)
class Folding:
    """How a population's rows are read for some cases, whatever the period, so that rollups can hold them.

    `rows`: what is read, in one statement for all populations that are `among` the same rows. `key` is the column
    with the case, `day` the moment by which a row lies in a period (empty: it is of now), `since` one before it from
    which days are counted. Where it counts only `once_passed`, that moment must have passed. `turns`: when time alone
    may change what figures say. `test` is there where a figure picks these rows by another condition than its own, as
    a case may have several, on several days. `last`: of those in a period only the last one counts, and the rows come
    in their order. `several`: a case counts once for each of its rows.
    """

    rows: Callable[[Question, Sequence[Key]], QuerySet[Any]]
    key: str = "pk"
    day: str = ""
    since: str = ""
    among: Q = EVERY_ROW
    once_passed: bool = False
    turns: Sequence[Turn] = ()
    test: Callable[[str], Q | None] | None = None
    last: bool = False
    several: bool = False


@dataclass(frozen=True)
class Population:
    """Rows counted together; `case` leads from a row to its case and is empty where the rows are the cases.

    Without `folding` they are always counted live. `told`: the same rows without those that none of some figures, by
    their names, would count.
    """

    name: str
    rows: Callable[[Question], QuerySet[Any]]
    case: str = ""
    folding: Folding | None = field(default=None, compare=False)
    told: Callable[[Question, Collection[str]], QuerySet[Any]] | None = field(default=None, compare=False)

    def rows_for(self, asked: Question, figures: Collection[str]) -> QuerySet[Any]:
        """The rows in which these figures are counted, found by as little as they need."""
        return self.told(asked, figures) if self.told else self.rows(asked)


def promises(column: str = "name") -> Q:
    """The clocks that people are shown as promised; by kind only where another kind hides a clock of such a name."""
    shown: dict[str, list[str]] = {}
    hidden: set[str] = set()
    for kind in all_kinds():
        rules = kind.procedure.clocks.values()
        shown[kind.name] = [rule.name for rule in rules if rule.shown]
        hidden |= {rule.name for rule in rules if not rule.shown}
    every = {name for names in shown.values() for name in names}
    found = Q(**{f"{column}__in": sorted(every)})
    if every & hidden:
        found &= Q(
            *(Q(("case__kind", kind), (f"{column}__in", names)) for kind, names in shown.items()),
            _connector=Q.OR,
        )
    return found


def _promised(asked: Question) -> QuerySet[Any]:
    """The promise in force of each case, where its first day lies in the period and has passed.

    Neither void cases nor those that follow another one: what was promised is kept or broken once.
    """
    clocks = Clock.objects.filter(WHOLE, promises())
    rows = clocks.filter(first_due__gte=asked.begin, first_due__lt=min(asked.end, asked.now))
    return asked.narrowed(_in_force(rows), "case__")


def _promised_to(asked: Question, keys: Sequence[Key]) -> QuerySet[Any]:
    """The promise in force of each of some cases."""
    clocks = Clock.objects.alias(_name=Unindexed(F("name")))
    return asked.narrowed(_in_force(clocks.filter(WHOLE, promises("_name"), case__in=any_of(keys))), "case__")


def _in_force(rows: QuerySet[Any]) -> QuerySet[Any]:
    of_case = Clock.objects.alias(_name=Unindexed(F("name")))  # few in a case, many of a name
    later = of_case.filter(WHOLE, promises("_name"), case=OuterRef("case")).filter(
        Q(began_at__gt=OuterRef("began_at"))
        | Q(began_at=OuterRef("began_at"), first_due__gt=OuterRef("first_due"))
        | Q(began_at=OuterRef("began_at"), first_due=OuterRef("first_due"), pk__gt=OuterRef("pk"))
    )
    follows = Link.objects.filter(source=OuterRef("case"), relation=DUPLICATE)
    return rows.filter(~Exists(later), ~Exists(follows), ~Q(case__outcome=VOID))


def _opened(asked: Question) -> QuerySet[Any]:
    """The cases of the period, by their keys, which are minted from when they were raised."""
    keys = Q(pk__gte=least_key(asked.begin), pk__lt=least_key(asked.end))
    return asked.narrowed(Case.everywhere.filter(keys))


def _closed(asked: Question) -> QuerySet[Any]:
    """The cases that were closed in the period and still are."""
    return asked.narrowed(Case.everywhere.filter(closed_at__gte=asked.begin, closed_at__lt=asked.end))


def _moved(asked: Question) -> QuerySet[Any]:
    """The cases in which one of the counted steps was taken in the period."""
    return _moved_by(asked, STEPS)


def _moved_by(asked: Question, figures: Collection[str]) -> QuerySet[Any]:
    """Those in which one of the steps of these figures was taken."""
    names = [name for figure in figures for name in STEPS[figure]()]
    return asked.narrowed(Case.everywhere.filter(taken(names, asked)))


def _standing(asked: Question) -> QuerySet[Any]:
    """The cases that are open now, whatever the period."""
    return asked.narrowed(Case.everywhere.filter(closed_at=None))


def cases_of(asked: Question, keys: Sequence[Key]) -> QuerySet[Any]:
    """Some cases, with when each was given to a post for the first time, and when the last step was taken in it."""
    steps = Entry.objects.filter(about=OuterRef("pk")).values("at")
    return asked.narrowed(Case.everywhere.filter(pk__in=any_of(keys))).annotate(
        first_dispatch=Subquery(steps.filter(name__in=named(DISPATCHED)).order_by("pk")[:1]),
        last_step=Coalesce(Subquery(steps.order_by("-pk")[:1]), "at"),
    )


def entries_of(_asked: Question, keys: Sequence[Key]) -> QuerySet[Any]:
    """The counted steps in some cases, found by the case: some have the name of half of all entries."""
    names = {name for step in STEPS.values() for name in step()}.union(named(*HEARD["word_due"]))
    found: QuerySet[Any] = Entry.objects.alias(_name=Unindexed(F("name")))
    return found.filter(about__in=any_of(keys), _name__in=sorted(names)).order_by("pk")


def _is_step(figure: str) -> Q | None:
    return Q(name__in=STEPS[figure]()) if figure in STEPS else None


def of_group(group: Group) -> Population:
    """The cases of a group that a kind says itself; where it is asked so, only those that a post may open."""

    def rows(asked: Question) -> QuerySet[Any]:
        found: Any = asked.narrowed(Case.everywhere.filter(group.rows(asked)))
        return opening_to(asked.opening_to, found) if asked.opening_to else found

    return Population(group.name, rows)


def taken(names: Iterable[str], asked: Question) -> Q:
    """Whether a case has an entry of one of these names in the period."""
    keys = Q(pk__gte=least_key(asked.begin), pk__lt=least_key(asked.end))
    return Q(pk__in=Entry.objects.filter(keys, name__in=list(names)).values("about"))


def named(*steps: str) -> list[str]:
    """The entries of these steps, in whichever kinds have one of such a name."""
    return [f"{kind.name}.{step}" for kind in all_kinds() for step in steps if step in kind.procedure.steps]


def _reopening() -> list[str]:
    """The entries of the steps that take a case out of its end again."""
    found = []
    for kind in all_kinds():
        ends = {stage.name for stage in kind.procedure.stages.values() if stage.ends}
        steps = kind.procedure.steps.values()
        found += [f"{kind.name}.{step.name}" for step in steps if step.leaves & ends and step.targets - ends]
    return found


def _extending() -> list[str]:
    return [
        f"{kind.name}.{step.name}"
        for kind in all_kinds()
        for step in kind.procedure.steps.values()
        if step.extend
    ]


STEPS: dict[str, Callable[[], list[str]]] = {
    "contested": lambda: named(CONTESTED),
    "reopened": _reopening,
    "returned": lambda: named(RETURNED),
    "reworked": lambda: named(REWORKED),
    "extended": _extending,
}

_AT, _DUE = ("at", LONG_OPEN), ("due", AT_ONCE)
PROMISED = Population(
    "promised",
    _promised,
    "case__",
    Folding(
        _promised_to,
        "case_id",
        "first_due",
        once_passed=True,
        turns=(("first_due", AT_ONCE), ("due_at", AT_ONCE)),
    ),
)
OPENED = Population("opened", _opened, folding=Folding(cases_of, day="at", turns=(("at", A_DAY),)))
CLOSED = Population(
    "closed",
    _closed,
    folding=Folding(cases_of, day="closed_at", since="at", among=Q(closed_at__isnull=False)),
)
MOVED = Population("moved", _moved, folding=Folding(entries_of, "about", "at", test=_is_step), told=_moved_by)
STANDING = Population(
    "standing",
    _standing,
    folding=Folding(
        cases_of,
        among=Q(closed_at=None),
        turns=(_DUE, ("due", -SOON), ("due", LONG_OVERDUE), _AT, ("last_step", QUIET + A_BIT)),
    ),
)

# What a promise came to, as conditions on its last stretch.
KEPT_TO_THE_END = Q(halted="", stopped_at__isnull=False)
BY_FIRST = KEPT_TO_THE_END & Q(stopped_at__lte=F("first_due"))
IN_TIME = KEPT_TO_THE_END & Q(over=False, stopped_at__lte=F("due_at"))
WITHOUT_EXTENSION = IN_TIME & (Q(plain_due=None) | Q(stopped_at__lte=F("plain_due")))


def still_in_time(asked: Question) -> Q:
    """Open, and neither run out nor resting after it had."""
    running = Q(stopped_at=None, due_at__gte=asked.now)
    return Q(over=False) & (running | Q(resting=True, stopped_at__lte=F("due_at")))


def out_of_time(asked: Question) -> Q:
    """Ended after its time, or the time has run out and nothing has ended."""
    ended = KEPT_TO_THE_END & Q(stopped_at__gt=F("due_at"))
    resting = Q(resting=True, stopped_at__gt=F("due_at"))
    return Q(over=True) | ended | resting | Q(stopped_at=None, due_at__lt=asked.now)
