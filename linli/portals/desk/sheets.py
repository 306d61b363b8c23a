"""Exchange by sheet with one outside system: the upload, its preview, the yes, and how far taking in has come."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.errors import Conflict, Invalid, NotFound, TooLarge
from linli.base.sheets import XLSX
from linli.base.workbooks import MOST_BYTES
from linli.exchange.handling import source_runs
from linli.exchange.models import Delivery, Parcel, Source
from linli.exchange.sheets.files import ACCEPTED
from linli.exchange.sheets.maps import body_of, latest
from linli.exchange.sheets.moving import take_over_deadlines
from linli.exchange.sheets.owed import count_owed
from linli.exchange.sheets.parcels import contents_of, parcel_of
from linli.exchange.sheets.previewing import bad_rows_workbook, preview_of
from linli.exchange.sheets.replies import form_of
from linli.exchange.sheets.taking_in import keep_sheet, map_of, may_take_in, take_in
from linli.exchange.sources import source_for
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.posts.actor import PostActor

MOST_SHOWN = 20
MOST_REJECTIONS = 200
LOOK_AGAIN = "3"  # seconds; a page that goes on by itself needs no JavaScript


class SheetForm(forms.Form):
    """A file that the other system exported."""

    sheet = forms.FileField(
        label=gettext_lazy("Sheet of the other system"),
        help_text=gettext_lazy("Excel (.xlsx, .xls), .ods or CSV, at most 5 MB and 5,000 rows."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        error_messages={"required": gettext_lazy("Choose a file first.")},
    )


def sent_file(form: forms.Form, name: str) -> tuple[str, bytes]:
    """Name and content of a file in a valid form; TooLarge before it is read."""
    sent: Any = form.cleaned_data[name]
    if (sent.size or 0) > MOST_BYTES:
        raise TooLarge(_("The file is larger than 5 MB. Keep only the table in it, or split it."))
    return str(sent.name), sent.read()


def workbook_named(content: bytes, title: str) -> HttpResponse:
    """A workbook to be kept by the browser."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = str(
        content_disposition_header(as_attachment=True, filename=f"{title}.xlsx")
    )
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def sheets(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """Everything about the sheets of one source; POST sends one, and leads to its preview."""
    source = source_for(by, code, "exchange.read")
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    if request.method == "POST" and form.is_valid():
        try:
            kept = keep_sheet(source, *sent_file(form, "sheet"), by=by)
            return redirect("desk:sheet", code, kept.pk)
        except (Invalid, TooLarge, Conflict) as refusal:
            form.add_error("sheet", refusal.sentence)
    rows = Delivery.objects.filter(source=source, form=Delivery.Form.SHEET).order_by("-at")
    context = {
        "source": source,
        "form": form,
        "waits": source.until is None and not source_runs(source),
        "map": latest(source),
        "reply_form": form_of(source),
        "owed": count_owed([source], by=by),
        "deliveries": rows.select_related("by_post", "map")[:MOST_SHOWN],
        "may_work": has(by, "exchange.sheets") and source.until is None,
    }
    return render(request, "desk/sheets.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def sheet(request: HttpRequest, by: PostActor, code: str, key: UUID) -> HttpResponse:
    """What a sheet would bring; POST takes over the deadlines that are ticked, and takes the new rows in."""
    source = source_for(by, code, "exchange.sheets")
    parcel = parcel_of(source, Parcel.Use.INTAKE, key, by=by)
    if request.method == "POST":
        _take_over(request, parcel, by)
        if "deadlines" in request.POST:
            return redirect("desk:sheet", code, key)
        return redirect("desk:delivery", code, take_in(parcel, by=by).pk)
    if parcel.delivery:
        return redirect("desk:delivery", code, parcel.delivery.pk)
    found = preview_of(parcel, by=by)
    context = {
        "source": source,
        "parcel": parcel,
        "found": found,
        "more": found.new - len(found.coming),
        "may_take_in": may_take_in(body_of(map_of(parcel)).kind, by),
        "newer_map": latest(source) != parcel.map,
    }
    return render(request, "desk/sheet_preview.html", context)


def _take_over(request: HttpRequest, parcel: Parcel, by: PostActor) -> None:
    """The ticked deadlines hold from now on; those that are not ticked stay as they were."""
    ticked = request.POST.getlist("moved")
    if not ticked and "deadlines" in request.POST:
        raise Invalid(_("Tick at least one case first."))
    if ticked and (count := take_over_deadlines(parcel, ticked, by=by)):
        said = ngettext("%(count)d deadline was taken over.", "%(count)d deadlines were taken over.", count)
        messages.success(request, said % {"count": count})


@require_safe
@seated
def bad_rows(request: HttpRequest, by: PostActor, code: str, key: UUID) -> HttpResponse:
    """The rows that cannot go in, as they stood, each with its reasons."""
    parcel = parcel_of(source_for(by, code, "exchange.sheets"), Parcel.Use.INTAKE, key, by=by)
    contents = contents_of(parcel)
    if not contents.bad:
        raise NotFound(_("Every row of this sheet can be taken in."))
    response = workbook_named(bad_rows_workbook(contents), f"{parcel.source.name}-{_('To put right')}")
    response["Cache-Control"] = "no-store, private"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def delivery(request: HttpRequest, by: PostActor, code: str, key: UUID) -> HttpResponse:
    """How far a delivery has come, and what it did not take in; POST goes on with one that has stopped."""
    source = source_for(by, code, "exchange.read")
    found = Delivery.objects.select_related("by_post", "map").filter(source=source, pk=key).first()
    if found is None:
        raise NotFound
    parcel = Parcel.objects.filter(delivery=found).select_related("map", "source", "holding").first()
    if request.method == "POST":
        if parcel is None:
            raise Conflict(_("The sheet is not kept any more. Send it again: what is in stays as it is."))
        take_in(parcel, by=by)
        return redirect("desk:delivery", code, key)
    going = bool(parcel and parcel.going)
    response = render(request, "desk/delivery.html", _told(source, found, parcel, by))
    if going:
        response["Refresh"] = LOOK_AGAIN
    return response


def _told(source: Source, found: Delivery, parcel: Parcel | None, by: PostActor) -> dict[str, Any]:
    rejections = list(found.rejections.order_by("pk")[: MOST_REJECTIONS + 1])
    stopped = found.finished_at is None and not (parcel and parcel.going)
    return {
        "source": source,
        "delivery": found,
        "done": found.taken + found.known,
        "going": bool(parcel and parcel.going),
        "stopped": stopped,
        "parcel": parcel if parcel and parcel.holding.post_id == by.post.pk else None,
        "may_go_on": stopped and parcel is not None and has(by, "exchange.sheets"),
        "rejections": rejections[:MOST_REJECTIONS],
        "more": len(rejections) > MOST_REJECTIONS,
    }
