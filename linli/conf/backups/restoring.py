"""Putting a backup back: everything is read and checked first, so that a bad one changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

from linli.base.files import make_folder, sync_folder
from linli.cases.attachments import path_of
from linli.conf.backups.archive import Archive
from linli.conf.backups.engines import engine
from linli.conf.backups.folder import Folder, unfinished


def put_back(folder: Folder, archive: Archive) -> tuple[str, int]:
    """Restore database and attachments; returns where the former database is, and how many attachments came back.

    Raises Unreadable or another Refusal, with nothing changed. Attachments go first, so that every row has its file.
    """
    with unfinished() as work:
        copy = archive.unpack(work)
        engine().check(copy)
        lacking = [digest for digest in archive.digests if not path_of(digest).exists()]
        for digest in lacking:
            folder.unseal_attachment(digest, work / digest)
        for digest in lacking:
            _place(work / digest, path_of(digest))
        return engine().put_back(copy), len(lacking)


def _place(file: Path, target: Path) -> None:
    make_folder(target.parent)
    shutil.move(file, target)  # the attachments may lie on another disk
    sync_folder(target.parent)
