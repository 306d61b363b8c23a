"""What the reporter reads about cases linked with theirs: a number only where that one is theirs as well."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.cases.duplicates import BECAME, DUPLICATE
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Link
from linli.portals.resident.unlocked import may_see
from linli.web.parts import Row


def linked(request: HttpRequest, case: Case) -> Iterator[Row]:
    """What it is dealt with together with, what came of it, and what it came from."""
    for link in Link.objects.filter(source=case, relation__in=[DUPLICATE, BECAME]).select_related("target"):
        if link.relation == BECAME:
            yield _row(request, case, link.target, _("A case of another kind came of it"))
        else:
            words = _("The same matter, reported before")
            yield _row(request, case, link.target, _("Dealt with together with"), words)
    for link in Link.objects.filter(target=case, relation=BECAME).select_related("source"):
        if _theirs(request, case, link.source):
            yield _row(request, case, link.source, _("Came from"))


def _row(request: HttpRequest, case: Case, other: Case, label: str, words: str = "") -> Row:
    words = words or str(kind_of(other.kind).procedure.label)
    if not _theirs(request, case, other):
        return Row(label, words)
    address = reverse("resident:case", args=[other.number])
    return Row(label, f"{words} {other.number}", href=address, action=_("See how it stands"))


def _theirs(request: HttpRequest, case: Case, other: Case) -> bool:
    same = case.reporter_id is not None and case.reporter_id == other.reporter_id
    return same or may_see(request, other)
