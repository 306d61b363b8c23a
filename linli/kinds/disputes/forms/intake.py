"""What the steps ask for that take a dispute in, or do not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.errors import Invalid
from linli.base.text import half_width
from linli.cases.forms import (
    CategoryField,
    MergeForm,
    NoteForm,
    PersonFields,
    PhotosField,
    PlaceField,
    ReasonForm,
    ReferForm,
    StepForm,
    TidyText,
)
from linli.cases.models.catalogue import Audience
from linli.kinds.disputes.forms.sides import dispute_of
from linli.kinds.disputes.models import Safety, Source
from linli.posts.actor import PostActor
from linli.posts.models import PostKind
from linli.residents.keeping import GivenContact, plain_phone


def class_field(**kwargs: Any) -> CategoryField:
    """What a dispute is about, by the classes of the justice system."""
    return CategoryField(
        "disputes", audiences=[Audience.EVERYONE, Audience.STAFF], label=_("What is it about?"), **kwargs
    )


class Apply(PersonFields):
    """The opening form: what it is about, and who asks; the other side is entered afterwards."""

    text = TidyText(
        label=_("What happened, and what would you like?"),
        help_text=_("In your own words. Only you and the mediators read it."),
        error_messages={"required": _("Please write what it is about.")},
    )
    category = class_field(required=False, empty_label=_("I am not sure"))
    division = PlaceField(label=_("Community or village"), required=False)
    source = forms.ChoiceField(label=_("Where it came from"), choices=Source.choices, required=False)
    source_number = forms.CharField(label=_("Number there"), max_length=60, required=False)
    photos = PhotosField(label=_("Photos"), required=False)
    other_name = forms.CharField(label=_("Name of the other side"), max_length=60, required=False)
    other_phone = forms.CharField(
        label=_("Telephone number of the other side"),
        max_length=30,
        required=False,
        help_text=_(
            "If you know it. They are asked by Linli whether they agree, and do not see your number."
        ),
    )

    field_order: Iterable[str] | None = (
        *("text", "category", "division", "photos", "source", "source_number"),
        *("other_name", "other_phone", "name", "phone"),
    )

    def offer(self) -> None:
        """Only a post says from where it was referred; whoever comes themselves gives a name and a number."""
        if not isinstance(self.by, PostActor):
            del self.fields["source"], self.fields["source_number"]
            self.fields["name"].required = self.fields["phone"].required = True
        elif self.by.post.kind == PostKind.GRID_WORKER:
            self.fields["source"].initial = Source.GRID

    def clean_other_phone(self) -> str:
        """A number that can be called, or nothing."""
        return called_number(self.cleaned_data["other_phone"])

    def clean(self) -> dict[str, Any]:
        """Put what is known of the other side into one parcel."""
        given = super().clean()
        given["other"] = GivenContact(half_width(given.pop("other_name", "")), given.pop("other_phone", ""))
        return given


def called_number(typed: str) -> str:
    """A telephone number as digits; a sentence for what is none."""
    try:
        return plain_phone(typed)
    except Invalid as trouble:
        raise forms.ValidationError(trouble.sentence) from trouble


class NameSide(StepForm):
    """Who is on the other side."""

    name = forms.CharField(label=_("Name"), max_length=60)
    phone = forms.CharField(label=_("Telephone number"), max_length=30, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)

    def clean_phone(self) -> str:
        """A number that can be called, or nothing."""
        return called_number(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        """Put it into one parcel."""
        given = super().clean() or {}
        return {
            "contact": GivenContact(
                *(half_width(given.get(name, "")) for name in ("name", "phone", "address"))
            )
        }


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

    @property
    def idle(self) -> bool:
        """Whether nothing was noted that has to be reported, or it has been."""
        found = dispute_of(self.case) if self.case else None
        return found is not None and (not found.crime or found.reported_at is not None)


class TurnDown(ReasonForm):
    """Why it cannot be mediated."""


class Refer(ReferForm):
    """Passing it on: the next owner must be named."""


class Withdraw(NoteForm):
    """Taking it back."""


class LinkDuplicate(MergeForm):
    """Merging into another dispute."""


class UnlinkDuplicate(NoteForm):
    """Not the same after all."""
