"""Limits as dated rows, running time as stretches, and the days people work."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linli.base.ids import uuid7
from linli.base.worktime import Unit
from linli.cases.models.case import Case


class Limit(models.Model):
    """How long a clock of a kind runs: a dated row with its source. A clock keeps the row it began with."""

    kind = models.CharField(max_length=30)
    clock = models.CharField(max_length=30)
    unit = models.CharField(max_length=20, choices=[(unit.value, unit.value) for unit in Unit])
    amount = models.PositiveIntegerField()
    source = models.CharField(max_length=200)
    confirmed = models.BooleanField(default=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class Clock(models.Model):
    """One stretch of running time: started, due, stopped. A suspended clock is a stopped stretch and a new one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="clocks")
    name = models.CharField(max_length=30)
    unit = models.CharField(max_length=20)
    amount = models.PositiveIntegerField()
    source = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["name", "due_at"], condition=Q(stopped_at=None), name="clock_running")
        ]


class CalendarDay(models.Model):
    """An exception to Monday-to-Friday: a public holiday or a make-up workday (调休)."""

    day = models.DateField(primary_key=True)
    worked = models.BooleanField()
    name = models.CharField(max_length=30, blank=True)
