"""Choosing a community or village from a list that is read only when the list is shown."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from linli.base.generations import Cached
from linli.divisions.models import FAMILY, Division

TOWN, VILLAGE = 4, 5
MOST = 600  # more than that nobody can choose from; towns are then offered instead


class PlaceSelect(forms.Select):
    """A list of villages by town; costs nothing where a form only checks what was sent."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        """Read the choices now."""
        self.choices = [("", _("I am not sure")), *_groups()]
        return super().optgroups(name, value, attrs)


def _read_groups() -> list[Any]:
    villages = _standing(VILLAGE)
    if len(villages) > MOST:
        towns = _standing(TOWN)
        return [(each.trimmed, each.name) for each in towns] if len(towns) <= MOST else []
    return [
        (town, [(each.trimmed, each.name) for each in group])
        for town, group in groupby(villages, lambda village: village.parent.name if village.parent else "")
    ]


def _standing(level: int) -> list[Division]:
    found = Division.objects.current().filter(level=level).select_related("parent")
    return list(found.order_by("code")[: MOST + 1])


_groups: Cached[Any] = Cached(FAMILY, _read_groups)
