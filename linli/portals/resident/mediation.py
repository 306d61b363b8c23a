"""Mediation bodies near a place: where, when, and who holds office there; asked of nobody who they are."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.divisions.models import Division
from linli.portals.resident.door import resident_page
from linli.registers.models import Body
from linli.registers.reading import bodies_for
from linli.registers.suggesting import lawful_ways
from linli.web.forms import FrameForm


class NearForm(FrameForm):
    """A place, chosen from those that have bodies."""

    place = forms.ChoiceField(label=gettext_lazy("Your town, village or community"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        served = Body.objects.filter(until=None, organisation__division__level__in=(4, 5))
        places = Division.objects.filter(pk__in=served.values("organisation__division")).select_related(
            "parent"
        )
        choices = [(each.trimmed, _label(each)) for each in places.order_by("code", "level")]
        self.fields["place"].choices = [("", gettext_lazy("Please choose")), *choices]  # type: ignore[attr-defined]


def _label(place: Division) -> str:
    return f"{place.parent.name} {place.name}" if place.level == 5 and place.parent else place.name


@require_safe
@resident_page
def near(request: HttpRequest) -> HttpResponse:
    """The bodies around a place, the nearest first, and the ways besides mediation."""
    form = NearForm(request.GET or None)
    place = None
    if request.GET and form.is_valid() and form.cleaned_data["place"]:
        place = Division.objects.current().coded(form.cleaned_data["place"]).first()
    context = {
        "form": form,
        "place": place,
        "bodies": bodies_for(place.code) if place else [],
        "ways": lawful_ways("other", place.code) if place else [],
    }
    return render(request, "resident/mediation.html", context, status=422 if form.errors else 200)
