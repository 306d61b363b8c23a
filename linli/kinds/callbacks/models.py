"""The columns of this kind beyond those every case has."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.cases.models import Case
from linli.residents.words import Words


class When(models.TextChoices):
    """When somebody can be reached."""

    ANY = "any", _("Any time in office hours")
    MORNING = "morning", _("In the morning")
    AFTERNOON = "afternoon", _("In the afternoon")
    EVENING = "evening", _("In the evening, where somebody is on duty")


class Spoken(models.TextChoices):
    """In which language."""

    MANDARIN = "mandarin", _("Mandarin")
    LOCAL = "local", _("The local dialect")
    ENGLISH = "english", _("English")


class Callback(models.Model):
    """When and how somebody wants to be called, what about, and how often nobody answered."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="callback")
    when = models.CharField(max_length=10, choices=When.choices, default=When.ANY)
    spoken = models.CharField(max_length=10, choices=Spoken.choices, default=Spoken.MANDARIN)
    text = Words(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    def words(self) -> str:
        """What the search finds it by."""
        return str(self.text)

    def sheet(self) -> list[tuple[str, object]]:
        """What its printed file says, as labels and values."""
        return [
            (gettext("When to call"), When(self.when).label),
            (gettext("Language"), Spoken(self.spoken).label),
            (gettext("What about"), self.text),
            (gettext("Times nobody answered"), self.tries or ""),
        ]
