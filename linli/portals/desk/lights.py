"""How urgent a case is, in a word and a colour: calm, from four fifths of the time on soon, late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.cases.kinds import kind_of
from linli.cases.models import Case, Clock
from linli.web.times import left_words, moment_words

PRESSING = 0.8


@dataclass(frozen=True)
class Light:
    """`state` is calm, soon, late or plain; `words` say the same without the colour."""

    state: str
    words: str
    until: datetime | None = None

    @property
    def moment(self) -> str:
        """The very day and minute."""
        return moment_words(self.until) if self.until else ""


def light_of(clock: Clock, now: datetime) -> Light:
    """The light of one running clock."""
    left = left_words(clock.due_at, now)
    if now > clock.due_at:
        return Light("late", left.words, clock.due_at)
    whole = (clock.due_at - clock.started_at).total_seconds()
    if (now - clock.started_at).total_seconds() >= PRESSING * whole:
        return Light("soon", _("Soon due: %(left)s") % {"left": left.words}, clock.due_at)
    return Light("calm", left.words, clock.due_at)


def lights_of(cases: Iterable[Case], now: datetime | None = None) -> dict[UUID, Light]:
    """The light of each case, by its running clocks (one statement for the whole page)."""
    now = now or timezone.now()
    cases = list(cases)
    running: dict[UUID, list[Clock]] = defaultdict(list)
    still = [case.pk for case in cases if case.closed_at is None]
    for clock in Clock.objects.filter(case__in=still, stopped_at=None).order_by("due_at"):
        running[clock.case_id].append(clock)
    return {case.pk: case_light(case, running[case.pk], now) for case in cases}


def case_light(case: Case, running: Iterable[Clock], now: datetime) -> Light:
    """The promise comes first; where only a clock inside the office runs, its name is said."""
    if case.closed_at:
        return Light("plain", _("Finished"))
    rules = kind_of(case.kind).procedure.clocks
    running = list(running)
    shown = [clock for clock in running if rules[clock.name].shown]
    if shown:
        return light_of(shown[0], now)
    if not running:
        return Light("plain", _("No limit"))
    inner = light_of(running[0], now)
    words = _("%(clock)s: %(left)s") % {"clock": rules[running[0].name].label, "left": inner.words}
    return Light(inner.state, words, inner.until)
