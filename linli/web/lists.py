"""Long lists, page by page: keyset pagination, equally fast at any depth and unmoved by new rows on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from linli.base.errors import Invalid

Listed = TypeVar("Listed", bound=Model)
SEPARATOR = "~"


@dataclass(frozen=True)
class Page(Generic[Listed]):
    """Some rows of a long list; `after` is the mark to ask for the next ones, empty at the end."""

    rows: list[Listed]
    after: str
    is_first: bool


def page_of(rows: QuerySet[Listed], *, order: str, after: str = "", size: int = 50) -> Page[Listed]:
    """The next `size` rows in the order of a field that is never null ("-at"), ties broken by the key."""
    descending = order.startswith("-")
    name = order.removeprefix("-")
    if after:
        rows = rows.filter(_beyond(rows.model, name, after, "lt" if descending else "gt"))
    found = list(rows.order_by(order, "-pk" if descending else "pk")[: size + 1])
    more = len(found) > size
    return Page(found[:size], _mark(found[size - 1], name) if more else "", is_first=not after)


def _mark(row: Model, name: str) -> str:
    fields = (row._meta.get_field(name), row._meta.pk)
    return SEPARATOR.join(str(field.value_to_string(row)) for field in fields)  # type: ignore[union-attr]


def _beyond(model: type[Model], name: str, after: str, way: str) -> Q:
    try:
        left, _sign, right = after.partition(SEPARATOR)
        value: Any = model._meta.get_field(name).to_python(left)  # type: ignore[union-attr]
        key: Any = model._meta.pk.to_python(right)
    except (ValidationError, OverflowError):
        value = None
    if value is None:
        raise Invalid(_("This page of the list does not exist. Please start at its beginning."))
    # The plain bound beside the OR lets both databases walk the index instead of filtering all rows.
    return Q(**{f"{name}__{way}e": value}) & (Q(**{f"{name}__{way}": value}) | Q(**{f"pk__{way}": key}))
