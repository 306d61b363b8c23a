"""What the steps ask for by which somebody who deals with a matter may speak with its reporter."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.forms import NoteForm, PhotosField, StepForm, TidyText
from linli.posts.actor import PostActor
from linli.posts.models import Organisation
from linli.residents.consents import REACH, text_of, waiting


class AskReach(StepForm):
    """Asking for a yes."""

    reason = TidyText(
        label=_("Why you need to speak with them"),
        max_length=500,
        help_text=_("They read it, and decide. Without a yes you go on asking through Linli."),
    )


class AllowReach(StepForm):
    """The yes, to words that are shown whole; never ticked beforehand."""

    yes = forms.BooleanField(label=_("I agree"))
    sheet = PhotosField(
        label=_("Photo of the signed sheet"),
        help_text=_("Kept sealed as proof; those who deal with the matter do not see it."),
    )

    def offer(self) -> None:
        """Say to what the yes is; only staff bring a sheet."""
        if not isinstance(self.by, PostActor):
            del self.fields["sheet"]
        asked = waiting(self.case.pk, REACH) if self.case else None
        if asked:
            body = Organisation.objects.filter(pk=asked.body or 0).first()
            self.fields["yes"].help_text = text_of(asked.text, body.name if body else "")

    def clean_sheet(self) -> bytes:
        """The one photo."""
        photos: list[bytes] = self.cleaned_data["sheet"]
        if len(photos) != 1:
            raise forms.ValidationError(_("A yes on paper needs the photo of the signed sheet."))
        return photos[0]


class RefuseReach(NoteForm):
    """The no."""


class RecallReach(NoteForm):
    """Taking the yes back."""
