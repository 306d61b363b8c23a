"""The copy of one's own data that a request was granted: for its requester only, who gives the code once more."""

from __future__ import annotations

import json

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import NotFound, NotYours
from linli.base.writing import writing
from linli.cases.follow import followed
from linli.cases.held_data import everything_about, fetched
from linli.cases.models import Case
from linli.portals.resident.door import resident_page
from linli.portals.resident.following import GUESSES_PER_MINUTE
from linli.portals.resident.unlocked import visible_case
from linli.residents.accounts import resident_of
from linli.residents.models import Extract
from linli.residents.rights import extract_of, signs_in_with
from linli.web.forms import FrameForm
from linli.web.limits import check_rate, trying_code


class CodeForm(FrameForm):
    """The code once more: a telephone that lies about open shows nobody else a whole copy."""

    code = forms.CharField(
        label=gettext_lazy("The code of this request"),
        max_length=20,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=gettext_lazy("Eight letters and digits from your receipt or the text message."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def extract(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for the code; then the copy as a page, or as a file for machines."""
    case, by = visible_case(request, number)
    if by.nr:
        raise NotFound
    granted = _granted(request, case)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid() or not _right(request, form, case):
        status = 422 if form.is_bound else 200
        return render(
            request,
            "resident/extract_ask.html",
            {"form": form, "case": case, "extract": granted},
            status=status,
        )
    with writing():
        kept = everything_about(granted, case)
        fetched(granted, case)
    if request.POST.get("as") == "file":
        return _file(kept, case)
    return render(request, "resident/extract.html", {"kept": kept, "case": case})


def _granted(request: HttpRequest, case: Case) -> Extract:
    """The copy; of a resident with an account only to that account, signed in."""
    found = extract_of(case.pk)
    if found is None:
        raise NotFound(_("There is no copy to fetch here, or its last day is over. Ask for one anew."))
    resident = resident_of(request.user)
    if (
        found.whole
        and signs_in_with(found.contact)
        and (resident is None or resident.contact_id != found.contact_id)
    ):
        raise NotYours(
            _("Sign in with your number first: this copy holds everything that was given with it.")
        )
    return found


def _right(request: HttpRequest, form: CodeForm, case: Case) -> bool:
    check_rate(request, "follow", GUESSES_PER_MINUTE)
    try:
        with trying_code(request, case.number):
            followed(case.number, form.cleaned_data["code"])
    except NotFound:
        form.add_error(
            "code", _("This is not the code of this request. Please compare it with your receipt.")
        )
        return False
    return True


def _file(kept: dict[str, object], case: Case) -> HttpResponse:
    response = HttpResponse(json.dumps(kept, ensure_ascii=False, indent=2), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="linli-{case.number}.json"'
    response["Cache-Control"] = "no-store, private"
    return response
