"""What each step of a review asks for. Pages and the API use these forms alike."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.forms import StepForm, TidyText

SHORTEST = 10


class Look(StepForm):
    """Before anything is read: what the danger is, typed, and a yes to what follows from it."""

    reason = TidyText(
        label=_("What is the danger, to whom, and what do you do now?"),
        min_length=SHORTEST,
        max_length=1000,
        help_text=_("The person reads this, and so does the post that reviews it."),
        error_messages={
            "required": _("Write what the danger is. Without a reason nothing is shown."),
            "min_length": _("Say it in a sentence: what is the danger, to whom?"),
        },
    )
    sure = forms.BooleanField(
        label=_("Somebody's life or health is in danger, and I need to know who raised this to help now"),
        error_messages={
            "required": _("Only for danger to life or health. For anything else write through Linli.")
        },
    )
    why_later = TidyText(
        label=_("Only if a message to this telephone could put somebody in danger: why"),
        required=False,
        max_length=500,
        help_text=_(
            "Such as violence at home. Then messages go out three days later; on the person's own page "
            "the reading stands at once all the same."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """The yes is for the page; what is kept are the words."""
        given = super().clean() or {}
        given.pop("sure", None)
        return given


class Comment(StepForm):
    """What the person whose contact was read says about it."""

    more = TidyText(label=_("What you want to say about it"), max_length=2000)


class Justify(StepForm):
    """Why it was right."""

    findings = TidyText(
        label=_("Why it was justified"),
        max_length=2000,
        help_text=_("The person and the post that read will read this."),
    )


class Object(Justify):
    """Why it was not, and what follows."""

    findings = TidyText(
        label=_("Why it was not justified"),
        max_length=2000,
        help_text=_("The person and the post that read will read this."),
    )
    measures = TidyText(
        label=_("Consequence"),
        max_length=2000,
        help_text=_("What is done about it, by whom and until when."),
        error_messages={"required": _("Say what follows from it.")},
    )
