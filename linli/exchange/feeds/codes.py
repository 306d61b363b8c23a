"""What a source calls our codes: a table per source, kept on a page, applied in its feed. A gap is shown as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.base.text import tidy
from linli.base.writing import writing
from linli.cases.catalogue import categories_of, line_of
from linli.cases.kinds import kind_of
from linli.exchange.feeds.fields import CATEGORY, STAGE
from linli.exchange.models import Source, TheirCode
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import require

LONGEST = 60


@dataclass(frozen=True)
class OurCode:
    """One of our codes with its words, and what the source calls it; empty where nobody has said."""

    sort: str
    code: str
    words: str
    theirs: str = ""


def codes_of(source: Source, kind: str) -> list[OurCode]:
    """All our stages and categories of a kind, in their order, each with the source's code."""
    kept = TheirCode.objects.filter(source=source, kind=kind)
    theirs = {(each.sort, each.code): each.theirs for each in kept}
    stages = kind_of(kind).procedure.stages.values()
    told = [each for each in categories_of(kind) if not any(above.sensitive for above in line_of(each))]
    ours = [(STAGE, stage.name, str(stage.label)) for stage in stages]
    ours += [(CATEGORY, category.code, str(category)) for category in told]
    return [OurCode(sort, code, words, theirs.get((sort, code), "")) for sort, code, words in ours]


def holes(source: Source, kind: str) -> int:
    """How many of our codes of a kind the source has no code for."""
    return sum(not each.theirs for each in codes_of(source, kind))


def map_codes(source: Source, kind: str, given: Mapping[tuple[str, str], str], *, by: PostActor) -> None:
    """Keep what the source calls our codes of a kind, by sort and code; an empty one makes a gap."""
    require(by, "exchange.sources", within=source.division.code)
    known = {(each.sort, each.code) for each in codes_of(source, kind)}
    theirs = {key: tidy(value) for key, value in given.items()}
    fields = {
        f"{sort}.{code}": [_("At most %(most)d characters.") % {"most": LONGEST}]
        for (sort, code), value in theirs.items()
        if len(value) > LONGEST
    }
    if fields or not set(theirs) <= known:
        raise Invalid(fields=fields)
    kept = [
        TheirCode(source=source, sort=sort, kind=kind, code=code, theirs=value)
        for (sort, code), value in theirs.items()
        if value
    ]
    with writing():
        if Source.objects.select_for_update().filter(pk=source.pk, until=None).first() is None:
            raise Conflict(_("This outside system has been ended."))
        TheirCode.objects.filter(source=source, kind=kind).delete()
        TheirCode.objects.bulk_create(kept)
        facts = {"source": source.code, "kind": kind, "mapped": len(kept)}
        record(Line("exchange.map_codes", by.by(), source.division.code, facts=facts))
