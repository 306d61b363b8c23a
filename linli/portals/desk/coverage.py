"""Coverage of the hat's area: every village has grids, every grid a holder; each hole leads to where it is filled."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base.errors import NotYours
from linli.cases.catalogue import gaps
from linli.cases.kinds import all_kinds
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.posts.actor import PostActor
from linli.posts.coverage import coverage
from linli.posts.may import require
from linli.posts.tree import standing_at

MOST_SHOWN = 200


@require_safe
@seated
def coverage_page(request: HttpRequest, by: PostActor) -> HttpResponse:
    """How complete the net is, for the whole area or a part of it, and what is missing."""
    if not has(by, "coverage.read"):
        raise NotYours
    node = standing_at(by, request.GET.get("area", ""))
    require(by, "coverage.read", within=node.here.code)
    found = coverage(node.here)
    lacking = {what: sum(hole.lacks == what for hole in found.holes) for what in ("grids", "post", "holder")}
    tasks = {
        "grids": _("No grids yet"),
        "post": _("No post for a grid worker"),
        "holder": _("Nobody holds the post"),
    }
    unled = {
        "post": _("The post that leads was given up"),
        "holder": _("Nobody holds the post that leads"),
    }
    today = timezone.localdate()
    found_gaps = [(kind, gap) for kind in all_kinds() for gap in gaps(kind.name, node.here, today)]
    context = {
        "node": node,
        "found": found,
        "lacking": lacking,
        "holes": [(hole, tasks[hole.lacks]) for hole in found.holes[:MOST_SHOWN]],
        "more": len(found.holes) - MOST_SHOWN,
        "may_fill": has(by, "posts.appoint"),
        "unled": [(kind, gap, unled[gap.lacks]) for kind, gap in found_gaps if gap.row],
        "undecided": [(kind, gap) for kind, gap in found_gaps if not gap.row],
    }
    return render(request, "desk/coverage.html", context)
