"""The map of a source's sheets, made on a page: a sample is sent, columns are proposed, a person says what they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.errors import Conflict, Invalid, NotFound, TooLarge
from linli.base.text import brief
from linli.cases.cells import plain_name
from linli.exchange.models import Parcel, SheetMap, Source
from linli.exchange.sheets.files import read_file
from linli.exchange.sheets.maps import (
    DATUMS,
    Body,
    as_yaml,
    body_of,
    categories_offered,
    from_yaml,
    kinds_by_sheet,
    latest,
    roles_of,
    save_map,
)
from linli.exchange.sheets.moments import ORDERS
from linli.exchange.sheets.parcels import keep_parcel, opened, parcel_of
from linli.exchange.sheets.roles import role_named
from linli.exchange.sheets.samples import Sample, sample_of
from linli.exchange.sources import source_for
from linli.portals.desk.hats import seated
from linli.portals.desk.sheets import SheetForm, sent_file
from linli.posts.actor import PostActor

DATUM_WORDS = {
    "wgs84": gettext_lazy("WGS-84 (satellites, CGCS2000)"),
    "gcj02": gettext_lazy("GCJ-02 (Amap, Tencent)"),
    "bd09": gettext_lazy("BD-09 (Baidu)"),
}
_DIGITS = re.compile(r"\d{4,}(?=\d{3})")
MOST_VERSIONS = 20


class YamlForm(forms.Form):
    """A map that another place has saved."""

    map_file = forms.FileField(
        label=gettext_lazy("Map file (.yaml)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml"}),
        error_messages={"required": gettext_lazy("Choose a file first.")},
    )


class MapForm(forms.Form):
    """What each column of a sample is. `category_of`: the column whose values the page has asked about."""

    order = forms.ChoiceField(label=gettext_lazy("How dates are written"), choices=list(ORDERS.items()))
    datum = forms.ChoiceField(
        label=gettext_lazy("System of the coordinates"),
        choices=[(each, DATUM_WORDS[each]) for each in DATUMS],
    )
    category_of = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(
        self, sample: Sample, body: Body, offered: Sequence[tuple[str, str]], data: Any = None
    ) -> None:
        super().__init__(data, initial={"order": body.order, "datum": body.datum})
        self.sample, self.kind = sample, body.kind
        roles = [("", "—"), *((role.name, str(role.label)) for role in roles_of(body.kind))]
        known = {heading: role for role, heading in body.columns.items()}
        for place, heading in enumerate(sample.headings):
            field = forms.ChoiceField(
                choices=roles, required=False, label=heading, initial=known.get(heading, "")
            )
            self.fields[f"column_{place}"] = field
        self.category_heading = (
            self._chosen("category") if self.is_bound else body.columns.get("category", "")
        )
        self.initial["category_of"] = self.category_heading
        self.values = sample.values_of(self.category_heading)
        for place, value in enumerate(self.values):
            self.fields[f"category_{place}"] = forms.ChoiceField(
                choices=[("", _("Leave open")), *offered],
                required=False,
                label=value,
                initial=body.categories.get(value, _likely(value, offered)),
            )

    def _chosen(self, role: str) -> str:
        for place, heading in enumerate(self.sample.headings):
            if self.data.get(f"column_{place}") == role:
                return heading
        return ""

    def clean(self) -> dict[str, Any]:
        """No two columns are the same thing."""
        given = super().clean() or {}
        seen: set[str] = set()
        for place in range(len(self.sample.headings)):
            role = given.get(f"column_{place}")
            if role and role in seen:
                self.add_error(f"column_{place}", _("Another column is this already."))
            seen.add(role or "")
        return given

    @property
    def asked(self) -> bool:
        """Whether the page has asked about the values of the category column."""
        return self.data.get("category_of", "") == self.category_heading or not self.values

    def body(self) -> Body:
        """The map that the answers make."""
        given = self.cleaned_data
        headings = enumerate(self.sample.headings)
        columns = {
            given[f"column_{place}"]: heading for place, heading in headings if given[f"column_{place}"]
        }
        categories = {value: given[f"category_{place}"] for place, value in enumerate(self.values)}
        return Body(self.kind, columns, given["order"], given["datum"], categories)

    def column_rows(self) -> list[tuple[forms.BoundField, list[str]]]:
        """Each column with its first values, as far as they may be shown."""
        rows = []
        private = {role.name: role.private for role in roles_of(self.kind)}
        for place in range(len(self.sample.headings)):
            bound = self[f"column_{place}"]
            hide = private.get(str(bound.value()), True)
            rows.append((bound, [_masked(value, hide=hide) for value in self.sample.first(place)]))
        return rows

    def category_rows(self) -> list[forms.BoundField]:
        """Each value of the category column."""
        return [self[f"category_{place}"] for place in range(len(self.values))]


def _likely(value: str, offered: Sequence[tuple[str, str]]) -> str:
    plain = plain_name(value)
    return next((code for code, name in offered if plain and plain in plain_name(name)), "")


def _masked(value: str, *, hide: bool) -> str:
    """Enough to recognise a column by, too little to call anybody: also before a person has said what it is."""
    told = brief(_DIGITS.sub("****", value), 20)
    return told[:1] + "*" * (len(told) - 1) if hide and len(told) <= 5 else told


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def sheet_map(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """The map in force and its versions; POST sends a sample to make the next one by, or a saved map."""
    source = source_for(by, code, "exchange.sheets")
    taking = request.POST if request.method == "POST" else None
    is_file = taking is not None and "yaml" in taking
    sample_form = SheetForm(taking, request.FILES) if taking is not None and not is_file else SheetForm()
    yaml_form = YamlForm(taking, request.FILES) if is_file else YamlForm()
    bound = yaml_form if is_file else sample_form
    if taking is not None and bound.is_valid():
        try:
            return _saved(request, source, yaml_form, by) if is_file else _sampled(source, sample_form, by)
        except (Invalid, TooLarge, Conflict) as refusal:
            bound.add_error("map_file" if is_file else "sheet", refusal.sentence)
    kept = latest(source)
    versions = SheetMap.objects.filter(source=source).select_related("by_post").order_by("-version")
    context = {
        "source": source,
        "map": kept,
        "said": _said(body_of(kept), by) if kept else None,
        "versions": versions[:MOST_VERSIONS],
        "form": sample_form,
        "yaml_form": yaml_form,
    }
    return render(request, "desk/sheet_map.html", context, status=422 if taking is not None else 200)


def _saved(request: HttpRequest, source: Source, form: YamlForm, by: PostActor) -> HttpResponse:
    made = save_map(source, from_yaml(sent_file(form, "map_file")[1]), by=by)
    messages.success(request, _("Version %(version)d of the map is in force.") % {"version": made.version})
    return redirect("desk:sheets", source.code)


def _sampled(source: Source, form: SheetForm, by: PostActor) -> HttpResponse:
    label, content = sent_file(form, "sheet")
    sample = sample_of(read_file(content))
    parcel = keep_parcel(source, Parcel.Use.SAMPLE, (label, asdict(sample)), by=by)
    return redirect("desk:make_map", source.code, parcel.pk)


def _said(body: Body, by: PostActor) -> dict[str, Any]:
    names = dict(_offered(body.kind, by))
    return {
        "columns": [(role_named(role).label, heading) for role, heading in body.columns.items()],
        "order": ORDERS[body.order],
        "datum": DATUM_WORDS[body.datum],
        "categories": [(value, names.get(to, to)) for value, to in body.categories.items()],
    }


def _offered(kind: str, by: PostActor) -> list[tuple[str, str]]:
    return [(each.code, f"{each.code} {each}") for each in categories_offered(kind, by)]


@require_safe
@seated
def map_file(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """The map in force as a file."""
    source = source_for(by, code, "exchange.sheets")
    kept = latest(source)
    if kept is None:
        raise NotFound(_("This source has no map yet."))
    response = HttpResponse(as_yaml(kept), content_type="application/yaml")
    name = f"{source.code}-{kept.version}.yaml"
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def make_map(request: HttpRequest, by: PostActor, code: str, key: UUID) -> HttpResponse:
    """What each column of a sample is; POST keeps the map, once the values of its category column were asked about."""
    source = source_for(by, code, "exchange.sheets")
    parcel = parcel_of(source, Parcel.Use.SAMPLE, key, by=by)
    sample = Sample(**opened(parcel)).under(_number(request.GET))
    body = _begin_with(sample, latest(source))
    form = MapForm(sample, body, _offered(body.kind, by), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and form.asked:
        try:
            made = save_map(source, form.body(), by=by)
            messages.success(
                request, _("Version %(version)d of the map is in force.") % {"version": made.version}
            )
            return redirect("desk:sheets", code)
        except Invalid as refusal:
            form.add_error(None, refusal.sentence)
    if form.is_bound and form.is_valid():
        form = MapForm(sample, form.body(), _offered(body.kind, by))
        messages.info(request, _("Now say what each value of the category column is."))
    context = {
        "source": source,
        "parcel": parcel,
        "sample": sample,
        "form": form,
        "columns": form.column_rows(),
        "categories": form.category_rows(),
    }
    return render(request, "desk/make_map.html", context, status=422 if form.is_bound else 200)


def _number(values: Mapping[str, str]) -> int | None:
    given = values.get("header", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 else None


def _begin_with(sample: Sample, kept: SheetMap | None) -> Body:
    """The present map, where its columns are in the sample; what it does not know is proposed."""
    if kept is None:
        return Body(kinds_by_sheet()[0].name, sample.proposed(), sample.order(), "gcj02")
    body = body_of(kept)
    here = {role: heading for role, heading in body.columns.items() if heading in sample.headings}
    taken = set(here.values())
    more = {role: heading for role, heading in sample.proposed().items() if heading not in taken}
    return Body(body.kind, {**more, **here}, body.order, body.datum, body.categories)
