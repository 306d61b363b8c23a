"""Taking a matter in: reported, verified, settled on the spot, accepted, or not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.cases.attachments import attach, keep
from linli.cases.catalogue import suggestion
from linli.cases.duplicates import follow, relate_to, unfollow
from linli.cases.models import Case, Category
from linli.cases.nearby import offered
from linli.cases.opening import Draft, Opened, Origin, open_grouped
from linli.cases.taking import Version, taking
from linli.divisions.models import Division
from linli.kinds.matters.models import Matter
from linli.kinds.matters.placing import placed
from linli.kinds.matters.rounds import promise
from linli.posts.actor import Actor, PostActor
from linli.posts.models import Organisation
from linli.residents.keeping import GivenContact


class Report(TypedDict, total=False):
    """What a report may say; only `text` must be there. Coordinates in degrees, in `datum` (wgs84, gcj02, bd09).

    `same_as`: the number of an open matter nearby that it is the same as.
    `placing`: how the place became known, by whoever knows that better than the point and the division tell.
    """

    text: str
    category: Category | None
    longitude: float | None
    latitude: float | None
    datum: str
    landmark: str
    division: Division | None
    happened_at: datetime | None
    contact: GivenContact
    photos: Sequence[bytes]
    channel: str
    same_as: str
    placing: str


def report(
    *, by: Actor, origin: Origin | None = None, at: datetime | None = None, **given: Unpack[Report]
) -> Opened:
    """Take a matter in (上报): from a resident without an account, a grid worker or a call-taker."""
    place = placed(
        given.get("longitude"), given.get("latitude"), given.get("datum") or "wgs84", given.get("division")
    )
    placing = given.get("placing") or place.placing
    category = given.get("category")
    matter = Matter(
        text=given["text"],
        longitude=place.longitude,
        latitude=place.latitude,
        landmark=given.get("landmark", ""),
        placing=placing,
        happened_at=given.get("happened_at"),
    )
    number = given.get("same_as", "")
    original = offered(place.spot(category, matter.text), number) if number else None
    found = suggestion(category, place.division.code, (at or timezone.now()).date())
    draft = Draft(
        kind="matters",
        by=by,
        division=place.division,
        detail=matter,
        category=category,
        summary=matter.text,
        at=at,
        origin=origin,
        same_as=original,
        channel=given.get("channel", "web"),
        contact=given.get("contact") or GivenContact(),
        terms={"promise": found.term} if found else {},
        facts={"placing": str(placing)},
        photos=[keep(photo) for photo in given.get("photos", ())],
    )
    return open_grouped(draft)


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
