"""What people said of how their cases were handled, kept to be pooled."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.cases.models.case import Case
from linli.posts.models import Organisation


class Said(models.TextChoices):
    """The plain choices; the same three as on the telephone."""

    GOOD = "good", _("Satisfied")
    FAIR = "fair", _("Fairly satisfied")
    POOR = "poor", _("Not satisfied")


class Wish(models.TextChoices):
    """What could have been better; listed, because free words would name people and could not be pooled."""

    FASTER = "faster", _("It took too long")
    TOLD = "told", _("I was not told how it was going")
    TREATED = "treated", _("How I was treated")
    RESULT = "result", _("The result itself")


class Rating(models.Model):
    """What one reporter said: of which kind, county, body and quarter; of no case any more once it stands for good.

    `code`: of the county (17 digits); `quarter`: when the case was closed, 20264; `wishes`: joined by commas.
    """

    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="rating")
    kind = models.CharField(max_length=30)
    code = models.BigIntegerField()
    body = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    quarter = models.IntegerField()
    said = models.CharField(max_length=4, choices=Said.choices)
    wishes = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(fields=["quarter", "code"], name="rating_pool")]

    def words(self) -> list[str]:
        """What was said, as its author chose it."""
        return [
            str(Said(self.said).label),
            *(str(Wish(each).label) for each in self.wishes.split(",") if each),
        ]
