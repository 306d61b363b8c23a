"""A review's own columns: who read, why, and what the reviewer found."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext

from linli.cases.models import Case
from linli.posts.models import Post


class EmergencyRead(models.Model):
    """A reading in an emergency. Whose contact was read is the case's contact and stands nowhere here."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="emergency_read")
    of_case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    reader = models.ForeignKey(Post, models.PROTECT, related_name="+")
    reason = models.TextField()
    why_later = models.TextField(blank=True)
    told_from = models.DateTimeField(null=True)
    reviewer = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    findings = models.TextField(blank=True)
    measures = models.TextField(blank=True)

    def words(self) -> str:
        """Nothing: whoever is only told of it must not find by trying what was written."""
        return ""

    def sheet(self) -> list[tuple[str, object]]:
        """What its printed file says, as labels and values; empty values are left out."""
        return [
            (gettext("Case whose contact was read"), self.of_case.number),
            (gettext("Post that read"), self.reader.with_body),
            (gettext("What the danger was"), self.reason),
            (gettext("Why the person is told later"), self.why_later),
            (gettext("Who reviews it"), self.reviewer and self.reviewer.with_body),
            (gettext("Reasons"), self.findings),
            (gettext("Consequence"), self.measures),
        ]
