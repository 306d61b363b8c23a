"""What the reporter reads about cases linked with theirs: a number only where that one is theirs as well."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.cases.duplicates import BECAME, DUPLICATE
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Link, areas_see
from linli.portals.resident.unlocked import may_see
from linli.web.parts import Row


def linked(request: HttpRequest, case: Case) -> list[Row]:
    """What it is dealt with together with, what came of it, and what it came from."""
    return [
        _row(label, words, other, theirs=_theirs(request, case, other))
        for label, words, other in _told(request, case)
    ]


def _told(request: HttpRequest, case: Case) -> Iterator[tuple[str, str, Case]]:
    own, came = Q(source=case, relation__in=[DUPLICATE, BECAME]), Q(target=case, relation=BECAME)
    links = list(Link.objects.filter(own | came).select_related("source", "target").order_by("pk"))
    for link in (each for each in links if each.source_id == case.pk):
        if link.relation == DUPLICATE:
            yield _("Dealt with together with"), _("The same matter, reported before"), link.target
        elif areas_see(link.target.kind) or _theirs(request, case, link.target):
            yield _("What came of it"), _kind(link.target), link.target
    for link in (each for each in links if each.source_id != case.pk):
        if _theirs(request, case, link.source):
            yield _("Came from"), _kind(link.source), link.source


def _row(label: str, words: str, other: Case, *, theirs: bool) -> Row:
    if not theirs:
        return Row(label, words)
    address = reverse("resident:case", args=[other.number])
    return Row(label, f"{words} {other.number}", href=address, action=_("See how it stands"))


def _kind(case: Case) -> str:
    return str(kind_of(case.kind).procedure.label)


def _theirs(request: HttpRequest, case: Case, other: Case) -> bool:
    """Raised with the same contact, or opened on this device, or with the signed-in resident's number."""
    same = case.reporter_id is not None and case.reporter_id == other.reporter_id
    return same or may_see(request, other)
