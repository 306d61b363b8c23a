"""What the steps ask for in which both sides agree to mediation and get a mediator."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.forms import NoteForm, PhotosField, ReasonForm, StepForm, TidyText
from linli.kinds.disputes.forms.sides import SideField, Tap, WordForm, choices_of
from linli.kinds.disputes.models import Dispute
from linli.kinds.disputes.routing import mediators_for
from linli.posts.actor import PostActor
from linli.posts.models import Post
from linli.registers.suggesting import Offer


class Invite(NoteForm):
    """Offering mediation; the lawful ways stand on the page."""


class Consent(StepForm):
    """Agreeing to mediation: one tap, or the signed paper that a post has witnessed."""

    whose = SideField(label=_("Who has signed?"))
    papers = PhotosField(label=_("Photo of the signed paper"))

    def offer(self) -> None:
        """A side is asked for nothing."""
        if not isinstance(self.by, PostActor):
            del self.fields["whose"], self.fields["papers"]
        elif self.case:
            self.fields["whose"].choices = choices_of(self.case)  # type: ignore[attr-defined]


class Refuse(WordForm):
    """Not agreeing."""


class MediatorField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the mediators that can be offered, each with the reason why."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.RadioSelect)
        super().__init__(Post.objects.none(), empty_label=None, **kwargs)
        self.offers: dict[int, Offer] = {}

    def offer(self, offers: list[Offer]) -> None:
        """Let these be chosen among."""
        self.offers = {each.mediator.holding.post_id: each for each in offers}
        self.queryset = Post.objects.filter(pk__in=self.offers)

    def label_from_instance(self, obj: Any) -> str:
        """Who it is, of which body, and why they are offered."""
        each = self.offers[obj.pk]
        return f"{each.mediator.holding.account.called} · {obj.organisation.name} · {each.reason}"


class Prefer(StepForm):
    """Wishing for a mediator."""

    to = MediatorField(label=_("Whom would you like as mediator?"))

    def offer(self) -> None:
        """Those who can be offered."""
        if self.case:
            self.fields["to"].offer(_offers(self.case))  # type: ignore[attr-defined]


def _offers(case: Any) -> list[Offer]:
    """Not compared with what they declared, which would be a reading at each look at the page: the action compares."""
    return mediators_for(case, without=Dispute.objects.get(pk=case.pk).refused)


class Appoint(Prefer):
    """Naming the mediator."""

    to = MediatorField(
        label=_("Mediator"),
        help_text=_("Who declared a tie with one side, or was refused by one, cannot be named."),
    )
    reason = TidyText(
        label=_("Reason"),
        required=False,
        max_length=500,
        help_text=_("Needed where a side wished for somebody else."),
    )

    def suggest(self) -> None:
        """Whom both sides wish for, if they wish for the same."""
        if self.case:
            wishes = set(Dispute.objects.get(pk=self.case.pk).wishes.values())
            self.initial["to"] = wishes.pop() if len(wishes) == 1 else None


class ReplaceMediator(Tap):
    """Asking for another mediator."""


class Recuse(ReasonForm):
    """Stepping aside."""

    reason = TidyText(
        label=_("Reason"), max_length=500, help_text=_("Say what ties you, not what you think of anybody.")
    )
