"""A complaint's own columns: which post it is about, what the post is asked, and what was decided."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.cases.models import Case
from linli.posts.models import Organisation, Post
from linli.residents.words import Line, Words


class Way(models.TextChoices):
    """To whom it went, and why not to an inspector; said to the complainant."""

    INSPECTOR = "inspector", _("to an inspector outside the line of the post")
    HEAD = (
        "head",
        _("to a head of the upper level, because no inspector outside the line of the post is here"),
    )
    ADMINISTRATOR = (
        "administrator",
        _(
            "to the administrator of this place, because there is neither an inspector nor a head outside the line "
            "of the post; the administrator looks into it or passes it on to a body that may"
        ),
    )


class Finding(models.TextChoices):
    """What came out."""

    UPHELD = "upheld", _("True")
    PARTLY = "partly", _("Partly true")
    NOT_UPHELD = "not_upheld", _("Not true")


class Complaint(models.Model):
    """What somebody on a post did or left undone. Who complains is the case's contact and stands nowhere here."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="complaint")
    text = Words()
    about = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    named = Line(max_length=200, blank=True)
    mentions = models.CharField(max_length=60, blank=True)
    way = models.CharField(max_length=15, choices=Way.choices)
    handler = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    question = models.TextField(blank=True)
    finding = models.CharField(max_length=15, choices=Finding.choices, blank=True)
    reasons = models.TextField(blank=True)
    measures = models.TextField(blank=True)
    next_owner = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    contested = models.PositiveSmallIntegerField(default=0)
    reopened = models.PositiveSmallIntegerField(default=0)

    @property
    def subject(self) -> str:
        """The post it is about, as it is called; as it was described, while nobody knows which one it is."""
        return self.about.with_body if self.about else self.named

    def words(self) -> str:
        """Nothing: a post that is heard may search its own lists, and must not find by trying what was written."""
        return ""

    def sheet(self) -> list[tuple[str, object]]:
        """What its printed file says, as labels and values; empty values are left out."""
        return [
            (gettext("What the complaint says"), self.text),
            (gettext("Post it is about"), self.subject),
            (gettext("Case it mentions"), self.mentions),
            (gettext("Who deals with it"), self.handler and self.handler.with_body),
            (gettext("What the post was asked"), self.question),
            (gettext("Finding"), Finding(self.finding).label if self.finding else ""),
            (gettext("Reasons"), self.reasons),
            (gettext("Measures"), self.measures),
            (gettext("Taken over by"), self.next_owner and self.next_owner.name),
        ]
