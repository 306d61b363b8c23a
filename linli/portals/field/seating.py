"""Who works in the field: as at the desk, asked of the database each time; and by whose device something is sent."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from linli.base.errors import Refusal
from linli.posts.actor import PostActor
from linli.posts.models import Account
from linli.residents.hats import Hatless, Opened, Seated, hats_of, seat, worn
from linli.residents.second_factor import lacks_second_factor
from linli.residents.showing import read_by
from linli.web.limits import check_device_rate

BASE = "field/base.html"
Given = ParamSpec("Given")
Send = Callable[Concatenate[HttpRequest, PostActor, Given], HttpResponse]


class SignedOut(Refusal):
    """Nobody is signed in, or no post is chosen: what is on the device stays there until somebody is (401)."""

    status = 401
    code = "signed_out"
    sentence = _("Please sign in again. What is not sent yet stays on this device until then.")


@dataclass(frozen=True)
class Seat:
    """Who works in the field in this request, how many hats they could wear, which page is open."""

    by: PostActor
    hats: int
    page: str

    @property
    def who(self) -> str:
        """By what the device knows whose its things are."""
        return tag_of(self.by)


def tag_of(by: PostActor) -> str:
    """A mark of somebody on a post that says nothing of either: what a device holds belongs to it."""
    said = f"{by.holding.account_id}/{by.holding.pk}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), b"field/" + said, sha256).hexdigest()[:24]


def seated(page: Seated[Given]) -> Opened[Given]:
    """For pages of the field app: gives the view the actor, or sends the person to choose a hat."""
    return seat(page, _in_the_field)


def _in_the_field(request: HttpRequest, by: PostActor, hats: int) -> None:
    here = request.resolver_match.url_name if request.resolver_match else ""
    request.door = BASE  # type: ignore[attr-defined]
    request.field = Seat(by, hats, here or "")  # type: ignore[attr-defined]


def by_device(method: str, *, per_minute: int) -> Callable[[Send[Given]], Opened[Given]]:
    """For what the app's script sends and fetches by itself: refusals are JSON, and who is signed out gets a 401."""

    def around(send: Send[Given]) -> Opened[Given]:
        @wraps(send)
        def checked(request: HttpRequest, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
            request.by_script = True  # type: ignore[attr-defined]
            if request.method != method:
                return HttpResponseNotAllowed([method])
            by = _sender(request)
            check_device_rate(by.holding.account_id, send.__name__, per_minute)
            read_by(by)
            return send(request, by, *args, **kwargs)

        return cast("Opened[Given]", never_cache(checked))

    return around


def _sender(request: HttpRequest) -> PostActor:
    account = cast(Account, request.user)
    if not account.is_authenticated or account.password_once or lacks_second_factor(request):
        raise SignedOut
    try:
        return worn(request, hats_of(account))
    except Hatless as refusal:
        raise SignedOut(refusal.sentence) from refusal
