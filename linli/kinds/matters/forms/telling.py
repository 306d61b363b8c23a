"""What the notice of the result asks for."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.cases.forms import StepForm, TidyText
from linli.kinds.matters.models import Matter
from linli.kinds.matters.wording import REMEDY


class Issue(StepForm):
    """What came of it, and what the reporter can do who does not agree."""

    result = TidyText(
        label=_("Result"),
        max_length=4000,
        help_text=_("It goes on paper and to the person who raised it. Name nobody else in it."),
    )
    remedy = TidyText(label=_("What one can do who does not agree"), max_length=1000)

    def suggest(self) -> None:
        """What was done stands in the case already; nobody types it twice."""
        if self.case:
            matter = Matter.objects.filter(pk=self.case.pk).first()
            self.fields["result"].initial = matter.result if matter else ""
        self.fields["remedy"].initial = REMEDY.format(telephone=settings.PLACE_TELEPHONE or "12345")
