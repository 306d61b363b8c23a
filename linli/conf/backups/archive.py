"""One archive: the sealed copy of a database, with what is in it and the list of its attachments before it.

Inside the sealed stream: eight bytes that say how long the JSON after them is, then the database to the end.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from linli import __version__
from linli.conf.backups.contents import Contents
from linli.conf.backups.stream import PIECE, Opening, Sealing, Unreadable, damaged


@dataclass(frozen=True)
class Archive:
    """An archive that was opened far enough to know what it holds."""

    path: Path
    key: bytes
    made_at: datetime
    version: str
    engine: str
    contents: Contents
    digests: list[str]

    def unpack(self, folder: Path) -> Path:
        """Write the database into a folder, every byte authenticated; returns the file."""
        target = folder / "database"
        with self.path.open("rb") as file, target.open("wb") as out:
            target.chmod(0o600)
            opened = Opening(file, self.key, self.path.name)
            _read_list(opened, self.path.name)
            while piece := opened.read(PIECE):
                out.write(piece)
        return target


@dataclass(frozen=True)
class Copied:
    """A copied database in clear, before it is sealed."""

    database: Path
    engine: str
    made_at: datetime
    contents: Contents
    digests: list[str]


def write_archive(target: Path, key: bytes, copied: Copied) -> None:
    """Seal a copied database into a file."""
    head = {"what": "backup", "made_at": copied.made_at.isoformat()}
    head |= {"linli": __version__, "engine": copied.engine}
    listed = json.dumps({**copied.contents.as_dict(), "digests": copied.digests}).encode()
    with target.open("wb") as file, copied.database.open("rb") as database:
        target.chmod(0o600)
        sealing = Sealing(file, key, **head)
        sealing.write(len(listed).to_bytes(8, "big") + listed)
        while piece := database.read(PIECE):
            sealing.write(piece)
        sealing.close()


def read_archive(path: Path, key: bytes, engine: str) -> Archive:
    """Open an archive and read what it says of itself; raises Unreadable when it is not for here."""
    with path.open("rb") as file:
        opened = Opening(file, key, path.name)
        head = opened.head
        if head.get("what") != "backup":
            raise Unreadable(_("%(file)s is no backup of Linli. Nothing was changed.") % {"file": path.name})
        listed = _read_list(opened, path.name)
    digests, made_at = listed.pop("digests"), datetime.fromisoformat(head["made_at"])
    contents = Contents(**listed)
    _check_belongs_here(path.name, head, contents, engine)
    return Archive(path, key, made_at, str(head["linli"]), engine, contents, digests)


def _read_list(opened: Opening, name: str) -> dict[str, Any]:
    """What stands before the database; as it was sealed by us, only a cut-off one can be unreadable."""
    length = int.from_bytes(opened.read(8), "big")
    listed = opened.read(length)
    if len(listed) < length or not listed:
        raise damaged(name)
    return dict(json.loads(listed))


def _check_belongs_here(name: str, head: dict[str, Any], contents: Contents, engine: str) -> None:
    if head.get("engine") != engine:
        raise Unreadable(
            _("%(file)s is of a %(theirs)s database, and this place runs on %(ours)s. Nothing was changed.")
            % {"file": name, "theirs": head.get("engine"), "ours": engine}
        )
    known = {f"{app}.{migration}" for app, migration in MigrationLoader(None).disk_migrations}
    if later := sorted(set(contents.migrations) - known):
        raise Unreadable(
            _(
                "%(file)s was made by Linli %(version)s with %(first)s, which this release does not have: install "
                "that release, with all its kinds. Nothing was changed."
            )
            % {"file": name, "version": head.get("linli"), "first": later[0]}
        )
