"""What can be done with a matter: one function per step of procedure.yaml, and nothing else writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.cases.attachments import attach, keep
from linli.cases.catalogue import suggestion
from linli.cases.models import Category
from linli.cases.opening import Draft, Opened, Origin, open_grouped
from linli.cases.taking import Taking, Version, taking
from linli.divisions.models import Division
from linli.kinds.matters.models import Matter
from linli.kinds.matters.placing import placed
from linli.posts.actor import Actor
from linli.posts.lookup import seat_of
from linli.posts.models import Organisation, Post
from linli.residents.keeping import GivenContact


class Report(TypedDict, total=False):
    """What a report may say; only `text` must be there. Coordinates in degrees, in `datum` (wgs84, gcj02, bd09)."""

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


def report(
    *, by: Actor, origin: Origin | None = None, at: datetime | None = None, **given: Unpack[Report]
) -> Opened:
    """Take a matter in (上报): from a resident without an account, a grid worker or a call-taker."""
    place = placed(
        given.get("longitude"), given.get("latitude"), given.get("datum") or "wgs84", given.get("division")
    )
    category = given.get("category")
    matter = Matter(
        text=given["text"],
        longitude=place.longitude,
        latitude=place.latitude,
        landmark=given.get("landmark", ""),
        placing=place.placing,
        happened_at=given.get("happened_at"),
    )
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
        channel=given.get("channel", "web"),
        contact=given.get("contact") or GivenContact(),
        terms={"promise": found.term} if found else {},
        facts={"placing": str(place.placing)},
        photos=[keep(photo) for photo in given.get("photos", ())],
    )
    return open_grouped(draft)


def accept(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    category: Category | None = None,
    note: str = "",
    at: datetime | None = None,
) -> None:
    """Take a matter on and say what it is about (受理); its category fixes the limit from now on."""
    with taking("accept", matter, by=by, seen=seen, at=at) as now:
        now.case.category = category or now.case.category
        _promise(now)
        now.facts(category=now.case.category.code if now.case.category else None)
        now.words(note=note)


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


def dispatch(
    matter: Matter, *, by: Actor, seen: Version, to: Post, note: str = "", at: datetime | None = None
) -> None:
    """Hand an accepted matter to the post that must deal with it (派遣)."""
    with taking("dispatch", matter, by=by, seen=seen, at=at) as now:
        _check_serves(to, now.case.code_now)
        now.case.lead = to
        now.hand_to(to)
        now.facts(handler=to.pk)
        now.words(note=note)


def handle(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    result: str,
    photos: Sequence[bytes] = (),
    at: datetime | None = None,
) -> None:
    """Say what was done (处置); somebody else checks it."""
    kept = [keep(photo) for photo in photos]
    with taking("handle", matter, by=by, seen=seen, at=at) as now:
        now.detail.result = result
        attach(now.case, kept, step="handle", at=now.at)
        now.facts(photos=len(kept))
        now.words(result=result)


def ask(matter: Matter, *, by: Actor, seen: Version, question: str, at: datetime | None = None) -> None:
    """Ask the reporter through Linli (询问): who deals with it still learns neither name nor number."""
    with taking("ask", matter, by=by, seen=seen, at=at) as now:
        now.hand_to(now.case.lead)
        now.words(question=question)


def answer(matter: Matter, *, by: Actor, seen: Version, reply: str, at: datetime | None = None) -> None:
    """The reporter answers, or adds something, while it is being handled (答复)."""
    with taking("answer", matter, by=by, seen=seen, at=at) as now:
        now.hand_to(now.case.lead)
        now.words(answer=reply)


def send_back(matter: Matter, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """Return a matter that was dispatched to the wrong post, with the reason (退回)."""
    with taking("send_back", matter, by=by, seen=seen, at=at) as now:
        now.facts(handler=now.case.lead_id)
        now.case.lead = None
        now.words(reason=reason)


def check(matter: Matter, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None) -> None:
    """Find it done, on site or by the papers (核查通过); now the reporter has the last word."""
    with taking("check", matter, by=by, seen=seen, at=at) as now:
        now.words(note=note)


def fail(matter: Matter, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """Find it not done (核查不通过): the same post handles it again (返工)."""
    with taking("fail", matter, by=by, seen=seen, at=at) as now:
        _rework(now)
        now.words(reason=reason)


def confirm(matter: Matter, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None) -> None:
    """The reporter says that it is solved, also through an independent call-back (确认已解决)."""
    with taking("confirm", matter, by=by, seen=seen, at=at) as now:
        now.words(note=note)


def contest(matter: Matter, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """The reporter says that it is not solved: the same post handles it again, and a new limit runs (返工)."""
    with taking("contest", matter, by=by, seen=seen, at=at) as now:
        _rework(now)
        _promise(now)
        now.words(reason=reason)


def lapse(matter: Matter, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """Nobody answered in time: closed as unconfirmed (未确认), never as satisfied."""
    with taking("lapse", matter, by=by, seen=seen, at=at):
        pass


def reopen(matter: Matter, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """The reporter wants a finished matter taken up again, within the set time (要求重办)."""
    with taking("reopen", matter, by=by, seen=seen, at=at) as now:
        now.detail.rounds += 1
        now.detail.next_owner = None
        _promise(now)
        now.words(reason=reason)


def _promise(now: Taking) -> None:
    """Let the promise run for the catalogue's time where the catalogue has a row."""
    found = suggestion(now.case.category, now.case.code_now, now.at.date())
    if found:
        now.run_for("promise", *found.terms)


def _rework(now: Taking) -> None:
    now.detail.rounds += 1
    now.facts(handler=now.case.lead_id, round=now.detail.rounds)
    now.hand_to(now.case.lead)


def _check_serves(to: Post, code: int) -> None:
    """Only a post in force that serves the matter's place can be given it."""
    seat = seat_of(to.kind, to.pk)
    if seat is None or code not in seat:
        raise Invalid(
            _("%(post)s does not serve this place. Choose a post whose area it is in.") % {"post": to.title}
        )
