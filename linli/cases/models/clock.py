"""Limits as dated rows, running time as stretches, and the days and hours people work."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from linli.base.ids import uuid7
from linli.base.worktime import Unit
from linli.cases.models.case import Case, Task
from linli.divisions.models import Division


class Limit(models.Model):
    """A rule about time (时限规则): dated, with its source. Where `clock` is named, that clock of the kind runs by it.

    A clock keeps the row it began with. Rules no kind has a clock for yet stand here too, and rules without a
    length of their own (a fixed day, a number of people) have no unit: `told` says them in words.
    """

    key = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=30, blank=True)
    clock = models.CharField(max_length=30, blank=True)
    unit = models.CharField(max_length=20, blank=True, choices=[(unit.value, unit.value) for unit in Unit])
    amount = models.PositiveIntegerField(null=True)
    extra = models.PositiveIntegerField(null=True)  # how much may be granted beyond, in the same unit
    backwards = models.BooleanField(default=False)  # counted back from an event: notice so many days before
    told = models.JSONField(default=dict)  # by language: what starts it, what ends it, approver, lapse, note
    source = models.CharField(max_length=200)
    confirmed = models.BooleanField(default=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "valid_from"], condition=~Q(key=""), name="limit_rule_once"
            )
        ]


class Clock(models.Model):
    """One stretch of running time. A clock that rested or was extended is a stopped stretch and a new one.

    The stretches of one clock share `case`, `task`, `name`, `label` and `began_at`. `spent` is what those before
    used up, in parts of the unit (days; minutes of working hours), `extra` what was granted beyond `amount`.
    `first_due` is what was promised at first: without extension, suspension or parking, only a calendar moves it.
    `plain_due` is the end without what was granted beyond `amount`, rests taken out; empty where nothing was.
    `over`: the time had run out before this stretch, which a rest does not undo.
    `halted` says why a stretch ended before its clock did; `resting`: nobody has resumed it yet.
    """

    class Halted(models.TextChoices):
        """Why a stretch ended while its clock went on."""

        SUSPENDED = "suspended"
        PARKED = "parked"
        EXTENDED = "extended"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="clocks")
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="clocks")
    name = models.CharField(max_length=30)
    label = models.CharField(max_length=40, blank=True)
    unit = models.CharField(max_length=20)
    amount = models.PositiveIntegerField()
    extra = models.PositiveIntegerField(default=0)
    spent = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=60)
    began_at = models.DateTimeField()
    first_due = models.DateTimeField()
    plain_due = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    over = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    halted = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=30, blank=True)
    resting = models.BooleanField(default=False)
    look_again_at = models.DateTimeField(null=True)  # its lapse step was refused: until then others go first

    class Meta:
        indexes = [
            models.Index(fields=["name", "due_at"], condition=Q(stopped_at=None), name="clock_running"),
            models.Index(fields=["halted", "case"], condition=Q(resting=True), name="clock_resting"),
            models.Index(fields=["name", "first_due"], name="clock_promised"),
        ]

    @property
    def total(self) -> int:
        """The whole term, with what was granted beyond it."""
        return self.amount + self.extra

    @property
    def running(self) -> bool:
        """Whether time passes on it now."""
        return self.stopped_at is None


class CalendarDay(models.Model):
    """An exception to Monday-to-Friday: a public holiday or a make-up workday (调休), of the country or a place."""

    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+")
    day = models.DateField()
    worked = models.BooleanField()
    name = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day"], condition=Q(division=None), name="calendar_day_of_country"
            ),
            models.UniqueConstraint(
                fields=["division", "day"], condition=Q(division__isnull=False), name="calendar_day_of_place"
            ),
        ]


class WorkHours(models.Model):
    """From when to when a place works, from a day on; the country's row has no place."""

    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+")
    opens = models.TimeField()
    closes = models.TimeField()
    break_from = models.TimeField(null=True)
    break_to = models.TimeField(null=True)
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="work_hours_in_order"),
            models.CheckConstraint(
                condition=Q(break_from=None, break_to=None)
                | Q(break_from__gt=F("opens"), break_from__lt=F("break_to"), break_to__lt=F("closes")),
                name="work_hours_break_inside",
            ),
        ]
