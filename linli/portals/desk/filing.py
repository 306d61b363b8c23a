"""Printing the file of a case: as PDF where that can be made here, else as a page that the browser prints."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.cases.models import Case
from linli.cases.reading import case_for
from linli.cases.remarks import printed
from linli.portals.desk.dossier import Dossier, dossier_of, photo_words, sheet_of
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.residents.models import How
from linli.residents.purposes import FILE
from linli.residents.showing import reading_as
from linli.web.qr import drawn
from linli.web.typesetting import as_pdf, can_set


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def case_file(request: HttpRequest, by: PostActor, number: str) -> HttpResponse:
    """Ask how; then print it, and record that it was printed."""
    case = case_for(by, number)
    if request.method != "POST":
        return render(request, "desk/file.html", {"case": case, "can_set": can_set()})
    address = request.build_absolute_uri(f"{reverse('resident:follow')}?{urlencode({'number': number})}")
    reading_as(FILE, How.PRINT)
    dossier = dossier_of(case, address, by=by, notes="notes" in request.POST)
    if request.POST.get("form") == "pdf" and can_set():
        return _pdf(case, dossier, by)
    printed(case, "page", by=by)
    photos = [(photo, photo_words(place, photo)) for place, photo in enumerate(dossier.photos, start=1)]
    context = {"case": case, "dossier": dossier, "photos": photos, "qr": drawn(address)}
    return render(request, "desk/file_page.html", context)


def _pdf(case: Case, dossier: Dossier, by: PostActor) -> HttpResponse:
    made = as_pdf(sheet_of(dossier))
    printed(case, "pdf", by=by)
    response = HttpResponse(made, content_type="application/pdf")
    name = _("File %(number)s") % {"number": case.number}
    response["Content-Disposition"] = str(
        content_disposition_header(as_attachment=True, filename=f"{name}.pdf")
    )
    return response
