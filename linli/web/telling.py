"""Putting a refusal back into the form it came from, so that nothing typed is lost."""

from __future__ import annotations

from typing import TypeVar

from django import forms

from linli.base.errors import Refusal

Shown = TypeVar("Shown", bound=forms.BaseForm)


def with_errors(form: Shown, refusal: Refusal) -> Shown:
    """The bound form with its own errors, or, if it finds none, with the sentences of the action that refused."""
    if not form.is_valid():
        return form
    told = refusal.facts.get("fields") or {"": [refusal.sentence]}
    for name, sentences in told.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)
    return form
