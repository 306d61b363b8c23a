"""My neighbourhood, without signing in: who serves it, what is open there, its figures, who mediates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.analytics.published import Published, periods_published, published
from linli.base.errors import NotFound
from linli.cases.kinds import Kind
from linli.cases.models import areas_see
from linli.cases.nearby import Standing, standing_in
from linli.divisions.codes import Level
from linli.divisions.locating import locate
from linli.portals.resident.door import resident_page
from linli.portals.resident.figures import numbers_of
from linli.portals.resident.opening import open_kinds
from linli.portals.resident.places import Spot, public_place
from linli.posts.cards import serving_posts
from linli.posts.models import PostKind
from linli.registers.reading import bodies_for
from linli.web.forms import FrameForm
from linli.web.limits import limited
from linli.web.places import PlaceSelect

COOKIE = "neighbourhood"
YEAR = 365 * 24 * 3600
COMPLAINTS = "complaints"


class ChooseForm(FrameForm):
    """A village or community from the list."""

    place = forms.CharField(
        label=gettext_lazy("Your community or village"), max_length=20, required=False, widget=PlaceSelect()
    )


class HereForm(forms.Form):
    """Where somebody stands; taken for this one answer and kept nowhere."""

    longitude = forms.FloatField(min_value=-180, max_value=180)
    latitude = forms.FloatField(min_value=-90, max_value=90)


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
@limited("neighbourhood", 60)
def neighbourhood(request: HttpRequest) -> HttpResponse:
    """The place that was chosen here or is remembered on this device; else the question which."""
    if request.method == "POST":
        return _forgotten() if "forget" in request.POST else _located(request)
    asked = request.GET.get("place", "")
    code = asked or ("" if "other" in request.GET else request.COOKIES.get(COOKIE, ""))
    if not code:
        return _choose(request)
    try:
        spot = public_place(code)
    except NotFound:
        return _choose(request, _("There is no such place here. Choose one from the list."))
    response = render(request, "resident/neighbourhood.html", _content(spot))
    if asked:
        _remember(response, spot.here.trimmed)
    return response


def _choose(request: HttpRequest, trouble: str = "") -> HttpResponse:
    content = {"form": ChooseForm(), "trouble": trouble}
    return render(request, "resident/neighbourhood_choose.html", content, status=404 if trouble else 200)


def _located(request: HttpRequest) -> HttpResponse:
    """From a position to the village around it, which alone stands in the address."""
    form = HereForm(request.POST)
    grid = (
        locate(form.cleaned_data["longitude"], form.cleaned_data["latitude"]).grid
        if form.is_valid()
        else None
    )
    if grid is None:
        return _choose(request, _("Your position lies in none of our places. Choose yours from the list."))
    village = grid.trimmed[:12]
    return redirect(f"{reverse('resident:neighbourhood')}?{urlencode({'place': village})}")


def _forgotten() -> HttpResponse:
    response = redirect("resident:neighbourhood")
    response.delete_cookie(COOKIE)
    return response


def _remember(response: HttpResponse, code: str) -> None:
    response.set_cookie(
        COOKIE, code, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def _content(spot: Spot) -> dict[str, Any]:
    """What anybody may know of a place."""
    here, in_village = spot.here, spot.here.level == Level.VILLAGE
    period, words = periods_published()[0]
    return {
        "spot": spot,
        "villages": spot.below,
        "workers": serving_posts(PostKind.GRID_WORKER, here.span) if in_village else [],
        "standing": _standing(spot) if in_village else [],
        "period": words,
        **_figures(spot, published(spot.town or here, period)),
        "bodies": bodies_for(here.code)[:2],
        "complaints": next((kind for kind in open_kinds() if kind.name == COMPLAINTS), None),
    }


def _standing(spot: Spot) -> list[Standing]:
    """What is open, of every kind that area gives sight of and in which duplicates can be asked about."""
    return [each for kind in open_kinds() if _public(kind) for each in standing_in(kind.name, spot.here.span)]


def _public(kind: Kind) -> bool:
    return areas_see(kind.name) and "same_as" in kind.form(kind.procedure.opening).base_fields


def _figures(spot: Spot, found: Published) -> dict[str, Any]:
    """The place's own column and its town's, from one table, so that what is withheld is withheld in both."""
    own = [line for line in found.table.parts if line.part.place and line.part.place.pk == spot.here.pk]
    lines = [*own, found.table.whole]
    names = [line.part.place.name for line in lines if line.part.place]
    columns = [numbers_of(line) for line in lines]
    rows = [
        {"label": cells[0].figure.label, "cells": list(zip(names, cells, strict=True))}
        for cells in zip(*columns, strict=True)
    ]
    return {"names": names, "table": rows}
