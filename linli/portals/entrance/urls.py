"""Addresses of the entrance. Of allauth's, only those that are wanted, under its names; each says who may come.

What is left out on purpose: signing up, e-mail addresses, and resetting a password by e-mail.
"""

from __future__ import annotations

from typing import cast

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path

from linli.portals.entrance import pages
from linli.portals.entrance.door import entrance, own, own_and_proven
from linli.portals.entrance.sign_on import answered, asked
from linli.posts.models import Account
from linli.web.limits import limited


def _change_password(request: HttpRequest) -> HttpResponse:
    """Residents have no password to change."""
    if not cast(Account, request.user).has_usable_password():
        return redirect("mfa_index")
    return cast(HttpResponse, account.password_change(request))


_passkey_sign_in = limited("passkey", 20, reading=True)(passkeys.login_webauthn)

_own_pages = [
    path("", own(pages.my_account), name="mfa_index"),
    path("reauthenticate/", own(limited("prove", 20)(factors.reauthenticate)), name="mfa_reauthenticate"),
    path("totp/activate/", own_and_proven(app.activate_totp), name="mfa_activate_totp"),
    path("totp/deactivate/", own_and_proven(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("recovery-codes/", own_and_proven(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/generate/",
        own_and_proven(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("webauthn/", own(lambda _request: redirect("mfa_index")), name="mfa_list_webauthn"),
    path("webauthn/add/", own_and_proven(pages.add_passkey), name="mfa_add_webauthn"),
    path(
        "webauthn/reauthenticate/",
        own(limited("prove", 20)(passkeys.reauthenticate_webauthn)),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "webauthn/keys/<int:pk>/remove/", own_and_proven(passkeys.remove_webauthn), name="mfa_remove_webauthn"
    ),
    path("webauthn/keys/<int:pk>/edit/", own_and_proven(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
]
_public = [
    path("login/", entrance(limited("sign-in", 30)(account.login)), name="account_login"),
    path("logout/", entrance(limited("sign-out", 60)(account.logout)), name="account_logout"),
    path("signup/", entrance(limited("sign-up", 10)(account.signup)), name="account_signup"),
    path("inactive/", entrance(account.account_inactive), name="account_inactive"),
    path(
        "login/code/",
        entrance(limited("code", 5)(account.request_login_code)),
        name="account_request_login_code",
    ),
    path(
        "login/code/confirm/",
        entrance(limited("code-entry", 20)(account.confirm_login_code)),
        name="account_confirm_login_code",
    ),
    path("2fa/authenticate/", entrance(limited("factor", 20)(factors.authenticate)), name="mfa_authenticate"),
    path("2fa/webauthn/login/", entrance(_passkey_sign_in), name="mfa_login_webauthn"),
    path("sso/", entrance(limited("sign-on", 20, reading=True)(asked)), name="sso_login"),
    path("sso/back/", entrance(limited("sign-on", 20, reading=True)(answered)), name="sso_callback"),
]
_ours = [
    path("reauthenticate/phone/", own(limited("prove", 20)(pages.by_phone)), name="by_phone"),
    path("sessions/end/", own(pages.end_one), name="end_one"),
    path("sessions/end-others/", own(pages.end_others), name="end_others"),
]
urlpatterns = [
    *_public,
    path("reauthenticate/", own(limited("prove", 20)(account.reauthenticate)), name="account_reauthenticate"),
    path("password/change/", own(limited("password", 20)(_change_password)), name="account_change_password"),
    path("2fa/", include(_own_pages)),
    path("", include((_ours, "entrance"))),
]
