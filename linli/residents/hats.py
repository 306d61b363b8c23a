"""Hats: which of the posts somebody holds they are working as. Asked of the database on every request."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from linli.base.errors import NotYours
from linli.posts.actor import PostActor
from linli.posts.models import Account, Holding
from linli.residents.second_factor import lacks_second_factor
from linli.residents.showing import read_by

HAT = "desk.hat"
Given = ParamSpec("Given")
Opened = Callable[Concatenate[HttpRequest, Given], HttpResponse]
Seated = Callable[Concatenate[HttpRequest, PostActor, Given], HttpResponse]


class Hatless(NotYours):
    """Nothing is chosen yet, or what was chosen is over; `ended` in facts says which."""


def hats_of(account: Account) -> list[Holding]:
    """The appointments of an account that are in force now, with their posts (one statement)."""
    current = Holding.objects.current().filter(account=account)
    return list(current.with_post().order_by("acting", "pk"))


def worn(request: HttpRequest, hats: list[Holding]) -> PostActor:
    """Who acts in this request: the chosen one of these hats, or the only one. Hatless when there is none."""
    kept = request.session.get(HAT)
    if kept is None and len(hats) == 1:
        kept = wear(request, hats[0])
    for hat in hats:
        if hat.pk == kept:
            return PostActor(hat)
    if kept is None:
        raise Hatless(_("Choose the post you are working as."), ended=False)
    raise Hatless(
        _("The appointment you were working with has ended, so nothing more can be done with it."), ended=True
    )


def wear(request: HttpRequest, hat: Holding) -> int:
    """Keep a hat in the session; the caller has found it among the account's own."""
    request.session[HAT] = hat.pk
    return hat.pk


def take_off(request: HttpRequest) -> None:
    """Forget the hat; the next page asks again."""
    request.session.pop(HAT, None)


def signed_in(page: Opened[Given]) -> Opened[Given]:
    """For pages of staff, with or without a hat; what must be done at the first sign-in is done first."""

    @wraps(page)
    def checked(request: HttpRequest, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        request.door = "desk/base.html"  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        if request.user.password_once:
            messages.warning(
                request, _("The password you were given works once. Please choose your own now.")
            )
            return redirect("account_change_password")
        if lacks_second_factor(request):
            messages.warning(
                request,
                _("Whoever holds a post signs in with a second factor. Set up a passkey or an app now."),
            )
            return redirect("mfa_index")
        return page(request, *args, **kwargs)

    return cast("Opened[Given]", never_cache(checked))


def seat(page: Seated[Given], sit: Callable[[HttpRequest, PostActor, int], None]) -> Opened[Given]:
    """Give a page the actor, or send the person to choose a hat, saying why; `sit` also learns how many they have."""

    @wraps(page)
    def checked(request: HttpRequest, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        hats = hats_of(cast(Account, request.user))
        try:
            by = worn(request, hats)
        except Hatless as refusal:
            if refusal.facts["ended"]:
                take_off(request)
                messages.warning(request, refusal.sentence)
            return redirect("desk:hat")
        read_by(by)
        sit(request, by, len(hats))
        return page(request, by, *args, **kwargs)

    return signed_in(cast("Opened[Given]", checked))
