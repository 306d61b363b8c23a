"""From JSON to form data: which names a step's body may hold, which form field each fills, and its JSON type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from math import isfinite
from typing import Any

from django import forms
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from linli.base.errors import Invalid, fields_called
from linli.cases.forms import PersonFields
from linli.cases.kinds import kind_of

CHANNEL = "api"
LONGEST_LIST = 200
_PERSON = {"name": "contact.name", "phone": "contact.phone"}


@dataclass(frozen=True)
class Slot:
    """One value of a body: its name outside (`contact.phone`), the form field it fills, its type and format."""

    path: str
    field: str
    type: str
    format: str = ""
    items: str = ""

    def fault(self, value: Any) -> str:
        """What is wrong with a value before the form sees it; empty when nothing is."""
        if self.type == "array":
            return self._list_fault(value)
        return _fault(value, self.type) or (_format_fault(value, self.format) if self.format else "")

    def _list_fault(self, value: Any) -> str:
        if not isinstance(value, list):
            return _("This must be a list.")
        if len(value) > LONGEST_LIST:
            return _("At most %(most)d entries.") % {"most": LONGEST_LIST}
        return next((fault for each in value if (fault := _fault(each, self.items))), "")


Tree = dict[str, "Slot | Tree"]


@dataclass(frozen=True)
class Shape:
    """All slots of a step: as a tree by their names outside, and the names outside by form field."""

    tree: Tree
    outside: Mapping[str, str]
    fixed: Mapping[str, str] = field(default_factory=dict)


def form_data(kind: str, step: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The form data of a body; Invalid names every unknown name and every value of the wrong type."""
    shape = shape_of(kind, step)
    data: dict[str, Any] = dict(shape.fixed)
    faults: dict[str, list[str]] = {}
    _fill(shape.tree, body, "", (data, faults))
    if faults:
        raise Invalid(fields=faults)
    return data


def _fill(
    tree: Tree, body: Mapping[str, Any], path: str, into: tuple[dict[str, Any], dict[str, list[str]]]
) -> None:
    data, faults = into
    for name, value in body.items():
        place = tree.get(name)
        if value is None and place is not None:
            continue
        if isinstance(place, Slot):
            fault = place.fault(value)
            if not fault:
                data[place.field] = value
        elif place is None:
            fault = _("There is no such field here.")
        elif isinstance(value, dict):
            _fill(place, value, f"{path}{name}.", into)
            continue
        else:
            fault = _("This must be an object.")
        if fault:
            faults[f"{path}{name}"] = [fault]


@contextmanager
def names_outside(kind: str, step: str) -> Iterator[None]:
    """Let refusals name fields as the API does, not as the form does."""
    with fields_called(shape_of(kind, step).outside):
        yield


@cache
def shape_of(kind: str, step: str) -> Shape:
    """The slots of a step, from the fields of its form; files and what a page hides are not of the API."""
    found = kind_of(kind)
    form = found.form(found.procedure.steps[step])
    names = names_of(kind, form, step)
    fields = offered(form.base_fields)
    tree: Tree = {}
    for name in dict.fromkeys([*(form.field_order or ()), *fields]):
        if name in fields:
            _plant(tree, _slot(name, names.get(name, name), fields[name]))
    hidden = set(form.base_fields) - set(fields)
    fixed = {"channel": CHANNEL} if "channel" in hidden else {}
    return Shape(tree, {**names, "__all__": "body"}, fixed)


def _plant(tree: Tree, slot: Slot) -> None:
    *parents, name = slot.path.split(".")
    for parent in parents:
        tree = tree.setdefault(parent, {})  # type: ignore[assignment]
    tree[name] = slot


def offered(fields: Mapping[str, forms.Field]) -> dict[str, forms.Field]:
    """The fields of a form that JSON can fill, by name."""
    return {
        name: each
        for name, each in fields.items()
        if not isinstance(each, forms.FileField) and not each.widget.is_hidden
    }


def names_of(kind: str, form: type[forms.Form], step: str) -> dict[str, str]:
    """Form field -> name outside: the person's fields are one object everywhere, the rest is the kind's own choice."""
    person = _PERSON if issubclass(form, PersonFields) else {}
    own: dict[str, dict[str, str]] = getattr(kind_of(kind).api, "NAMES", {})
    return {**person, **own.get(step, {})}


# The first match counts: Django's number fields inherit from IntegerField.
_TYPES: tuple[tuple[type[forms.Field], str, str], ...] = (
    (forms.FloatField, "number", ""),
    (forms.DecimalField, "number", ""),
    (forms.IntegerField, "integer", ""),
    (forms.BooleanField, "boolean", ""),
    (forms.DateTimeField, "string", "date-time"),
    (forms.DateField, "string", "date"),
    (forms.EmailField, "string", "email"),
)


def _slot(name: str, path: str, each: forms.Field) -> Slot:
    if isinstance(each, forms.ModelMultipleChoiceField):
        return Slot(path, name, "array", items=_key_type(each))
    if isinstance(each, forms.MultipleChoiceField):
        return Slot(path, name, "array", items="string")
    if isinstance(each, forms.ModelChoiceField):
        return Slot(path, name, _key_type(each))
    for sort, json_type, json_format in _TYPES:
        if isinstance(each, sort):
            return Slot(path, name, json_type, json_format)
    return Slot(path, name, "string")


def _key_type(each: forms.ModelChoiceField[Any]) -> str:
    if each.to_field_name or each.queryset is None:
        return "string"
    return "integer" if isinstance(each.queryset.model._meta.pk, models.IntegerField) else "string"


def _fault(value: Any, json_type: str) -> str:
    if json_type == "string":
        if not isinstance(value, str):
            return _("This must be text.")
        return "" if _is_writable(value) else _("This text holds half a character (a lone surrogate).")
    if json_type == "boolean":
        return "" if isinstance(value, bool) else _("This must be true or false.")
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        return _("This must be a number.")
    if json_type == "integer" and not isinstance(value, int):
        return _("This must be a whole number.")
    return ""


def _is_writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_finite(number: float) -> bool:
    try:
        return isfinite(number)
    except OverflowError:
        return False


def _format_fault(value: str, json_format: str) -> str:
    """Only ISO 8601: the forms also read the local ways of writing a day, which differ by language."""
    try:
        if json_format == "date-time" and parse_datetime(value) is None:
            return _("Write date and time like 2026-03-01T09:30:00+08:00.")
        if json_format == "date" and parse_date(value) is None:
            return _("Write the day like 2026-03-01.")
    except ValueError:
        return _("There is no such day or time.")
    return ""
