"""Alert rules (预警规则) of a centre and what they called: setting, ending, acknowledging, and the history."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linli.base.errors import Conflict, Invalid
from linli.divisions.models import Division
from linli.portals.command.picture import list_behind, seen_kinds
from linli.portals.command.seats import ALERTS, watching
from linli.posts.actor import PostActor
from linli.posts.lookup import FEWEST_HOLDERS, bodies_for
from linli.posts.models import Organisation
from linli.posts.powers import kinds_with
from linli.posts.tree import standing_at
from linli.registers.actions import alerting
from linli.registers.actions.alerting import About, counts_of
from linli.registers.actions.telling import words_of
from linli.registers.models import Alert, AlertRule
from linli.web.telling import with_errors

MOST_SHOWN = 50


class RuleForm(forms.Form):
    """All that an alert rule can say: kind, area, body, count and clock."""

    stands = forms.ChoiceField(
        label=gettext_lazy("Cases that are"),
        choices=AlertRule.Stands.choices,
        initial=AlertRule.Stands.OVERDUE,
    )
    count = forms.IntegerField(
        label=gettext_lazy("From how many on"), min_value=1, max_value=1_000_000, initial=5
    )
    division = forms.ModelChoiceField(Division.objects.none(), label=gettext_lazy("Area"), empty_label=None)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    body = forms.ChoiceField(label=gettext_lazy("Lead body"), required=False)

    def __init__(self, by: PostActor, data: Any = None) -> None:
        super().__init__(data)
        node = standing_at(by)
        places = [node.here.pk, *(place.pk for place in node.below)]
        division: Any = self.fields["division"]
        division.queryset = Division.objects.filter(pk__in=places).order_by("level", "code")
        division.label_from_instance = lambda place: place.name
        kinds = [(kind.name, str(kind.procedure.label)) for kind in seen_kinds()]
        self.fields["kind"].choices = [("", _("All")), *kinds]  # type: ignore[attr-defined]
        bodies = [body for body in bodies_for(by.area) if body.holders >= FEWEST_HOLDERS]
        offered = [(str(body.organisation), body.called) for body in bodies]
        self.fields["body"].choices = [("", _("All")), *offered]  # type: ignore[attr-defined]

    @property
    def about(self) -> About:
        """What was chosen."""
        given = self.cleaned_data
        body = Organisation.objects.filter(pk=given["body"]).first() if given["body"] else None
        return About(given["division"], given["stands"], given["count"], given["kind"], body)


@require_http_methods(["GET", "HEAD", "POST"])
@watching
def alerts(request: HttpRequest, by: PostActor) -> HttpResponse:
    """What calls now, the rules, the history; setting a rule."""
    if request.method != "POST":
        return _shown(request, by, RuleForm(by))
    form = RuleForm(by, request.POST)
    if not form.is_valid():
        return _shown(request, by, form, status=422)
    try:
        alerting.set_rule(form.about, by=by)
    except (Invalid, Conflict) as refusal:
        return _shown(request, by, with_errors(form, refusal), status=refusal.status)
    messages.success(request, _("The rule is set. It is looked at every quarter of a minute."))
    return redirect("command:alerts")


@require_POST
@watching
def end_rule(request: HttpRequest, by: PostActor, key: int) -> HttpResponse:
    """End a rule."""
    alerting.end_rule(key, by=by)
    messages.success(request, _("The rule has ended."))
    return redirect("command:alerts")


@require_POST
@watching
def acknowledge(request: HttpRequest, by: PostActor, key: int) -> HttpResponse:
    """Say that the alert was seen."""
    alerting.acknowledge(key, by=by)
    messages.success(request, _("Acknowledged for your post."))
    return redirect("command:alerts")


def _shown(request: HttpRequest, by: PostActor, form: RuleForm, *, status: int = 200) -> HttpResponse:
    low, high = by.area
    own = {"centre": by.post.organisation_id, "division__code__gte": low, "division__code__lt": high}
    rules = AlertRule.objects.filter(until=None, **own)
    standing = list(rules.select_related("division", "body").defer("division__outline").order_by("pk"))
    counted = counts_of(standing, timezone.now())
    history = _alerts(by)
    context = {
        "centre": by.post.organisation.name,
        "calling": calling_for(by),
        "rules": [(rule, words_of(rule), counted[rule.pk], listed(rule, by)) for rule in standing],
        "history": [(alert, words_of(alert.rule)) for alert in history[:MOST_SHOWN]],
        "form": form,
        "may_set": by.post.kind in kinds_with(ALERTS),
    }
    return render(request, "command/alerts.html", context, status=status)


def _alerts(by: PostActor) -> Any:
    low, high = by.area
    area = {"rule__division__code__gte": low, "rule__division__code__lt": high}
    found = Alert.objects.filter(rule__centre=by.post.organisation_id, **area)
    read = found.select_related("rule__division", "rule__body", "seen_by").defer("rule__division__outline")
    return read.order_by("-raised_at", "-pk")


def calling_for(by: PostActor) -> list[tuple[Alert, str, str]]:
    """The alerts of the post's centre that stand now, in words, each with the list of what it counts."""
    return [
        (alert, words_of(alert.rule), listed(alert.rule, by)) for alert in _alerts(by).filter(cleared_at=None)
    ]


def listed(rule: AlertRule, by: PostActor) -> str:
    """The list of the desk that holds what a rule counts."""
    choices = {"state": rule.stands, "stage": rule.kind, "place": rule.division.trimmed}
    body = {"body": str(rule.body_id)} if rule.body_id else {}  # type: ignore[attr-defined]
    return list_behind({name: each for name, each in {**choices, **body}.items() if each}, by=by)
