"""How whoever raised a case, and each other party, is told of it: by their choice, where."""

from __future__ import annotations

from datetime import time

from django.db import models

from linli.base.ids import uuid7
from linli.cases.models.case import Case
from linli.cases.models.party import Party

PUSH, LETTER = "push", "letter"  # to a browser, to a mailbox


class Told(models.Model):
    """A choice of how to be told. Without a row: text messages, in the hours of the place."""

    sms = models.BooleanField(default=True)
    push = models.BooleanField(default=False)
    letter = models.BooleanField(default=False, db_default=False)
    # Their own quiet hours in the place's time; without both, those of the place.
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)

    class Meta:
        abstract = True

    @property
    def asked(self) -> list[str]:
        """The channels beside text messages that somebody asked for."""
        return [way for way, wanted in ((PUSH, self.push), (LETTER, self.letter)) if wanted]

    @property
    def quiet(self) -> tuple[time, time] | None:
        """The hours in which nothing rings, if they chose some."""
        return (self.quiet_from, self.quiet_until) if self.quiet_from and self.quiet_until else None


class Choice(Told):
    """What the reporter of a case chose."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="choice")


class PartyChoice(Told):
    """What another party chose; it goes with the row, so whoever gets a new number chooses anew."""

    party = models.OneToOneField(Party, models.CASCADE, primary_key=True, related_name="choice")


class Device(models.Model):
    """A browser or mailbox that asked for news of a case: where and with which keys it is told, sealed.

    `party`: for which party it asked; None for the reporter.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="devices", db_index=False)
    party = models.ForeignKey(Party, models.CASCADE, null=True, related_name="+", db_index=False)
    where_sealed = models.BinaryField()
    where_index = models.CharField(max_length=64)
    key_version = models.SmallIntegerField()
    language = models.CharField(max_length=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "where_index"], name="device_once_per_case")]
