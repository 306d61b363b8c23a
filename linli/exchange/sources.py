"""Outside systems and their access keys: added, given a key, counted, ended."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from django.core.cache import cache
from django.db import IntegrityError, OperationalError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound, NotYours, TooMany
from linli.base.generations import Cached, bump
from linli.base.text import tidy
from linli.base.writing import writing
from linli.divisions.models import Division
from linli.exchange.handling import require_source_open
from linli.exchange.models import Delivery, Foreign, Rejection, Source
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.posts.tokens import PREFIX, Unknown, digest_of
from linli.web.limits import MINUTE, check_source_rate, this_minute

_CODE = re.compile(r"[a-z][a-z0-9-]{1,19}")
RESERVED = {"web", "phone", "telephone", "window", "grid", "paper", "patrol", "import", "api"}
LONGEST_REASON = 400
FAMILY = "exchange"  # of caches that depend on the sources (base.generations)


def add_source(code: str, name: str, division: Division, *, by: PostActor) -> Source:
    """Make an outside system known; its code becomes the channel of what it sends."""
    require(by, "exchange.sources", within=division.code)
    code, name = tidy(code).lower(), tidy(name)
    fields = {}
    if not _CODE.fullmatch(code) or code in RESERVED:
        fields["code"] = [_("Two to twenty small letters, digits and dashes, such as “hotline-12345”.")]
    if not 0 < len(name) <= 60:
        fields["name"] = [_("Say in at most %(most)d characters what it is called.") % {"most": 60}]
    if fields:
        raise Invalid(fields=fields)
    try:
        with writing():
            source = Source.objects.create(code=code, name=name, division=division)
            _record("exchange.add_source", source, by)
    except IntegrityError as taken:
        said = {"code": code}
        raise Conflict(_("There is an outside system with the code “%(code)s” already.") % said) from taken
    return source


def give_key(source: Source, *, by: PostActor, seen: str | None = None) -> str:
    """A new access key, which ends the old one; returned once and kept only as a digest.

    `seen`: how the key ended that was there when it was asked for ("": there was none). Conflict where it is another by
    now: a page that is loaded again would else end the key that has just been handed over.
    """
    require(by, "exchange.sources", within=source.division.code)
    if source.until is None:
        require_source_open(source)
    secret = PREFIX + secrets.token_urlsafe(32)
    with writing():
        kept = Source.objects.select_for_update().get(pk=source.pk)
        if kept.until is not None:
            raise Conflict(_("This outside system has been ended."))
        if seen not in (None, kept.last_four):
            raise Conflict(
                _(
                    "It got another key meanwhile, which was shown then and holds. Make one more only if it is lost."
                )
            )
        kept.digest, kept.last_four = digest_of(secret), secret[-4:]
        kept.save(update_fields=["digest", "last_four"])
        _record("exchange.give_key", source, by)
    return secret


def set_limits(source: Source, *, per_minute: int, per_day: int, by: PostActor) -> None:
    """Agree anew how much a source may send by machine."""
    require(by, "exchange.sources", within=source.division.code)
    limits = {"per_minute": per_minute, "per_day": per_day}
    if faults := {name: [_("At least 1.")] for name, value in limits.items() if value < 1}:
        raise Invalid(fields=faults)
    with writing():
        if not Source.objects.filter(pk=source.pk, until=None).update(**limits):
            raise Conflict(_("This outside system has been ended."))
        _record("exchange.set_limits", source, by, **limits)


def end_source(source: Source, *, by: PostActor) -> None:
    """Take nothing more from it; what it sent stays."""
    require(by, "exchange.sources", within=source.division.code)
    with writing():
        if not Source.objects.filter(pk=source.pk, until=None).update(until=timezone.now()):
            raise Conflict(_("This outside system has been ended."))
        _record("exchange.end_source", source, by)


def _record(name: str, source: Source, by: PostActor, **facts: int) -> None:
    bump(FAMILY)
    record(Line(name, by.by(), source.division.code, facts={"source": source.code, **facts}))


def source_of(secret: str) -> Source:
    """The outside system behind an access key, asked of the database each time; 401 for none, 403 for an ended one."""
    found = Source.objects.select_related("division").filter(digest=digest_of(secret)).first()
    if found is None:
        raise Unknown
    if found.until is not None:
        raise NotYours(_("The access of this outside system has been ended."))
    return found


def require_quota(source: Source) -> None:
    """Raise TooMany when what a source may send today is used up."""
    if used_today(source) >= source.per_day:
        raise TooMany(
            _("The daily number of requests agreed for this system is used up. Go on tomorrow."),
            retry_after=3600,
        )


def require_rate(source: Source, where: str) -> None:
    """Count one more request of a source; TooMany beyond what was agreed for a minute.

    Its page tells the first of each minute that was turned away (`where`: what was asked): one write, however many.
    """
    try:
        check_source_rate(source.code, source.per_minute)
    except TooMany:
        if cache.add(f"turned-away/{source.code}/{this_minute()}", 1, 2 * MINUTE):
            with suppress(OperationalError), writing():
                said = _(
                    "More than the agreed %(most)d requests in a minute: the rest of that minute was turned away."
                )
                reason = said % {"most": source.per_minute}
                Rejection.objects.create(delivery=_day_of(source), where=where[:120], reason=reason)
        raise


def used_today(source: Source) -> int:
    """How many requests a source has sent by machine today, whatever came of them."""
    rows = Delivery.objects.filter(source=source, form=Delivery.Form.REQUESTS, day=timezone.localdate())
    counts = rows.values_list("taken", "known", "refused").first()
    return sum(counts or ())


def count_request(source: Source, *, taken: int = 0, known: int = 0) -> None:
    """Count what a source sent by machine and what came of it."""
    with writing():
        _add(_day_of(source), taken=taken, known=known)


def took_in(source: Source, number: str, case: UUID, *, again: bool) -> None:
    """Keep under which number a source knows a case it sent, and count it as taken or, when sent again, as known."""
    with writing():
        Foreign.objects.get_or_create(source=source, number=number, defaults={"case_id": case})
        _add(_day_of(source), taken=int(not again), known=int(again))


def note_refusal(source: Source, where: str, reason: str, number: str = "") -> None:
    """Keep that a request was refused and why, for the page its people look at; nothing of its content."""
    with writing():
        day = _day_of(source)
        _add(day, refused=1)
        Rejection.objects.create(
            delivery=day, where=where[:120], number=number, reason=lines_within(reason.split("\n"))
        )


def lines_within(sentences: Iterable[str]) -> str:
    """As many of these as a reason holds, a line each; one cut in two could not be said in another language."""
    kept = ""
    for each in sentences:
        longer = f"{kept}\n{each}" if kept else each[:LONGEST_REASON]
        if len(longer) > LONGEST_REASON:
            break
        kept = longer
    return kept


def _day_of(source: Source) -> Delivery:
    return Delivery.objects.get_or_create(
        source=source, form=Delivery.Form.REQUESTS, day=timezone.localdate()
    )[0]


def _add(delivery: Delivery, **counts: int) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(**{name: F(name) + more for name, more in counts.items()})


def sources_in(by: PostActor, *, ended: bool = False) -> list[Source]:
    """The outside systems of the actor's area, for choosing one; on request those that were ended, too."""
    low, high = by.post.division.span
    found = [source for source in _sources() if low <= source.division.code < high]
    return [source for source in found if ended or source.until is None]


def _read_sources() -> list[Source]:
    return list(Source.objects.select_related("division").defer("division__outline").order_by("name"))


_sources: Cached[list[Source]] = Cached(FAMILY, _read_sources)


def source_for(by: PostActor, code: str, power: str) -> Source:
    """An outside system of the actor's area by its code, for what the power allows; elsewhere it does not exist."""
    found = Source.objects.select_related("division").filter(code=code).first()
    if found is None:
        raise NotFound
    require(by, power, within=found.division.code)
    return found


def called_in(span: tuple[int, int]) -> list[tuple[str, str]]:
    """Code and name of each outside system whose cases may lie in a code range, ended ones too."""
    spans = [(source.division.span, source.code, source.name) for source in _sources()]
    return [(code, name) for (low, high), code, name in spans if low < span[1] and span[0] < high]
