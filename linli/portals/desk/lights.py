"""How urgent a case is, in a word and a colour; the rule itself is `linli.cases.clocks.light`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.cases import clocks
from linli.cases.clocks import light
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Clock
from linli.web.times import left_words, moment_words


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
    """The light of one clock that runs or rests."""
    shines = light(clock, now)
    if shines is clocks.Light.RESTING:
        return Light("plain", resting_words(clock))
    left = left_words(clock.due_at, now)
    if shines is clocks.Light.SOON:
        return Light("soon", _("Soon due: %(left)s") % {"left": left.words}, clock.due_at)
    return Light(shines, left.words, clock.due_at)


def resting_words(clock: Clock) -> str:
    """Why a clock does not run: suspended by law or parked, with the listed reason."""
    rule = kind_of(clock.case.kind).procedure.clocks[clock.name]
    reason = {"reason": rule.reasons.get(clock.reason, clock.reason)}
    if clock.halted == Clock.Halted.PARKED:
        return _("Parked: %(reason)s") % reason
    return _("Suspended: %(reason)s") % reason


def lights_of(cases: Iterable[Case], now: datetime | None = None) -> dict[UUID, Light]:
    """The light of each case, by its clocks that run or rest (one statement for the whole page)."""
    now = now or timezone.now()
    cases = list(cases)
    live: dict[UUID, list[Clock]] = defaultdict(list)
    still = [case.pk for case in cases if case.closed_at is None]
    at_hand = Q(stopped_at=None) | Q(resting=True)
    for clock in Clock.objects.filter(at_hand, case__in=still).order_by("resting", "due_at"):
        live[clock.case_id].append(clock)
    return {case.pk: case_light(case, live[case.pk], now) for case in cases}


def case_light(case: Case, running: Iterable[Clock], now: datetime) -> Light:
    """The promise comes first; where only a clock inside the office runs, its name is said."""
    if case.closed_at:
        return Light("plain", _("Finished"))
    rules = kind_of(case.kind).procedure.clocks
    running = list(running)
    for clock in running:
        clock.case = case
    shown = [clock for clock in running if rules[clock.name].shown]
    if shown:
        return light_of(shown[0], now)
    if not running:
        return Light("plain", _("No limit"))
    inner = light_of(running[0], now)
    words = _("%(clock)s: %(left)s") % {"clock": rules[running[0].name].label, "left": inner.words}
    return Light(inner.state, words, inner.until)
