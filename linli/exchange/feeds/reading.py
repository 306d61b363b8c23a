"""Reading a feed: what of the entries after a position may leave, page by page, in their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Refusal
from linli.base.generations import Cached
from linli.cases.catalogue import categories_of, is_sensitive
from linli.cases.kinds import kind_of, power
from linli.cases.models import Case, areas_see
from linli.exchange.feeds.fields import Told, row_of
from linli.exchange.models import Feed, Foreign, TheirCode
from linli.ledger.models import Position
from linli.posts.models import Post

WINDOW = 1000  # positions read in one statement
MOST_LOOKED_AT = 20_000  # positions in one page, however few of them leave
LARGEST = 1000  # rows of one page


class Retired(Refusal):
    """The entries asked for are no longer kept (410); `first` in facts is the first position there is."""

    status = 410
    code = "retired"


@dataclass(frozen=True)
class Page:
    """Rows of a feed, oldest first. `next` is how far was looked: ask for what comes after it; `more` lies there."""

    rows: list[dict[str, Any]]
    next: int
    more: bool


def page_of(feed: Feed, after: int, limit: int, *, upto: int | None = None) -> Page:
    """What leaves of the entries after a position: at most `limit` rows, none beyond the position `upto`.

    Raises Conflict for a position nobody has reached yet, Retired for one that is no longer kept.
    """
    first, last = _bounds()
    if after + 1 < first:
        raise Retired(
            _("Entries before position %(first)d are no longer kept. Ask for what comes after %(after)d.")
            % {"first": first, "after": first - 1},
            first=first,
        )
    if after > last:
        raise Conflict(
            _(
                "The newest position here is %(last)d. Was this place restored from a backup? Start over from 0."
            )
            % {"last": last},
            last=last,
        )
    end = min(last, after + MOST_LOOKED_AT, last if upto is None else upto)
    rows: list[dict[str, Any]] = []
    theirs = _codes_of(feed)
    stretch = limit
    while after < end and len(rows) < limit:
        window, stretch = (
            min(after + min(stretch, WINDOW), end),
            stretch * 2,
        )  # the less leaves, the more is read
        told = _told(feed, after, window, theirs)
        taken = told[: limit - len(rows)]
        rows += [row_of(each) for each in taken]
        after = taken[-1].position if len(taken) < len(told) else window
    return Page(rows, after, after < last)


def _bounds() -> tuple[int, int]:
    """The first position that is kept, and the last."""
    found = Position.objects.aggregate(first=Min("number"), last=Max("number"))
    return found["first"] or 1, found["last"] or 0


def last_position() -> int:
    """How far the order has got."""
    return _bounds()[1]


def names_of(feed: Feed) -> list[str]:
    """The entries a feed tells of, if their cases may be known."""
    return [
        power(kind, step)
        for kind in feed.kinds
        for step in kind_of(kind).procedure.steps.values()
        if step.published or (feed.every_step and areas_see(kind))
    ]


def may_leave(told: Told) -> bool:
    """Whether a step of a case may be told: the one rule for pull and push, asked anew at every reading.

    In the feed's area; and either the source sent the case itself, or area gives sight of its kind and it is neither
    sensitive nor of a category nobody knows yet, which may turn out to be.
    """
    low, high = told.feed.division.span
    if not low <= told.case.code_now < high:
        return False
    return told.number is not None or (areas_see(told.case.kind) and _harmless(told))


def _harmless(told: Told) -> bool:
    known = _harmless_codes(told.case.kind)
    if known is None:
        return True
    then, now = told.category, told.case.category
    return then in known and now is not None and now.code in known


def _read_harmless(kind: str) -> frozenset[str] | None:
    """The categories of a kind that are not sensitive, nor anything above them; None for a kind without categories."""
    rows = categories_of(kind)
    return frozenset(row.code for row in rows if not is_sensitive(row)) if rows else None


_harmless_codes: Cached[frozenset[str] | None] = Cached("catalogue", _read_harmless)


def _told(feed: Feed, after: int, upto: int, theirs: Mapping[tuple[str, str, str], str]) -> list[Told]:
    """The steps in a stretch of positions that may leave: five statements, however long it is."""
    found = Position.objects.filter(number__gt=after, number__lte=upto, entry__name__in=names_of(feed))
    positions = list(found.select_related("entry").order_by("number"))
    about = {each.entry.about for each in positions if each.entry.about}
    numbers, cases = _cases(feed, about)
    then, now = (
        (each.entry.facts.get("lead") for each in positions),
        (case.lead_id for case in cases.values()),
    )
    bodies = _bodies({*then, *now})
    told = [
        Told(each.number, each.entry, case, feed, numbers.get(case.pk), bodies, theirs)
        for each in positions
        if (case := cases.get(each.entry.about or UUID(int=0)))
    ]
    return [each for each in told if may_leave(each)]


def _cases(feed: Feed, about: set[UUID]) -> tuple[dict[UUID, str], dict[UUID, Case]]:
    """The cases a feed may know of: those the source sent, with its numbers, and those of the feed's area."""
    sent = Foreign.objects.filter(source=feed.source_id, case__in=about).order_by("-pk")
    sent = sent.select_related("case__division", "case__category").defer("case__division__outline")
    numbers = {each.case_id: each.number for each in sent}
    rest = Case.objects.within(feed.division.span).filter(pk__in=about - set(numbers))
    cases = {case.pk: case for case in rest.with_place().select_related("category")}
    return numbers, cases | {each.case_id: each.case for each in sent}


def _bodies(posts: set[Any]) -> dict[int, str]:
    """The organisation's name for each of these posts."""
    return dict(Post.objects.filter(pk__in=posts - {None}).values_list("pk", "organisation__name"))


def _codes_of(feed: Feed) -> dict[tuple[str, str, str], str]:
    rows = TheirCode.objects.filter(source=feed.source_id)
    return {(each.sort, each.kind, each.code): each.theirs for each in rows}
