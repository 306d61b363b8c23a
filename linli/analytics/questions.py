"""What is asked of the figures: which cases (never whose), over which days, as of which moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone

from linli.analytics.periods import Period
from linli.analytics.standing import Standing
from linli.cases.kinds import kind_of
from linli.cases.models.case import CodePrefix, of_seen_kinds
from linli.cases.narrowing import Days, Narrowing, Test, narrowed_by
from linli.posts.actor import PostActor

Rows = TypeVar("Rows", bound=Model)


@dataclass(frozen=True)
class Question:
    """`narrowing` always says the place. `unled`: only what nobody leads yet; `led_beside`: not by these posts.

    `beside`: only what lies in no known place one level down; it holds their codes cut to that level, and `divisor`
    is what cuts a code so. `confidential`: of one kind whose cases area gives no sight of; `opening_to`:
    of such a kind only those that this post may open. `stands`: how the rollups stand, where that was asked already.
    """

    narrowing: Narrowing
    period: Period
    now: datetime
    unled: bool = False
    led_beside: tuple[int, ...] | None = None
    beside: tuple[int, ...] = ()
    divisor: int = 0
    confidential: bool = False
    opening_to: PostActor | None = None
    stands: Standing | None = field(default=None, compare=False)

    @classmethod
    def of_today(cls, place: str, now: datetime, stands: Standing | None = None) -> Question:
        """What is and happens at a place (a trimmed code) on the day of `now`."""
        today = timezone.localdate(now)
        return cls(Narrowing(place=place), Period(today, today), now, stands=stands)

    @property
    def begin(self) -> datetime:
        """The first moment of the period."""
        return _known(self._days.begin)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return _known(self._days.end)

    @property
    def _days(self) -> Days:
        return Days(self.period.since, self.period.until)

    def narrowed(self, rows: QuerySet[Rows], prefix: str = "") -> QuerySet[Rows]:
        """The rows whose case is asked about; `prefix` leads from the row to its case.

        What area gives no sight of is not counted either: one complaint more in a village would tell who is meant.
        """
        tests: list[Test] = self.narrowing.tests(self.now)
        tests += [("lead_id", "isnull", True)] if self.unled else []
        tests += [("lead_id", "isnull", False)] if self.led_beside is not None else []
        found: QuerySet[Any] = narrowed_by(rows, tests, prefix)
        found = self._of_its_kind(found, prefix) if self.confidential else of_seen_kinds(found, prefix)
        if self.led_beside:
            found = found.exclude(**{f"{prefix}lead__in": self.led_beside})
        if self.divisor:
            cut: Any = CodePrefix(f"{prefix}code_now", self.divisor)
            found = found.alias(_below=cut).exclude(_below__in=self.beside)
        return found

    def _of_its_kind(self, rows: QuerySet[Any], prefix: str) -> QuerySet[Any]:
        """By the index of kind and stage: the few of a confidential kind are not sought among all cases."""
        kind = self.narrowing.kind
        stages = sorted(kind_of(kind).procedure.stages)
        return rows.filter(**{f"{prefix}kind": kind, f"{prefix}stage__in": stages})


def _known(moment: datetime | None) -> datetime:
    assert moment is not None  # noqa: S101  a period has both ends
    return moment
