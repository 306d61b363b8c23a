"""Cases as requests: to anybody by grid and without words, to the source that sent one in full."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from linli.base.errors import NotFound
from linli.base.ids import uuid7
from linli.base.text import half_width
from linli.cases.catalogue import VILLAGE
from linli.cases.kinds import kind_of, power
from linli.cases.models import Case
from linli.cases.story import published_names, words_for_reporter
from linli.exchange.models import Foreign, Source
from linli.ledger.models import Entry
from linli.ledger.names import known
from linli.portals.open311.asking import Wanted, readable
from linli.portals.open311.door import Asker
from linli.portals.open311.offer import argument_names, code_of, offered_kinds, open_to_all
from linli.portals.open311.rendering import Node
from linli.residents.access import MATTERS
from linli.residents.showing import show
from linli.web.times import instant

LONGEST = 4000  # characters of a description, by the specification


def visible(asker: Asker) -> QuerySet[Case]:
    """The cases the asker may know of."""
    found = open_to_all()
    if asker.source:
        found |= Q(pk__in=Foreign.objects.filter(source=asker.source).values("case"))
    return Case.objects.within(asker.span).filter(found)


def requests(asker: Asker, wanted: Wanted) -> list[Node]:
    """One page of the list, newest first."""
    found = visible(asker)
    if wanted.numbers is not None:
        return shown(asker, found.filter(number__in=wanted.numbers))
    found = _of_time(_of_sort(found, wanted), wanted)
    return shown(asker, found.order_by("-id")[wanted.rows])


def _of_sort(found: QuerySet[Case], wanted: Wanted) -> QuerySet[Case]:
    if wanted.services:
        asked = Q(pk__in=[])
        for each in wanted.services:
            kind, _dot, category = each.partition(".")
            asked |= Q(kind=kind, category__code=category)
        found = found.filter(asked)
    if len(wanted.states) == 1:
        found = found.filter(closed_at__isnull="open" in wanted.states)
    return found


def _of_time(found: QuerySet[Case], wanted: Wanted) -> QuerySet[Case]:
    if wanted.start:
        found = found.filter(id__gte=uuid7(wanted.start), at__gte=wanted.start)
    if wanted.end:
        found = found.filter(at__lte=wanted.end)
    if wanted.updated_after:
        found = found.filter(Exists(_news_after(wanted.updated_after)))
    if wanted.updated_before:
        found = found.exclude(Exists(_news_after(wanted.updated_before)))
    return found


def _news_after(moment: datetime) -> QuerySet[Entry]:
    return Entry.objects.filter(about=OuterRef("pk"), name__in=names_told(), recorded_at__gt=moment)


def names_told() -> list[str]:
    """The entries a reporter may read, of all kinds that are offered."""
    return [name for kind in offered_kinds() for name in published_names(kind.name)]


def names_opening() -> set[str]:
    """The entries by which cases of these kinds come in."""
    return {power(kind.name, kind.procedure.opening) for kind in offered_kinds()}


def request(asker: Asker, number: str) -> list[Node]:
    """The one with a number; NotFound for what does not exist or may not be known."""
    number = half_width(number).strip()
    found = shown(asker, visible(asker).filter(number=number)) if readable(number) else []
    if not found:
        raise NotFound(_("There is no such service_request_id here, or it is not public."))
    return found


def shown(asker: Asker, found: QuerySet[Case]) -> list[Node]:
    """Cases as the asker may see them: some five statements, however many."""
    cases = list(
        found.select_related("division", "category", "lead__organisation").defer("division__outline")
    )
    own = own_among(asker.source, cases)
    updated, details = _last_told(cases), _details([case for case in cases if case.pk in own])
    words = _last_words([case.pk for case in cases if case.pk in own])
    return [
        {**_common(case, updated.get(case.pk)), **_full(case, details[case.pk], words.get(case.pk))}
        if case.pk in own
        else _common(case, updated.get(case.pk))
        for case in cases
    ]


def own_among(source: Source | None, cases: Iterable[Case]) -> set[UUID]:
    """Those of these cases that the source sent."""
    if source is None:
        return set()
    rows = Foreign.objects.filter(source=source, case__in=[case.pk for case in cases])
    return set(rows.values_list("case_id", flat=True))


def _common(case: Case, told_at: datetime | None) -> Node:
    """What everybody may know: what sort of thing, in which grid, who deals with it, until when."""
    procedure = kind_of(case.kind).procedure
    located = case.division.level >= VILLAGE  # the middle of a county is not where it is
    return {
        "service_request_id": case.number,
        "status": "closed" if case.closed_at else "open",
        "status_notes": str(procedure.outcomes[case.outcome]) if case.outcome else None,
        "service_name": str(case.category or procedure.label),
        "service_code": code_of(case.kind, case.category),
        "description": None,
        "agency_responsible": case.lead.organisation.name if case.lead else None,
        "service_notice": None,
        "requested_datetime": instant(case.at),
        "updated_datetime": instant(case.closed_at or told_at or case.recorded_at),
        "expected_datetime": instant(case.due),
        "address": case.division.name,
        "address_id": case.division.trimmed,
        "zipcode": None,
        "lat": case.division.latitude if located else None,
        "long": case.division.longitude if located else None,
        "media_url": None,
    }


def _full(case: Case, detail: Any, words: str | None) -> Node:
    """What only the source sees: the words it sent, the place it gave, and the last answer to the reporter."""
    show(case.whose, MATTERS)
    names = argument_names(kind_of(case.kind))
    given = {name: getattr(detail, names[name], None) for name in ("lat", "long") if name in names}
    content: Node = {name: value for name, value in given.items() if value is not None}
    if text := getattr(detail, names.get("description", ""), ""):
        content["description"] = text[:LONGEST]
    if place := getattr(detail, names.get("address_string", ""), ""):
        content["address"] = place
    if words:
        content["status_notes"] = words
    return content


def _last_told(cases: Sequence[Case]) -> dict[UUID | None, datetime]:
    entries = Entry.objects.filter(about__in=[case.pk for case in cases], name__in=names_told())
    return dict(entries.values_list("about").annotate(Max("recorded_at")))


def _details(cases: Sequence[Case]) -> dict[UUID, Any]:
    found: dict[UUID, Any] = {}
    for kind in {case.kind for case in cases}:
        found |= kind_of(kind).model._default_manager.in_bulk(
            [case.pk for case in cases if case.kind == kind]
        )
    return found


def _last_words(cases: Sequence[UUID]) -> dict[UUID | None, str]:
    """What was last told of each case; that it came in is no news to whoever sent it."""
    told_of = set(names_told()) - names_opening()
    entries = Entry.objects.filter(about__in=cases, name__in=told_of).select_related("detail")
    return {entry.about: told(entry) for entry in entries.order_by("id")}


def told(entry: Entry) -> str:
    """A step as the reporter reads it: what it was, and what was written."""
    detail = getattr(entry, "detail", None)
    words = words_for_reporter(entry.relation, (detail.words or {}) if detail else {})
    label = known(entry.name).label()
    return _("%(step)s: %(words)s") % {"step": label, "words": words} if words else label
