"""What the law asks to be kept about the handling of people's data itself: copies handed out, consents, assessments."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.base.ids import uuid7
from linli.posts.models import Holding, Post


class Extract(models.Model):
    """A copy (个人信息副本) that somebody was granted: made anew at each download, until its last day.

    `whole`: of everything given with the same number; else of what stands in one report. `case` granted it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey("residents.Contact", models.PROTECT, related_name="extracts")
    whole = models.BooleanField(default=False)
    case = models.UUIDField(unique=True)
    until = models.DateTimeField()
    fetched = models.PositiveIntegerField(default=0)


class Consent(models.Model):
    """A yes (同意) of one person to one purpose: asked for, given or declined, and withdrawn at any time.

    `about`: the case it is for; `body`: the organisation that may rely on it. `text`: the version that was shown;
    `how` it was given; `paper_sealed`: the photo of a signed sheet.
    """

    class How(models.TextChoices):
        """How a yes was given."""

        OWN = "own", _("by yourself, on your own page")
        PAPER = "paper", _("on a signed sheet, taken in at the window")

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


class Mandate(models.Model):
    """Somebody lets somebody else act (代办) in one case, or in all raised with the own number, until a day.

    Who acts is known by the keyed digest of their number only, and signs in with their own telephone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey("residents.Contact", models.PROTECT, related_name="mandates")
    agent_index = models.CharField(max_length=64)
    last_four = models.CharField(max_length=4)
    about = models.UUIDField(null=True)
    given_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agent_index"], name="mandate_agent")]
