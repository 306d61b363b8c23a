"""What may run: an activity that needs an impact assessment goes while an approved one holds, or in its time of grace.

Asked at every opening and at every run. What holds is kept in the process, so asking costs no statement.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.errors import Conflict
from linli.base.generations import Cached
from linli.residents.activities import Activity, activity_named
from linli.residents.models import Assessment, Grace

FAMILY = "assessments"
LASTS = timedelta(days=365)  # an approval; then somebody looks whether it is still so
REVIEW = timedelta(days=30)  # before its end, it is said that it ends
Given = ParamSpec("Given")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Leave:
    """Something may run until a moment: by an assessment for the parts it covers, by grace (`covers` None) for all."""

    until: datetime
    covers: frozenset[str] | None


class State(StrEnum):
    """How an activity stands with its impact assessment."""

    FREE = "free"
    OPEN = "open"
    REVIEW = "review"
    GRACE = "grace"
    WAITING = "waiting"
    ENDED = "ended"
    MISSING = "missing"


STATES = {
    State.FREE: gettext_lazy("No assessment needed"),
    State.OPEN: gettext_lazy("Assessed and approved"),
    State.REVIEW: gettext_lazy("Approved, to be looked at again soon"),
    State.GRACE: gettext_lazy("Running without one until a set day"),
    State.WAITING: gettext_lazy("Waits for somebody else's yes: it does not run yet"),
    State.ENDED: gettext_lazy("Ended: it does not run until there is a new one"),
    State.MISSING: gettext_lazy("Missing: it does not open yet"),
}


@dataclass(frozen=True)
class Standing:
    """How an activity stands, and until when it may run; `review`: from which day a new assessment ought to be made."""

    state: State
    until: datetime | None = None

    @property
    def runs(self) -> bool:
        """Whether it may run now."""
        return self.state in {State.FREE, State.OPEN, State.REVIEW, State.GRACE}

    @property
    def review(self) -> datetime | None:
        """The day from which somebody ought to look at it again."""
        return self.until - REVIEW if self.until and self.state in {State.OPEN, State.REVIEW} else None

    @property
    def label(self) -> str:
        """How it stands, in words."""
        return str(STATES[self.state])


def standing_of(activity: Activity) -> Standing:
    """How an activity stands now."""
    if not activity.assessed:
        return Standing(State.FREE)
    now = timezone.now()
    if leave := _leave(activity.name, (), now):
        if leave.covers is None:
            return Standing(State.GRACE, leave.until)
        return Standing(State.REVIEW if leave.until - REVIEW <= now else State.OPEN, leave.until)
    made = Assessment.objects.filter(activity=activity.name).order_by("-id").first()
    if made and made.state == Assessment.State.MADE:
        return Standing(State.WAITING)
    over = Assessment.objects.filter(activity=activity.name, until__lte=now).order_by("-until").first()
    return Standing(State.ENDED, over.until) if over else Standing(State.MISSING)


def is_open(name: str, parts: Collection[str] = ()) -> bool:
    """Whether an activity that needs an assessment may run for these parts now."""
    return _leave(name, parts, timezone.now()) is not None


def require_open(name: str, parts: Collection[str] = ()) -> None:
    """Raise Conflict, saying what to do next, where an activity may not run."""
    if not is_open(name, parts):
        raise Conflict(
            _(
                "“%(activity)s” needs an approved impact assessment for this first. Make one under “Personal data” "
                "and let somebody else approve it (Personal Information Protection Law, articles 55 and 56)."
            )
            % {"activity": activity_named(name).label()}
        )


def proposes(
    name: str, *, closed: Callable[[], Any] | None = None
) -> Callable[[Callable[Given, Found]], Callable[Given, Found]]:
    """Mark a function that proposes something out of people's data: it runs only while its activity may.

    Otherwise it gives what `closed` makes, such as an empty list; without `closed` it is refused with a sentence.
    """

    def marked(function: Callable[Given, Found]) -> Callable[Given, Found]:
        @wraps(function)
        def asking(*args: Given.args, **kwargs: Given.kwargs) -> Found:
            if closed is None:
                require_open(name)
            elif not is_open(name):
                nothing: Found = closed()
                return nothing
            return function(*args, **kwargs)

        SUGGESTERS[f"{function.__module__}.{function.__qualname__}"] = name
        return asking

    return marked


SUGGESTERS: dict[str, str] = {}  # which functions propose, and under which activity


def _leave(name: str, parts: Collection[str], now: datetime) -> Leave | None:
    """The one by which it may run longest; an assessment comes before grace."""
    going = [each for each in _leaves().get(name, ()) if each.until > now]
    approved = [each for each in going if each.covers is not None and set(parts) <= each.covers]
    return max(approved or [each for each in going if each.covers is None], key=_until, default=None)


def _until(leave: Leave) -> datetime:
    return leave.until


def _read_leaves() -> dict[str, list[Leave]]:
    found: dict[str, list[Leave]] = {}
    approved = Assessment.objects.filter(state=Assessment.State.APPROVED, until__isnull=False)
    for name, until, covers in approved.values_list("activity", "until", "covers"):
        if until:
            found.setdefault(name, []).append(Leave(until, frozenset(covers)))
    for name, until in Grace.objects.values_list("activity", "until"):
        found.setdefault(name, []).append(Leave(until, None))
    return found


_leaves: Cached[dict[str, list[Leave]]] = Cached(FAMILY, _read_leaves)
