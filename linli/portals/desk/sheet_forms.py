"""A source's own workbook for replies: kept once, with what each of its columns gets."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import Invalid, TooLarge
from linli.exchange.models import Parcel
from linli.exchange.sheets.filling import look_at_form
from linli.exchange.sheets.headings import as_name
from linli.exchange.sheets.maps import body_of, latest
from linli.exchange.sheets.parcels import keep_parcel, opened, parcel_of
from linli.exchange.sheets.replies import form_of, save_form
from linli.exchange.sheets.roles import OUTGOING, proposed
from linli.exchange.sources import source_for
from linli.portals.desk.hats import seated
from linli.portals.desk.sheets import sent_file
from linli.posts.actor import PostActor


class ReplyBookForm(forms.Form):
    """The workbook in which the other system wants its replies."""

    workbook = forms.FileField(
        label=gettext_lazy("Workbook for replies (.xlsx)"),
        help_text=gettext_lazy("As the other system gave it out, with its headings and nothing below them."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": gettext_lazy("Choose a workbook first.")},
    )


class ColumnsForm(forms.Form):
    """What each column of the workbook gets."""

    def __init__(self, headings: Sequence[str], data: Any = None) -> None:
        super().__init__(data)
        self.headings = headings
        suggested = proposed(headings, OUTGOING)
        choices = [("", _("Leave empty")), *((role.name, str(role.label)) for role in OUTGOING)]
        for place, heading in enumerate(headings):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                choices=choices, required=False, label=heading, initial=suggested.get(heading, "")
            )

    def clean(self) -> dict[str, Any]:
        """No two columns get the same."""
        given = super().clean() or {}
        seen: set[str] = set()
        for place in range(len(self.headings)):
            role = given.get(f"column_{place}")
            if role and role in seen:
                self.add_error(f"column_{place}", _("Another column gets this already."))
            seen.add(role or "")
        return given

    def columns(self) -> dict[str, str]:
        """Role to heading."""
        said = [
            (self.cleaned_data[f"column_{place}"], heading) for place, heading in enumerate(self.headings)
        ]
        return {role: heading for role, heading in said if role}


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def reply_form(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """The reply form in force; POST sends another, and leads to the page about its columns."""
    source = source_for(by, code, "exchange.sheets")
    form = ReplyBookForm(request.POST, request.FILES) if request.method == "POST" else ReplyBookForm()
    if request.method == "POST" and form.is_valid():
        try:
            label, content = sent_file(form, "workbook")
            sheet, top = look_at_form(content)
            headings = list(dict.fromkeys(filter(None, map(as_name, sheet.rows[top]))))
            said = {"content": b64encode(content).decode(), "headings": headings}
            parcel = keep_parcel(source, Parcel.Use.REPLY, (label, said), by=by)
            return redirect("desk:reply_columns", code, parcel.pk)
        except (Invalid, TooLarge) as refusal:
            form.add_error("workbook", refusal.sentence)
    kept = form_of(source)
    said_columns = [
        (role.label, kept.columns[role.name]) for role in OUTGOING if kept and role.name in kept.columns
    ]
    map_ = latest(source)
    context = {
        "source": source,
        "form": form,
        "kept": kept,
        "columns": said_columns,
        "kind": body_of(map_).kind if map_ else "",
    }
    return render(request, "desk/reply_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def reply_columns(request: HttpRequest, by: PostActor, code: str, key: UUID) -> HttpResponse:
    """What each column of a workbook gets; POST keeps it."""
    source = source_for(by, code, "exchange.sheets")
    parcel = parcel_of(source, Parcel.Use.REPLY, key, by=by)
    said = opened(parcel)
    form = ColumnsForm(said["headings"], request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            save_form(source, (parcel.label, b64decode(said["content"])), form.columns(), by=by)
            messages.success(request, _("Kept. Replies go back in this workbook from now on."))
            return redirect("desk:sheets", code)
        except Invalid as refusal:
            form.add_error(None, refusal.sentence)
    context = {"source": source, "form": form, "parcel": parcel}
    return render(request, "desk/reply_columns.html", context, status=422 if form.is_bound else 200)
