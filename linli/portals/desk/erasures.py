"""What was erased after its period, with proofs; and files that are kept longer, by which duty and until when."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.cases.forms import TidyText
from linli.cases.holding_files import HOLD, hold, holds_in, let_go, proofs_in
from linli.cases.kinds import kind_of
from linli.cases.reading import case_for
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.posts.actor import PostActor
from linli.residents.models import Erasure
from linli.web.telling import with_errors

PAGE = 50


class HoldForm(forms.Form):
    """Which file is kept longer, by which duty, until when."""

    number = forms.CharField(label=gettext_lazy("Number of the case"), max_length=30)
    basis = TidyText(
        label=gettext_lazy("Duty to keep it"),
        max_length=200,
        help_text=gettext_lazy(
            "The law, court or authority that wants it kept, and its reference. No names."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    until = forms.DateField(
        label=gettext_lazy("Keep it until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def erasures(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The newest proofs of the area, the files kept longer, and keeping one longer."""
    proofs = proofs_in(by)
    form = HoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not has(by, HOLD):
            raise NotYours
        if form.is_valid() and _held(form, by=by):
            messages.success(request, _("Kept. It is not erased before that day."))
            return redirect("desk:erasures")
    before = _key(request.GET.get("before", ""))
    found = list((proofs.filter(id__lt=before) if before else proofs)[: PAGE + 1])
    context = {
        "proofs": [(each, kind_of(each.case.kind).procedure.label) for each in found[:PAGE]],
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "holds": holds_in(by),
        "fields": Erasure.objects.order_by("-id")[:PAGE] if not before else [],
        "form": form,
        "may_hold": has(by, HOLD),
    }
    return render(request, "desk/erasures.html", context, status=422 if form.errors else 200)


@require_POST
@seated
def let_file_go(request: HttpRequest, by: PostActor, key: UUID) -> HttpResponse:
    """Let a file go with its period again."""
    let_go(key, by=by)
    messages.success(request, _("It goes with its period again."))
    return redirect("desk:erasures")


def _held(form: HoldForm, *, by: PostActor) -> bool:
    """Whether the file is kept now; otherwise the form says why not."""
    given = form.cleaned_data
    try:
        hold(case_for(by, given["number"]), given["basis"], given["until"], by=by)
    except NotFound:
        form.add_error("number", _("There is no case with this number in your area."))
    except (Invalid, Conflict) as refusal:
        with_errors(form, refusal)
    return not form.errors


def _key(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None
