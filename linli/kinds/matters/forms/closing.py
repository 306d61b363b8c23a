"""What the steps ask for that find a matter done, or not."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from linli.cases.forms import (
    NoteForm,
    PhotosField,
    ReasonForm,
    TidyText,
)


class Check(NoteForm):
    """Found done."""


class Fail(ReasonForm):
    """Found not done."""


class Confirm(NoteForm):
    """Solved."""


class Contest(ReasonForm):
    """Not solved: what is still wrong."""

    reason = TidyText(label=_("What is still wrong?"), max_length=1000)
    photos = PhotosField(label=_("Photos that show it"), required=False)


class Reopen(ReasonForm):
    """Take it up again."""

    reason = TidyText(label=_("Why should it be taken up again?"), max_length=1000)
    photos = PhotosField(label=_("Photos that show it"), required=False)


class Redo(ReasonForm):
    """Have it done again."""


class Uphold(ReasonForm):
    """Uphold the result."""

    reason = TidyText(
        label=_("Reasons of the decision"),
        max_length=2000,
        help_text=_("The reporter will read them. Answer each point that was raised."),
    )
