"""What an administrator agrees with a source about its feed: what it tells, where it is pushed to, its end."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.addresses import require_address
from linli.base.errors import Conflict, Invalid, NotFound
from linli.base.text import tidy
from linli.base.writing import writing
from linli.cases.kinds import all_kinds
from linli.divisions.codes import Level
from linli.divisions.models import Division
from linli.exchange.feeds.reading import last_position
from linli.exchange.handling import feed_runs, require_feed_open
from linli.exchange.models import Batch, Feed, Source
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.residents.crypto import seal, unseal

LEVELS = (Level.VILLAGE, Level.GRID)


@dataclass(frozen=True)
class Terms:
    """What a feed tells. `every_step`: also steps that the reporter is not shown; `level`: the finest of places."""

    division: Division
    kinds: Sequence[str]
    every_step: bool = False
    level: int = Level.VILLAGE


def feed_of(source: Source) -> Feed | None:
    """The feed of a source, an ended one too."""
    return Feed.objects.select_related("division", "source__division").filter(source=source).first()


def going_feed_of(source: Source) -> Feed:
    """The feed agreed with a source; NotFound with the sentence for its people otherwise."""
    feed = feed_of(source)
    if feed is None or feed.until is not None:
        raise NotFound(_("No feed has been agreed for this system. Ask this place's administrator."))
    return feed


def running_feed_of(source: Source) -> Feed:
    """The same, for reading it now; Conflict while it rests because no impact assessment holds for it."""
    feed = going_feed_of(source)
    if not feed_runs(feed):
        raise Conflict(
            _(
                "This feed rests until its impact assessment has been approved anew. Nothing is lost: ask again later "
                "from the same position."
            )
        )
    return feed


def set_feed(source: Source, terms: Terms, *, by: PostActor) -> Feed:
    """Agree what a source may follow, for the first time, anew, or again after an end."""
    require(by, "exchange.sources", within=source.division.code)
    _check(source, terms)
    agreed: dict[str, Any] = {
        "division": terms.division,
        "kinds": sorted(set(terms.kinds)),
        "every_step": terms.every_step,
        "level": int(terms.level),
        "until": None,
    }
    with writing():
        _require_going(source)
        require_feed_open(source, agreed["kinds"])
        feed, _made = Feed.objects.update_or_create(source=source, defaults=agreed)
        facts = {name: agreed[name] for name in ("kinds", "every_step", "level")}
        _record("exchange.set_feed", feed, by, **facts, division=terms.division.trimmed)
    return feed


def _check(source: Source, terms: Terms) -> None:
    fields = {}
    known = {kind.name for kind in all_kinds()}
    if not terms.kinds or not set(terms.kinds) <= known:
        fields["kinds"] = [_("Choose at least one kind of case.")]
    if not source.division.contains(terms.division):
        fields["division"] = [_("Choose an area within %(area)s.") % {"area": source.division.name}]
    if terms.level not in LEVELS:
        fields["level"] = [_("Choose villages or grids.")]
    if fields:
        raise Invalid(fields=fields)


def set_webhook(feed: Feed, url: str, *, by: PostActor) -> str:
    """Push to this address from now on; returns the new secret, which is shown once and kept sealed."""
    require(by, "exchange.sources", within=feed.source.division.code)
    url = tidy(url)
    require_address(url)
    secret = secrets.token_urlsafe(32)
    begun = {"mark": last_position()} if not feed.url else {}
    with writing():
        changed = Feed.objects.filter(pk=feed.pk, until=None).update(
            url=url, secret_sealed=seal(secret, _place(feed)), paused_at=None, **begun
        )
        _require(changed)
        _record("exchange.set_webhook", feed, by)
    return secret


def secret_of(feed: Feed) -> str:
    """The secret that signs what is pushed."""
    return unseal(bytes(feed.secret_sealed), _place(feed))


def pause(feed: Feed, *, by: PostActor) -> None:
    """Push nothing until it is told to go on; what happens meanwhile follows then."""
    _change(feed, "exchange.pause_feed", by, paused_at=timezone.now())


def resume(feed: Feed, *, by: PostActor) -> None:
    """Go on from where it stopped."""
    _change(feed, "exchange.resume_feed", by, paused_at=None)


def send_again(feed: Feed, *, by: PostActor) -> None:
    """Try what is stuck or waits at once, with as many tries as at first."""
    require(by, "exchange.sources", within=feed.source.division.code)
    with writing():
        waiting = Batch.objects.filter(feed=feed).exclude(state="sent")
        if not waiting.update(state="waiting", attempts=0, next_try=timezone.now()):
            raise Conflict(_("Nothing waits: it has been sent meanwhile."))
        _record("exchange.send_again", feed, by)


def replay(feed: Feed, first: int, *, by: PostActor) -> None:
    """Push everything from a position on once more."""
    require(by, "exchange.sources", within=feed.source.division.code)
    last = last_position()
    if not 1 <= first <= last + 1:
        raise Invalid(fields={"first": [_("Choose a position from 1 to %(last)d.") % {"last": max(last, 1)}]})
    with writing():
        _require(Feed.objects.filter(pk=feed.pk, until=None).exclude(url="").update(mark=first - 1))
        Batch.objects.filter(feed=feed).exclude(state="sent").delete()
        _record("exchange.replay_feed", feed, by, first=first)


def end_push(feed: Feed, *, by: PostActor) -> None:
    """Push nothing more; the source can still pull."""
    _change(feed, "exchange.end_webhook", by, url="", secret_sealed=b"", paused_at=None)


def end_feed(feed: Feed, *, by: PostActor) -> None:
    """Tell nothing more, by push or pull."""
    _change(feed, "exchange.end_feed", by, until=timezone.now(), url="", secret_sealed=b"", paused_at=None)


def _change(feed: Feed, name: str, by: PostActor, **changes: object) -> None:
    require(by, "exchange.sources", within=feed.source.division.code)
    with writing():
        _require(Feed.objects.filter(pk=feed.pk, until=None).update(**changes))
        if changes.get("url") == "":
            Batch.objects.filter(feed=feed).exclude(state="sent").delete()
        _record(name, feed, by)


def _require(changed: int) -> None:
    if not changed:
        raise Conflict(_("This feed has been ended."))


def _require_going(source: Source) -> None:
    if Source.objects.select_for_update().filter(pk=source.pk, until=None).first() is None:
        raise Conflict(_("This outside system has been ended."))


def _record(name: str, feed: Feed, by: PostActor, **facts: object) -> None:
    said = {"source": feed.source.code, **facts}
    record(Line(name, by.by(), feed.source.division.code, facts=said))


def _place(feed: Feed) -> str:
    return f"exchange_feed/{feed.pk}/secret"
