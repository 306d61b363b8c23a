"""The register of processing activities at the desk, and the impact assessments that open them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.errors import Invalid, NotFound, NotYours, Refusal
from linli.cases.forms import TidyText
from linli.cases.holding_files import PROOFS
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.posts.actor import PostActor
from linli.posts.may import covers
from linli.residents.activities import Activity, activity_named, all_activities
from linli.residents.assessing import Findings, assess, assessments_of, decide, end
from linli.residents.models import Assessment
from linli.residents.openings import Standing, State, standing_of
from linli.web.telling import with_errors

TONES = {
    State.OPEN: "good",
    State.REVIEW: "soon",
    State.GRACE: "soon",
    State.WAITING: "soon",
    State.FREE: "still",
}


class FindingsForm(forms.Form):
    """What an impact assessment has to say (PIPL 56)."""

    covers = forms.MultipleChoiceField(
        label=gettext_lazy("What it covers"), widget=forms.CheckboxSelectMultiple
    )
    necessity = TidyText(
        label=gettext_lazy("Lawful, justified, needed"),
        max_length=3000,
        help_text=gettext_lazy(
            "Which law or consent it rests on, and why the purpose cannot be met with less."
        ),
    )
    impact = TidyText(
        label=gettext_lazy("What it does to people"),
        max_length=3000,
        help_text=gettext_lazy(
            "Whose rights are touched and how; what happens to them if it leaks or is misused. Residents read this in "
            "the notice."
        ),
    )
    measures = TidyText(
        label=gettext_lazy("How they are protected"),
        max_length=3000,
        help_text=gettext_lazy("Which measures there are, whether they work, and whether they fit the risk."),
    )

    def __init__(self, activity: Activity, data: Any = None) -> None:
        super().__init__(data)
        if activity.parts:
            self.fields["covers"].choices = activity.parts  # type: ignore[attr-defined]
        else:
            del self.fields["covers"]

    @property
    def findings(self) -> Findings:
        """What was written."""
        return Findings(**self.cleaned_data)


class DecisionForm(forms.Form):
    """What somebody else says of an assessment."""

    reason = TidyText(
        label=gettext_lazy("What is missing, or what you looked at"), max_length=1000, required=False
    )


class EndForm(forms.Form):
    """Why an approved assessment no longer holds."""

    reason = TidyText(label=gettext_lazy("What has changed"), max_length=1000)


@dataclass(frozen=True)
class Row:
    """An activity and how it stands with its assessment."""

    activity: Activity
    standing: Standing

    @property
    def tone(self) -> str:
        """The colour of its tag; what does not run is late."""
        return TONES.get(self.standing.state, "late")


@require_safe
@seated
def privacy(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Every activity of the hat's area, and whether it may open."""
    rows = [_row(each) for each in all_activities() if _in_area(each, by)]
    context = {
        "rows": rows,
        "graced": [row for row in rows if row.standing.state == State.GRACE],
        "may_read_proofs": has(by, PROOFS),
    }
    return render(request, "desk/privacy.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def activity(request: HttpRequest, by: PostActor, activity: str) -> HttpResponse:
    """One activity: what it is, its assessments, making one, deciding on somebody else's."""
    found = activity_named(activity)
    if not _in_area(found, by):
        raise NotFound
    if request.method != "POST":
        return _shown(request, by, found)
    if request.POST.get("act") in {"approve", "decline"}:
        return _decided(request, by, found)
    if request.POST.get("act") == "end":
        return _ended(request, by, found)
    if not has(by, "privacy.assess"):
        raise NotYours
    form = FindingsForm(found, request.POST)
    if form.is_valid():
        try:
            assess(found, form.findings, by=by)
            messages.success(request, _("Kept. Somebody else has to approve it now."))
            return redirect("desk:activity", found.name)
        except Refusal as refusal:
            with_errors(form, refusal)
    return _shown(request, by, found, form=form)


def _decided(request: HttpRequest, by: PostActor, found: Activity) -> HttpResponse:
    if not has(by, "privacy.approve"):
        raise NotYours
    waiting = next((each for each in assessments_of(found.name) if each.state == Assessment.State.MADE), None)
    form = DecisionForm(request.POST)
    if waiting is None or not form.is_valid():
        raise NotFound(_("No assessment waits for a decision here."))
    try:
        decide(waiting.pk, approved=request.POST["act"] == "approve", by=by, **form.cleaned_data)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return _shown(request, by, found, decision=with_errors(form, refusal))
    messages.success(request, _("Decided. It is kept with the assessment."))
    return redirect("desk:activity", found.name)


def _ended(request: HttpRequest, by: PostActor, found: Activity) -> HttpResponse:
    if not has(by, "privacy.approve"):
        raise NotYours
    holds = next((each for each in assessments_of(found.name) if _holds(each)), None)
    form = EndForm(request.POST, prefix="end")
    if holds is None:
        raise NotFound(_("No assessment holds here."))
    if form.is_valid():
        try:
            end(holds.pk, by=by, **form.cleaned_data)
            messages.success(request, _("Ended. What ran by it has stopped."))
            return redirect("desk:activity", found.name)
        except Invalid as refusal:
            with_errors(form, refusal)
    return _shown(request, by, found, ending=form)


def _holds(made: Assessment) -> bool:
    return made.until is not None and made.until > timezone.now()


def _shown(request: HttpRequest, by: PostActor, found: Activity, **bound: forms.Form) -> HttpResponse:
    made = assessments_of(found.name)
    waiting = next((each for each in made if each.state == Assessment.State.MADE), None)
    own = waiting is not None and waiting.holding.account_id == by.holding.account_id
    context = {
        "row": _row(found),
        "made": [(each, ", ".join(_parts(found, each))) for each in made],
        "waiting": waiting,
        "own": own,
        "may_assess": has(by, "privacy.assess"),
        "may_decide": waiting is not None and not own and has(by, "privacy.approve"),
        "may_end": any(map(_holds, made)) and has(by, "privacy.approve"),
        "ending": EndForm(prefix="end"),
        "form": FindingsForm(found),
        "decision": DecisionForm(),
        **bound,
    }
    return render(request, "desk/activity.html", context, status=422 if bound else 200)


def _parts(found: Activity, made: Assessment) -> list[str]:
    words = dict(found.parts)
    return [words.get(each, each) for each in made.covers]


def _row(found: Activity) -> Row:
    return Row(found, standing_of(found))


def _in_area(found: Activity, by: PostActor) -> bool:
    return found.code == 0 or covers(by, found.code)
