"""What each step asks for. Pages and the API use these forms alike."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.forms import NoteForm, PersonFields, PlaceField, TidyText
from linli.kinds.callbacks.models import Spoken, When


class Ask(PersonFields):
    """The opening form: a number is all that must be there."""

    phone = forms.CharField(
        label=_("Your telephone number"),
        max_length=30,
        help_text=_("Only the call-taker sees it, and each look is written down for you to see."),
        error_messages={"required": _("Please give the number we shall call.")},
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "tel"}),
    )
    when = forms.ChoiceField(label=_("When shall we call?"), choices=When.choices, required=False)
    spoken = forms.ChoiceField(label=_("In which language?"), choices=Spoken.choices, required=False)
    text = TidyText(
        label=_("What is it about?"),
        required=False,
        max_length=500,
        help_text=_("You can say it on the telephone instead."),
    )
    division = PlaceField(label=_("Community or village"), required=False)

    field_order = ("phone", "name", "when", "spoken", "text", "division")


class Talk(NoteForm):
    """Spoken with."""


class Miss(NoteForm):
    """Nobody answered."""


class GiveUp(NoteForm):
    """Give up."""


class Withdraw(NoteForm):
    """No call needed any more."""
