"""What each step of a request asks for. Pages and the API use these forms alike."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.base.errors import Invalid
from linli.base.text import half_width
from linli.cases.forms import NoteForm, PersonFields, ReasonForm, StepForm, TidyText
from linli.cases.kinds import kind_of
from linli.kinds.datarequests.models import Answer as Answers
from linli.kinds.datarequests.models import Proof, Wanted
from linli.posts.actor import PostActor
from linli.residents.keeping import plain_phone

RIGHT = {
    "name": _("The right name"),
    "phone": _("The right telephone number"),
    "address": pgettext_lazy("person", "The right address"),
}
DOCUMENTS = [
    ("", _("Please choose")),
    ("id_card", _("Identity card")),
    ("residence_permit", _("Residence permit")),
    ("passport", _("Passport or travel permit")),
]


class Claim(PersonFields):
    """The opening form. Who asks is known by the door; at the window the clerk has seen the identity document."""

    from_link: ClassVar[frozenset[str]] = frozenset({"look", "wanted", "mentions", "ward"})

    wanted = forms.ChoiceField(label=_("What do you want?"), choices=Wanted.choices, widget=forms.RadioSelect)
    text = TidyText(
        label=_("In your words"),
        required=False,
        help_text=_("What it is about, if that is not clear from your choice."),
    )
    right_name = forms.CharField(label=RIGHT["name"], max_length=60, required=False)
    right_phone = forms.CharField(label=RIGHT["phone"], max_length=30, required=False)
    right_address = forms.CharField(label=RIGHT["address"], max_length=200, required=False)
    look = forms.UUIDField(required=False, widget=forms.HiddenInput())
    ward = forms.UUIDField(required=False, widget=forms.HiddenInput())
    mentions = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput())
    document = forms.ChoiceField(label=_("Identity document seen"), choices=DOCUMENTS)

    field_order = (
        "wanted",
        "text",
        "right_name",
        "right_phone",
        "right_address",
        "document",
        "name",
        "phone",
    )

    def offer(self) -> None:
        """Staff say which document they saw and with which number the data was given; others are known already."""
        if isinstance(self.by, PostActor):
            self.fields["name"].required = self.fields["phone"].required = True
            del self.fields["ward"]  # a guardian asks from the own page, which knows the number
            return
        here = getattr(self.by, "proof", "") == Proof.WINDOW  # a guardian, whose document a post has seen
        for name in ("name", "phone", *(() if here else ("document",))):
            del self.fields[name]

    def suggest(self) -> None:
        """Whoever comes from a line of the list wants to know why."""
        if self.initial.get("look"):
            self.initial.setdefault("wanted", Wanted.ASK_WHY)

    def clean_right_phone(self) -> str:
        """A number that can be called, or nothing."""
        try:
            return plain_phone(self.cleaned_data["right_phone"])
        except Invalid as trouble:
            raise forms.ValidationError(trouble.sentence) from trouble

    def clean(self) -> dict[str, Any]:
        """Put the right values together; a correction needs one."""
        given = super().clean()
        given.pop("mentions", None)
        values = {name: half_width(given.pop(f"right_{name}", "") or "") for name in RIGHT}
        given["right"] = {name: text for name, text in values.items() if text}
        if given.get("ward") and "address" in given["right"]:
            self.add_error("right_address", _("Where a ward lives is changed at the window, with the move."))
        if given.get("wanted") == Wanted.CORRECTION and not given["right"] and not self.errors:
            self.add_error("right_name", _("Say what should stand there: name, number or address."))
        return given


class Question(StepForm):
    """A question to the requester."""

    question = TidyText(label=_("Question to the requester"), max_length=1000)


class Add(StepForm):
    """Something more from the requester."""

    more = TidyText(label=_("What you want to add"), max_length=3000)


class Hear(StepForm):
    """Asking the post that looked."""

    question = TidyText(
        label=_("What the post is asked to explain"),
        max_length=2000,
        help_text=_("The post reads this. Name the day and the case it looked at, not who asks."),
    )


class Explain(StepForm):
    """Why it looked."""

    reply = TidyText(label=_("Why the data was looked at, and what it was used for"), max_length=3000)


class Recuse(ReasonForm):
    """Stepping aside."""


class Decide(StepForm):
    """The answer. A "no" says why and where to turn."""

    answer = forms.ChoiceField(label=_("The answer"), choices=Answers.choices, widget=forms.RadioSelect)
    reasons = TidyText(
        label=_("Reasons"),
        max_length=3000,
        required=False,
        help_text=_(
            "The requester reads them. To “why”: what it was looked at for. Needed unless all is granted."
        ),
    )
    parts = forms.MultipleChoiceField(
        label=_("What is put right"), required=False, widget=forms.CheckboxSelectMultiple
    )
    entire = forms.BooleanField(
        label=_("Show the guardian also what is kept from guardians"),
        required=False,
        help_text=_(
            "Who looked in cases of violence, the family and others that are sensitive; where guardians disagree, also "
            "where the ward lives. Only where you have made sure that this guardian has no part in them and that it "
            "does not harm the ward."
        ),
    )
    turn_to = TidyText(label=_("Where the requester can turn"), max_length=500, required=False)

    def offer(self) -> None:
        """Only a correction has parts: the fields that the requester named; only a guardian's copy may be entire."""
        detail = kind_of(self.case.kind).detail_of(self.case) if self.case else None
        wrong = detail.wrong if detail else []
        if not (detail and detail.ward_id and detail.wanted in {Wanted.ACCESS, Wanted.COPY}):
            del self.fields["entire"]
        if not wrong:
            del self.fields["parts"]
            return
        self.fields["parts"].choices = [(name, RIGHT[name]) for name in wrong]  # type: ignore[attr-defined]
        self.initial["parts"] = wrong

    def suggest(self) -> None:
        """Where anybody can turn by law."""
        self.initial["turn_to"] = _(
            "You may complain to the authority in charge of personal information (the cyberspace administration, "
            "网信部门) or sue before the people's court (Personal Information Protection Law, articles 50 and 65)."
        )

    def clean(self) -> dict[str, Any]:
        """What is not granted needs its reason."""
        given = super().clean() or {}
        if given.get("answer") in {Answers.REFUSED, Answers.PARTLY}:
            for name in ("reasons", "turn_to"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("A “no” says why, and where to turn."))
        return given


class Conclude(Decide):
    """The same by the upper level."""


class Confirm(NoteForm):
    """Accepting the answer."""


class Contest(ReasonForm):
    """Not accepting it."""

    reason = TidyText(label=_("What is wrong with the answer?"), max_length=2000)


class Withdraw(NoteForm):
    """Taking it back."""
