"""What `doctor`, `serve` and /readyz ask about this installation: what is seen, and what to do next."""

from __future__ import annotations

import uuid
from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.worktime import PLACE_TIME
from linli.base.writing import writing
from linli.cases.attachments import orphans, path_of
from linli.cases.kinds import all_kinds
from linli.cases.models import Attachment, CalendarDay, Notice
from linli.conf.duties import assessments_hold
from linli.conf.findings import Finding, Level
from linli.conf.safekeeping import backups_recent, drilled, space_left, upgrade_ended
from linli.conf.tallying import figures_hold
from linli.divisions.codes import Level as DivisionLevel
from linli.divisions.models import Division
from linli.exchange.feeds.sending import failing
from linli.ledger.models import Entry, Position, Unplaced
from linli.ledger.triggers import missing
from linli.posts.models import Post, PostKind
from linli.residents.crypto import current_version
from linli.residents.rotating import count_old, unfinished
from linli.residents.sealing import sealed_tables

LATE = timedelta(minutes=10)
_WITHOUT_HTTPS = {f"security.W0{number}" for number in ("04", "05", "08", "12", "16", "21")}


def unapplied() -> list[str]:
    """The migrations that this database still lacks, as `app.name`."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def examine() -> Iterator[Finding]:
    """Run every check in turn; one that breaks is a finding itself."""
    for check in CHECKS:
        yield from _tried(check)


def _tried(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except (DatabaseError, OSError) as trouble:
        yield Finding(
            Level.FAIL, f"{check.__name__}: {trouble}", _("Mend this first, then run doctor again.")
        )


def checks_failing() -> set[str]:
    """The checks that say that something must be mended, by name."""
    return {check.__name__ for check in CHECKS if any(each.level is Level.FAIL for each in _tried(check))}


def good_settings() -> Iterator[Finding]:
    """Django's and our own deployment checks."""
    said_below = _WITHOUT_HTTPS if settings.PLAIN_HTTP else set()
    checked = run_checks(include_deployment_checks=True)
    found = [each for each in checked if each.level >= WARNING and each.id not in said_below]
    for each in found:
        yield Finding(Level.WARN, f"{each.id}: {each.msg}", str(each.hint or _("See docs/settings.md.")))
    if settings.PLAIN_HTTP:
        yield Finding(
            Level.WARN,
            _("LINLI_PLAIN_HTTP is on: passwords travel unencrypted."),
            _("Put a proxy with HTTPS in front and remove the setting."),
        )
    elif not found and settings.SECOND_FACTOR:
        yield Finding(Level.OK, _("Settings are safe."))
    if not settings.SECOND_FACTOR and not settings.DEMO:
        yield Finding(
            Level.WARN,
            _("LINLI_SECOND_FACTOR is off: a stolen password opens a desk."),
            _("Leave the setting out, so that whoever holds a post sets up a second factor."),
        )


def good_database() -> Iterator[Finding]:
    """How the database is set: durability on SQLite, Chinese sorting and search on PostgreSQL."""
    if connection.vendor == "sqlite":
        journal, synchronous = _ask("PRAGMA journal_mode"), _ask("PRAGMA synchronous")
        if (journal, synchronous) == ("wal", 2):
            yield Finding(Level.OK, _("SQLite writes ahead and waits for the disk."))
        else:
            yield Finding(
                Level.FAIL,
                _("SQLite runs with %(journal)s and synchronous=%(synchronous)s: a power cut can lose cases.")
                % {"journal": journal, "synchronous": synchronous},
                _("Remove the OPTIONS that change this; Linli sets WAL and FULL itself."),
            )
        return
    ctype = _ask("SELECT datctype FROM pg_database WHERE datname = current_database()")
    if ctype in {"C", "POSIX"}:
        yield Finding(
            Level.FAIL,
            _("The database's character type is %(ctype)s: Chinese search finds nothing.") % {"ctype": ctype},
            _("Create it anew with LC_CTYPE 'C.UTF-8', then restore the backup."),
        )
    else:
        yield Finding(Level.OK, _("PostgreSQL knows Chinese characters (%(ctype)s).") % {"ctype": ctype})


def all_migrated() -> Iterator[Finding]:
    """Whether the tables are those of this release."""
    if lacking := unapplied():
        yield Finding(
            Level.FAIL,
            _("%(count)d migrations are missing, the first is %(first)s.")
            % {"count": len(lacking), "first": lacking[0]},
            _("Run `linli upgrade`."),
        )
    else:
        yield Finding(Level.OK, _("All migrations are applied."))


def ledger_protected() -> Iterator[Finding]:
    """The triggers are there, and an attempt to rewrite an entry really fails."""
    if lacking := missing():
        yield Finding(
            Level.FAIL,
            _("The ledger lacks triggers: %(names)s.") % {"names": ", ".join(lacking)},
            _("Run `linli migrate`; it puts them back."),
        )
    elif not _ledger_bites():
        yield Finding(
            Level.FAIL,
            _("An entry of the ledger could be rewritten."),
            _("Run `linli migrate`, then find out who changed the triggers."),
        )
    else:
        yield Finding(Level.OK, _("The ledger refuses to be rewritten."))


def positions_gap_free() -> Iterator[Finding]:
    """Positions run 1, 2, 3 ... and nothing waits long for one."""
    found = Position.objects.aggregate(last=Max("number"), count=Count("number"))
    if (found["last"] or 0) != found["count"]:
        yield Finding(
            Level.FAIL,
            _("Positions have a gap: %(count)d numbers up to %(last)d.") % found,
            _("Stop the server and restore the last backup; do not renumber by hand."),
        )
    elif Unplaced.objects.filter(entry__recorded_at__lt=timezone.now() - LATE).exists():
        yield Finding(
            Level.WARN,
            _("Entries have been waiting for a position for more than ten minutes."),
            _("Is `linli serve` or `linli worker` running? It places them."),
        )
    else:
        yield Finding(Level.OK, _("Positions have no gap (%(count)d).") % found)


def calendar_known() -> Iterator[Finding]:
    """This year's and the next year's holidays are in the calendar."""
    today = timezone.now().astimezone(PLACE_TIME).date()
    days = CalendarDay.objects.filter(division=None, day__year__gte=today.year)
    known = set(days.values_list("day__year", flat=True))
    wanted = {today.year} | ({today.year + 1} if today.month == 12 else set())
    if lacking := sorted(wanted - known):
        yield Finding(
            Level.WARN,
            _("The holidays of %(year)d are not known: working days are counted Monday to Friday.")
            % {"year": lacking[0]},
            _("Enter them as soon as the State Council has announced them."),
        )
    else:
        yield Finding(Level.OK, _("The holidays of %(year)d are known.") % {"year": today.year})


def notices_moving() -> Iterator[Finding]:
    """No notice is stuck."""
    late = Notice.objects.filter(sent_at=None, next_try__lt=timezone.now() - LATE)
    stuck = late.count() + Notice.objects.filter(state="stuck").exclude(pk__in=late.values("pk")).count()
    if stuck:
        yield Finding(
            Level.WARN,
            _("%(count)d notices have not gone out.") % {"count": stuck},
            _("Check the SMS and e-mail settings, and that the loops run; they are then tried again."),
        )
    else:
        yield Finding(Level.OK, _("No notice is stuck."))


def feeds_moving() -> Iterator[Finding]:
    """No feed of an outside system is stuck."""
    if found := sorted({each.feed.source.name for each in failing()}):
        yield Finding(
            Level.WARN,
            _("Feeds are not taken by: %(names)s.") % {"names": _(", ").join(found)},
            _("Open the feed's page at the desk under Exchange: it says why, and sends again."),
        )
    else:
        yield Finding(Level.OK, _("No feed is stuck."))


def attachments_whole() -> Iterator[Finding]:
    """Every attachment has its file, and every file its case."""
    wanted = set(Attachment.objects.values_list("digest", flat=True))
    lost = [digest for digest in wanted if not path_of(digest).exists()]
    if lost:
        yield Finding(
            Level.FAIL,
            _("%(count)d attachments have no file.") % {"count": len(lost)},
            _("Run `linli restore` with the last backup that has them."),
        )
    else:
        yield Finding(Level.OK, _("All %(count)d attachments are there.") % {"count": len(wanted)})
    if spare := len(orphans()):
        yield Finding(
            Level.WARN,
            _("%(count)d files belong to no case.") % {"count": spare},
            _("Run `linli doctor --sweep`: it removes those that nobody has touched for a day."),
        )


def first_tasks_given() -> Iterator[Finding]:
    """Wherever this place has posts, somebody gets the first task of a case of every kind opened there."""
    served = _areas(Post.objects.filter(until=None))
    villages = Division.objects.current().filter(level__gte=DivisionLevel.VILLAGE).order_by("code")
    codes = [code for code in villages.values_list("code", flat=True) if _lies_in(served, code)]
    for kind in all_kinds():
        wanted = kind.procedure.opening.task
        if wanted not in PostKind.values:  # nobody's, or whoever the kind itself names
            continue
        reached = _areas(Post.objects.filter(until=None, kind=wanted))
        left_out = [code for code in codes if not _lies_in(reached, code)]
        said = {"kind": kind.procedure.label, "post": PostKind(wanted).label}
        if left_out or not reached:
            yield Finding(
                Level.WARN,
                _("%(kind)s: in %(count)d villages and grids no %(post)s would get the first task.")
                % {**said, "count": len(left_out)},
                _("Found a post of this kind for the whole area; until then reports there wait for nobody."),
            )
        else:
            yield Finding(Level.OK, _("%(kind)s: a %(post)s gets the first task everywhere.") % said)


def _areas(posts: QuerySet[Post]) -> list[tuple[int, int]]:
    """The areas of posts as code ranges, in order, without those that lie in another."""
    spans = [post.division.span for post in posts.select_related("division").defer("division__outline")]
    found: list[tuple[int, int]] = []
    for low, high in sorted(spans, key=lambda each: (each[0], -each[1])):
        if not found or low >= found[-1][1]:
            found.append((low, high))
    return found


def _lies_in(areas: list[tuple[int, int]], code: int) -> bool:
    place = bisect_right(areas, code, key=lambda each: each[0]) - 1
    return place >= 0 and code < areas[place][1]


def keys_current() -> Iterator[Finding]:
    """Everything sealed is sealed with the current key, and nothing with one that was destroyed."""
    version = current_version()
    old = {table.model: count_old(table) for table in sealed_tables()}
    for model, count in old.items():
        if count:
            yield Finding(
                Level.WARN if unfinished() else Level.FAIL,
                _("%(count)d rows of %(table)s still carry an older key than %(version)d.")
                % {"count": count, "table": model, "version": version},
                _("Run `linli rekey`: it goes on where it was stopped.")
                if unfinished()
                else _(
                    "They cannot be opened. They may have come from an old backup: restore that one whole."
                ),
            )
    if not any(old.values()):
        yield Finding(
            Level.OK, _("All people's data are sealed with key %(version)d.") % {"version": version}
        )


CHECKS: list[Callable[[], Iterator[Finding]]] = [
    good_settings,
    good_database,
    all_migrated,
    ledger_protected,
    positions_gap_free,
    figures_hold,
    calendar_known,
    notices_moving,
    feeds_moving,
    assessments_hold,
    attachments_whole,
    first_tasks_given,
    keys_current,
    space_left,
    backups_recent,
    drilled,
    upgrade_ended,
]


def _ask(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def _ledger_bites() -> bool:
    """Try to rewrite an entry made for this, and take everything back."""
    with writing():
        now = timezone.now()
        probe = Entry.objects.create(
            id=uuid.uuid4(), name="doctor.probe", actor="system", division=0, at=now, recorded_at=now
        )
        try:
            with transaction.atomic():
                Entry.objects.filter(pk=probe.pk).update(name="doctor.rewritten")
        except DatabaseError:
            return True
        finally:
            transaction.set_rollback(True)
    return False
