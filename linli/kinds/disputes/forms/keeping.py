"""What the steps ask for that see to it that an agreement is kept, and confirmed by the court."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.errors import Invalid
from linli.cases.forms import NoteForm, ReasonForm, StepForm, TidyText
from linli.kinds.disputes.forms.sides import SideField, Tap, choices_of
from linli.kinds.disputes.models import AtCourt, Obligation
from linli.kinds.disputes.rounds import obligations_of
from linli.kinds.disputes.sums import digits, fen_of


class Plan(StepForm):
    """Something more that is due."""

    act = TidyText(label=_("What is to be done"), max_length=300, widget=forms.TextInput())
    fen = forms.CharField(
        label=_("Sum"), max_length=40, required=False, help_text=_("For example 1200.50 or 壹仟贰佰元")
    )
    on = forms.DateField(label=_("By which day"), widget=forms.DateInput(attrs={"type": "date"}))
    who = SideField(label=_("Who owes it"), required=False)
    whom = SideField(label=_("To whom"), required=False)

    def offer(self) -> None:
        """The sides."""
        if self.case:
            for name in ("who", "whom"):
                self.fields[name].choices = choices_of(self.case)  # type: ignore[attr-defined]

    def clean_fen(self) -> int:
        """The sum in fen; nothing where none is owed."""
        typed = self.cleaned_data["fen"]
        try:
            return fen_of(typed) if typed else 0
        except Invalid as trouble:
            raise forms.ValidationError(trouble.sentence) from trouble


class ObligationForm(NoteForm):
    """About one line of the plan."""

    number = forms.TypedChoiceField(label=_("What is it about?"), coerce=int)

    def offer(self) -> None:
        """The lines that are not yet kept."""
        if self.case:
            rows = [row for row in obligations_of(self.case) if row.state != Obligation.State.KEPT]
            self.fields["number"].choices = [(row.number, line_of(row)) for row in rows]  # type: ignore[attr-defined]


def line_of(row: Obligation) -> str:
    """A line of the plan in one line."""
    return " · ".join(filter(None, (row.on.isoformat(), digits(row.fen) if row.fen else "", row.act)))


class ReportPerformance(ObligationForm):
    """Saying how it was kept."""

    state = forms.ChoiceField(
        label=_("Was it kept?"),
        choices=[
            (Obligation.State.SAID, _("Yes, it was kept")),
            (Obligation.State.PARTLY, _("It was kept in part")),
            (Obligation.State.BROKEN, _("No, it was not kept")),
        ],
        widget=forms.RadioSelect,
    )

    field_order = ("number", "state", "note")


class CheckPerformance(ObligationForm):
    """Saying whether that is right."""

    right = forms.TypedChoiceField(
        label=_("Is what the other side reported right?"),
        choices=[("yes", _("Yes, that is right")), ("no", _("No, that is not right"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

    field_order = ("number", "right", "note")


class ConfirmSettled(Tap):
    """It is settled."""


class FollowUp(StepForm):
    """What following up found."""

    finding = TidyText(label=_("What the follow-up found"), max_length=2000)


class Conclude(ReasonForm):
    """Closing without both confirming."""


class Reopen(NoteForm):
    """Taking it up again."""

    note = TidyText(label=_("What has happened since?"), required=False, max_length=2000)


class AskConfirmation(Tap):
    """Asking the court to confirm."""


class FileConfirmation(StepForm):
    """It went to the court."""

    court = forms.CharField(label=_("To which court"), max_length=100)


class CourtAccepts(StepForm):
    """The court accepted."""

    number = forms.CharField(label=_("Number at the court"), max_length=60)


class CourtProlongs(NoteForm):
    """The court takes longer."""


class CourtDecides(NoteForm):
    """What the court decided."""

    ruling: Any = forms.ChoiceField(
        label=_("What the court decided"),
        choices=[(AtCourt.CONFIRMED, AtCourt.CONFIRMED.label), (AtCourt.REJECTED, AtCourt.REJECTED.label)],
        widget=forms.RadioSelect,
    )

    field_order = ("ruling", "note")
