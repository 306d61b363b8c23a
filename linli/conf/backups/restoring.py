"""Putting a backup back: everything is read and checked first, so that a bad one changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.utils.translation import gettext as _

from linli.base.files import make_folder, sync_folder
from linli.cases.attachments import path_of
from linli.conf.backups.archive import Archive
from linli.conf.backups.engines import engine
from linli.conf.backups.folder import Folder, unfinished
from linli.conf.backups.stream import Unreadable


def put_back(folder: Folder, archive: Archive, *, whole: bool = True) -> tuple[str, int]:
    """Restore database and attachments; returns where the former database is, and how many attachments came back.

    Raises Unreadable or another Refusal, with nothing changed; also for attachments that cannot be read, unless it need
    not be `whole`. Attachments go first, so that every row has its file.
    """
    with unfinished() as work:
        copy = archive.unpack(work)
        engine().check(copy)
        lacking = [digest for digest in archive.digests if not path_of(digest).exists()]
        back = [digest for digest in lacking if _unsealed(folder, digest, work / digest)]
        if whole and len(back) < len(lacking):
            raise Unreadable(
                _(
                    "%(count)d attachments cannot be read from %(folder)s. With --without-attachments the rest is put "
                    "back. Nothing was changed."
                )
                % {"count": len(lacking) - len(back), "folder": folder.path}
            )
        for digest in back:
            _place(work / digest, path_of(digest))
        return engine().put_back(copy), len(back)


def _unsealed(folder: Folder, digest: str, target: Path) -> bool:
    try:
        folder.unseal_attachment(digest, target)
    except Unreadable:
        return False
    return True


def _place(file: Path, target: Path) -> None:
    make_folder(target.parent)
    shutil.move(file, target)  # the attachments may lie on another disk
    sync_folder(target.parent)
