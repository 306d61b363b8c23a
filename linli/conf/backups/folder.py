"""The folder backups lie in: archives by date, every attachment once and sealed, old ones thrown away."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.errors import Refusal
from linli.base.files import make_folder, sync_folder
from linli.cases.attachments import path_of
from linli.conf.backups.archive import Archive, Copied, read_archive, write_archive
from linli.conf.backups.engines import engine
from linli.conf.backups.stream import Opening, Sealing, Unreadable, backup_key, damaged

ENDING, STAMP = ".backup", "%Y%m%d-%H%M%S-%f"
ALWAYS_KEPT = 3
_LEFT_OVER = ".linli-unfinished-"


class BeingMade(Refusal):
    """Another process is at it; it need not be done twice."""

    code = "being_made"
    sentence = gettext_lazy("A backup is being made already.")


@dataclass(frozen=True)
class Made:
    """A backup that was made: its file, how many attachments were new, and how many had no file to copy."""

    path: Path
    new: int
    lost: int
    removed: int


class Folder:
    """Backups in one folder, under one key."""

    def __init__(self, path: Path, key: bytes | None = None) -> None:
        self.path, self.key = path, key or backup_key()

    def archives(self) -> list[Path]:
        """All archives, the oldest first."""
        return sorted(self.path.glob(f"linli-*{ENDING}"))

    def chosen(self, name: Path | None = None) -> Archive:
        """The archive that was named, or the newest."""
        found = [name] if name else self.archives()
        if not found:
            raise Refusal(_("There is no backup in %(folder)s.") % {"folder": self.path})
        return read_archive(found[-1], self.key, engine().name)

    def make(self) -> Made:
        """Copy, seal, add new attachments, throw away what is too old. One at a time; writers go on."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone(), unfinished() as work:
            made_at = timezone.now()
            contents, digests = engine().copy(work / "database")
            new, lost = self._add_attachments(digests)
            target = self.path / f"linli-{made_at.astimezone(UTC):{STAMP}}{ENDING}"
            part = self.path / f"{_LEFT_OVER}{target.name}"
            there = sorted(set(digests) - set(lost))
            told = replace(contents, lost=lost)
            write_archive(part, self.key, Copied(work / "database", engine().name, made_at, told, there))
            _sync(part)
            part.rename(target)
            sync_folder(self.path)
            return Made(target, new, len(lost), self._throw_away(made_at))

    def attachment(self, digest: str) -> Path:
        """Where a sealed attachment lies. Its name is keyed: it does not tell who has a picture whether it is here."""
        name = hmac.new(self.key, f"attachment/{digest}".encode(), hashlib.sha256).hexdigest()
        return self.path / "attachments" / name[:2] / name

    def unseal_attachment(self, digest: str, target: Path) -> None:
        """Write an attachment's content; raises Unreadable when it is not what it was."""
        sealed, found = self.attachment(digest), hashlib.sha256()
        if not sealed.is_file():
            raise Unreadable(
                _("An attachment is missing from %(folder)s. Nothing was changed.") % {"folder": self.path}
            )
        with sealed.open("rb") as file, target.open("wb") as out:
            opened = Opening(file, self.key, sealed.name)
            while piece := opened.read(1 << 20):
                found.update(piece)
                out.write(piece)
        if found.hexdigest() != digest:
            raise damaged(sealed.name)

    def _add_attachments(self, digests: list[str]) -> tuple[int, list[str]]:
        new, lost = 0, []
        for digest in digests:
            if self.attachment(digest).exists():
                continue
            try:
                self._seal_attachment(digest)
                new += 1
            except FileNotFoundError:
                lost.append(digest)
        if new:
            for each in self.path.glob("attachments/??"):
                sync_folder(each)
        return new, lost

    def _seal_attachment(self, digest: str) -> None:
        target = self.attachment(digest)
        part = target.with_name(f"{_LEFT_OVER}{target.name}")
        with path_of(digest).open("rb") as source:
            make_folder(target.parent)
            with part.open("wb") as file:
                part.chmod(0o600)
                sealing = Sealing(file, self.key, what="attachment")
                shutil.copyfileobj(source, _Writer(sealing), 1 << 20)
                sealing.close()
        _sync(part)
        part.rename(target)

    def _throw_away(self, now: datetime) -> int:
        """Archives beyond their days, but never the newest; then attachments that none of the others names."""
        oldest = f"linli-{(now - timedelta(days=settings.BACKUP_DAYS)).astimezone(UTC):{STAMP}}{ENDING}"
        gone = [each for each in self.archives()[:-ALWAYS_KEPT] if each.name < oldest]
        if not gone:
            return 0
        for each in gone:
            each.unlink()
        try:
            kept = [read_archive(each, self.key, engine().name) for each in self.archives()]
        except Refusal:
            return len(gone)  # what cannot be read may name any of them
        wanted = {self.attachment(digest).name for each in kept for digest in each.digests}
        for file in self.path.glob("attachments/??/*"):
            if file.name not in wanted:
                file.unlink()
        return len(gone)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.path / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as trouble:
                raise BeingMade from trouble
            for left_over in self.path.rglob(f"{_LEFT_OVER}*"):
                left_over.unlink()
            yield


class _Writer:
    """A sealed stream as shutil wants it."""

    def __init__(self, sealing: Sealing) -> None:
        self.write = sealing.write


@contextmanager
def unfinished() -> Iterator[Path]:
    """A folder beside the database for what is in clear until it is sealed, or put in place; gone afterwards.

    What a killed process left goes at the next time, after a day.
    """
    for left_over in settings.HOME.glob(f"{_LEFT_OVER}*"):
        if left_over.stat().st_mtime < timezone.now().timestamp() - 86_400:
            shutil.rmtree(left_over, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=settings.HOME, prefix=_LEFT_OVER) as made:
        yield Path(made)


def _sync(file: Path) -> None:
    with file.open("rb") as written:
        os.fsync(written.fileno())
