"""Power goes at any moment: every report that was acknowledged is there afterwards, whole, with its photo."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from django.db import connection

from tests.faults.power import KEEPS, History, Image, events_of, strace
from tests.servers import REPOSITORY

pytestmark = [pytest.mark.sqlite, pytest.mark.privileged, pytest.mark.thorough]
FEW, MANY = (24, 25), (120, 60)  # reports, moments per model


@pytest.fixture
def home(fresh_database: str, tmp_path: Path) -> Path:
    """A folder in memory with a copy of the county's database, set as it is for good."""
    if not shutil.which("strace"):
        pytest.skip("needs strace: apt-get install strace")
    connection.close()
    folder = tmp_path / "disk"
    folder.mkdir()
    shutil.copy(fresh_database, folder / "linli.sqlite3")
    with closing(sqlite3.connect(folder / "linli.sqlite3")) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
    return folder


def _history(home: Path, reports: int, synchronous: str = "") -> History:
    """Take reports in under strace; what happened in the folder."""
    acknowledged, trace = home / "acknowledged", home.parent / "trace"
    before = Image.of(home)
    told = {**os.environ, "DATABASE_URL": f"sqlite:///{home}/linli.sqlite3", "LINLI_HOME": str(home)}
    words = [str(acknowledged), str(reports), "4", *([synchronous] if synchronous else [])]
    done = subprocess.run(
        [*strace(trace), sys.executable, "-m", "tests.faults.reporter", *words],
        env=told, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert (done.returncode, "refused" in done.stdout) == (0, False), done.stdout + done.stderr[-3000:]
    return History(before, events_of(trace, home), str(acknowledged))


def _seen_after_cuts(history: History, home: Path, moments: int, seed: int) -> Counter[str]:
    """Cut at some moments under every model; how many images, how many lost something, how many were damaged."""
    seen, chance, target = Counter[str](), Random(seed), home.parent / "image"
    for model in KEEPS:
        for moment in chance.sample(history.moments, min(moments, len(history.moments))):
            history.image(moment, model, chance).write_to(target, home)
            lost, damaged = _missing(target, history.promised(moment))
            seen += Counter(images=1, lossy=bool(lost), damaged=damaged, lost=lost)
    return seen


def _missing(image: Path, promised: list[str]) -> tuple[int, int]:
    """How many of the promised are not there whole, and whether the database is damaged."""
    try:
        with closing(sqlite3.connect(image / "linli.sqlite3")) as opened:
            if opened.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                return 0, 1
            there = {number for (number,) in opened.execute(WHOLE)}
            alone = opened.execute(ALONE).fetchone()[0]
    except sqlite3.DatabaseError:
        return 0, 1
    lost = [line for line in promised if line.split()[0] not in there or not _photo(image, line.split()[1])]
    return len(lost), int(bool(alone))


WHOLE = """
SELECT c.number FROM cases_case c JOIN matters_matter m ON m.case_id = c.id JOIN cases_clock k ON k.case_id = c.id
JOIN cases_task t ON t.case_id = c.id JOIN cases_attachment a ON a.case_id = c.id
JOIN ledger_entry e ON e.about = c.id AND e.name = 'matters.report'"""
ALONE = (
    "SELECT count(*) FROM cases_case c WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.about = c.id)"
)


def _photo(image: Path, digest: str) -> bool:
    file = image / "attachments" / digest[:2] / digest[2:4] / digest
    return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == digest


def test_power_that_goes_at_any_moment_takes_nothing_that_was_acknowledged(home: Path) -> None:
    history = _history(home, FEW[0])
    assert len(history.promised(history.moments[-1])) == FEW[0]
    seen = _seen_after_cuts(history, home, FEW[1], seed=1)
    print(dict(seen))
    assert (seen["images"], seen["lost"], seen["damaged"]) == (FEW[1] * len(KEEPS), 0, 0)


def test_the_cut_finds_what_a_lesser_durability_loses(home: Path) -> None:
    """The test of the test: with synchronous=NORMAL, what was acknowledged is not there."""
    seen = _seen_after_cuts(_history(home, FEW[0], "NORMAL"), home, 10, seed=2)
    print(dict(seen))
    assert seen["lost"]


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(4))
def test_power_that_goes_at_very_many_moments_takes_nothing(home: Path, seed: int) -> None:
    seen = _seen_after_cuts(_history(home, MANY[0]), home, MANY[1], seed)
    print(dict(seen))
    assert (seen["lost"], seen["damaged"]) == (0, 0)
