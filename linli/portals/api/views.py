"""The addresses of every kind: cases, one case, its documents, one step. Procedures and forms give all else."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from linli.base.errors import Invalid, NotFound
from linli.cases import lists
from linli.cases.kinds import Kind, kind_of, step_of
from linli.cases.narrowing import Narrowing
from linli.cases.opening import Origin
from linli.cases.permission import require_stage, require_step
from linli.cases.procedure import ANYONE, Step
from linli.cases.steps import form_for, open_case, take
from linli.cases.walking import Turn
from linli.documents.setting import opened, paper_of
from linli.documents.showing import paper_for
from linli.portals.api import answers, asking
from linli.portals.api.bodies import cannot_be_guessed, idempotency_key, json_object
from linli.portals.api.schema import asked_now
from linli.portals.api.slots import form_data, names_outside
from linli.posts.actor import Actor, PartyActor, PostActor
from linli.posts.tokens import Unknown
from linli.residents.models import How
from linli.residents.purposes import OVERSEE, SEARCH
from linli.residents.showing import reading_as
from linli.web.errors import answer
from linli.web.limits import check_rate, check_reports_for, client_address

RESIDENT = PartyActor("reporter")
FILTERS = {"stage", "words", "next"}
_VERSION_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')

Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponse]


def entrance(*methods: str) -> Callable[[View[Given]], View[Given]]:
    """What all addresses share: the methods, no session and so no CSRF, nothing kept by caches in between."""

    def guarded(view: View[Given]) -> View[Given]:
        @csrf_exempt
        @wraps(view)
        def opened(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
            try:
                response = view(request, *args, **kwargs) if request.method in methods else None
            except Unknown as refusal:
                response = answer(request, refusal)
                response["WWW-Authenticate"] = 'Bearer realm="linli"'
            response = response or HttpResponseNotAllowed(methods)
            response["Cache-Control"] = "no-store"
            return response

        return opened

    return guarded


@entrance("GET", "HEAD", "POST")
def cases(request: HttpRequest, kind: str) -> HttpResponse:
    """Open a case of a kind (POST), or list those of one's area (GET)."""
    found = kind_of(kind)
    return _opened(request, found) if request.method == "POST" else _listed(request, found)


def _opened(request: HttpRequest, kind: Kind) -> HttpResponse:
    by = _opener(request, kind)
    step = kind.procedure.opening.name
    body = json_object(request)
    key = idempotency_key(request)
    origin = Origin.of(_source(request, kind, by, key), key, request.body) if key else None
    data = form_data(kind.name, step, body)
    if by is RESIDENT:
        check_reports_for(data.get("phone"), settings.INTAKE_PER_MINUTE)
    with names_outside(kind.name, step):
        opened = open_case(kind.name, data, by=by, origin=origin)
    return answers.receipt(request, kind.name, opened)


def _opener(request: HttpRequest, kind: Kind) -> Actor:
    by = asking.holder_of_token(request)
    if by is not None:
        return by
    if ANYONE not in kind.procedure.opening.parties:
        return asking.staff(request)
    check_rate(request, "report", settings.INTAKE_PER_MINUTE)
    return RESIDENT


def _source(request: HttpRequest, kind: Kind, by: Actor, key: str) -> str:
    """Whose keys these are: each post has its own; the public shares one, whatever address a retry comes from.

    A key that somebody else might think of too (`1`, `test`) is good at its own address only: else it would give
    away the first sender's receipt, or keep the second from reporting.
    """
    if isinstance(by, PostActor):
        return f"api/{kind.name}/{by.post.pk}"
    return f"api/{kind.name}/public" + ("" if cannot_be_guessed(key) else f"/{client_address(request)}")


def _listed(request: HttpRequest, kind: Kind) -> HttpResponse:
    by = asking.staff(request)
    given = request.GET.dict()
    unknown = {name: [_("Lists cannot be narrowed by this.")] for name in set(given) - FILTERS}
    stage = given.get("stage", "")
    if stage and stage not in kind.procedure.stages:
        unknown["stage"] = [_("There is no such stage in this procedure.")]
    if unknown:
        raise Invalid(fields=unknown)
    wanted = Narrowing(kind=kind.name, stage=stage, words=given.get("words", ""))
    page = lists.in_area(by, wanted, Turn(given.get("next", "")))
    reading_as(*((SEARCH, How.HIT) if wanted.words else (OVERSEE, How.LIST)))
    return answers.listed(page)


@entrance("GET", "HEAD")
def case(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """One case, as its reporter or a post may see it."""
    sight = asking.sight_of(request, kind_of(kind).name, number)
    return answers.state(sight.case, by=sight.by)


@entrance("GET", "HEAD")
def papers(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """The documents of a case, for who may read them."""
    sight = asking.sight_of(request, kind_of(kind).name, number)
    return answers.papers(sight.case, by=sight.by)


@entrance("GET", "HEAD")
def paper(request: HttpRequest, kind: str, number: str, paper: UUID) -> HttpResponse:
    """A document of a case as PDF, for who may read it; 503 with a sentence while it cannot be made."""
    sight = asking.sight_of(request, kind_of(kind).name, number)
    found = paper_for(sight.case, paper, by=sight.by)
    address = request.build_absolute_uri(reverse("resident:verify", args=[found.code]))
    content = paper_of(found, address)
    if isinstance(sight.by, PostActor):
        opened(found, by=sight.by)
    return HttpResponse(content, content_type="application/pdf")


@entrance("GET", "HEAD", "POST")
def step(request: HttpRequest, kind: str, number: str, step: str) -> HttpResponse:
    """Take a step (POST), or see what it asks for now, with the choices (GET)."""
    rule = step_of(kind, step)
    if rule.opens:
        raise NotFound(_("There is no such step in this procedure."))
    sight = asking.sight_of(request, kind, number)
    if request.method == "POST":
        return _taken(request, sight, rule)
    require_step(rule, sight.case, sight.tasks, by=sight.by)
    require_stage(rule, sight.case)
    return answers.as_json(asked_now(kind, rule, form_for(rule, sight.case, by=sight.by)))


def _taken(request: HttpRequest, sight: asking.Sight, rule: Step) -> HttpResponse:
    case, by = sight.case, sight.by
    body = json_object(request)
    if rule.system:  # the clock fills in no form
        require_step(rule, case, sight.tasks, by=by)
    try:
        seen = _seen(request, body)
        data = form_data(case.kind, rule.name, body)
        with names_outside(case.kind, rule.name):
            take(case, rule.name, data, by=by, seen=seen)
    except (
        Invalid
    ):  # what is found wrong may say more than a stranger knows: first whether the step is open at all
        require_step(rule, case, sight.tasks, by=by)
        raise
    return answers.state(case, by=by)


def _seen(request: HttpRequest, body: dict[str, Any]) -> int:
    """The version the asker decided on: `seen` in the body, or If-Match; without it nobody knows."""
    given = body.pop("seen", None)
    if given is None:
        tag = _VERSION_TAG.fullmatch(request.headers.get("If-Match", "").strip())
        given = int(tag.group(1)) if tag else None
    if isinstance(given, bool) or not isinstance(given, int):
        sentence = _("Send the version you decided on: a number in “seen”, or the ETag in If-Match.")
        raise Invalid(sentence, fields={"seen": [sentence]})
    return given
