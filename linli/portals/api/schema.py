"""JSON Schema of a step's body, from its form: types, limits, what must be there, words in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from linli.cases.forms import StepForm
from linli.cases.procedure import Step
from linli.portals.api.answers import plain
from linli.portals.api.slots import Shape, Slot, Tree, shape_of

Schema = dict[str, Any]
MOST_CHOICES = 1000


def schema_of(kind: str, step: str, fields: Mapping[str, forms.Field], *, everything: bool = False) -> Schema:
    """The schema of a body; `everything` also lists choices that depend on the case."""
    shape = shape_of(kind, step)
    return _object(shape.tree, fields, everything)


def asked_now(kind: str, step: Step, form: StepForm) -> Schema:
    """What a step asks for in a case now: the schema with every choice, and what is suggested."""
    shape = shape_of(kind, step.name)
    suggested = {name: plain(value) for name, value in form.initial.items() if name in form.fields}
    return {
        "step": step.name,
        "label": str(step.label),
        "schema": schema_of(kind, step.name, form.fields, everything=True),
        "suggested": {_outside(shape, name): value for name, value in suggested.items()},
    }


def _outside(shape: Shape, name: str) -> str:
    return shape.outside.get(name, name)


def _object(tree: Tree, fields: Mapping[str, forms.Field], everything: bool) -> Schema:  # noqa: FBT001  own call only
    properties = {
        name: _value(place, fields[place.field], everything)
        if isinstance(place, Slot)
        else _object(place, fields, everything)
        for name, place in tree.items()
    }
    needed = [
        name for name, place in tree.items() if isinstance(place, Slot) and fields[place.field].required
    ]
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": needed} if needed else found


def _value(slot: Slot, field: forms.Field, everything: bool) -> Schema:  # noqa: FBT001  own call only
    found: Schema = {"type": slot.type, "title": str(field.label or slot.path)}
    if slot.items:
        found["items"] = {"type": slot.items}
    optional = {
        "format": slot.format,
        "description": str(field.help_text or ""),
        "maxLength": getattr(field, "max_length", None),
        "minimum": getattr(field, "min_value", None),
        "maximum": getattr(field, "max_value", None),
    }
    found.update({name: value for name, value in optional.items() if value not in ("", None)})
    if choices := _choices(field, everything):
        found.get("items", found)["oneOf"] = choices
    return found


def _choices(field: forms.Field, everything: bool) -> list[Schema]:  # noqa: FBT001  own call only
    """Fixed choices and those named by a public code are part of the contract; the rest depend on the case."""
    if isinstance(field, forms.ModelChoiceField):
        if not everything and not field.to_field_name:
            return []
        rows = field.queryset.all()[:MOST_CHOICES] if field.queryset is not None else ()
        return [
            {"const": plain(field.prepare_value(each)), "title": str(field.label_from_instance(each))}
            for each in rows
        ]
    if isinstance(field, forms.ChoiceField):
        return [{"const": value, "title": str(label)} for value, label in _flat(field.choices) if value != ""]
    return []


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    for value, label in choices:
        found += _flat(label) if isinstance(label, list | tuple) else [(value, label)]
    return found
