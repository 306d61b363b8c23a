"""What the steps ask for that take a dispute in, or do not."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.forms import (
    CaseField,
    CategoryField,
    NoteForm,
    PersonFields,
    PhotosField,
    PlaceField,
    ReasonForm,
    StepForm,
    TidyText,
)
from linli.cases.models.catalogue import Audience
from linli.kinds.disputes.models import Safety, Source
from linli.posts.actor import PostActor
from linli.posts.models import Organisation


def class_field(**kwargs: Any) -> CategoryField:
    """What a dispute is about, by the classes of the justice system."""
    return CategoryField(
        "disputes", audiences=[Audience.EVERYONE, Audience.STAFF], label=_("What is it about?"), **kwargs
    )


class Apply(PersonFields):
    """The opening form: what it is about, and who asks; the other side is entered afterwards."""

    text = TidyText(
        label=_("What happened, and what would you like?"),
        help_text=_("In your own words. Only the parties and the mediators read it."),
        error_messages={"required": _("Please write what it is about.")},
    )
    category = class_field(required=False, empty_label=_("I am not sure"))
    division = PlaceField(label=_("Community or village"), required=False)
    source = forms.ChoiceField(label=_("Where it came from"), choices=Source.choices, required=False)
    source_number = forms.CharField(label=_("Number there"), max_length=60, required=False)
    photos = PhotosField(label=_("Photos"), required=False)

    field_order = ("text", "category", "division", "photos", "source", "source_number", "name", "phone")

    def offer(self) -> None:
        """Only a post says from where it was referred; whoever comes themselves gives a number to be told."""
        self.fields["name"].required = True
        if not isinstance(self.by, PostActor):
            del self.fields["source"], self.fields["source_number"]
            self.fields["phone"].required = True


class SafetyForm(StepForm):
    """Looking at the safety, before anything else and whenever something comes up."""

    safety = forms.ChoiceField(
        label=_("Was there violence or a threat, now or before?"),
        choices=[(Safety.CALM, Safety.CALM.label), (Safety.APART, Safety.APART.label)],
        widget=forms.RadioSelect,
        help_text=_("Ask each side alone, and never by text message. In danger call 110 first."),
    )
    crime = forms.BooleanField(
        label=_("This may be a crime or an offence against public order"),
        required=False,
        help_text=_("It has to be reported to the police in time (People's Mediation Law, article 25)."),
    )
    advice = TidyText(
        label=_("What was advised"),
        max_length=1000,
        required=False,
        help_text=_("Where to be safe, whom to call (110; women's helpline 12338), where to turn."),
    )


class Triage(SafetyForm):
    """The first look; it may also put right what the dispute is about."""

    category = class_field(required=False)

    def suggest(self) -> None:
        """Begin with the class that was chosen."""
        if self.case and self.case.category:
            self.initial["category"] = self.case.category.code


class Reassess(SafetyForm):
    """Another look."""


class ReportOn(NoteForm):
    """To whom a possible crime was reported."""

    to = forms.CharField(label=_("Reported to"), max_length=100)
    number = forms.CharField(label=_("Number of the report there"), max_length=60, required=False)

    field_order = ("to", "number", "note")


class TurnDown(ReasonForm):
    """Why it cannot be mediated."""


class Refer(ReasonForm):
    """Passing it on: the next owner must be named."""

    to = forms.ModelChoiceField(
        Organisation.objects.order_by("name"), label=_("Who takes it over"), empty_label=_("Please choose")
    )

    field_order = ("to", "reason")

    def offer(self) -> None:
        """Label organisations by their name."""
        self.fields["to"].label_from_instance = lambda body: body.name  # type: ignore[attr-defined]


class Withdraw(NoteForm):
    """Taking it back."""


class LinkDuplicate(NoteForm):
    """Merging into another dispute."""

    original = CaseField(
        label=_("Number of the original"),
        max_length=30,
        help_text=_("This one follows it and ends with it; who asked for it is told."),
    )

    field_order = ("original", "note")

    def offer(self) -> None:
        """Look for the original where the actor may see it."""
        self.fields["original"].by = self.by  # type: ignore[attr-defined]


class UnlinkDuplicate(NoteForm):
    """Not the same after all."""
