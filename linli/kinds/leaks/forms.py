"""What each step of a leak asks for. Pages and the API use these forms alike."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.forms import PlaceField, PostField, ReasonForm, StepForm, TidyText
from linli.kinds.leaks.models import Sort
from linli.posts.actor import PostActor
from linli.posts.lookup import meeting
from linli.posts.models import Post


class _Posts(StepForm):
    """Steps in which a post of the area can be named."""

    named = "about"

    def offer(self) -> None:
        """The posts that serve the area, by name."""
        if isinstance(self.by, PostActor):
            serving = meeting(self.by.post.division.span, parts=True)
            posts = Post.objects.filter(pk__in=serving).select_related("organisation")
            self.fields[self.named].queryset = posts.order_by("organisation__name", "title")  # type: ignore[attr-defined]


class Notice(_Posts):
    """The opening form: what was noticed."""

    text = TidyText(
        label=_("What happened?"),
        help_text=_("What leaked or may have, when and how you noticed. Name nobody whose data it is."),
    )
    division = PlaceField(
        label=_("Area whose data it is"), required=False, help_text=_("Left open: the area of your post.")
    )
    about = PostField(
        label=_("Post it may have come from"),
        required=False,
        empty_label=_("Not known"),
        help_text=_("It and its superior will not see this."),
    )
    channel = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput())

    field_order = ("text", "division", "about")

    def clean(self) -> dict[str, Any]:
        """What it arrived by, and whose data it is where nobody says so."""
        given = super().clean() or {}
        given["channel"] = given.get("channel") or "desk"
        if given.get("division") is None and isinstance(self.by, PostActor):
            given["division"] = self.by.post.division
        return given


class Contain(StepForm):
    """How it was stopped."""

    measures = TidyText(
        label=_("What was done to stop it"),
        max_length=3000,
        help_text=_("Access withdrawn, keys changed, copies called back."),
    )


class Assess(StepForm):
    """What leaked, why, and what it can do."""

    sorts = forms.MultipleChoiceField(
        label=_("Kinds of data"), choices=Sort.choices, widget=forms.CheckboxSelectMultiple
    )
    cause = TidyText(label=_("Cause"), max_length=2000)
    harm = TidyText(label=_("Possible harm"), max_length=2000)
    touched = forms.IntegerField(label=_("How many people it touches"), min_value=0, max_value=100_000_000)


class Dismiss(ReasonForm):
    """No leak."""


class ReportAuthority(StepForm):
    """Which authority was told."""

    authority = TidyText(
        label=_("Authority, and how it was told"),
        max_length=200,
        widget=forms.TextInput(),
        help_text=_("Such as: county cyberspace office, by telephone at 9:40 and in writing."),
    )


class Tell(_Posts):
    """What people are told, and who."""

    named = "looked"

    what = TidyText(label=_("What leaked and why, in one sentence"), max_length=120, widget=forms.TextInput())
    advice = TidyText(label=_("What they can do"), max_length=120, widget=forms.TextInput())
    numbers = TidyText(
        label=_("Numbers of the cases it touches"), required=False, help_text=_("One in a line.")
    )
    looked = PostField(
        label=_("Or: everybody whose data this post looked at"), required=False, empty_label=_("Nobody more")
    )
    since = forms.DateTimeField(label=_("from"), required=False)
    until = forms.DateTimeField(label=_("until"), required=False)

    def clean_numbers(self) -> list[str]:
        """One number each."""
        return (
            re.split(r"[\s,，、;；]+", self.cleaned_data["numbers"].strip())
            if self.cleaned_data["numbers"]
            else []
        )


class Spare(ReasonForm):
    """Why they need not be told."""

    reason = TidyText(
        label=_("Why people need not be told, or how they were told otherwise"),
        max_length=2000,
        help_text=_(
            "Only where the measures avoid all harm (Personal Information Protection Law, article 57)."
        ),
    )


class Finish(StepForm):
    """The report."""

    report = TidyText(
        label=_("Closing report"),
        max_length=6000,
        help_text=_("What happened, what was done, what changes so that it does not happen again."),
    )
