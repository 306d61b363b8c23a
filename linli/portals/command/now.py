"""What is true now (实时态势): tiles, map, the longest overdue; live by asking again, and for a wall without words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.analytics.gauges import freshness
from linli.analytics.standing import standing
from linli.cases.joint import overdue_in, waiting_at, with_joint
from linli.cases.kinds import kind_of
from linli.cases.models import Case
from linli.portals.command.alerts import calling_for
from linli.portals.command.mapping import GRIDS, OPEN, OVERDUE, PEOPLE, RATE, shaded
from linli.portals.command.picture import Picture, mark
from linli.portals.command.seats import door_of, watching
from linli.portals.command.trends import lately
from linli.posts.actor import PostActor
from linli.posts.lookup import posts_at
from linli.posts.may import watches
from linli.posts.tree import standing_at
from linli.web.times import length_words

OLDEST = 8
IN_SECONDS = 120
ROUND = 60  # seconds: what the clock alone changes is looked at anew this often
COLOURS = (OVERDUE, OPEN, RATE, GRIDS, PEOPLE)


@dataclass(frozen=True)
class Late:
    """A line of what is overdue or waits: what, where and until when; never what somebody wrote."""

    number: str
    kind: str
    stage: str
    place: str
    lead: str
    due: datetime | None
    joint: bool = False
    asked: bool = False


@require_safe
@watching
def now(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The picture of the hat's area or a part of it; with `part` only what changes, for whoever asks again."""
    node = standing_at(by, request.GET.get("place", ""))
    drawn_at = timezone.now()
    stands = standing(drawn_at)
    fresh = freshness(stands, drawn_at)
    etag = _etag(request, by, (fresh.stamp, mark(), int(drawn_at.timestamp()) // ROUND))
    as_of = fresh.as_of or drawn_at
    said = {
        "ETag": etag,
        "Picture-Of": f"{timezone.localtime(as_of):%H:%M:%S}",
        "Picture-Age": f"{fresh.age:.0f}",
        "Picture-Page": _page(),
    }
    unchanged = get_conditional_response(request, etag=etag) if "part" in request.GET else None
    if unchanged is not None:
        return _saying(unchanged, said)  # still true, and now of a later moment
    wall, colour = request.GET.get("wall") == "1", request.GET.get("colour", "")
    measure = colour if colour in COLOURS else OVERDUE
    picture = Picture(node, drawn_at, by, stands)
    context: dict[str, Any] = {
        "picture": picture,
        "node": node,
        "fresh": fresh,
        "as_of": as_of,
        "lag": [_lag_words(each) for each in (fresh.p50, fresh.p99) if each is not None],
        "etag": etag,
        "wall": wall,
        "page": _page(),
        "round": ROUND,
        "measure": measure,
        "colours": [(name, label, _here(request, colour=name)) for name, label in _measures(picture)],
        "shaded": shaded(picture, measure, wall=wall),
        "lately": lately(picture.question),
        "calling": calling_for(by),
        "taken_up": waiting_for(by) if watches(by) and not wall else None,
        "late": [] if wall else late_in(node.here.span),
        "door": door_of(by),
        "afar": watches(by),
        "late_more": picture.listed({"state": "overdue"}),
        "part": _here(request, part="1"),
        "on_the_wall": _here(request, wall="1"),
        "off_the_wall": _here(request, wall=""),
    }
    template = "live" if "part" in request.GET else "wall" if wall else "now"
    return _saying(render(request, f"command/{template}.html", context), said)


@cache
def _page() -> str:
    """What the page is made with, in short: by it a wall that was left open notices an upgrade."""
    files = [str(finders.find(f"command/{name}")) for name in ("live.js", "command.css", "wall.css")]
    return sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()[:12]


def _saying(response: HttpResponse, said: Mapping[str, str]) -> HttpResponse:
    for name, value in said.items():
        response.headers[name] = value
    return response


def late_in(span: tuple[int, int]) -> list[Late]:
    """The cases of an area that are overdue the longest (one statement)."""
    rows = with_joint(overdue_in(span)).select_related("division", "lead__organisation")
    rows = rows.only("number", "kind", "stage", "due", "division__name", "lead__organisation__name")
    return [
        replace(_line(case, case.due), joint=case.joint, asked=case.asked)  # type: ignore[attr-defined]
        for case in rows[:OLDEST]
    ]


def waiting_for(by: PostActor) -> list[Late]:
    """What was taken up to the level of a post and waits for it, the most pressing first (one statement)."""
    tasks = waiting_at(posts_at(by.post.division.pk)).select_related(
        "case__division", "case__lead__organisation"
    )
    tasks = tasks.defer("case__summary", "case__division__outline")
    return [_line(task.case, task.pressing_at) for task in tasks[:OLDEST]]


def _line(case: Case, due: datetime | None) -> Late:
    procedure = kind_of(case.kind).procedure
    lead = case.lead.organisation.name if case.lead else ""
    stage = str(procedure.stages[case.stage].label)
    return Late(case.number, str(procedure.label), stage, case.division.name, lead, due)


def _lag_words(seconds: float) -> str:
    """How long a step took: seconds as long as these say something."""
    if seconds < IN_SECONDS:
        return _("%(seconds).1f s") % {"seconds": seconds}
    return length_words(timedelta(seconds=seconds))


def _measures(picture: Picture) -> list[tuple[str, str]]:
    people = [(PEOPLE, _("Open per 10,000 people"))] if picture.has_people else []
    return [
        (OVERDUE, _("Overdue")),
        (OPEN, _("Still open")),
        (RATE, _("Share overdue")),
        (GRIDS, _("Open per ten grids")),
        *people,
    ]


def _here(request: HttpRequest, **given: str) -> str:
    """This page with these choices; empty ones are left out."""
    kept = {name: request.GET[name] for name in ("place", "colour", "wall") if name in request.GET}
    choices = {name: value for name, value in {**kept, **given}.items() if value}
    return f"{reverse('command:now')}?{urlencode(choices)}" if choices else reverse("command:now")


def _etag(request: HttpRequest, by: PostActor, marks: tuple[int, ...]) -> str:
    """Changes with every step, with the clock's round, and with who looks at what in which language."""
    place = sorted((name, value) for name, value in request.GET.items() if name != "part")
    told = (marks, by.post.pk, by.area, place, get_language())
    return f'"{sha256(repr(told).encode()).hexdigest()[:32]}"'
