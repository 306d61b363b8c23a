"""Which columns of which tables are sealed, and how a row is sealed anew: what changing the key walks through.

Every app that seals something registers its table when it starts; `linli rekey` and `doctor` know no others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model

from linli.residents.crypto import current_version, seal_bytes, unseal, unseal_bytes, version_of

Changes = dict[str, Any]


@dataclass(frozen=True)
class SealedTable:
    """A table with sealed columns.

    `place(row, column)` is what a column's value is bound to; `indexes(row, texts)` makes the blind indexes anew
    from the opened texts; `before(row, texts)` changes what else was derived from them, in the same transaction.
    A table with `versioned` has a column `key_version`: nothing in such a row is older than it says.
    """

    model: str
    columns: tuple[str, ...]
    place: Callable[[Any, str], str]
    indexes: Callable[[Any, Mapping[str, str]], Changes] | None = None
    before: Callable[[Any, Mapping[str, str]], None] | None = None
    versioned: bool = True

    @property
    def rows(self) -> type[Model]:
        """The model."""
        return apps.get_model(self.model)

    def is_old(self, row: Any) -> bool:
        """Whether something in this row is sealed with another version than the current one."""
        present = (bytes(value) for column in self.columns if (value := getattr(row, column)))
        return any(version_of(value) != current_version() for value in present) or (
            self.versioned and row.key_version != current_version()
        )

    def renewed(self, row: Any) -> Changes:
        """The columns of a row, sealed and indexed with the current version."""
        opened = {name: unseal_bytes(getattr(row, name), self.place(row, name)) for name in self.columns}
        changes: Changes = {name: seal_bytes(each, self.place(row, name)) for name, each in opened.items()}
        if self.indexes or self.before:
            texts = {name: each.decode() for name, each in opened.items()}
            if self.before:
                self.before(row, texts)
            if self.indexes:
                changes |= self.indexes(row, texts)
        return changes | ({"key_version": current_version()} if self.versioned else {})


_tables: dict[str, SealedTable] = {}


def register(table: SealedTable) -> None:
    """Make a sealed table known."""
    _tables[table.model] = table


def sealed_tables() -> list[SealedTable]:
    """Every table that holds something sealed."""
    return list(_tables.values())


def place_of(row: Model, field: str) -> str:
    """The place a sealed value of a person is bound to: table, row, field."""
    return f"{row._meta.model_name}/{row.pk}/{field}"


def column_place(row: Model, column: str) -> str:
    """The same by the name of the column."""
    return place_of(row, column.removesuffix("_sealed"))


def unsealed(row: Model, field: str) -> str:
    """What a person's field holds. Leaves no row: for digests, and for the doors that leave it themselves."""
    return unseal(getattr(row, f"{field}_sealed"), place_of(row, field))
