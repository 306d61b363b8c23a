"""Mediation in the hat's area: its bodies, one of them, entering and ending; coverage with its holes; Excel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.errors import Conflict, Invalid, TooLarge
from linli.base.sheets import XLSX
from linli.base.workbooks import MOST_BYTES
from linli.cases.forms import PlaceField
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.posts.tree import standing_at
from linli.registers.actions.bodies import EDIT, About, end_body, enter, enter_unit
from linli.registers.coverage import coverage
from linli.registers.models import Body, BodyKind, DisputeKind, Station
from linli.registers.reading import bodies_in, body_for
from linli.registers.suggesting import lawful_ways, open_now
from linli.registers.workbooks import Plan, as_workbook, carry_out, faults_shown, plan_of
from linli.web.forms import FrameForm
from linli.web.telling import with_errors

MOST_SHOWN = 200


class BodyForm(FrameForm):
    """What a body is entered with."""

    title = forms.CharField(label=gettext_lazy("Name of the body"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of body"), choices=BodyKind.choices)
    area = PlaceField(
        label=gettext_lazy("Code of the area it serves"),
        max_length=17,
        help_text=gettext_lazy("As in the tree of areas, such as 990101001001."),
    )
    located = forms.CharField(label=gettext_lazy("Where to find it"), max_length=200)
    station = forms.ChoiceField(label=gettext_lazy("Stationed"), choices=Station.choices)
    telephone = forms.CharField(label=gettext_lazy("Duty telephone"), max_length=30, required=False)
    hours = forms.CharField(label=gettext_lazy("Hours"), max_length=100, required=False)
    unit = forms.CharField(
        label=gettext_lazy("Large unit"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Only for the committee of one enterprise, school, hospital or market."),
    )
    members = forms.IntegerField(label=gettext_lazy("Members"), min_value=1, max_value=999, required=False)
    women = forms.IntegerField(
        label=gettext_lazy("Women among them"), min_value=0, max_value=999, required=False
    )


class UnitForm(FrameForm):
    """A large unit that ought to have a committee."""

    title = forms.CharField(label=gettext_lazy("Large unit"), max_length=100)


class BookForm(FrameForm):
    """A workbook; what it would do is shown first."""

    workbook = forms.FileField(
        label=gettext_lazy("Excel workbook (.xlsx)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )
    sure = forms.BooleanField(
        label=gettext_lazy("Carry it out"),
        required=False,
        help_text=gettext_lazy("Without this tick, only what it would do is shown."),
    )


@require_safe
@seated
def mediation(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The bodies of the area, place by place."""
    node = standing_at(by, request.GET.get("area", ""))
    kind = request.GET.get("kind", "")
    rows = bodies_in(node.here)
    if kind in BodyKind.values:
        rows = rows.filter(kind=kind)
    found = list(rows[: MOST_SHOWN + 1])
    context = {
        "node": node,
        "bodies": found[:MOST_SHOWN],
        "more": len(found) > MOST_SHOWN,
        "kinds": BodyKind.choices,
        "kind": kind,
        "may_edit": has(by, EDIT),
    }
    return render(request, "desk/mediation.html", context)


@require_safe
@seated
def mediation_body(request: HttpRequest, by: PostActor, body: int) -> HttpResponse:
    """One body: where it is, and who holds its offices, with what each has open now."""
    found = body_for(body, by=by)
    serving: list[Any] = found.serving  # type: ignore[attr-defined]
    load = open_now([each.holding.post_id for each in serving])
    context = {
        "body": found,
        "mediators": [(each, load.get(each.holding.post_id, 0)) for each in serving],
        "may_edit": has(by, EDIT) and found.until is None,
    }
    return render(request, "desk/mediation_body.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def enter_body(request: HttpRequest, by: PostActor, body: int = 0) -> HttpResponse:
    """Enter a body, or change one."""
    require(by, EDIT, within=by.post.division.code)
    known = body_for(body, by=by) if body else None
    if request.method != "POST":
        return _asked(request, BodyForm(initial=_initial(known, request.GET.get("area", ""))), known)
    form = BodyForm(request.POST)
    if not form.is_valid():
        return _asked(request, form, known, status=422)
    given = dict(form.cleaned_data)
    area = given.pop("area")
    try:
        entered = enter(About(**given), area, by=by)
    except Invalid as refusal:
        return _asked(request, with_errors(form, refusal), known, status=422)
    messages.success(request, _("Entered: %(title)s.") % {"title": given["title"]})
    return redirect("desk:mediation_body", entered.pk)


def _initial(body: Body | None, area: str) -> dict[str, Any]:
    if body is None:
        return {"area": area[:17], "kind": BodyKind.PEOPLES, "station": Station.OWN}
    return {
        "title": body.organisation.name,
        "kind": body.kind,
        "area": body.division.trimmed,
        "located": body.located,
        "station": body.station,
        "telephone": body.organisation.telephone,
        "hours": body.hours,
        "unit": body.unit.title if body.unit else "",
        "members": body.members,
        "women": body.women,
    }


def _asked(request: HttpRequest, form: BodyForm, body: Body | None, *, status: int = 200) -> HttpResponse:
    if body is not None:  # another name or area is another body
        for name in ("title", "area"):
            form.fields[name].widget.attrs["readonly"] = True
    return render(request, "desk/mediation_enter.html", {"form": form, "body": body}, status=status)


@require_POST
@seated
def end_mediation_body(request: HttpRequest, by: PostActor, body: int) -> HttpResponse:
    """End a body."""
    found = body_for(body, by=by)
    try:
        end_body(found, by=by)
    except Conflict as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("desk:mediation_body", body)
    messages.success(request, _("Ended: %(title)s.") % {"title": found.organisation.name})
    return redirect("desk:mediation")


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def mediation_coverage(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Which villages and large units have a committee, and which have none; entering a large unit."""
    node = standing_at(by, request.GET.get("area", ""))
    form = UnitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(by, EDIT, within=node.here.code)
        if form.is_valid():
            enter_unit(form.cleaned_data["title"], node.here, by=by)
            messages.success(request, _("Entered: %(title)s.") % {"title": form.cleaned_data["title"]})
            return redirect(f"{request.path}?area={node.here.trimmed}")
    found = coverage(node.here)
    context = {
        "node": node,
        "found": found,
        "villages": found.bare_villages[:MOST_SHOWN],
        "more": max(0, len(found.bare_villages) - MOST_SHOWN),
        "form": form,
        "may_edit": has(by, EDIT),
    }
    return render(request, "desk/mediation_coverage.html", context, status=422 if form.errors else 200)


@require_safe
@seated
def mediation_ways(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The lawful ways as parties are told them, kind by kind."""
    code = by.post.division.code
    rows = [(kind.label, lawful_ways(kind, code)) for kind in DisputeKind]
    return render(request, "desk/mediation_ways.html", {"rows": rows, "by": by})


@require_safe
@seated
def mediation_workbook(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The bodies of the actor's area as a workbook."""
    response = HttpResponse(as_workbook(by.post.division), content_type=XLSX)
    name = f"{_('Mediation bodies')}-{timezone.localdate():%Y-%m-%d}.xlsx"
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def mediation_upload(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Take a workbook in: show what it would do, or do it; with one fault, nothing is done."""
    require(by, EDIT, within=by.post.division.code)
    if request.method != "POST":
        return _upload_page(request, BookForm())
    form = BookForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, form, status=422)
    sent = form.cleaned_data["workbook"]
    try:
        if sent.size > MOST_BYTES:
            raise TooLarge(_("The file is larger than 5 MB. Keep only the table in it, or split it."))
        plan = plan_of(sent.read(), by=by)
    except (Invalid, TooLarge) as refusal:
        form.add_error("workbook", refusal.sentence)
        return _upload_page(request, form, status=422)
    if plan.faults or not form.cleaned_data["sure"]:
        return _upload_page(request, form, plan, status=422 if plan.faults else 200)
    count = carry_out(plan, by=by)
    messages.success(request, _("Carried out: %(count)s bodies.") % {"count": count})
    return redirect("desk:mediation")


def _upload_page(
    request: HttpRequest, form: BookForm, plan: Plan | None = None, *, status: int = 200
) -> HttpResponse:
    faults = list(faults_shown(plan)) if plan else []
    context = {"form": form, "plan": plan, "faults": faults}
    return render(request, "desk/mediation_upload.html", context, status=status)
