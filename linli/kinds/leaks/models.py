"""A leak's own columns: what happened, whom it touches, what was done, who was told."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.cases.models import Case
from linli.posts.models import Post


class Sort(models.TextChoices):
    """Kinds of data that leaked (PIPL 57 (1))."""

    CONTACT = "contact", _("Names and telephone numbers")
    ADDRESS = "address", _("Addresses")
    WORDS = "words", _("What people wrote, or photos")
    SENSITIVE = "sensitive", _("Sensitive data: health, identity numbers, minors, whereabouts")


class Leak(models.Model):
    """What leaked, how, and what came of it. Names nobody whose data it is."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="leak")
    text = models.TextField()
    about = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    handler = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    contained = models.TextField(blank=True)
    sorts = models.CharField(max_length=60, blank=True)
    cause = models.TextField(blank=True)
    harm = models.TextField(blank=True)
    touched = models.PositiveIntegerField(null=True)
    authority = models.CharField(max_length=200, blank=True)
    authority_at = models.DateTimeField(null=True)
    what = models.CharField(max_length=120, blank=True)
    advice = models.CharField(max_length=120, blank=True)
    told_count = models.PositiveIntegerField(null=True)
    spared = models.TextField(blank=True)
    report = models.TextField(blank=True)

    def told(self) -> dict[str, str]:
        """What the message to those it touches is filled with."""
        return {"what": self.what, "advice": self.advice}

    def words(self) -> str:
        """Nothing: nobody finds a leak by a word of it."""
        return ""

    def sheet(self) -> list[tuple[str, object]]:
        """What its printed file says, as labels and values; empty values are left out."""
        sorts = [str(Sort(each).label) for each in self.sorts.split(",") if each]
        return [
            (gettext("What happened"), self.text),
            (gettext("Post it may have come from"), self.about and self.about.with_body),
            (gettext("How it was contained"), self.contained),
            (gettext("Kinds of data"), gettext(", ").join(sorts)),
            (gettext("Cause"), self.cause),
            (gettext("Possible harm"), self.harm),
            (gettext("How many people it touches"), self.touched),
            (gettext("Authority that was told"), self.authority),
            (gettext("What people were told"), self.what),
            (gettext("What they can do"), self.advice),
            (gettext("How many were told"), self.told_count),
            (gettext("Why they need not be told"), self.spared),
            (gettext("Closing report"), self.report),
        ]
