"""A document of a case on the desk: read it, print it as PDF or as a page, and enter a signature that came on paper."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.errors import Invalid
from linli.cases.attachments import cleaned_photo
from linli.cases.reading import case_for
from linli.documents.models import Document, Manner
from linli.documents.setting import Unset, opened, paper_of
from linli.documents.showing import page_of, paper_for
from linli.documents.signing import Beside, Signing, missing, own_places, sign
from linli.documents.signing import drawn as drawn_mark
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.web.forms import FrameForm
from linli.web.qr import drawn
from linli.web.telling import with_errors
from linli.web.typesetting import can_set


class ScanForm(FrameForm):
    """A signature on paper: whose place it is, and a photo of the signed page."""

    place = forms.ChoiceField(label=gettext_lazy("Who signed"))
    scan = forms.FileField(
        label=gettext_lazy("Photo of the signature"),
        help_text=gettext_lazy("Only the part with the signature; keep the signed paper in the file."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    witness = forms.CharField(
        label=gettext_lazy("Witness beside them, if there was one: name"),
        max_length=60,
        required=False,
        help_text=gettext_lazy(
            "For somebody who cannot write and leaves a thumb print, or who wants somebody there. The paper names "
            "the witness, who signs below or on the photo; no account is needed."
        ),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    witness_scan = forms.FileField(
        label=gettext_lazy("Photo of the witness's signature"),
        required=False,
        help_text=gettext_lazy("Not needed where the witness signs on this screen."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    witness_strokes = forms.CharField(
        max_length=200_000, required=False, widget=forms.HiddenInput(attrs={"data-strokes": ""})
    )
    digest = forms.CharField(widget=forms.HiddenInput())

    def __init__(self, *args: object, document: Document, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        places = [(f"{each['relation']}.{each['seat']}", each["label"]) for each in missing(document)]
        self.fields["place"].choices = places  # type: ignore[attr-defined]
        self.fields["digest"].initial = document.digest

    def beside(self) -> Beside | None:
        """Who stood beside them, with their mark; of a valid form. Invalid where the mark cannot be read."""
        said = self.cleaned_data
        if said["witness_scan"]:
            return Beside(said["witness"], Manner.SCAN, cleaned_photo(said["witness_scan"]))
        if said["witness_strokes"]:
            return Beside(said["witness"], Manner.STROKES, drawn_mark(said["witness_strokes"]))
        return Beside(said["witness"], Manner.STROKES, b"") if said["witness"] else None


class DrawForm(FrameForm):
    """One's own signature, drawn on the screen; `digest` says which version was read."""

    strokes = forms.CharField(
        max_length=200_000, required=False, widget=forms.HiddenInput(attrs={"data-strokes": ""})
    )
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput())
    drawn = forms.CharField(initial="1", widget=forms.HiddenInput())

    def clean_strokes(self) -> bytes:
        """What was drawn, as a picture."""
        try:
            return drawn_mark(self.cleaned_data["strokes"] or "[]")
        except Invalid as trouble:
            raise forms.ValidationError(trouble.sentence) from trouble


def address_of(request: HttpRequest, document: Document) -> str:
    """Where anybody can verify a document."""
    return request.build_absolute_uri(reverse("resident:verify", args=[document.code]))


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def paper(request: HttpRequest, by: PostActor, number: str, paper: UUID) -> HttpResponse:
    """A document as a page, with what can be done with it."""
    case = case_for(by, number)
    document = paper_for(case, paper, by=by)
    if request.method == "POST":
        return (_drawn if "drawn" in request.POST else _signed)(request, by, document)
    opened(document, by=by)
    return _page(request, by, document)


def _page(
    request: HttpRequest,
    by: PostActor,
    document: Document,
    *,
    wrong: FrameForm | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = page_of(document)
    open_to_sign = shown["missing"] and shown["shown"].open
    scan = wrong if isinstance(wrong, ScanForm) else ScanForm(document=document)
    own = own_places(document, by) if open_to_sign else []
    content = {
        **shown,
        "case": document.case,
        "qr": drawn(address_of(request, document)),
        "can_set": can_set(),
        "form": scan if open_to_sign else None,
        "own": own,
        "drawing": DrawForm(initial={"digest": document.digest}) if own else None,
        "wrong": wrong,
    }
    return render(request, "desk/paper.html", content, status=status)


def _signed(request: HttpRequest, by: PostActor, document: Document) -> HttpResponse:
    form = ScanForm(request.POST, request.FILES, document=document)
    if not form.is_valid():
        return _page(request, by, document, wrong=form, status=422)
    try:
        scan = cleaned_photo(form.cleaned_data["scan"])
        relation, seat = form.cleaned_data["place"].rsplit(".", 1)
        signing = Signing(relation, Manner.SCAN, scan, int(seat), beside=form.beside())
        sign(document, signing, digest=form.cleaned_data["digest"], by=by)
    except Invalid as refusal:
        return _page(request, by, document, wrong=with_errors(form, refusal), status=422)
    messages.success(request, _("The signature was entered. The PDF now carries it."))
    return redirect("desk:paper", document.case.number, document.pk)


def _drawn(request: HttpRequest, by: PostActor, document: Document) -> HttpResponse:
    """Sign in one's own place, the only one a post may draw in."""
    form, own = DrawForm(request.POST), own_places(document, by)
    if not form.is_valid():
        return _page(request, by, document, wrong=form, status=422)
    relation, seat = (own[0]["relation"], own[0]["seat"]) if own else ("", 0)
    signing = Signing(relation, Manner.STROKES, form.cleaned_data["strokes"], seat)
    sign(document, signing, digest=form.cleaned_data["digest"], by=by)
    messages.success(request, _("The signature was entered. The PDF now carries it."))
    return redirect("desk:paper", document.case.number, document.pk)


@require_safe
@seated
def paper_pdf(request: HttpRequest, by: PostActor, number: str, paper: UUID) -> HttpResponse:
    """The same as PDF; where it cannot be made, back to the page with the reason."""
    document = paper_for(case_for(by, number), paper, by=by)
    try:
        content = paper_of(document, address_of(request, document))
    except Unset as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("desk:paper", number, document.pk)
    opened(document, by=by)
    name = f"{page_of(document)['shown'].title} {number}.pdf"
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    return response
