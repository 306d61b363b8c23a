"""How reporters rated the handling (满意度): pooled by kind and body for the county; no list stands behind it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.analytics.ratings import COLUMNS, rated_around, ratings, shown_from
from linli.analytics.scorecard import PeriodChoice
from linli.analytics.withholding import FEWEST
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.posts.lookup import FEWEST_HOLDERS
from linli.posts.tree import standing_at


@require_safe
@seated
def ratings_page(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The answers of a place in the hat's area, or of the county around it."""
    node = standing_at(by, request.GET.get("place", ""))
    here, form = rated_around(node.here), PeriodChoice(request.GET)
    context: dict[str, Any] = {"form": form, "here": here, "node": node, "fewest": FEWEST}
    context |= {"fewest_holders": FEWEST_HOLDERS, "columns": COLUMNS}
    if form.is_valid():
        now = timezone.now()
        found = ratings(here, form.chosen, now)
        groups = ((_("By kind"), [found.whole, *found.kinds]), (_("By body"), found.bodies))
        context |= {"found": found, "next": shown_from(form.chosen, now)}
        context |= {"groups": [each for each in groups if found.tells and each[1]]}
    return render(request, "desk/ratings.html", context, status=200 if form.is_valid() else 422)
