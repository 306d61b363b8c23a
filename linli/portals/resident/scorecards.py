"""The scorecard for everybody, where the place publishes it: whole figures of the place, small numbers withheld."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.analytics.scorecard import FEWEST_FOR_SHARE, UNMEASURED, PeriodChoice, own_place, scorecard
from linli.analytics.withholding import FEWEST
from linli.base.errors import NotFound
from linli.portals.resident.door import resident_page


@require_safe
@resident_page
def scorecard_page(request: HttpRequest) -> HttpResponse:
    """The headlines of the place this installation serves; NotFound where it does not publish them."""
    here = own_place() if settings.SCORECARD_PUBLIC else None
    if here is None:
        raise NotFound
    form = PeriodChoice(request.GET)
    context: dict[str, Any] = {"form": form, "here": here, "unmeasured": UNMEASURED, "fewest": FEWEST}
    context["fewest_for_share"] = FEWEST_FOR_SHARE
    if form.is_valid():
        card = scorecard(here, form.chosen, timezone.now(), public=True)
        groups = (
            (_("Matters"), card.cases),
            (_("Disputes"), card.disputes),
            (_("The net, as of now"), card.places),
        )
        context |= {
            "card": card,
            "groups": [(label, [(score, "", "") for score in scores]) for label, scores in groups if scores],
        }
    return render(request, "resident/scorecard.html", context, status=200 if form.is_valid() else 422)
