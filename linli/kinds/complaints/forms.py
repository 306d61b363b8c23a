"""What each step of a complaint asks for. Pages and the API use these forms alike."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.base.errors import Invalid
from linli.cases.forms import (
    NoteForm,
    PersonFields,
    PhotosField,
    PlaceField,
    PostField,
    ReasonForm,
    ReferForm,
    StepForm,
    TidyText,
)
from linli.cases.kinds import kind_of
from linli.cases.models import Case
from linli.divisions.codes import Level
from linli.divisions.models import Division
from linli.kinds.complaints.models import Finding
from linli.kinds.complaints.routing import place_of
from linli.posts.lookup import meeting
from linli.posts.models import Post


class Complain(PersonFields):
    """The opening form: what happened, and which post it is about, chosen or in words."""

    text = TidyText(
        label=_("What happened?"),
        help_text=_("What was done or left undone, when and where. Only those who look into it read this."),
        error_messages={"required": _("Please write what happened.")},
    )
    division = PlaceField(
        label=_("Community or village"),
        required=False,
        help_text=_("Then the list below shows the posts that serve it."),
    )
    about = PostField(
        label=_("Which post is it about?"),
        required=False,
        empty_label=_("Not in this list, or I do not know"),
    )
    named = TidyText(
        label=_("If it is not in the list: who, in your words"),
        max_length=200,
        required=False,
        widget=forms.TextInput(),
        help_text=_("Such as: the window for residence matters, last Tuesday morning."),
    )
    mentions = forms.CharField(label=_("Number of the case it has to do with"), max_length=60, required=False)
    photos = PhotosField(label=_("Photos"), required=False)

    field_order = ("text", "division", "about", "named", "mentions", "photos")

    def offer(self) -> None:
        """Offer the posts that serve the chosen place; without one, those of the whole area served here."""
        self.fields["about"].queryset = posts_at(self._place())  # type: ignore[attr-defined]

    def _place(self) -> Division:
        code = self.data.get("division") or self.initial.get("division") or ""
        try:
            found = Division.objects.current().coded(code).first() if code else None
        except Invalid:  # said where the field is read
            found = None
        return found or place_of(None, self.by)

    def clean(self) -> dict[str, Any]:
        """The post, or words about it."""
        given = super().clean()
        if not (given.get("about") or given.get("named") or self.errors.get("about")):
            self.add_error(
                "about",
                _("Choose the post; the list now shows those that serve the place. Or say below who it was."),
            )
        return given


def posts_at(place: Division) -> QuerySet[Post]:
    """The posts in force that serve a place, or a part of a town or village, the nearest first."""
    serving = meeting(place.span, parts=place.level >= Level.TOWN)
    found = Post.objects.filter(pk__in=serving).select_related("organisation")
    return found.order_by("-division__level", "organisation__name", "title")


class _Naming(StepForm):
    """Steps in which the post that was only described can be named."""

    about = PostField(
        label=_("Post it is about"),
        required=False,
        help_text=_("Only where it was described in words, or the wrong one was named."),
    )

    def offer(self) -> None:
        """Offer the posts that serve the place, and the one it is about."""
        if self.case:
            named = kind_of(self.case.kind).detail_of(self.case).about_id
            wanted = Q(pk__in=posts_at(self.case.division).values("pk")) | Q(pk=named)
            posts = Post.objects.filter(wanted).select_related("organisation")
            self.fields["about"].queryset = posts.order_by("title")  # type: ignore[attr-defined]
            self.initial["about"] = named


class Accept(_Naming, NoteForm):
    """Taking a complaint on."""

    field_order = ("about", "note")


class Refuse(ReasonForm):
    """Not taking a complaint on."""


class PassOn(ReferForm):
    """Passing it on: the next owner must be named."""

    def offer(self) -> None:
        """Every body but the one it is about."""
        super().offer()
        if self.case and (about := _about(self.case)):
            field: Any = self.fields["to"]
            field.queryset = field.queryset.exclude(pk=about.organisation_id)


def _about(case: Case) -> Post | None:
    found: Post | None = kind_of(case.kind).detail_of(case).about
    return found


class Recuse(_Naming, ReasonForm):
    """Stepping aside."""

    reason = TidyText(
        label=_("Why you step aside"),
        max_length=1000,
        help_text=_("The complainant reads it. You do not see the complaint any more afterwards."),
    )

    field_order = ("about", "reason")


class Withdraw(NoteForm):
    """Taking it back."""


class Inquire(StepForm):
    """What was found."""

    found = TidyText(
        label=_("What was found"), help_text=_("For the file; neither the post nor the complainant reads it.")
    )


class Ask(StepForm):
    """A question to the complainant."""

    question = TidyText(label=_("Question to the complainant"), max_length=1000)


class Add(StepForm):
    """Something more from the complainant."""

    more = TidyText(
        label=_("What you want to add"),
        max_length=3000,
        help_text=_("Only those who look into it read this, not the post it is about."),
    )


class Hear(_Naming):
    """Asking the post to answer."""

    question = TidyText(
        label=_("What the post is asked to answer"),
        max_length=3000,
        help_text=_(
            "The post reads this and not the complaint itself. Leave out everything that tells who complained."
        ),
    )

    field_order = ("about", "question")


class Answer(StepForm):
    """What the post says."""

    reply = TidyText(label=_("Your answer"), max_length=6000)


class Decide(StepForm):
    """What came out, why, and what is done about it."""

    finding = forms.ChoiceField(label=_("Finding"), choices=Finding.choices, widget=forms.RadioSelect)
    reasons = TidyText(
        label=_("Reasons"),
        max_length=3000,
        help_text=_("The complainant and the post will read them. Answer each point; name no complainant."),
    )
    measures = TidyText(
        label=_("Measures"),
        max_length=2000,
        required=False,
        help_text=_("What is done about it and until when; needed unless it is not true."),
    )

    def clean(self) -> dict[str, Any]:
        """What is true has a consequence."""
        given = super().clean() or {}
        if given.get("finding") in {Finding.UPHELD, Finding.PARTLY} and not given.get("measures"):
            self.add_error("measures", _("Say what is done about it."))
        return given


class Conclude(Decide):
    """The same by the upper level."""


class Confirm(NoteForm):
    """Accepting the decision."""


class Contest(ReasonForm):
    """Not accepting it."""

    reason = TidyText(
        label=_("What is wrong with the decision?"),
        max_length=2000,
        help_text=_("The upper level reads it. A decision can be contested once."),
    )


class Reopen(ReasonForm):
    """Taking it up again."""

    reason = TidyText(label=_("Why should it be taken up again?"), max_length=1000)
