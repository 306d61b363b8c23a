"""A place by some characters of its name, as one types it while somebody talks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.errors import Invalid
from linli.divisions.naming import called_within, typed_place
from linli.posts.actor import PostActor

MOST_OFFERED = 1_000  # names in the page; the others are found all the same
_MOST_NAMED = 6


class TypedPlace(forms.CharField):
    """A place of the post's own area; the page offers the names in a list, the server finds what was typed."""

    def __init__(self, by: PostActor, like: forms.Field) -> None:
        attrs = {"list": "places", "autocomplete": "off", "accesskey": "p"}
        super().__init__(
            label=like.label, required=like.required, widget=forms.TextInput(attrs), max_length=100
        )
        self.help_text = gettext_lazy(
            "Some characters of the community, village or grid. Leave it empty in doubt."
        )
        self.by = by

    def clean(self, value: Any) -> str:
        """The trimmed code, or nothing; several that fit are named."""
        try:
            return place_code(super().clean(value), self.by)
        except Invalid as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


def place_code(typed: str, by: PostActor) -> str:
    """The code of the one place that fits what was typed; empty for nothing typed; Invalid for none or several."""
    if not typed.strip():
        return ""
    fits = typed_place(typed, by.post.division.trimmed)
    if len(fits) == 1:
        return fits[0].code
    sentence = _(
        "No place in your area is called like this. Type another part of its name, or leave it empty."
    )
    if fits:
        names = _(", ").join(each.label for each in fits[:_MOST_NAMED])
        sentence = _("Several places fit: %(names)s. Type more of the name.") % {"names": names}
    raise Invalid(sentence, fields={"division": [sentence]})


def place_label(code: str, by: PostActor) -> str:
    """The name to offer for a code; empty when the place is not in the post's area."""
    return next((each.label for each in called_within(by.post.division.trimmed) if each.code == code), "")


def names_offered(by: PostActor) -> list[str]:
    """What the list under the field offers."""
    return [each.label for each in called_within(by.post.division.trimmed)[:MOST_OFFERED]]
