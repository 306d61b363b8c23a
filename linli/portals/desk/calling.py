"""The call-taker's page: one screen and a keyboard, from the caller's number to the receipt.

Numbers travel in the body of a POST only, never in an address; no page of a call is kept anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import Conflict, Invalid, NotFound, Refusal, TooMany
from linli.cases.call_figures import call_backs, emergencies_today, midnight, opened_lately, queue_of
from linli.cases.calling import EMERGENCY_LINES, MOST, TAKE_CALLS, hand_to_emergency, matters_of_caller
from linli.cases.catalogue import categories_of
from linli.cases.forms import SameAsField, StepForm
from linli.cases.kinds import Kind, kind_of
from linli.cases.models import Case
from linli.cases.offering import TakesNone, kinds_to_open, opening_form
from linli.cases.procedure import REPORTER, Step
from linli.cases.reading import case_for
from linli.cases.steps import open_case, steps_open_to
from linli.portals.desk.hats import seated
from linli.portals.desk.placing import TypedPlace, names_offered, place_code, place_label
from linli.portals.desk.receipts import Taken, receipt
from linli.portals.desk.reporting import origin_of, sent_before
from linli.portals.desk.rows import CaseRow, rows_of, stage_words
from linli.portals.desk.typed import take_back, typed_stays
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.residents.access import MATTERS
from linli.residents.models import How
from linli.residents.purposes import INTAKE, WORK
from linli.residents.showing import reading_as, show
from linli.web.limits import check_post_rate
from linli.web.telling import with_errors

LOOK_UPS = {"per_minute": 10, "per_hour": 120}  # more calls than one person can take
_ASIDE = (forms.FileField, forms.DateTimeField, forms.FloatField, forms.ChoiceField, SameAsField)
EMERGENCIES = (
    ("119", gettext_lazy("Fire, gas, somebody trapped"), gettext_lazy("First out of danger, then 119.")),
    ("120", gettext_lazy("Somebody hurt or unconscious"), gettext_lazy("Where, how many, still breathing?")),
    (
        "110",
        gettext_lazy("Violence, theft, a life at risk"),
        gettext_lazy("Stay on the line until 110 has it."),
    ),
)


@dataclass(frozen=True)
class Raised:
    """One matter of the caller: enough to say how it stands, none of its words."""

    case: Case
    kind: str
    stage: str
    steps: Sequence[Step]


@dataclass
class Screen:
    """One screen of a call. `given` is what was typed so far; `raised` is None before a number was looked up.

    `backs`: who waits to be called back, for the time between two calls; none while somebody is on the line.
    """

    by: PostActor
    given: Mapping[str, str] = field(default_factory=dict)
    form: StepForm | None = None
    raised: list[Raised] | None = None
    trouble: Refusal | None = None
    backs: Sequence[CaseRow] = ()

    @cached_property
    def kinds(self) -> list[Kind]:
        """What may be taken in on the telephone: what this post takes in most comes first."""
        often = opened_lately(self.by)
        return sorted(
            kinds_to_open(self.by),
            key=lambda kind: (-often[kind.name], -len(categories_of(kind.name)), kind.name),
        )

    @property
    def kind(self) -> Kind:
        """What is being taken in."""
        kinds, wanted = self.kinds, self.given.get("kind", "")
        if not kinds:
            raise TakesNone
        return next((kind for kind in kinds if kind.name == wanted), kinds[0])


@require_http_methods(["GET", "HEAD", "POST"])
@typed_stays
@seated
def calls(request: HttpRequest, by: PostActor) -> HttpResponse:
    """One call after the other; what is done with the form is in the button that sent it."""
    require(by, TAKE_CALLS, within=by.post.division.code)
    if request.method != "POST":
        reading_as(WORK, How.LIST)
        return _shown(request, Screen(by, given_back(request), backs=rows_of(call_backs(by))))
    screen = Screen(by, request.POST.dict(), raised=_raised_again(request.POST.get("found", ""), by))
    act = request.POST.get("act", "")
    if act in EMERGENCY_LINES:
        hand_to_emergency(act, by=by)
        messages.success(request, _("Noted: handed over to %(line)s.") % {"line": act})
        return _shown(request, screen)
    if act == "find" or (not act and _unknown_number(request)):
        return _looked_up(request, screen)
    return _shown(request, screen) if act == "kind" else _taken_in(request, screen)


def given_back(request: HttpRequest) -> dict[str, str]:
    """What was typed before the session ended, said to be back."""
    given = take_back(request)
    if given:
        messages.info(request, _("What you had typed is here again. Photos have to be chosen again."))
    return given


def _unknown_number(request: HttpRequest) -> bool:
    """Enter in any field: with a number that was not looked up yet it looks it up."""
    typed = request.POST.get("phone", "").strip()
    return bool(typed) and typed != request.POST.get("sought", "")


def _looked_up(request: HttpRequest, screen: Screen) -> HttpResponse:
    typed = screen.given.get("phone", "").strip()
    try:
        check_post_rate(screen.by.post.pk, "caller", **LOOK_UPS)
        found = matters_of_caller(typed, by=screen.by)
    except (Invalid, TooMany) as refusal:
        screen.trouble, screen.raised = refusal, None
        screen.given = {**screen.given, "sought": ""}
        return _shown(request, screen, status=refusal.status)
    screen.raised = [_raised(case, screen.by) for case in found]
    screen.given = {**screen.given, "sought": typed}
    if found and not screen.given.get("division"):
        last = place_label(found[0].division.trimmed, screen.by)
        screen.given = {**screen.given, "division": last}
    return _shown(request, screen)


def _raised(case: Case, by: PostActor) -> Raised:
    """With the steps that the post may take for the caller, who is on the line."""
    rules = kind_of(case.kind).procedure
    could = any(REPORTER in step.parties for step in rules.leaving(case.stage))
    steps = [step for step in steps_open_to(by, case) if REPORTER in step.parties] if could else []
    return Raised(case, str(rules.label), stage_words(case), steps)


def _raised_again(numbers: str, by: PostActor) -> list[Raised] | None:
    """The matters that were found at the beginning of this call; no new look-up, only what the post may see anyway."""
    if not numbers:
        return None
    found = []
    for number in numbers.split()[:MOST]:
        try:
            case = case_for(by, number)
        except NotFound:
            continue
        show(case.whose, MATTERS)
        found.append(_raised(case, by))
    reading_as(INTAKE, How.HIT)
    return found


def _taken_in(request: HttpRequest, screen: Screen) -> HttpResponse:
    by, kind = screen.by, screen.kind
    try:
        data = {
            **screen.given,
            "channel": "telephone",
            "division": place_code(screen.given.get("division", ""), by),
        }
        opened = open_case(kind.name, data, by=by, origin=origin_of(request, by), files=request.FILES)
    except (Invalid, NotFound, Conflict) as found:
        refusal, sent = sent_before(request, found)
        screen.given = {**screen.given, "sent": sent}
        screen.form = with_errors(call_form(screen, request.POST, request.FILES), refusal)
        return _shown(request, screen, status=refusal.status)
    return receipt(request, Taken(kind, opened, screen.given.get("phone", ""), reverse("desk:calls")))


def call_form(screen: Screen, data: Any = None, files: Any = None) -> StepForm:
    """The kind's opening form with the place typed by name; unbound it holds what was typed so far."""
    form = opening_form(screen.kind, screen.by, data, files)
    if "division" in form.fields:
        form.fields["division"] = TypedPlace(screen.by, form.fields["division"])
        form.initial.pop("division", None)
    for name, key in (("phone", "t"), ("text", "w")):
        if name in form.fields:
            form.fields[name].widget.attrs |= {"autocomplete": "off", "accesskey": key}
    if data is None:
        if "text" in form.fields and screen.given.get("sought"):
            form.fields["text"].widget.attrs["autofocus"] = True
        form.initial.update({name: value for name, value in screen.given.items() if name in form.fields})
    return form


def layout(form: StepForm) -> dict[str, Any]:
    """Which fields are always in sight, and which open on demand, for any kind's form."""
    fields = [bound for bound in form.visible_fields() if bound.name != "phone"]
    aside = [bound for bound in fields if isinstance(bound.field, _ASIDE) and not _always(bound)]
    return {
        "form": form,
        "fields": [bound for bound in fields if bound not in aside],
        "aside": aside,
        "aside_open": any(bound.errors or bound.value() for bound in aside if _open_text(bound)),
        "phone": form["phone"] if "phone" in form.fields else None,
    }


def _open_text(bound: forms.BoundField) -> bool:
    """A choice always has a value; it says nothing about whether somebody filled the field in."""
    return not isinstance(bound.field, forms.ChoiceField)


def _always(bound: forms.BoundField) -> bool:
    return bound.field.required or isinstance(bound.field, forms.ModelChoiceField)


def _shown(request: HttpRequest, screen: Screen, *, status: int = 200) -> HttpResponse:
    form = screen.form or call_form(screen)
    context = {
        **layout(form),
        "screen": screen,
        "kind": screen.kind,
        "sent": screen.given.get("sent") or str(uuid4()),
        "places": names_offered(screen.by),
        "emergencies": EMERGENCIES,
        "handed": emergencies_today(screen.by),
        "queue": queue_of(screen.by, screen.kind),
        "today": midnight(timezone.now()).date(),
        "stage": f"{screen.kind.name}.{screen.kind.procedure.opening.enters}",
    }
    response = render(request, "desk/calls.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response
