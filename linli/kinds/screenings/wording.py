"""Texts of a screening are about places and subjects: a number of a person in them is refused."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.forms import TidyText
from linli.residents.chat_words import holds_number

NO_NAMES = _("About places and subjects only: name nobody, and no telephone or identity numbers.")


class Impersonal(TidyText):
    """A text that many read, and that is about nobody."""

    def clean(self, value: object) -> str:
        """The text; a sentence where a number of a person stands in it."""
        text: str = super().clean(value)
        if holds_number(text):
            raise forms.ValidationError(
                _(
                    "There is a telephone, identity or card number in this text. Take it out: a screening is about "
                    "places and subjects. What belongs to a person goes into that person's own case."
                )
            )
        return text
