"""What the steps ask for in which people mediate, or end it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.cases.forms import PostField, ReasonForm, StepForm, TidyText
from linli.cases.scans import ScanField
from linli.kinds.disputes.forms.sides import OwnWord, SidesField, WordForm, choices_of
from linli.kinds.disputes.models import Dispute, Said, Session
from linli.posts.actor import PostActor
from linli.posts.lookup import serving
from linli.posts.models import Post, PostKind

LONGEST_MINUTES = 100_000  # characters, some 150 pages; a form of more than a megabyte is not read
EXPERTS = (PostKind.HANDLER, PostKind.MEDIATOR)


def _how_choices(case: Any) -> list[tuple[str, Any]]:
    """Together only where nobody has to be afraid."""
    calm = case is None or Dispute.objects.get(pk=case.pk).joint
    return [each for each in Session.How.choices if calm or each[0] == Session.How.APART]


class Convene(StepForm):
    """Setting a session."""

    when = forms.DateTimeField(
        label=_("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    how = forms.ChoiceField(label=_("How the sides meet"), widget=forms.RadioSelect)
    place = TidyText(label=_("Where"), max_length=200, required=False, widget=forms.TextInput())
    link = forms.URLField(label=_("Link for video"), max_length=300, required=False, assume_scheme="https")

    def offer(self) -> None:
        """Ways of meeting that are safe here."""
        self.fields["how"].choices = _how_choices(self.case)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A place, or a link for video."""
        given = super().clean() or {}
        lacking = "link" if given.get("how") == Session.How.VIDEO else "place"
        if given.get("how") and not given.get(lacking) and lacking not in self.errors:
            self.add_error(lacking, _("Say where: a room, or for video its link."))
        return given


class Hold(StepForm):
    """The minutes of a session."""

    how = forms.ChoiceField(label=_("How the sides met"), widget=forms.RadioSelect)
    held_at = forms.DateTimeField(
        label=_("When it was held"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    present = SidesField(label=_("Who was there"))
    text = TidyText(
        label=_("Minutes"),
        max_length=LONGEST_MINUTES,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("Read them back; whoever was there signs them on the page of the paper."),
    )

    result = TidyText(label=_("What the session came to"), max_length=1000, required=False)

    def offer(self) -> None:
        """The sides, and ways of meeting that are safe here."""
        self.fields["how"].choices = _how_choices(self.case)  # type: ignore[attr-defined]
        if self.case:
            self.fields["present"].choices = choices_of(self.case)[1:]  # type: ignore[attr-defined]

    def suggest(self) -> None:
        """Just now."""
        self.initial["held_at"] = timezone.localtime().replace(second=0, microsecond=0)


class Enclose(StepForm):
    """A scanned paper for the file."""

    what = forms.CharField(label=_("Name of the paper"), max_length=100)
    scan = ScanField(
        label=_("Scan"),
        help_text=_(
            "One PDF of at most 60 MB, some 300 pages. Whoever deals with this dispute can save it; the sides do "
            "not see it."
        ),
    )


class Suggest(StepForm):
    """Options for both sides."""

    options = TidyText(
        label=_("Options"),
        max_length=3000,
        help_text=_("Both sides read them. Say for each what it would mean; none of them binds."),
    )


class Consult(StepForm):
    """Asking for an opinion."""

    to = PostField(label=_("Whom to ask"))
    question = TidyText(
        label=_("Question"),
        max_length=2000,
        help_text=_("They read the question only. Leave names out."),
    )

    def offer(self) -> None:
        """Posts that serve the place and know a field."""
        if self.case:
            keys = serving(EXPERTS, self.case.code_now)
            own = self.by.post.pk if isinstance(self.by, PostActor) else 0
            rows = Post.objects.filter(pk__in=keys).exclude(pk=own)
            self.fields["to"].queryset = rows.select_related("organisation")  # type: ignore[attr-defined]


class Advise(StepForm):
    """The opinion."""

    opinion = TidyText(label=_("Your opinion"), max_length=3000)


class Prolong(OwnWord):
    """Agreeing to go on longer."""

    to = Said.PROLONG


class Fail(ReasonForm):
    """Ending without agreement."""

    reason = TidyText(
        label=_("Why mediation ends"),
        max_length=1000,
        help_text=_("Both sides read it, with the lawful ways. Say nothing about who was right."),
    )


class Halt(WordForm):
    """Stopping."""


class GoToCourt(StepForm):
    """It was taken to court."""

    number = forms.CharField(label=_("Number at the court"), max_length=60, required=False)
