"""A document for the person it is for: read it, keep it as PDF, sign for it; nothing needs a script but drawing."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.errors import Conflict, Invalid, NotFound
from linli.cases.follow import followed
from linli.cases.models import Case
from linli.documents.models import Document, Manner
from linli.documents.setting import Unset, paper_of
from linli.documents.showing import page_of, paper_for
from linli.documents.signing import Signing, deny, drawn, is_of, sign, standing, wanted_from
from linli.documents.wordings import template_named
from linli.portals.resident.door import resident_page
from linli.portals.resident.unlocked import visible_case
from linli.posts.actor import PartyActor
from linli.web import qr
from linli.web.forms import FrameForm
from linli.web.limits import check_rate, trying_code
from linli.web.typesetting import can_set

GUESSES_PER_MINUTE = 10


class SignForm(FrameForm):
    """Two ways to sign: drawing, or the code of the receipt; `digest` says which version was read."""

    strokes = forms.CharField(
        label=gettext_lazy("Write your name with your finger"),
        required=False,
        max_length=200_000,
        widget=forms.HiddenInput(attrs={"data-strokes": ""}),
    )
    code = forms.CharField(
        label=pgettext_lazy("to follow a case", "Code"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Only if you cannot draw: your follow code stands for your signature."),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput())

    def clean(self) -> dict[str, object]:
        """One of the two must be there; what was drawn must be a signature."""
        given = super().clean() or {}
        strokes = given.get("strokes")
        try:
            given["mark"] = drawn(strokes) if strokes else b""
        except Invalid as trouble:
            raise forms.ValidationError(trouble.sentence) from trouble
        if not strokes and not given.get("code"):
            raise forms.ValidationError(
                _("Please write your name into the field, or enter your follow code.")
            )
        return given


class DenyForm(FrameForm):
    """Why a signature is not one's own."""

    reason = forms.CharField(
        label=gettext_lazy("How do you know that it is not yours?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def address_of(request: HttpRequest, document: Document) -> str:
    """Where anybody can verify a document."""
    return request.build_absolute_uri(reverse("resident:verify", args=[document.code]))


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def paper(request: HttpRequest, number: str, paper: UUID) -> HttpResponse:
    """A document as a page, and signing it."""
    try:
        case, by = visible_case(request, number)
    except NotFound:
        return redirect(f"{reverse('resident:follow')}?{urlencode({'number': number})}")
    document = paper_for(case, paper, by=by)
    if request.method != "POST":
        return _page(request, document, by, SignForm(initial={"digest": document.digest}))
    if "deny" in request.POST:
        return _denied(request, case, document, by)
    return _signed(request, case, document, by)


def _page(request: HttpRequest, document: Document, by: PartyActor, form: FrameForm) -> HttpResponse:
    """The page, with what this party can do; 422 once a form has errors."""
    shown = page_of(document)
    own = [each for each in shown["signatures"] if is_of(each, by)]
    wanted, template = wanted_from(document, by), template_named(document.template)
    content = {
        **shown,
        "case": document.case,
        "qr": qr.drawn(address_of(request, document)),
        "can_set": can_set(),
        "form": form if isinstance(form, SignForm) and wanted and shown["shown"].open else None,
        "deny": (form if isinstance(form, DenyForm) else DenyForm()) if own and not template.denial else None,
        "denial": template.denial if own else "",
        "meaning": template.meaning,
        "wrong": form if form.errors else None,
    }
    return render(request, "resident/paper.html", content, status=422 if form.errors else 200)


def _signed(request: HttpRequest, case: Case, document: Document, by: PartyActor) -> HttpResponse:
    form = SignForm(request.POST)
    if not form.is_valid():
        return _page(request, document, by, form)
    mark = form.cleaned_data["mark"]
    if not mark and not _right_code(request, case, form.cleaned_data["code"], by):
        form.add_error("code", _("This is not the code of this report. Compare it with your receipt."))
        return _page(request, document, by, form)
    signing = Signing(by.role, Manner.STROKES if mark else Manner.CODE, mark, by.nr)
    try:
        sign(document, signing, digest=form.cleaned_data["digest"], by=by)
    except Conflict as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("You have signed. The document now carries your signature."))
    return redirect("resident:paper", case.number, document.pk)


def _right_code(request: HttpRequest, case: Case, code: str, by: PartyActor) -> bool:
    """Whether it is the code of the party that signs, not another party's."""
    check_rate(request, "follow", GUESSES_PER_MINUTE)
    try:
        with trying_code(request, case.number):
            typed = followed(case.number, code)[1]
            return (typed.nr, typed.agency) == (by.nr, by.agency)
    except NotFound:
        return False


def _denied(request: HttpRequest, case: Case, document: Document, by: PartyActor) -> HttpResponse:
    if template_named(document.template).denial:
        raise Conflict(_("What this document says binds. Deny the signature on the case's own page."))
    form = DenyForm(request.POST)
    if not form.is_valid():
        return _page(request, document, by, form)
    own = [each for each in standing(document) if is_of(each, by)]
    if not own:
        raise Conflict(_("There is no signature of yours on this document."))
    deny(own[0], form.cleaned_data["reason"], by=by)
    messages.success(request, _("It is recorded that this signature is not yours. It counts no more."))
    return redirect("resident:paper", case.number, document.pk)


@require_safe
@resident_page
def paper_pdf(request: HttpRequest, number: str, paper: UUID) -> HttpResponse:
    """The same as PDF; where it cannot be made, back to the page, which can be printed."""
    case, by = visible_case(request, number)
    document = paper_for(case, paper, by=by)
    try:
        content = paper_of(document, address_of(request, document))
    except Unset as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("resident:paper", case.number, document.pk)
    name = f"{page_of(document)['shown'].title} {case.number}.pdf"
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    return response
