"""What the steps ask for of those who deal with a matter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.worktime import LONGEST, Unit
from linli.cases.forms import (
    NoteForm,
    PhotosField,
    PostField,
    ReasonForm,
    StepForm,
    TidyText,
)
from linli.cases.kinds import kind_of
from linli.cases.models import Clock
from linli.kinds.matters.forms.routing import offer_posts
from linli.ledger.models import Entry

HOW_MUCH_MORE = {
    Unit.WORKING_DAYS: _("How many working days more"),
    Unit.WORKING_HOURS: _("How many working hours more"),
    Unit.CALENDAR_DAYS: _("How many days more"),
    Unit.HOURS: _("How many hours more"),
}


class Handle(StepForm):
    """What was done."""

    result = TidyText(
        label=_("What was done"), help_text=_("The reporter will read it. Say what changed on site.")
    )
    photos = PhotosField(label=_("Photos of the result"), required=False)


class Ask(StepForm):
    """A question to the reporter."""

    question = TidyText(
        label=_("Question"),
        max_length=500,
        help_text=_("It goes to the reporter through Linli. Ask only what you need."),
    )


class Answer(StepForm):
    """The reporter's answer."""

    reply = TidyText(label=_("Your answer"), max_length=1000)
    photos = PhotosField(label=_("Photos that show it"), required=False)


class Add(StepForm):
    """Something more from the reporter: words, photos or both."""

    more = TidyText(
        label=_("What you want to add"),
        max_length=1000,
        required=False,
        help_text=_("Those who deal with it read it with your report."),
    )
    photos = PhotosField(label=_("Photos that show it"), required=False)

    def clean(self) -> dict[str, Any]:
        """One of the two must be there."""
        given = super().clean() or {}
        if not self.errors and not given.get("more") and not given.get("photos"):
            self.add_error("more", _("Write what you want to add, or choose a photo."))
        return given


class Decline(ReasonForm):
    """A helper cannot help."""

    reason = TidyText(label=_("Why you cannot help, and who could"), max_length=1000)


class Excuse(ReasonForm):
    """Going on without a helper."""

    reason = TidyText(label=_("Reason"), max_length=1000)


class SendBack(ReasonForm):
    """Not ours: why, so that the dispatcher finds the right one."""

    reason = TidyText(label=_("Why it is not yours, and whose it is"), max_length=1000)


class Disclaim(ReasonForm):
    """Not ours by the rules: the centre rules."""

    reason = TidyText(label=_("Why it is not yours by the rules"), max_length=1000)
    whose = PostField(label=_("Whose it is, in your view"), required=False)

    def offer(self) -> None:
        """Offer the posts that serve the place."""
        offer_posts(self, "whose")


class MoreTime(ReasonForm):
    """How much more time, and why."""

    amount = forms.IntegerField(
        label=_("How much more, in the unit of the limit"), min_value=1, max_value=LONGEST
    )

    field_order = ("amount", "reason")

    def offer(self) -> None:
        """Ask in the unit that the promise runs in."""
        promise = Clock.objects.filter(case=self.case, name="promise", stopped_at=None).first()
        if promise:
            self.fields["amount"].label = HOW_MUCH_MORE[Unit(promise.unit)]


class RequestExtension(MoreTime):
    """Asking for more time."""

    reason = TidyText(label=_("Why it takes longer, and what is done until then"), max_length=1000)


class Extend(MoreTime):
    """Granting more time."""

    def suggest(self) -> None:
        """Begin with what was asked for."""
        wishes = Entry.objects.filter(
            about=self.case.pk if self.case else None, name="matters.request_extension"
        )
        wish = wishes.order_by("-pk").first()
        if wish:
            self.initial["amount"] = wish.facts["amount"]


class DenyExtension(ReasonForm):
    """Denying more time."""

    reason = TidyText(label=_("Reason"), max_length=1000)


class Rest(NoteForm):
    """Letting the clock rest for a listed reason."""

    because = forms.ChoiceField(label=_("Reason"))

    field_order = ("because", "note")

    def offer(self) -> None:
        """Offer the reasons the procedure lists."""
        reasons = kind_of("matters").procedure.clocks["promise"].reasons
        self.fields["because"].choices = [(key, str(words)) for key, words in reasons.items()]  # type: ignore[attr-defined]


class Suspend(Rest):
    """The clock rests."""


class Park(Rest):
    """Parked until it can be done."""


class Resume(NoteForm):
    """Going on."""
