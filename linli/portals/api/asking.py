"""Who asks: a machine with a token, or whoever holds a case's number and follow code. Never a session."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.base.errors import NotFound
from linli.base.ids import has_valid_check_digit
from linli.base.text import half_width
from linli.cases.follow import followed
from linli.cases.models import Case, Task
from linli.cases.reading import case_for, open_tasks
from linli.posts import tokens
from linli.posts.actor import Actor, PostActor
from linli.residents.showing import read_by
from linli.web.limits import check_rate, trying_code

CODES_PER_MINUTE = 60  # per address; a code has 36 bits


@dataclass(frozen=True)
class Sight:
    """A case, who looks at it, and its open tasks."""

    case: Case
    by: Actor

    @property
    def tasks(self) -> list[Task]:
        """What is open in the case."""
        return open_tasks(self.case)


def holder_of_token(request: HttpRequest) -> PostActor | None:
    """The appointment behind the request's bearer token; None when there is no Authorization header at all."""
    given = request.META.get("HTTP_AUTHORIZATION")  # request.headers would gather all of them
    if given is None:
        return None
    scheme, _blank, secret = given.partition(" ")
    if scheme.lower() != "bearer":
        raise tokens.Unknown(_("Only access tokens are accepted: Authorization: Bearer …"))
    by = tokens.actor_of(secret.strip())
    read_by(by)
    return by


def staff(request: HttpRequest) -> PostActor:
    """The appointment behind the token, which must be there."""
    by = holder_of_token(request)
    if by is None:
        raise tokens.Unknown(_("This needs an access token: Authorization: Bearer …"))
    return by


def sight_of(request: HttpRequest, kind: str, number: str) -> Sight:
    """The case as this request may see it: by follow code as its reporter, else by token inside the area."""
    number = half_width(number).strip()
    code = request.headers.get("X-Follow-Code") or request.GET.get("code", "")
    if code:
        check_rate(request, "api-follow", CODES_PER_MINUTE)
        with trying_code(request, number):
            return _seen_by_reporter(kind, number, code)
    return _seen_by_staff(_staff_or_code(request), kind, number)


def _seen_by_reporter(kind: str, number: str, code: str) -> Sight:
    try:
        case, by = followed(number if _readable(number) else "", code)
    except NotFound:
        case = None
    if case is None or case.kind != kind:
        raise NotFound(_("No case has this number and this code. Check both for typing mistakes."))
    read_by(by)
    return Sight(case, by)


def _staff_or_code(request: HttpRequest) -> PostActor:
    by = holder_of_token(request)
    if by is None:
        raise tokens.Unknown(_("Send the case's code in X-Follow-Code, or an access token in Authorization."))
    return by


def _seen_by_staff(by: PostActor, kind: str, number: str) -> Sight:
    case = case_for(by, number if _readable(number) else "")
    if case.kind != kind:
        raise NotFound
    return Sight(case, by)


def _readable(number: str) -> bool:
    return len(number) <= 30 and has_valid_check_digit(number)
