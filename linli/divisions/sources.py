"""What `linli import` can take: each app registers its own kinds of files in a module called `importers`."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

Progress = Callable[[int, int], None]


class Report(Protocol):
    """What an import did, as sentences for the person who ran it."""

    @property
    def all_refused(self) -> bool:
        """Whether there were rows and not one is here after it: then the command fails."""
        return False

    def lines(self) -> Iterator[str]: ...


@dataclass(frozen=True)
class Importer:
    """One word after `linli import`: its arguments, and the function that takes them and a progress call."""

    name: str
    help: object
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[dict[str, Any], Progress], Report]


_importers: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    """Make a kind of file known to `linli import`."""
    _importers[importer.name] = importer


def all_importers() -> list[Importer]:
    """Every registered importer, by name."""
    return sorted(_importers.values(), key=lambda each: each.name)
