"""Which account an outside identity opens: the one an administrator bound to it, and no other; none is ever made."""

from __future__ import annotations

from functools import wraps
from typing import Any, cast

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from requests import RequestException

from linli.base.errors import NotFound, Unavailable
from linli.portals.entrance.door import View
from linli.portals.entrance.provider import SignOnFlow
from linli.posts.accounts import take_to_sign_on


class SignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Between a token that was found good and an account."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Take the bound account, or the one whose e-mail an administrator set and the provider has verified."""
        if sociallogin.is_existing:
            return
        verified = [each.email for each in sociallogin.email_addresses if each.verified is True]
        account = take_to_sign_on(verified[0], sociallogin.account.uid) if len(verified) == 1 else None
        if account is None:
            raise ImmediateHttpResponse(refused(request))
        sociallogin.lookup()

    def on_authentication_error(self, request: HttpRequest, provider: Any, **rest: Any) -> None:
        """Whatever went wrong on the way: one page that says what to do, and nothing of the reason."""
        raise ImmediateHttpResponse(refused(request))


def refused(request: HttpRequest) -> HttpResponse:
    """Nobody was signed in."""
    context = {"sign_on_name": settings.SIGN_ON_NAME}
    return render(request, "entrance/sign_on_refused.html", context, status=403)


def _where_there_is_one(view: View) -> View:
    """Only with a provider in the settings; one that is away or talks nonsense is said."""

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        if not settings.SIGN_ON_ISSUER:
            raise NotFound
        try:
            return view(request)
        except (RequestException, KeyError, ValueError) as trouble:
            raise Unavailable(
                _("The sign-in service does not answer. Sign in with user name and password, or try later.")
            ) from trouble

    return checked


@_where_there_is_one
def asked(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider."""
    return cast(HttpResponse, OAuth2LoginView.adapter_view(SignOnFlow(request))(request))


@_where_there_is_one
def answered(request: HttpRequest) -> HttpResponse:
    """The browser comes back from the provider."""
    return cast(HttpResponse, OAuth2CallbackView.adapter_view(SignOnFlow(request))(request))
