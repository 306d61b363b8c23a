"""Breaking the glass at the desk: what it means is said loudly first; name, number and address are shown once after."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.base.errors import Invalid, NotFound, NotYours
from linli.cases.emergency import break_glass, case_at_risk, emergency_form, may_break_glass
from linli.cases.forms import StepForm
from linli.cases.models import Case
from linli.cases.sight import sees
from linli.portals.desk.contact import party_named
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.web.telling import with_errors


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def emergency(request: HttpRequest, by: PostActor, number: str) -> HttpResponse:
    """Say what the danger is, and read who raised the case; the review is open before anything is shown."""
    case = case_at_risk(by, number)
    nr, words, whom = party_named(case, request.GET.get("party", "0"))
    if whom is None:
        raise NotFound(_("Nobody left a name or telephone number with this case."))
    if not may_break_glass(by, case):
        raise NotYours(_("Who raised this is shielded from your post. Write to them through Linli instead."))
    if request.method != "POST":
        return _asked(request, (case, by), emergency_form(by=by))
    try:
        person, review = break_glass(case, request.POST.dict(), by=by, whom=whom if nr else None)
    except Invalid as refusal:
        form = with_errors(emergency_form(request.POST, by=by), refusal)
        return _asked(request, (case, by), form, status=refusal.status)
    later = bool(request.POST.get("why_later", "").strip())
    context = {"case": case, "person": person, "review": review, "urgent": True, "later": later}
    context["party"] = words if nr else ""
    response = render(request, "desk/contact_shown.html", context)
    response["Cache-Control"] = "no-store, private"
    return response


def _asked(
    request: HttpRequest, asked: tuple[Case, PostActor], form: StepForm, *, status: int = 200
) -> HttpResponse:
    case, by = asked
    context = {"form": form, "case": case, "seen": sees(case, by=by)}
    return render(request, "desk/emergency.html", context, status=status)
