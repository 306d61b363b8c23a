"""Verifying a paper: by the code on it, and by comparing a file; no name, no words, and nothing is kept."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import NotFound
from linli.documents.verifying import Verdict, plain_code, verdict_on
from linli.portals.resident.door import resident_page
from linli.web.forms import FrameForm
from linli.web.limits import check_rate

LOOKS_PER_MINUTE = 30
LARGEST = 20 * 1024 * 1024


class CodeForm(FrameForm):
    """The code on the paper."""

    code = forms.CharField(
        label=gettext_lazy("Verification code"),
        max_length=40,
        help_text=gettext_lazy("Twelve letters and digits, at the foot of each page."),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class FileForm(FrameForm):
    """A PDF to compare."""

    file = forms.FileField(
        label=gettext_lazy("The PDF file you were given"),
        help_text=gettext_lazy("It is compared and not kept."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )

    def clean_file(self) -> bytes:
        """The whole file, if it is not larger than any of ours."""
        given = self.cleaned_data["file"]
        if given.size > LARGEST:
            raise forms.ValidationError(_("This file is larger than any document of ours, so it is none."))
        content: bytes = given.read()
        return content


@require_http_methods(["GET", "HEAD"])
@resident_page
def verify_any(request: HttpRequest) -> HttpResponse:
    """Ask for the code."""
    if "code" in request.GET and (form := CodeForm(request.GET)).is_valid():
        code = plain_code(form.cleaned_data["code"])
        if code.isalnum() and code.isascii():
            return redirect("resident:verify", code)
        form.add_error("code", _("A code has letters and digits only. Compare it with the paper."))
        return render(request, "resident/verify.html", {"form": form}, status=422)
    return render(request, "resident/verify.html", {"form": CodeForm(request.GET or None)})


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of the paper with this code; a file is compared with what was made here."""
    check_rate(request, "verify", LOOKS_PER_MINUTE)
    try:
        verdict = verdict_on(code)
    except NotFound:
        asked = CodeForm(initial={"code": plain_code(code)})
        return render(request, "resident/verify.html", {"form": asked, "unknown": True}, status=404)
    form, same = FileForm(), None
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        same = verdict.matches(form.cleaned_data["file"]) if form.is_valid() else None
    return _shown(request, verdict, form, same=same)


def _shown(request: HttpRequest, verdict: Verdict, form: FileForm, *, same: bool | None) -> HttpResponse:
    content = {"verdict": verdict, "form": form, "same": same}
    return render(request, "resident/verified.html", content, status=422 if form.errors else 200)
