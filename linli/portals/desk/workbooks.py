"""The catalogue by Excel: out as a workbook, in with a preview, carried out only after a yes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.errors import Invalid, NotFound, Stale, TooLarge
from linli.base.sheets import XLSX
from linli.base.workbooks import MOST_BYTES
from linli.base.writing import writing
from linli.cases.catalogue import open_cases_under
from linli.cases.comparing import Change, Plan
from linli.cases.editing import carry_out, drop_upload, require_editing
from linli.cases.kinds import kind_of
from linli.cases.models import Responsibility, Upload
from linli.cases.tables import Table, table_named
from linli.cases.uploads import current_workbook, faults_workbook, keep_upload, plan_of
from linli.divisions.models import Division
from linli.portals.desk.catalogue import rows_shown
from linli.portals.desk.catalogue_forms import UploadForm
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.posts.may import covers

MOST_SHOWN = 200


@require_safe
@seated
def download(request: HttpRequest, by: PostActor, kind: str, table: str) -> HttpResponse:
    """The current rows of the actor's own area as a workbook, or an empty one to fill in."""
    listed = table_named(table)
    rows = [] if request.GET.get("empty") else _own(rows_shown(kind_of(kind).name, listed, by), listed, by)
    title = f"{listed.label}-{timezone.localdate():%Y-%m-%d}"
    return _file(current_workbook(kind, listed, rows), title)


def _own(rows: object, table: Table, by: PostActor) -> list[object]:
    found: list[object] = list(rows)  # type: ignore[call-overload]
    return [row for row in found if not table.dated or covers(by, row.division.code)]  # type: ignore[attr-defined]


def _file(content: bytes, title: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = str(
        content_disposition_header(as_attachment=True, filename=f"{title}.xlsx")
    )
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def upload(request: HttpRequest, by: PostActor, kind: str, table: str) -> HttpResponse:
    """Send a workbook; nothing is changed before its preview was confirmed."""
    found, listed = kind_of(kind), table_named(table)
    require_editing(by, listed)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    status = 200
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["workbook"]
        try:
            if sent.size > MOST_BYTES:
                raise TooLarge(_("The file is larger than 5 MB. Keep only the table in it, or split it."))
            kept = keep_upload(kind, listed, sent.read(), by=by)
            return redirect("desk:catalogue_preview", kind, table, kept.pk)
        except (Invalid, TooLarge) as refusal:
            form.add_error("workbook", refusal.sentence)
    if form.is_bound:
        status = 422
    context = {"kind": found, "table": listed, "form": form}
    return render(request, "desk/catalogue_upload.html", context, status=status)


def _kept(by: PostActor, of: tuple[str, str], key: UUID) -> tuple[Upload, Table]:
    kind, table = of
    listed = table_named(table)
    require_editing(by, listed)
    found = Upload.objects.filter(pk=key, kind=kind, table=table, post=by.post).first()
    if found is None:
        raise NotFound(_("This upload is no longer there. Please send the workbook again."))
    return found, listed


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def preview(request: HttpRequest, by: PostActor, *, kind: str, table: str, key: UUID) -> HttpResponse:
    """What an upload would change, or everything that is wrong with it; POST carries it out."""
    sent, listed = _kept(by, (kind, table), key)
    if request.method == "POST":
        with writing():
            plan = plan_of(sent, by=by)
            if request.POST.get("digest") != plan.digest:
                raise Stale(
                    _("The catalogue was changed meanwhile. Look at the preview again, then confirm.")
                )
            revision = carry_out(plan, by=by)
            drop_upload(sent)
        said = (
            _("Carried out. It can be taken back under “History”.") if revision else _("Nothing was changed.")
        )
        messages.success(request, said)
        return redirect("desk:catalogue", kind, table)
    plan = plan_of(sent, by=by)
    context = {
        "kind": kind_of(kind),
        "table": listed,
        "plan": plan,
        "upload": sent,
        "faults": plan.faults[:MOST_SHOWN],
        "changes": [_told(plan, change) for change in plan.effective[:MOST_SHOWN]],
        "lies_over": _lies_over(plan),
    }
    return render(request, "desk/catalogue_preview.html", context)


def _told(plan: Plan, change: Change) -> dict[str, object]:
    """One change in words: what the row is about, and for each field what it was and would be."""
    about = [_named(plan, name, change.values[name]) for name in plan.table.key if change.values[name]]
    old = plan.table.values_of(change.old) if change.old is not None else {}
    fields = [
        (
            plan.table.column(name).label,
            _written(plan, name, old.get(name)),
            _written(plan, name, change.values[name]),
        )
        for name in (change.fields or ())
    ]
    words = {"added": _("added"), "changed": _("changed"), "ended": _("ended")}
    return {
        "line": change.line,
        "what": words[change.what],
        "about": " · ".join(map(str, about)),
        "fields": fields,
    }


def _named(plan: Plan, name: str, value: Any) -> str:
    return value.name if isinstance(value, Division) else str(plan.table.column(name).write(value))


def _written(plan: Plan, name: str, value: object) -> str:
    return str(plan.table.column(name).write(value)) if value not in (None, "", []) else "—"


def _lies_over(plan: Plan) -> int:
    if plan.table.model is not Responsibility:
        return 0
    places = {
        (each.values["category"].pk, each.values["division"].pk): each.values for each in plan.effective
    }
    return sum(
        open_cases_under(values["category"], values["division"])
        for values in list(places.values())[:MOST_SHOWN]
    )


@require_safe
@seated
def faults(request: HttpRequest, by: PostActor, *, kind: str, table: str, key: UUID) -> HttpResponse:
    """Everything that is wrong with an upload, as a workbook to work through."""
    sent, listed = _kept(by, (kind, table), key)
    return _file(faults_workbook(plan_of(sent, by=by).faults), f"{listed.label}-{_('To put right')}")
