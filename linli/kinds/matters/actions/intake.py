"""Taking a matter in: reported, verified, settled on the spot, accepted, or not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Unpack

from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.cases.attachments import attach, keep
from linli.cases.duplicates import follow, relate_to, unfollow
from linli.cases.grouping import open_grouped
from linli.cases.models import Case, Category
from linli.cases.opening import Opened, Origin
from linli.cases.taking import Version, taking
from linli.kinds.matters.drafting import Report, draft
from linli.kinds.matters.models import Matter
from linli.kinds.matters.rounds import promise
from linli.posts.actor import Actor, PostActor
from linli.posts.models import Organisation


def report(
    *, by: Actor, origin: Origin | None = None, at: datetime | None = None, **given: Unpack[Report]
) -> Opened:
    """Take a matter in (上报): from a resident without an account, a grid worker or a call-taker."""
    return open_grouped(draft(by=by, origin=origin, at=at, **given))


def settle(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    result: str,
    photos: Sequence[bytes] = (),
    at: datetime | None = None,
) -> None:
    """Put it right on the spot, and still record it (当场办结, 自办自结).

    What somebody reported goes to the reporter for the last word; what the grid worker found alone is closed.
    """
    kept = [keep(photo) for photo in photos]
    with taking("settle", matter, by=by, seen=seen, at=at) as now:
        if now.case.reporter_id is None and isinstance(by, PostActor) and now.case.opened_by_id == by.post.pk:
            now.enter("closed", start=("reopen",))
        now.detail.result = result
        attach(now.case, kept, step="settle", at=now.at)
        now.words(result=result)


def ask_verification(
    matter: Matter, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None
) -> None:
    """Have the grid worker look on site before it is accepted (核实)."""
    with taking("ask_verification", matter, by=by, seen=seen, at=at) as now:
        now.words(note=note)


def verify(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    finding: str,
    photos: Sequence[bytes] = (),
    at: datetime | None = None,
) -> None:
    """Say what was found on site (核实反馈)."""
    kept = [keep(photo) for photo in photos]
    with taking("verify", matter, by=by, seen=seen, at=at) as now:
        attach(now.case, kept, step="verify", at=now.at)
        now.words(finding=finding)


def accept(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    category: Category | None = None,
    condition: str = "",
    note: str = "",
    at: datetime | None = None,
) -> None:
    """Take a matter on and say what it is about (受理、立案); category and condition fix the limit from now on."""
    with taking("accept", matter, by=by, seen=seen, at=at) as now:
        now.case.category = category or now.case.category
        now.detail.condition = condition
        promise(now)
        now.facts(category=now.case.category.code if now.case.category else None)
        now.words(condition=condition, note=note)


def refuse(matter: Matter, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """Say why this is not taken on (不予受理); the reporter reads the reason and may ask to reopen."""
    with taking("refuse", matter, by=by, seen=seen, at=at) as now:
        now.words(reason=reason)


def refer(
    matter: Matter, *, by: Actor, seen: Version, to: Organisation, reason: str, at: datetime | None = None
) -> None:
    """Pass a matter on to the body that must own it (转交): "not ours" always names the next owner."""
    with taking("refer", matter, by=by, seen=seen, at=at) as now:
        now.detail.next_owner = to
        now.facts(organisation=to.pk)
        now.words(reason=reason, next_owner=to.name)


def void(matter: Matter, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """Set aside what is no matter at all (作废): a test, a slip, an empty report."""
    with taking("void", matter, by=by, seen=seen, at=at) as now:
        now.words(reason=reason)


def link_duplicate(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    original: Case,
    note: str = "",
    at: datetime | None = None,
) -> None:
    """Let it follow another matter that is the same (并案); it closes with that one, and its reporter hears of it."""
    with taking("link_duplicate", matter, by=by, seen=seen, at=at) as now:
        first = follow(now.case, original, now.at)
        now.facts(original=first.number)
        now.words(original=first.number, note=note)


def unlink_duplicate(
    matter: Matter, *, by: Actor, seen: Version, reason: str, at: datetime | None = None
) -> None:
    """It was not the same after all (撤销并案): it goes its own way again."""
    with taking("unlink_duplicate", matter, by=by, seen=seen, at=at) as now:
        unfollow(now.case)
        promise(now)
        now.words(reason=reason)


def close_with_original(matter: Matter, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """The matter it was merged into has ended: every reporter hears of it (随主案办结)."""
    with taking("close_with_original", matter, by=by, seen=seen, at=at):
        pass


def relate(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    other: Case,
    relation: str,
    note: str = "",
    at: datetime | None = None,
) -> None:
    """Link it with another case: it became that one (a dispute, say), is part of it, or has to do with it (关联)."""
    with taking("relate", matter, by=by, seen=seen, at=at) as now:
        if other.pk == now.case.pk:
            raise Invalid(_("A case cannot be linked with itself."))
        relate_to(now.case, other, relation)
        now.facts(other=other.number, relation=relation)
        now.words(other=other.number, note=note)
