"""Columns with what people wrote: to read one in a request is a reading of their record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from linli.residents.access import WORDS
from linli.residents.showing import open_sheet, show


class _Watched(property):
    """Gives the value as any column does, and puts whose words they are on the request's sheet.

    A row that is only being written (not in the database yet) tells nobody anything. A property, because Python
    calls its functions faster than a `__get__` of our own; loops and imports read these columns all day.
    """

    keeps_plainly = True  # what is written stands in the row as it is

    def __init__(self, column: models.Field[Any, Any]) -> None:
        name, is_watched, later = column.attname, open_sheet, DeferredAttribute(column)

        def read(row: Any) -> Any:
            try:
                value = row.__dict__[name]
            except KeyError:
                value = later.__get__(row)
            if is_watched() is not None and value and not row._state.adding:
                show(getattr(row, "case", row).whose, WORDS)
            return value

        def write(row: Any, value: Any) -> None:
            row.__dict__[name] = value

        super().__init__(read, write)


class _Written:
    """What the two kinds of column share. The row, or its `case`, says whose record it is by `whose`."""

    descriptor_class = _Watched
    attname: str
    deconstruct: Callable[[], Any]

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001  Django's own signature
        """Writing a row is not reading it."""
        return model_instance.__dict__[self.attname]


def _plain(path: str, deconstructed: tuple[str, str, list[Any], dict[str, Any]]) -> Any:
    """Migrations know the column as Django's own: the database does not see the difference."""
    name, _path, args, kwargs = deconstructed
    return name, path, args, kwargs


class Words(_Written, models.TextField):  # type: ignore[type-arg, misc]
    """A text of any length that a resident wrote."""

    def deconstruct(self) -> Any:
        """As Django's TextField."""
        return _plain("django.db.models.TextField", super().deconstruct())


class Line(_Written, models.CharField):  # type: ignore[type-arg, misc]
    """A short text that a resident wrote."""

    def deconstruct(self) -> Any:
        """As Django's CharField."""
        return _plain("django.db.models.CharField", super().deconstruct())
