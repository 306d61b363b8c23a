"""A disk that is full, or says that it could not write: a polite no, nothing half, and nothing acknowledged is lost."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection

from linli.base.errors import Unavailable
from linli.cases.attachments import keep
from linli.cases.models import Attachment, Case
from linli.conf.ballast import ballast, lay_ballast
from linli.conf.findings import Level
from linli.conf.safekeeping import space_left
from tests import databases, servers
from tests.load import NO_LIMIT, Reporting, nothing_is_lost
from tests.servers import REPOSITORY, Server

pytestmark = [pytest.mark.sqlite, pytest.mark.privileged, pytest.mark.thorough]
MEGABYTE = 1 << 20
ROOM, BALLAST = 24, 2  # megabytes beside the database
MOUNTED = (
    'mount -t tmpfs -o size="$0" tmpfs "$1" && cp "$2" "$1/linli.sqlite3" && cd "$1" && shift 2 && exec "$@"'
)


@dataclass
class Disk:
    """A small disk of its own, seen through the server that lives on it."""

    server: Server
    root: Path

    def fill(self) -> None:
        """Put something in the way until not a byte is left."""
        with (self.root / "in the way").open("wb", buffering=0) as file:
            for size in (MEGABYTE, 4096, 1):
                try:
                    while file.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def reporting(self) -> Reporting:
        """A client of this server."""
        return Reporting(self.server.url)


@pytest.fixture
def disk(fresh_database: str, tmp_path: Path) -> Iterator[Disk]:
    """A server on a disk of a few megabytes, with ballast."""
    if not _may_mount():
        pytest.skip("needs root, or user namespaces, to mount a small disk")
    connection.close()
    home = tmp_path / "small"
    size = f"{Path(fresh_database).stat().st_size + (ROOM + 6 * BALLAST) * MEGABYTE}"
    server = servers.start(
        str(home / "linli.sqlite3"), home=home,
        inside=[*_unshare("-m"), "sh", "-c", MOUNTED, size, str(home), fresh_database],
        LINLI_INTAKE_PER_MINUTE=NO_LIMIT, LINLI_BALLAST_MB=str(BALLAST),
    )  # fmt: skip
    try:
        yield Disk(server, Path(f"/proc/{server.process.pid}/root") / home.relative_to("/"))
    finally:
        server.kill()


def _unshare(*what: str) -> list[str]:
    return ["unshare", *what] if os.geteuid() == 0 else ["unshare", "-r", *what]


def _may_mount() -> bool:
    trying = [*_unshare("-m"), "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return (
        bool(shutil.which("unshare"))
        and not subprocess.run(trying, capture_output=True, check=False).returncode
    )


@pytest.mark.server
def test_on_a_full_disk_pages_are_read_writing_is_refused_and_ballast_makes_room_at_once(
    disk: Disk, tmp_path: Path
) -> None:
    _until((disk.root / "ballast").is_file)
    reporting = disk.reporting()
    assert reporting.report("before")
    disk.fill()
    while reporting.report(f"the last room {len(reporting.receipts)}"):
        assert len(reporting.receipts) < 2000, "the disk does not fill up"
    assert {status for status, _sentence in reporting.surprises} == {503}
    for page in ("/", "/report/", "/follow/", "/account/login/", "/readyz"):
        assert httpx.get(disk.server.url + page).status_code == 200, page
    (disk.root / "ballast").unlink()
    reporting.ask_again()
    assert reporting.report("after the ballast went")
    (disk.root / "in the way").unlink()
    assert reporting.report("after there was room")
    # Copied as it lies there: SQLite would follow the path out of the server's own view of the machine.
    os.killpg(disk.server.process.pid, signal.SIGSTOP)
    for ending in ("", "-wal"):
        shutil.copy(disk.root / f"linli.sqlite3{ending}", tmp_path / f"copy.sqlite3{ending}")
    with databases.pointing_at(str(tmp_path / "copy.sqlite3")):
        nothing_is_lost(reporting, 0)


def test_a_photo_that_finds_no_room_is_refused_like_everything_else(settings: Any) -> None:
    settings.ATTACHMENTS_ROOT = Path("/dev/full")
    with pytest.raises(Unavailable):
        keep(b"a picture")


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_ballast_is_laid_where_there_is_room_and_only_there(
    settings: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    settings.HOME, settings.BALLAST_MB = tmp_path, 1
    assert Level.WARN in {finding.level for finding in space_left()}
    monkeypatch.setattr(
        "linli.conf.ballast.shutil.disk_usage", lambda _path: shutil._ntuple_diskusage(9, 9, 4 << 20)
    )
    assert lay_ballast() == 0
    monkeypatch.undo()
    assert (lay_ballast(), lay_ballast()) == (1, 0)
    assert ballast().stat().st_size == MEGABYTE


def test_doctor_names_the_ballast_when_the_disk_is_full(
    settings: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    settings.HOME, settings.BALLAST_MB = tmp_path, 1
    lay_ballast()
    monkeypatch.setattr(
        "linli.conf.safekeeping.shutil.disk_usage", lambda _path: shutil._ntuple_diskusage(9, 9, 0)
    )
    found = [finding for finding in space_left() if finding.level is Level.FAIL]
    assert str(ballast()) in found[0].advice


@pytest.mark.parametrize("call", ["fdatasync", "fsync"])
def test_a_sync_that_fails_takes_nothing_that_was_acknowledged(
    fresh_database: str, tmp_path: Path, call: str
) -> None:
    """strace lets one sync in eleven fail (EIO): of the log, where a group is tried again, or of photos and folders."""
    if not shutil.which("strace"):
        pytest.skip("needs strace: apt-get install strace")
    connection.close()
    acknowledged, syscalls = tmp_path / "acknowledged", tmp_path / "syscalls"
    told = {**os.environ, "DATABASE_URL": databases.url_of(fresh_database), "LINLI_HOME": str(tmp_path)}
    done = subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-o", str(syscalls), "-e", f"trace={call}",
         "-e", f"inject={call}:error=EIO:when=7+11",
         sys.executable, "-m", "tests.faults.reporter", str(acknowledged), "30", "3"],
        env=told, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    lines = acknowledged.read_text().splitlines()
    print(f"{len(lines)} acknowledged, {done.stdout.count('refused')} refused")
    assert (done.returncode, bool(lines)) == (0, True), done.stderr[-3000:]
    assert "(INJECTED)" in syscalls.read_text(), "no sync has failed"
    numbers, digests = zip(*(line.split() for line in lines), strict=True)
    assert Case.everywhere.filter(number__in=numbers).count() == len(lines)
    assert Attachment.objects.filter(digest__in=digests).values("digest").distinct().count() == len(lines)
    for digest in digests:
        file = tmp_path / "attachments" / digest[:2] / digest[2:4] / digest
        assert hashlib.sha256(file.read_bytes()).hexdigest() == digest
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA integrity_check").fetchone() == ("ok",)
