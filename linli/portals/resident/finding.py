"""One box on the home page: a number is followed; any other word finds a place, a task or a sort of matter."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from linli.base.text import half_width, tidy
from linli.cases.catalogue import categories_of, in_force
from linli.cases.models.catalogue import Audience
from linli.divisions.codes import Level
from linli.divisions.models import Division
from linli.portals.resident.door import resident_page
from linli.portals.resident.opening import open_kinds
from linli.portals.resident.places import widest_place
from linli.web.limits import limited

LONGEST = 60
MOST = 12
NUMBER = re.compile(r"\d{4,12}-\d{2}-\d{3,}-?\w?|\d{10,}")


@dataclass(frozen=True)
class Hit:
    """Something the words lead to, and what it is."""

    label: str
    address: str
    what: str = ""


@require_safe
@resident_page
@limited("find", 60)
def find(request: HttpRequest) -> HttpResponse:
    """Where the words lead; nothing of them is kept, and a number is not looked up before its code is typed."""
    words = half_width(tidy(request.GET.get("q", "")))[:LONGEST]
    if not words:
        return redirect("resident:home")
    if NUMBER.fullmatch(words.replace(" ", "")):
        return redirect(f"{reverse('resident:follow')}?{urlencode({'number': words.replace(' ', '')})}")
    content = {"words": words, "tasks": _tasks(words), "sorts": _sorts(words), "places": _places(words)}
    return render(request, "resident/find.html", content)


def _tasks(words: str) -> list[Hit]:
    kinds = [kind for kind in open_kinds() if words.lower() in str(kind.procedure.invitation).lower()]
    return [
        Hit(str(kind.procedure.invitation), reverse("resident:report", args=[kind.name])) for kind in kinds
    ]


def _sorts(words: str) -> list[Hit]:
    """Sorts of matter whose name holds the words, as links to the form with the sort filled in."""
    today = timezone.localdate()
    found = []
    for kind in open_kinds():
        if "category" not in kind.form(kind.procedure.opening).from_link:
            continue
        address = reverse("resident:report", args=[kind.name])
        for each in categories_of(kind.name):
            offered = each.audience == Audience.EVERYONE and in_force(each, today)
            if offered and words.lower() in str(each).lower():
                found.append(Hit(str(each), f"{address}?{urlencode({'category': each.code})}"))
    return found[:MOST]


def _places(words: str) -> list[Hit]:
    """Towns and villages whose name holds the words (one statement)."""
    widest = widest_place()
    if widest is None:
        return []
    rows = Division.objects.current().within(widest.trimmed).filter(level__in=(Level.TOWN, Level.VILLAGE))
    rows = rows.filter(name__icontains=words)
    rows = rows.select_related("parent").defer("parent__outline").order_by("code")[:MOST]
    address = reverse("resident:neighbourhood")
    return [
        Hit(
            each.name,
            f"{address}?{urlencode({'place': each.trimmed})}",
            each.parent.name if each.parent else "",
        )
        for each in rows
    ]
