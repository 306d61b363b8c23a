"""Fields in which a post says whose word it records; a side that acts for itself is not asked."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.forms import StepForm
from linli.cases.models import Case
from linli.kinds.disputes.models import Dispute, Manner, Said
from linli.kinds.disputes.rounds import called, said, side_of
from linli.posts.actor import PartyActor, PostActor


class SideField(forms.TypedChoiceField):
    """One of the sides, by its number in the case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **kwargs)


class SidesField(forms.TypedMultipleChoiceField):
    """Some of the sides, by their numbers in the case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=[], widget=forms.CheckboxSelectMultiple(), **kwargs)


class WordForm(StepForm):
    """A side's word: said by itself with one tap, or noted by a post that was told."""

    whose = SideField(label=_("Whose word is it?"))
    manner = forms.ChoiceField(
        label=_("How was it said?"),
        choices=[(Manner.SPOKEN, Manner.SPOKEN.label), (Manner.PAPER, Manner.PAPER.label)],
        widget=forms.RadioSelect,
    )

    def offer(self) -> None:
        """Whoever is a side is known; a post says whose word it was."""
        if not isinstance(self.by, PostActor):
            del self.fields["whose"], self.fields["manner"]
        elif self.case:
            self.fields["whose"].choices = choices_of(self.case)  # type: ignore[attr-defined]


def choices_of(case: Any) -> list[tuple[Any, str]]:
    """The sides to choose from."""
    return [("", str(_("Please choose"))), *sorted(called(case).items())]


class Tap(StepForm):
    """A step that a side takes with one tap, and that asks for nothing."""


class OwnWord(Tap):
    """A yes that each side says once; who has said it is not asked again."""

    to: ClassVar[Said]

    @property
    def idle(self) -> bool:
        """Whether the side that looks has said so already."""
        return has_said(self, self.to)


def has_said(form: StepForm, to: Said) -> bool:
    """Whether the side that would take this step has said yes to it in this attempt."""
    if form.case is None or not isinstance(form.by, PartyActor):
        return False
    return side_of(form.by) in said(dispute_of(form.case), to)


def dispute_of(case: Case) -> Dispute:
    """What the step is about, as it stands now."""
    return Dispute.objects.select_related("case").get(pk=case.pk)
