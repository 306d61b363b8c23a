"""The processing activities of the exchange: what comes from each outside system, and what each of them follows."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext

from linli.cases.kinds import all_kinds
from linli.exchange.models import Feed, Source
from linli.residents.activities import Activity, Sort, register_activity, register_lister
from linli.residents.openings import is_open, require_open

LONGEST_SHOWN = 500


def register_activities() -> None:
    """Make them known; called when the app starts."""
    register_activity(
        Activity(
            "sheets",
            lambda: gettext("Uploaded sheets of other systems"),
            lambda: gettext("To show what would be taken in before somebody says yes"),
            lambda: gettext("What the other system exported: words, names, numbers, addresses"),
            "个人信息保护法 13(3)、23",
            lambda: gettext("Sealed, for two days at most; then thrown away"),
            why=lambda: gettext("Assessed together with the system it comes from"),
            tables=("exchange.Parcel",),
        )
    )
    register_lister(_activities)


def feed_name(source: Source) -> str:
    """How the register calls the feed of a source."""
    return f"feed-{source.code}"


def source_name(source: Source) -> str:
    """How the register calls what comes from a source."""
    return f"source-{source.code}"


def require_feed_open(source: Source, kinds: list[str]) -> None:
    """Raise Conflict where no approved assessment covers telling a source of these kinds, or it has ended."""
    require_open(feed_name(source), kinds)


def feed_runs(feed: Feed) -> bool:
    """Whether a feed may tell what was agreed now; while it may not, it rests and loses nothing."""
    return is_open(feed_name(feed.source), feed.kinds)


def source_runs(source: Source) -> bool:
    """Whether anything may be taken in from a source now."""
    return is_open(source_name(source))


def require_source_open(source: Source) -> None:
    """Raise Conflict where nothing may be taken in from a source now."""
    require_open(source_name(source))


def _activities() -> Iterator[Activity]:
    going = Source.objects.filter(until=None).select_related("division").defer("division__outline")
    for source in going.order_by("code")[:LONGEST_SHOWN]:
        yield _intake(source)
        yield _feed(source)


def _intake(source: Source) -> Activity:
    name = source.name
    return Activity(
        source_name(source),
        lambda: gettext("Cases that come from %(system)s") % {"system": name},
        lambda: (
            gettext("To deal with what people told %(system)s without asking them again") % {"system": name}
        ),
        lambda: gettext("Name, telephone number and address, as far as they gave them there; their words"),
        "个人信息保护法 13(3)、23",
        lambda: gettext("As with a report made here; an upload itself is thrown away after two days"),
        recipients=lambda: gettext("%(system)s gets the reply back") % {"system": name},
        assessed=True,
        code=source.division.code,
        sort=Sort.SOURCE,
        why=lambda: gettext("People's data goes to and fro with another handler: article 55 (3)"),
    )


def _feed(source: Source) -> Activity:
    name = source.name
    return Activity(
        feed_name(source),
        lambda: _feed_label(source),
        lambda: (
            gettext("To let %(system)s know how cases of its area go on, so that nobody types them twice")
            % {"system": name}
        ),
        lambda: gettext(
            "Steps, categories and places of cases; no names, numbers, words, photos or exact places"
        ),
        "个人信息保护法 13(3)、23、55(3)",
        lambda: gettext("With the recipient, by its own rules; here nothing is kept for it"),
        recipients=lambda: name,
        assessed=True,
        code=source.division.code,
        sort=Sort.FEED,
        why=lambda: gettext("Data is given to another handler: article 55 (3)"),
        parts=tuple((kind.name, str(kind.procedure.label)) for kind in all_kinds()),
    )


def _feed_label(source: Source) -> str:
    return gettext("What %(system)s follows") % {"system": source.name}
