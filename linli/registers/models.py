"""Mediation bodies, mediators as office-holders, what they declared, large units, and the other lawful ways."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.divisions.models import Division
from linli.posts.models import Holding, Organisation
from linli.registers.centres import Alert, AlertRule, ShiftLine
from linli.registers.inhabitants import Inhabitants

__all__ = [
    "Alert",
    "AlertRule",
    "Body",
    "BodyKind",
    "DisputeKind",
    "Inhabitants",
    "Language",
    "LargeUnit",
    "Mediator",
    "ShiftLine",
    "Station",
    "Tie",
    "Way",
]


class BodyKind(models.TextChoices):
    """Whose mediation it is."""

    PEOPLES = "peoples", _("People's mediation committee")
    ADMINISTRATIVE = "administrative", _("Administrative mediation")
    SECTOR = "sector", _("Sector mediation body")


class Station(models.TextChoices):
    """Where a studio of the body is stationed."""

    OWN = "own", pgettext_lazy("station", "its own rooms")
    COURT = "court", _("in a court")
    POLICE = "police", _("in a police post")
    MARKET = "market", _("in a market")
    CENTRE = "centre", _("in the governance centre")


class DisputeKind(models.TextChoices):
    """The kinds of dispute that skills and lawful ways are about."""

    NEIGHBOURS = "neighbours", _("Neighbours")
    FAMILY = "family", _("Marriage and family")
    LABOUR = "labour", _("Work and wages")
    PROPERTY = "property", _("Property management")
    LAND = "land", _("Land and homesteads")
    TRAFFIC = "traffic", _("Traffic accidents")
    MEDICAL = "medical", _("Medical treatment")
    CONSUMER = "consumer", _("Goods and services")
    CONTRACT = "contract", _("Contracts and debts")
    DAMAGE = "damage", _("Injury and damage")
    OFFICIAL = "official", _("Acts of an authority")
    OTHER = "other", pgettext_lazy("dispute", "Other")


class Language(models.TextChoices):
    """What a mediator can speak with people."""

    MANDARIN = "mandarin", _("Mandarin")
    DIALECT = "dialect", _("local dialect")
    SIGN = "sign", _("sign language")
    ENGLISH = "english", pgettext_lazy("language", "English")
    MONGOLIAN = "mongolian", _("Mongolian")
    TIBETAN = "tibetan", _("Tibetan")
    UYGHUR = "uyghur", _("Uyghur")
    KAZAKH = "kazakh", _("Kazakh")
    KOREAN = "korean", _("Korean")
    ZHUANG = "zhuang", _("Zhuang")
    YI = "yi", _("Yi")


class LargeUnit(models.Model):
    """An enterprise, school, hospital or market so large that it has a mediation committee of its own."""

    title = models.CharField(max_length=100)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["title", "division"], name="large_unit_once_per_division")
        ]


class Body(models.Model):
    """A mediation body: an organisation with rooms, hours and what it deals with. `division` is the area it serves."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="mediation")
    kind = models.CharField(max_length=20, choices=BodyKind.choices)
    station = models.CharField(max_length=10, choices=Station.choices, default=Station.OWN)
    unit = models.ForeignKey(LargeUnit, models.PROTECT, null=True, blank=True, related_name="bodies")
    located = models.CharField(max_length=200)
    hours = models.CharField(max_length=100, blank=True)
    members = models.PositiveSmallIntegerField(null=True)
    women = models.PositiveSmallIntegerField(null=True)
    since = models.DateField()
    until = models.DateField(null=True)

    @property
    def division(self) -> Division:
        """The area it serves."""
        return self.organisation.division

    @property
    def short_of_law(self) -> bool:
        """Whether a people's committee has not 3 to 9 members, or no woman (人民调解法 8)."""
        if self.kind != BodyKind.PEOPLES or self.members is None:
            return False
        return not 3 <= self.members <= 9 or self.women == 0


class Mediator(models.Model):
    """The office of a mediator: an appointment to a post of a body, with what the office needs to be suggested."""

    holding = models.OneToOneField(Holding, models.PROTECT, related_name="mediator")
    body = models.ForeignKey(Body, models.PROTECT, related_name="mediators")
    skills = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    until = models.DateField()

    def serves(self, day: date) -> bool:
        """Whether the term still runs."""
        return self.until >= day


class Tie(models.Model):
    """Something a mediator declared that keeps them apart from a dispute: a relative, an employer.

    `words_sealed` is for the mediator alone; everybody else's question is answered by the keyed index, yes or no.
    """

    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="ties")
    index = models.CharField(max_length=64)
    words_sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["mediator", "index"], name="tie_once")]


class Way(models.Model):
    """Another lawful way for a kind of dispute: what it is, by which article, and whom to ask at a place.

    `division` empty: everywhere. `confirmed` 0: an editable default, never to be called the law.
    """

    class Sort(models.TextChoices):
        """The sort of way."""

        COURT = "court", _("Court")
        CONFIRM = "confirm", _("Judicial confirmation")
        ARBITRATION = "arbitration", _("Arbitration")
        REVIEW = "review", _("Administrative reconsideration")
        AUTHORITY = "authority", _("Authority in charge")

    dispute = models.CharField(max_length=20, choices=DisputeKind.choices, blank=True)
    sort = models.CharField(max_length=20, choices=Sort.choices)
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+")
    words_zh = models.CharField(max_length=300)
    words_en = models.CharField(max_length=300)
    article = models.CharField(max_length=100)
    confirmed = models.BooleanField(default=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    located = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["dispute", "sort"], condition=Q(valid_to=None), name="way_dispute")
        ]
