"""What is kept about residents here, why, for how long, and who read it; and what the place decides about both."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import Invalid, Refusal
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.portals.desk.resident_forms import day_field
from linli.portals.desk.residents import shows_window
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.residents.people.fields import RULES, Decided, all_fields, rule_of, set_rule
from linli.residents.people.old_looks import LEAST, MOST, keep_looks, months_at, rules_around
from linli.web.telling import with_errors


class RuleForm(forms.Form):
    """Ask for a field or not, why, how long, from which day."""

    field = forms.ChoiceField(label=gettext_lazy("Field"))
    asked = forms.BooleanField(label=gettext_lazy("It is asked for here"), required=False, initial=True)
    basis = forms.CharField(
        label=gettext_lazy("Basis"),
        max_length=100,
        help_text=gettext_lazy("The article that allows it, and the service that needs it."),
    )
    months = forms.IntegerField(
        label=gettext_lazy("Months it is kept"),
        min_value=0,
        help_text=gettext_lazy("Shorter than in the table is possible, longer is not."),
    )
    valid_from = day_field(gettext_lazy("From which day"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"valid_from": timezone.localdate()})
        choices = [(field.name, field.label()) for field in all_fields()]
        self.fields["field"].choices = choices  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def resident_fields(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The table as it holds here, for everybody at a desk; below it, for an administrator, what to decide."""
    if request.method == "POST":
        require(by, RULES, within=by.post.division.code)
    form = RuleForm(request.POST if request.method == "POST" else None) if has(by, RULES) else None
    if form and form.is_valid():
        try:
            set_rule(by.post.division, Decided(**form.cleaned_data), by=by)
        except Refusal as refusal:
            with_errors(form, refusal)
        else:
            messages.success(request, _("Saved. It holds from that day on."))
            return redirect("desk:resident_fields")
    rows = [rule_of(field.name, by.post.division) for field in all_fields()]
    context = {"rows": rows, "form": form, "window": shows_window(by), "looks": months_at(by.post.division)}
    status = 422 if form and form.is_bound else 200
    return render(request, "desk/resident_fields.html", context, status=status)


class LooksForm(forms.Form):
    """For how many months readings are kept after what they tell of is gone, why, from which day."""

    months = forms.IntegerField(
        label=gettext_lazy("Months they are kept"), min_value=LEAST, max_value=MOST, initial=LEAST
    )
    basis = forms.CharField(
        label=gettext_lazy("Basis"),
        max_length=100,
        help_text=gettext_lazy(
            "The rule or decision that asks for this period, and its reference. No names."
        ),
    )
    valid_from = day_field(gettext_lazy("From which day"))


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def kept_looks(request: HttpRequest, by: PostActor) -> HttpResponse:
    """For how long it is kept who looked at what here, what was decided about it, and deciding anew."""
    place = by.post.division
    require(by, RULES, within=place.code)
    form = LooksForm(
        request.POST if request.method == "POST" else None,
        initial={"valid_from": timezone.localdate(), "months": months_at(place)},
    )
    if form.is_valid():
        said = form.cleaned_data
        try:
            keep_looks(place, said["months"], basis=said["basis"], valid_from=said["valid_from"], by=by)
        except Invalid as refusal:
            with_errors(form, refusal)
        else:
            messages.success(request, _("Saved. It holds from that day on."))
            return redirect("desk:kept_looks")
    context = {"form": form, "months": months_at(place), "least": LEAST, "rules": rules_around(place)}
    return render(request, "desk/kept_looks.html", context, status=422 if form.is_bound else 200)
