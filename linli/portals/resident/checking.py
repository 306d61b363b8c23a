"""Check your answers: all that was said on one page before it is sent, and whether it is one of those nearby."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.cases.forms import PersonFields, PhotosField, SameAsField, StepForm
from linli.cases.kinds import Kind
from linli.cases.nearby import Nearby
from linli.divisions.models import Division
from linli.portals.resident.opening import CHECK, POSITION, SAME, what_was_said
from linli.portals.resident.same import Photos
from linli.web.parts import Row
from linli.web.times import moment_words


def to_check(request: HttpRequest) -> bool:
    """Whether the button was the one that shows the answers first."""
    return CHECK in request.POST


def check_page(
    request: HttpRequest, kind: Kind, form: StepForm, shown: tuple[list[Nearby], Photos]
) -> HttpResponse:
    """The answers, two categories by the words where none was chosen, what is open nearby, and one button that sends.

    Nothing is stored yet but the photos.
    """
    found, photos = shown
    kept = photos.keeping(form)
    content = {
        "kind": kind,
        "rows": answers_of(form),
        "found": found,
        "likely": form.likely(),
        "said": [(name, value) for name, value in what_was_said(request) if name != SAME],
        "token": kept.token,
        "photos": len(kept.digests),
    }
    return render(request, "resident/check.html", content)


def answers_of(form: StepForm) -> list[Row]:
    """What was said, field by field, as people read it; what was left empty is left out."""
    skipped = (PhotosField, SameAsField)
    fields = [
        bound
        for bound in form.visible_fields()
        if bound.name not in POSITION and not isinstance(bound.field, skipped)
    ]
    rows = [Row(str(bound.label), words) for bound in fields if (words := _words(bound, form))]
    if form.cleaned_data.get("longitude") is not None:
        rows.append(Row(_("Your position"), _("is sent along")))
    return rows


def _words(bound: BoundField, form: StepForm) -> str:
    if bound.name in PersonFields.base_fields:  # sealed by now: as it was typed
        return str(bound.value() or "")
    value: Any = form.cleaned_data.get(bound.name)
    if isinstance(value, Division):
        return value.name
    if isinstance(value, datetime):
        return moment_words(value)
    if isinstance(value, bool):
        return _("Yes") if value else ""
    if isinstance(bound.field, forms.ChoiceField) and isinstance(value, str | list):
        known = dict(_flat(bound.field.choices))  # type: ignore[arg-type]
        given = value if isinstance(value, list) else [value] if value else []
        return pgettext("between items of a list", ", ").join(
            known.get(str(each), str(each)) for each in given
        )
    return str(value) if value else ""


def _flat(choices: Iterable[Any]) -> Iterable[tuple[str, str]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(value), str(label)
