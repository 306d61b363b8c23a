"""Notes on a case (便签): what colleagues should know and the person who raised it never sees."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import NotFound
from linli.cases.forms import TidyText
from linli.cases.reading import case_for
from linli.cases.remarks import note, withdraw_note
from linli.cases.story import NOTE, story_for_staff
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.residents.purposes import WORK
from linli.residents.showing import reading_as


class Noted(forms.Form):
    """A note."""

    note = TidyText(
        label=gettext_lazy("Note for colleagues"),
        max_length=1000,
        help_text=gettext_lazy(
            "Only staff who may see the case read it. Write about the matter, not about people; "
            "no names or telephone numbers."
        ),
    )


class Withdrawn(forms.Form):
    """Why a note no longer holds."""

    reason = TidyText(label=gettext_lazy("Why the note no longer holds"), max_length=300)


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def add_note(request: HttpRequest, by: PostActor, number: str) -> HttpResponse:
    """Leave a note."""
    case = case_for(by, number)
    reading_as(WORK)
    form = Noted(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "desk/note.html", {"case": case, "form": form}, status=status)
    note(case, form.cleaned_data["note"], by=by)
    messages.success(request, _("The note is kept."))
    return redirect("desk:case", number)


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def withdraw(request: HttpRequest, by: PostActor, number: str, note: UUID) -> HttpResponse:
    """Strike a note of one's own post through."""
    case = case_for(by, number)
    reading_as(WORK)
    written = next(
        (each for each in story_for_staff(case, by=by) if (each.key, each.name) == (note, NOTE)), None
    )
    if written is None:
        raise NotFound(_("There is no such note in this case."))
    form = Withdrawn(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"case": case, "form": form, "written": written}
        return render(request, "desk/note_withdraw.html", context, status=422 if form.is_bound else 200)
    withdraw_note(case, note, form.cleaned_data["reason"], by=by)
    messages.success(request, _("The note is withdrawn. It stays readable, struck through."))
    return redirect("desk:case", number)
