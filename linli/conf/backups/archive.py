"""One archive: the sealed copy of a database, with what is in it and the list of its attachments before it.

Inside the sealed stream lies a tar file: contents.json, attachments (one SHA-256 a line), database.
"""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from django.db.migrations.loader import MigrationLoader
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from linli import __version__
from linli.conf.backups.contents import Contents
from linli.conf.backups.stream import Opening, Sealing, Unreadable, damaged

CONTENTS, ATTACHMENTS, DATABASE = "contents.json", "attachments", "database"
_MOST = 1 << 30  # bytes of a list; the database may be of any size


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
        target = folder / DATABASE
        with self.path.open("rb") as file:
            opened = Opening(file, self.key, self.path.name)
            try:
                with tarfile.open(fileobj=cast(Any, opened), mode="r|") as tar:
                    for member in tar:
                        inside = tar.extractfile(member)
                        if member.name == DATABASE and inside:
                            with target.open("wb") as out:
                                target.chmod(0o600)
                                shutil.copyfileobj(inside, out, 1 << 20)
            except (tarfile.TarError, EOFError) as trouble:
                raise damaged(self.path.name) from trouble
            opened.read()  # to its very end: what is cut off behind the database is cut off too
        if not target.exists():
            raise damaged(self.path.name)
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
    with target.open("wb") as file:
        target.chmod(0o600)
        sealing = Sealing(file, key, **head)
        with tarfile.open(fileobj=cast(Any, sealing), mode="w|", bufsize=1 << 20) as tar:
            _add(tar, CONTENTS, json.dumps(copied.contents.as_dict()).encode())
            _add(tar, ATTACHMENTS, "\n".join(copied.digests).encode())
            tar.add(copied.database, DATABASE, recursive=False)
        sealing.close()


def read_archive(path: Path, key: bytes, engine: str) -> Archive:
    """Open an archive and read what it says of itself; raises Unreadable when it is not for here."""
    with path.open("rb") as file:
        opened = Opening(file, key, path.name)
        head, lists = opened.head, {}
        if head.get("what") != "backup":
            raise Unreadable(_("%(file)s is no backup of Linli. Nothing was changed.") % {"file": path.name})
        try:
            with tarfile.open(fileobj=cast(Any, opened), mode="r|") as tar:
                for member in tar:
                    inside = tar.extractfile(member)
                    if member.name == DATABASE or inside is None or member.size > _MOST:
                        break
                    lists[member.name] = inside.read()
        except (tarfile.TarError, EOFError) as trouble:
            raise damaged(path.name) from trouble
    made_at = parse_datetime(str(head.get("made_at", "")))
    if made_at is None or set(lists) != {CONTENTS, ATTACHMENTS}:
        raise damaged(path.name)
    contents = Contents(**json.loads(lists[CONTENTS]))
    _check_belongs_here(path.name, head, contents, engine)
    digests = lists[ATTACHMENTS].decode().split()
    return Archive(path, key, made_at, str(head["linli"]), engine, contents, digests)


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


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    told = tarfile.TarInfo(name)
    told.size = len(content)
    tar.addfile(told, io.BytesIO(content))
