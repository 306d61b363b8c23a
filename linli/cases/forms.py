"""StepForm: what a step asks for. Pages and the API use the same form, so they ask and refuse alike."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.errors import Invalid, TooLarge
from linli.base.text import tidy
from linli.cases.attachments import MAX_PER_STEP, cleaned_photo
from linli.cases.models import Case
from linli.posts.actor import Actor

LONGEST_TEXT = 6000


class StepForm(forms.Form):
    """A form for one step of one case, as seen by the actor who would take it. `case` is None while opening."""

    def __init__(self, *args: Any, case: Case | None = None, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.by = by
        self.offer()

    def offer(self) -> None:
        """Fill choices and suggestions from the case; kinds override this."""


class TidyText(forms.CharField):
    """Free text as people type it: control characters dropped, length in characters, emoji welcome."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_TEXT)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "")


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Some photos, cleaned on the way in; the value is a list of JPEG bytes."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"accept": "image/jpeg,image/png,image/webp", "multiple": True}
        super().__init__(widget=_ManyFiles(attrs=attrs), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """Refuse too many, too large, or what is no photo, with a sentence each."""
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if len(files) > MAX_PER_STEP:
            raise forms.ValidationError(_("At most %(most)s photos at once.") % {"most": MAX_PER_STEP})
        try:
            return [cleaned_photo(file) for file in files]
        except (Invalid, TooLarge) as trouble:
            raise forms.ValidationError(trouble.sentence) from trouble


class NoteForm(StepForm):
    """A step that needs nothing but may say something."""

    note = TidyText(label=_("Note"), required=False, max_length=1000)


class ReasonForm(StepForm):
    """A step that must give its reason, which the reporter will read."""

    reason = TidyText(
        label=_("Reason"),
        max_length=1000,
        help_text=_("The person who raised this will read it. Write plainly."),
    )
