"""What the steps ask for about who acts for a side, and about a side that has died and its heirs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.forms import NoteForm, StepForm
from linli.cases.models import Basis, Case, Party
from linli.cases.parties import Powers, agents_in, role_words, rows_of_parties
from linli.cases.scans import ScanField
from linli.kinds.disputes.forms.consenting import Consent
from linli.kinds.disputes.forms.intake import NameSide
from linli.kinds.disputes.forms.sides import SideField, Tap, WordForm, choices_of, dispute_of, has_said
from linli.kinds.disputes.models import Said
from linli.posts.actor import PartyActor

SCOPES = [
    (Basis.GUARDIAN.value, _("Guardian, by law")),
    ("general", _("General power of attorney: speaks and listens for the side")),
    ("special", _("Special power of attorney: also accepts, changes or gives up claims, settles and signs")),
]


TERMS = ("scope", "begins", "ends")


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **kwargs)


class PowersForm(StepForm):
    """How far somebody acts, and from when until when, as the paper says."""

    scope = forms.ChoiceField(label=_("How far they act"), choices=SCOPES, widget=forms.RadioSelect)
    begins = _day(_("Acts from"), required=False)
    ends = _day(
        _("Acts until"),
        required=False,
        help_text=_("The last day on the power of attorney; of a guardian, such as the 18th birthday."),
    )
    paper = forms.CharField(
        label=_("Which paper was shown"),
        max_length=100,
        help_text=_("Such as the power of attorney, or the household register."),
    )

    def clean(self) -> dict[str, Any]:
        """Put how far and how long into one parcel."""
        scope, begins, ends = (self.cleaned_data.get(name) for name in TERMS)
        given = {name: value for name, value in (super().clean() or {}).items() if name not in TERMS}
        basis = Basis.GUARDIAN if scope == Basis.GUARDIAN else Basis.ATTORNEY
        if basis == Basis.ATTORNEY and not ends and "ends" not in self.errors:
            self.add_error("ends", _("Enter the last day of the power of attorney, as it stands there."))
        return {**given, "powers": Powers(basis, scope == "special", begins, ends)}


class NameAgent(PowersForm, NameSide):
    """Who acts for a side."""

    whose = SideField(label=_("For which side?"))
    scan = ScanField(label=_("Scan of the paper"), required=False, help_text=_("The sides do not see it."))
    field_order = ("whose", "name", "phone", "scope", "begins", "ends", "paper", "scan")

    def offer(self) -> None:
        """The sides to choose from; where they live is not asked."""
        del self.fields["address"]
        if self.case:
            self.fields["whose"].choices = choices_of(self.case)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Name and number in one parcel, powers in another."""
        kept: dict[str, Any] = {name: self.cleaned_data.get(name) for name in ("whose", "scan", "paper")}
        return {**super().clean(), **kept}


class RenewAgent(PowersForm):
    """A new paper of somebody who acts already."""

    nr = SideField(label=_("Who?"))
    field_order = ("nr", "scope", "begins", "ends", "paper")

    def offer(self) -> None:
        """Those who act now."""
        self.fields["nr"].choices = agents_to_choose(self.case, None)  # type: ignore[attr-defined]

    @property
    def idle(self) -> bool:
        """Whether nobody acts for a side."""
        return len(self.fields["nr"].choices) < 2  # type: ignore[attr-defined]


class EndAgent(NoteForm):
    """Ending that somebody acts."""

    nr = SideField(label=_("Who?"))
    field_order = ("nr", "note")

    def offer(self) -> None:
        """Those whom this actor may end."""
        by = self.by if isinstance(self.by, PartyActor) else None
        choices = agents_to_choose(self.case, by)
        self.fields["nr"].choices = choices  # type: ignore[attr-defined]
        if by and len(choices) == 2:
            self.fields["nr"].initial = choices[1][0]

    @property
    def idle(self) -> bool:
        """Whether there is nobody to end."""
        return len(self.fields["nr"].choices) < 2  # type: ignore[attr-defined]


def agents_to_choose(case: Case | None, by: PartyActor | None) -> list[tuple[Any, str]]:
    """Those who act for a side, to choose from: all of them for a post, its own for a side, oneself for who acts."""
    rows = rows_of_parties(case) if case else []
    found = [each for each in agents_in(rows) if by is None or _is_own(each, by)]
    named = (
        [(each.nr, f"{role_words(case, each.nr, rows)} · {each.powers}") for each in found] if case else []
    )
    return [("", str(_("Please choose"))), *named]


def _is_own(agent: Party, by: PartyActor) -> bool:
    if by.agency:
        return agent.nr == by.agency.nr
    return agent.acts_for == by.nr and agent.basis != Basis.GUARDIAN


class NoteDeath(StepForm):
    """Which side has died, when, and by which paper that is known."""

    whose = SideField(label=_("Which side has died?"))
    on = _day(_("Day of death"))
    paper = forms.CharField(label=_("Which paper was shown"), max_length=100)

    def offer(self) -> None:
        """The sides to choose from."""
        if self.case:
            self.fields["whose"].choices = choices_of(self.case)  # type: ignore[attr-defined]


class NameHeir(NameSide):
    """Who is an heir of a side that has died."""

    whose = SideField(label=_("Heir of"))
    paper = forms.CharField(label=_("Which paper was shown"), max_length=100)
    field_order = ("whose", "name", "phone", "address", "paper")

    def offer(self) -> None:
        """The sides that have died."""
        if self.case:
            rows, died = rows_of_parties(self.case), dispute_of(self.case).died
            named = [(nr, role_words(self.case, nr, rows)) for nr in died]
            self.fields["whose"].choices = [("", str(_("Please choose"))), *named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Name and number in one parcel."""
        kept: dict[str, Any] = {name: self.cleaned_data.get(name) for name in ("whose", "paper")}
        return {**super().clean(), **kept}

    @property
    def idle(self) -> bool:
        """Whether nobody has died."""
        return self.case is not None and not dispute_of(self.case).died


def _is_no_heir(form: StepForm) -> bool:
    """Whether the side that looks is nobody's heir, or has said that they go on."""
    if form.case is None or not isinstance(form.by, PartyActor):
        return False
    return str(form.by.nr) not in dispute_of(form.case).heirs


class TakeOver(Consent):
    """An heir goes on: one tap, or the signed paper that a post has witnessed."""

    @property
    def idle(self) -> bool:
        """Whether this is not for the side that looks to say, or it was said."""
        return _is_no_heir(self) or has_said(self, Said.CONSENT)


class StepOut(WordForm):
    """An heir does not go on."""

    @property
    def idle(self) -> bool:
        """Whether this is not for the side that looks to say."""
        return _is_no_heir(self)


class Resume(NoteForm):
    """Going on with the heirs."""


class EndResting(Tap):
    """Nobody goes on in the place of who died."""
