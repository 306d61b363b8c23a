"""Being away: the holder declares it and names a deputy, somebody else confirms, either may end it early."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from linli.base.errors import Invalid, Refusal
from linli.portals.desk.hats import seated
from linli.posts.absences import (
    absences_of,
    come_back,
    confirm,
    declare,
    declared_to,
    decline,
    possible_deputies,
)
from linli.posts.actor import PostActor
from linli.posts.models import Absence, Post


class AbsenceForm(forms.Form):
    """From which day to which, and whose holder stands in."""

    first = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    last = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    deputy = forms.ModelChoiceField(
        Post.objects.none(),
        label=gettext_lazy("Who stands in"),
        help_text=gettext_lazy(
            "Whoever holds this post acts as yours too. A head or an administrator confirms it."
        ),
        empty_label=gettext_lazy("Please choose"),
    )

    def __init__(self, by: PostActor, data: Any = None) -> None:
        super().__init__(data, initial={"first": timezone.localdate(), "last": timezone.localdate()})
        deputy = self.fields["deputy"]
        posts = [post.pk for post in possible_deputies(by)]
        deputy.queryset = Post.objects.filter(pk__in=posts).select_related("organisation").order_by("title")  # type: ignore[attr-defined]
        deputy.label_from_instance = lambda post: post.with_body  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def absence(request: HttpRequest, by: PostActor) -> HttpResponse:
    """One's own absences, declaring one, and those that wait for this post's confirmation."""
    form = None if by.holding.acting else AbsenceForm(by, request.POST if request.method == "POST" else None)
    if form and form.is_valid():
        given = form.cleaned_data
        until = _midnight(given["last"] + timedelta(days=1))
        try:
            declare(_midnight(given["first"]), until, given["deputy"], by=by)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(
                request, _("Declared. It begins when a head or an administrator has confirmed it.")
            )
            return redirect("desk:absence")
    context = {
        "form": form,
        "own": [(each, *_state(each)) for each in absences_of(by)],
        "declared": declared_to(by),
    }
    return render(request, "desk/absence.html", context, status=422 if form and form.is_bound else 200)


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _state(each: Absence) -> tuple[str, str]:
    if each.until <= timezone.now():
        return _("Over"), "plain"
    return {
        "declared": (_("Waiting for confirmation"), "calm"),
        "confirmed": (_("Confirmed"), "good"),
        "declined": (pgettext("absence", "Declined"), "bad"),
    }.get(each.state, (_("Ended"), "plain"))


@require_POST
@seated
def answer(request: HttpRequest, by: PostActor, key: int) -> HttpResponse:
    """Confirm, decline, or end an absence."""
    wanted = request.POST.get("answer", "")
    if wanted == "confirm":
        confirm(key, by=by)
        messages.success(request, _("Confirmed: the deputy may act from the first day on."))
    elif wanted == "decline":
        decline(key, by=by)
        messages.success(request, _("Declined."))
    elif wanted == "end":
        come_back(key, by=by)
        messages.success(request, _("Ended: the deputy's next step is refused."))
    else:
        raise Invalid(_("Please choose one of the buttons."))
    return redirect("desk:absence")
