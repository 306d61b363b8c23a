"""One outside system: what it sent and what failed, its key, what it may send, its end."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linli.base.errors import Invalid
from linli.exchange.feeds.sending import failing
from linli.exchange.handling import source_runs
from linli.exchange.models import Delivery, Rejection, Source
from linli.exchange.sources import end_source, give_key, set_limits, source_for, used_today
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.posts.actor import PostActor

DAYS_SHOWN = 30
REJECTIONS_SHOWN = 50
LARGEST = 1_000_000


class LimitsForm(forms.Form):
    """What a system may send by machine."""

    per_minute = forms.IntegerField(
        label=gettext_lazy("Requests in a minute"), min_value=1, max_value=LARGEST
    )
    per_day = forms.IntegerField(
        label=gettext_lazy("Requests sent in a day"),
        min_value=1,
        max_value=LARGEST,
        help_text=gettext_lazy("Reports and updates it sends; what it only reads does not count."),
    )


@dataclass(frozen=True)
class Rejections:
    """The newest refusals, of one delivery where its figure was opened; `older` is where the rest goes on."""

    rows: list[Rejection]
    delivery: Delivery | None
    older: int | None


@require_safe
@seated
def source(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """What it sent, day by day, and the newest refusals with their reasons."""
    found = source_for(by, code, "exchange.read")
    limits = {"per_minute": found.per_minute, "per_day": found.per_day}
    return _shown(request, by, found, LimitsForm(initial=limits))


def _shown(
    request: HttpRequest, by: PostActor, found: Source, form: LimitsForm, *, status: int = 200
) -> HttpResponse:
    used = used_today(found)
    context = {
        "source": found,
        "waits": found.until is None and not source_runs(found),
        "used": used,
        "used_up": used >= found.per_day,
        "deliveries": found.deliveries.select_related("by_post").order_by("-at")[:DAYS_SHOWN],
        "rejections": _rejections(request, found),
        "form": form,
        "stuck": failing().filter(feed__source=found).exists(),
        "may_change": has(by, "exchange.sources") and found.until is None,
        "address": request.build_absolute_uri(reverse("open311:root")),
    }
    return render(request, "desk/exchange_source.html", context, status=status)


def _rejections(request: HttpRequest, found: Source) -> Rejections:
    delivery = _delivery(found, request.GET.get("delivery", ""))
    rows = Rejection.objects.filter(delivery__source=found).select_related("delivery")
    if delivery:
        rows = rows.filter(delivery=delivery)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    shown = list(rows.order_by("-id")[: REJECTIONS_SHOWN + 1])
    older = shown[REJECTIONS_SHOWN - 1].pk if len(shown) > REJECTIONS_SHOWN else None
    return Rejections(shown[:REJECTIONS_SHOWN], delivery, older)


def _delivery(found: Source, key: str) -> Delivery | None:
    return next((each for each in found.deliveries.order_by("-at")[:DAYS_SHOWN] if str(each.pk) == key), None)


@require_POST
@seated
def give_source_key(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """A new key, shown in this answer only; the old one has ended."""
    found = source_for(by, code, "exchange.sources")
    context = {"source": found, "key": give_key(found, by=by, seen=request.POST.get("seen"))}
    response = render(request, "desk/exchange_key.html", context)
    response["Cache-Control"] = "no-store, private"
    return response


@require_POST
@seated
def limit_source(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """Agree anew how much it may send."""
    found = source_for(by, code, "exchange.sources")
    form = LimitsForm(request.POST)
    if not form.is_valid():
        return _shown(request, by, found, form, status=Invalid.status)
    set_limits(found, **form.cleaned_data, by=by)
    messages.success(request, _("From now on %(name)s may send this much.") % {"name": found.name})
    return redirect("desk:exchange_source", code)


@require_POST
@seated
def end_source_now(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """Take nothing more from it."""
    found = source_for(by, code, "exchange.sources")
    end_source(found, by=by)
    messages.success(request, _("Nothing more is taken from %(name)s.") % {"name": found.name})
    return redirect("desk:exchange_source", code)
