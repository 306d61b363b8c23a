"""What the law asks to be kept about the handling of people's data itself: copies handed out, consents, assessments."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.base.ids import uuid7
from linli.posts.models import Holding, Post

# What a mandate's number and digest are emptied to, once whoever acted does not act any more.
NOBODY: dict[str, Any] = {"agent_sealed": b"", "agent_index": ""}


class Extract(models.Model):
    """A copy (个人信息副本) that somebody was granted: made anew at each download, until its last day.

    `whole`: of everything given with the same number; else of what stands in one report. `case` granted it. `person`:
    the ward whose record it is of, where a guardian asked; `entire`: with what is kept from guardians.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey("residents.Contact", models.PROTECT, related_name="extracts")
    whole = models.BooleanField(default=False)
    case = models.UUIDField(unique=True)
    until = models.DateTimeField()
    fetched = models.PositiveIntegerField(default=0)
    person = models.ForeignKey("residents.Person", models.PROTECT, null=True, related_name="+")
    entire = models.BooleanField(default=False)


class Consent(models.Model):
    """A yes (同意) of one person to one purpose: asked for, given or declined, and withdrawn at any time.

    `about`: the case it is for; `body`: the organisation that may rely on it. `text`: the version that was shown;
    `how` it was given; `paper_sealed`: the photo of a signed sheet.
    """

    class How(models.TextChoices):
        """How a yes was given."""

        OWN = "own", _("by yourself, on your own page")
        PAPER = "paper", _("on a signed sheet, taken in at the window")
        GUARDIAN = "guardian", _("by a parent or other guardian, on a signed sheet, taken in at the window")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey("residents.Contact", models.PROTECT, related_name="consents", db_index=False)
    purpose = models.CharField(max_length=30)
    about = models.UUIDField(null=True)
    code = models.BigIntegerField(default=0)  # the case's place, for the ledger
    body = models.BigIntegerField(null=True)
    text = models.CharField(max_length=20)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.BigIntegerField(null=True)
    how = models.CharField(max_length=10, choices=How.choices, blank=True)
    paper_sealed = models.BinaryField(default=b"")
    given_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    guardianship = models.ForeignKey("residents.Guardianship", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["contact", "purpose"], name="consent_contact"),
            models.Index(fields=["about"], name="consent_case"),
        ]


class Assessment(models.Model):
    """An impact assessment (个人信息保护影响评估, PIPL 55-56) of one processing activity; never changed, only decided.

    `covers`: what it was made for, such as the kinds of case a feed tells; more than that needs a new one. An approved
    one holds up to `until`; whoever ends it earlier moves that day, and says why in `ended_for`.
    """

    class State(models.TextChoices):
        """How it stands."""

        MADE = "made", _("Waits for somebody else's yes")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    activity = models.CharField(max_length=60)
    covers = models.JSONField(default=list)
    necessity = models.TextField()
    impact = models.TextField()
    measures = models.TextField()
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    holding = models.ForeignKey(Holding, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.MADE)
    decided_by = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    until = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    ended_for = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["activity", "-id"], name="assessment_activity")]


class Grace(models.Model):
    """What ran before an assessment was asked of it may go on until a day (ADR 23); only an upgrade gives one."""

    activity = models.CharField(max_length=60, primary_key=True)
    until = models.DateTimeField()


class Guardianship(models.Model):
    """Somebody is the parent or other guardian (监护人) of a resident, as a post noted from a paper it has seen.

    Who, why and how old is sealed; in the clear stand the days. `number_index`: what a guardian who signs in is known
    by. `contact`: what a guardian is reached by who came to a window, with or without a number. `until`: the day it
    ended; that of a child ends by itself at eighteen, whatever stands here. `contested_on`: guardians disagree, or
    somebody doubts it; until that is settled a person decides, not a rule.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key_version = models.SmallIntegerField(default=1)
    person = models.ForeignKey("residents.Person", models.PROTECT, related_name="guardianships")
    guardian_sealed = models.BinaryField(default=bytes)
    number_sealed = models.BinaryField(default=bytes)
    born_sealed = models.BinaryField(default=bytes)  # the ward's day of birth
    terms_sealed = models.BinaryField(default=bytes)  # ground, tie and paper
    number_index = models.CharField(max_length=64, blank=True, db_index=True)
    contact = models.ForeignKey("residents.Contact", models.PROTECT, null=True, related_name="guardianships")
    since = models.DateField()
    until = models.DateField(null=True)
    contested_on = models.DateField(null=True)
    post = models.BigIntegerField()
    noted_at = models.DateTimeField(default=timezone.now)


class Mandate(models.Model):
    """Somebody lets somebody else act (代办) in one case, or in all raised with the own number, until a day.

    Who acts is known by the keyed digest of their number and signs in with their own telephone; the number itself lies
    sealed beside it while the mandate goes on, so that a change of keys can make the digest anew. `post`: the window
    that took it in, by a signed `paper` or before a second post as `witness`; empty where the resident gave it alone.
    """

    class Tie(models.TextChoices):
        """Who it is that acts."""

        RELATIVE = "relative", _("A relative")
        NEIGHBOUR = "neighbour", _("A neighbour or friend")
        WORKER = "worker", _("A worker of the community, the village or a service")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey("residents.Contact", models.PROTECT, related_name="mandates")
    agent_sealed = models.BinaryField(default=bytes)
    agent_index = models.CharField(max_length=64)
    key_version = models.SmallIntegerField(default=1)
    last_four = models.CharField(max_length=4)
    about = models.UUIDField(null=True)
    given_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    tie = models.CharField(max_length=10, choices=Tie.choices, blank=True)
    post = models.BigIntegerField(null=True)
    witness = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agent_index"], name="mandate_agent")]
