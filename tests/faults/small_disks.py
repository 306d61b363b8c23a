"""Disks of a few megabytes that only the processes of a test see, and that are as full as the test says."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

MEGABYTE, _TRIES = 1 << 20, 50
_MOUNTED = (
    'for each; do mount -t tmpfs -o "mode=700,uid=$(id -u nobody),size=1g" tmpfs "$each" || exit 1; done; '
    "echo mounted; exec sleep infinity"
)


class SmallDisks:
    """Some mounted folders, and the process that keeps them: with it they go."""

    def __init__(self, process: int) -> None:
        self.process = process
        self.inside: Sequence[str] = ["nsenter", "-t", str(process), "-m", "--"]
        self.root = Path(f"/proc/{process}/root")

    def leave(self, folder: Path, megabytes: float) -> None:
        """Make a disk so large that just so many megabytes are free on it, though something writes to it meanwhile."""
        for _try in range(_TRIES):
            told = os.statvfs(self.root / folder.relative_to("/"))
            size = (told.f_blocks - told.f_bfree) * told.f_frsize + int(megabytes * MEGABYTE)
            command = [*self.inside, "mount", "-o", f"remount,size={size}", str(folder)]
            if not subprocess.run(command, capture_output=True, check=False).returncode:
                return
        raise AssertionError(f"{folder} grows faster than it can be narrowed")


def may_mount() -> bool:
    """Whether this machine lets us: root, with the programs for it."""
    return (
        os.geteuid() == 0
        and all(map(shutil.which, ("unshare", "nsenter", "mount")))
        and not subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode
    )


@contextmanager
def small_disks(*folders: Path) -> Iterator[SmallDisks]:
    """Disks in these folders, which are there already; they belong to nobody, as whom PostgreSQL runs."""
    kept = subprocess.Popen(
        ["unshare", "-m", "sh", "-c", _MOUNTED, "sh", *map(str, folders)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert kept.stdout
        assert kept.stdout.readline() == "mounted\n", "the disks could not be mounted"
        yield SmallDisks(kept.pid)
    finally:
        kept.kill()
        kept.wait()
