"""The processing activities of the exchange: what comes from each outside system, and what each of them follows."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext

from linli.cases.kinds import all_kinds
from linli.exchange.models import Source
from linli.residents.activities import Activity, register_lister
from linli.residents.assessing import require_assessed

LONGEST_SHOWN = 500


def register_activities() -> None:
    """Make them known; called when the app starts."""
    register_lister(_activities)


def feed_name(source: Source) -> str:
    """How the register calls the feed of a source."""
    return f"feed-{source.code}"


def require_feed_assessed(source: Source, kinds: list[str]) -> None:
    """Raise Conflict where nobody has approved an assessment that covers telling a source of these kinds."""
    require_assessed(feed_name(source), _feed_label(source), kinds)


def _activities() -> Iterator[Activity]:
    going = Source.objects.filter(until=None).select_related("division").defer("division__outline")
    for source in going.order_by("code")[:LONGEST_SHOWN]:
        yield _intake(source)
        yield _feed(source)


def _intake(source: Source) -> Activity:
    name = source.name
    return Activity(
        f"source-{source.code}",
        lambda: gettext("Cases that come from %(system)s") % {"system": name},
        lambda: (
            gettext("To deal with what people told %(system)s without asking them again") % {"system": name}
        ),
        lambda: gettext("Name, telephone number and address, as far as they gave them there; their words"),
        "个人信息保护法 13(3)、23",
        lambda: gettext("As with a report made here; an upload itself is thrown away after two days"),
        recipients=lambda: gettext("%(system)s gets the reply back") % {"system": name},
        code=source.division.code,
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
        parts=tuple((kind.name, str(kind.procedure.label)) for kind in all_kinds()),
    )


def _feed_label(source: Source) -> str:
    return gettext("What %(system)s follows") % {"system": source.name}
