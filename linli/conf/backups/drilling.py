"""The drill: restore into an empty place, and compare with what the archive and the living place say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from linli.conf.backups.archive import Archive
from linli.conf.backups.contents import cases_named, contents_of, digests_of, ledger_digest, some_cases
from linli.conf.backups.engines import engine
from linli.conf.backups.folder import Folder, unfinished

CASES = 100


@dataclass
class Report:
    """What a drill saw: one line per comparison, each with whether it held; and the seconds it took."""

    archive: str
    seconds: float = 0.0
    lines: list[tuple[bool, str]] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether all comparisons held."""
        return all(held for held, _line in self.lines)

    def note(self, *, held: bool, line: str) -> None:
        """Add a line."""
        self.lines.append((held, line))


def drill(folder: Folder, archive: Archive) -> Report:
    """Restore an archive apart from the living place, compare, and throw the restored one away."""
    report, begun = Report(archive.path.name), monotonic()
    with unfinished() as work:
        copy = archive.unpack(work)
        engine().check(copy)
        restored = engine().stand_in(copy)
        try:
            for compare in COMPARISONS:
                compare(report, archive, restored)
            _compare_attachments(report, folder, archive, restored)
        finally:
            engine().forget(restored)
    report.seconds = monotonic() - begun
    return report


def _compare_counts(report: Report, archive: Archive, restored: BaseDatabaseWrapper) -> None:
    found = contents_of(restored)
    wrong = sorted(
        table
        for table in archive.contents.counts
        if archive.contents.counts[table] != found.counts.get(table)
    )
    rows, tables = sum(found.counts.values()), len(found.counts)
    report.note(
        held=not wrong and found.positions == archive.contents.positions,
        line=_("%(rows)d rows in %(tables)d tables, positions up to %(positions)d; not as copied: %(wrong)s")
        % {"rows": rows, "tables": tables, "positions": found.positions, "wrong": ", ".join(wrong) or "0"},
    )


def _compare_ledger(report: Report, archive: Archive, restored: BaseDatabaseWrapper) -> None:
    """The ledger only grows: up to the archive's last position the living one must be the same."""
    upto = archive.contents.positions
    same = ledger_digest(restored, upto) == ledger_digest(connection, upto)
    line = (
        _("The ledger up to position %(upto)d is that of the living place.")
        if same
        else _("The ledger up to position %(upto)d differs from that of the living place.")
    )
    report.note(held=same, line=line % {"upto": upto})


def _compare_cases(report: Report, archive: Archive, restored: BaseDatabaseWrapper) -> None:
    """Those that have not moved on since must be the same to the letter."""
    chosen = some_cases(restored, CASES)
    living = cases_named(connection, list(chosen))
    still = [number for number, row in chosen.items() if number in living and living[number][3] == row[3]]
    wrong = [number for number in still if living[number] != chosen[number]]
    gone = [number for number in chosen if number not in living]
    report.note(
        held=not wrong and not gone,
        line=_(
            "%(count)d cases chosen by chance: %(still)d stand as in the living place, %(moved)d have moved on, "
            "%(wrong)d differ."
        )
        % {
            "count": len(chosen),
            "still": len(still) - len(wrong),
            "moved": len(chosen) - len(still) - len(gone),
            "wrong": len(wrong) + len(gone),
        },
    )


def _compare_attachments(
    report: Report, folder: Folder, archive: Archive, restored: BaseDatabaseWrapper
) -> None:
    """Every attachment is opened and its content compared with the name it has in the database."""
    wanted = set(digests_of(restored))
    with unfinished() as work:
        for digest in archive.digests:
            folder.unseal_attachment(digest, work / "attachment")
    lacking = wanted - set(archive.digests) - set(archive.contents.lost)
    report.note(
        held=not lacking,
        line=_(
            "%(count)d attachments opened, each with its content; %(lost)d had no file when this was made."
        )
        % {"count": len(archive.digests), "lost": len(archive.contents.lost)},
    )


COMPARISONS: list[Callable[[Report, Archive, BaseDatabaseWrapper], None]] = [
    _compare_counts,
    _compare_ledger,
    _compare_cases,
]
