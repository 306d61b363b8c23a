"""What the steps ask for that see to it that an agreement is kept, and confirmed by the court."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.base.errors import Invalid
from linli.cases.forms import NoteForm, ReasonForm, StepForm, TidyText
from linli.kinds.disputes.forms.sides import OwnWord, SideField, choices_of, dispute_of
from linli.kinds.disputes.models import AtCourt, Obligation, Said
from linli.kinds.disputes.rounds import REMINDED_BEFORE, all_said, may_ask_court, obligations_of, side_of
from linli.kinds.disputes.sums import digits, fen_of
from linli.posts.actor import PartyActor

KEPT, CONTESTED = Obligation.State.KEPT, Obligation.State.CONTESTED


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

    number = forms.TypedChoiceField(label=_("Which of what was agreed?"), coerce=int)

    def offer(self) -> None:
        """The lines that are not yet kept."""
        rows = [row for row in obligations_of(self.case) if self.fits(row)] if self.case else []
        self.fields["number"].choices = [(row.number, line_of(row)) for row in rows]  # type: ignore[attr-defined]

    def fits(self, row: Obligation) -> bool:
        """Whether there is something to say about a line."""
        return row.state != Obligation.State.KEPT

    @property
    def idle(self) -> bool:
        """Whether there is nothing to say about any line."""
        return self.case is not None and not self.fields["number"].choices  # type: ignore[attr-defined]


def line_of(row: Obligation) -> str:
    """A line of the plan in one line."""
    return " · ".join(filter(None, (row.on.isoformat(), digits(row.fen) if row.fen else "", row.act)))


class Urge(ObligationForm):
    """Reminding in writing of something that is due or overdue."""

    def fits(self, row: Obligation) -> bool:
        """What is not kept, and not due some time only."""
        return super().fits(row) and row.on <= timezone.localdate() + REMINDED_BEFORE


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

    def fits(self, row: Obligation) -> bool:
        """What another side has reported and nobody has answered."""
        own = side_of(self.by) if isinstance(self.by, PartyActor) else None
        return row.said_by not in (None, own) and row.state not in (KEPT, CONTESTED)


class ConfirmSettled(OwnWord):
    """It is settled."""

    to = Said.SETTLED

    @property
    def idle(self) -> bool:
        """Also while something that is due is not kept."""
        owed = obligations_of(self.case) if self.case else []
        return super().idle or any(row.state != KEPT for row in owed)


class FollowUp(StepForm):
    """What following up found."""

    finding = TidyText(label=_("What the follow-up found"), max_length=2000)


class Conclude(ReasonForm):
    """Closing without both confirming."""


class Reopen(NoteForm):
    """Taking it up again."""

    note = TidyText(label=_("What has happened since?"), required=False, max_length=2000)


class AskConfirmation(OwnWord):
    """Asking the court to confirm."""

    to = Said.COURT

    @property
    def idle(self) -> bool:
        """Also where a court does not confirm it, or has been asked, or the thirty days have passed."""
        return super().idle or (self.case is not None and not may_ask_court(dispute_of(self.case)))


class FileConfirmation(StepForm):
    """It went to the court."""

    court = forms.CharField(label=_("To which court"), max_length=100)

    @property
    def idle(self) -> bool:
        """Whether one side has not asked for it, or it went there already."""
        found = dispute_of(self.case) if self.case else None
        return found is not None and not (may_ask_court(found) and all_said(found, Said.COURT))


class CourtAccepts(StepForm):
    """The court accepted."""

    number = forms.CharField(label=_("Number at the court"), max_length=60)

    @property
    def idle(self) -> bool:
        """Whether the court has accepted it already."""
        return self.case is not None and dispute_of(self.case).at_court != AtCourt.FILED


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
