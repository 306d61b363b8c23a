"""My account: what one signs in with, and where one is signed in; and proving by telephone that it is still you."""

from __future__ import annotations

import hmac
import time
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.views import AddWebAuthnView
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.errors import NotFound
from linli.base.text import half_width
from linli.portals.entrance.devices import device_of
from linli.portals.entrance.news import latest
from linli.posts.models import Account
from linli.residents.accounts import account_of, resident_of
from linli.residents.second_factor import delete_recovery_codes, lacks_second_factor
from linli.residents.sessions import end_other_sessions
from linli.residents.signing_in import MobileField
from linli.web.limits import check_number

PROOF = "proof_by_phone"  # in the sealed session: the code that was sent, until when, tries left
CODE_LASTS = 5 * 60
TRIES = 3


@require_safe
def my_account(request: HttpRequest) -> HttpResponse:
    """Everything about signing in, on one page."""
    account = cast(Account, request.user)
    found = list(Authenticator.objects.filter(user=account).order_by("created_at"))
    context = {
        "staff": not resident_of(account),
        "app": next((each for each in found if each.type == Authenticator.Type.TOTP), None),
        "passkeys": [each for each in found if each.type == Authenticator.Type.WEBAUTHN],
        "codes_left": sum(
            len(each.wrap().get_unused_codes()) for each in found if each.type == "recovery_codes"
        ),
        "lacking": account.has_usable_password() and lacks_second_factor(request),
        "demo": settings.DEMO,
        "sessions": _sessions(request, account),
        "news": latest(account),
    }
    return render(request, "entrance/my_account.html", context)


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    """A passkey that needs no password. Only staff get recovery codes with it: a resident's telephone is theirs."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """allauth would ask the device for a key that is no more than a second factor."""
        context = cast("dict[str, Any]", super().get_context_data(**kwargs))
        context["js_data"] = {"creation_options": begin_registration(self.request.user, True)}
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep it; the other sessions end (news.py)."""
        account = cast(Account, self.request.user)
        response = cast(HttpResponse, super().form_valid(form))
        if not account.has_usable_password():
            delete_recovery_codes(account)
            return redirect("mfa_index")
        return response


add_passkey = AddPasskey.as_view()


def _sessions(request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    here = request.session.session_key
    listed = sorted(
        UserSession.objects.purge_and_list(account), key=lambda each: each.created_at, reverse=True
    )
    return [
        {
            "pk": each.pk,
            "device": device_of(each.user_agent),
            "since": each.created_at,
            "from": each.ip,
            "here": each.session_key == here,
        }
        for each in listed
    ]


@require_POST
def end_one(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions on another device."""
    wanted = request.POST.get("session", "")
    mine = UserSession.objects.filter(user=cast(Account, request.user))
    ending = mine.filter(pk=wanted).first() if wanted.isdecimal() else None
    if ending is None:
        raise NotFound(_("This session has already ended."))
    ending.end()
    messages.success(request, _("Ended. Whoever sits at that device has to sign in again."))
    return redirect("mfa_index")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's sessions but this one."""
    end_other_sessions(request, cast(Account, request.user))
    messages.success(request, _("You are signed in here only now."))
    return redirect("mfa_index")


class NumberForm(forms.Form):
    """The number of one's own account, typed: it is not unsealed to be shown."""

    phone = MobileField(
        label=gettext_lazy("Mobile number"),
        help_text=gettext_lazy("The one you signed in with. We send a code to it."),
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )


class CodeForm(forms.Form):
    """The code that came."""

    code = forms.CharField(
        label=gettext_lazy("The code from the text message"),
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def by_phone(request: HttpRequest) -> HttpResponse:
    """A resident shows with a code from the telephone that it is still them; then back to where they were going."""
    if not resident_of(request.user):
        raise NotFound
    if request.method != "POST" or "again" in request.POST:
        request.session.pop(PROOF, None)
        return _asked(request, NumberForm())
    return _code_checked(request) if "code" in request.POST else _code_sent(request)


def _code_sent(request: HttpRequest) -> HttpResponse:
    form = NumberForm(request.POST)
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        if account_of(phone) == request.user:
            check_number(phone)
            adapter = get_adapter(request)
            code = adapter.generate_phone_verification_code(user=request.user, phone=phone)
            request.session[PROOF] = {"code": code, "until": time.time() + CODE_LASTS, "tries": TRIES}
            adapter.send_verification_code_sms(user=request.user, phone=phone, code=code)
            return _asked(request, CodeForm())
        form.add_error("phone", _("You signed in with another number. Enter that one."))
    return _asked(request, form, status=422)


def _code_checked(request: HttpRequest) -> HttpResponse:
    kept = request.session.get(PROOF)
    if not kept or kept["until"] < time.time() or kept["tries"] < 1:
        request.session.pop(PROOF, None)
        form = NumberForm()
        messages.warning(request, _("The code is no longer good. Ask for a new one."))
        return _asked(request, form, status=422)
    code = CodeForm(request.POST)
    if code.is_valid() and hmac.compare_digest(_digits(code.cleaned_data["code"]), str(kept["code"])):
        request.session.pop(PROOF, None)
        record_authentication(request, request.user, method="code", reauthenticated=True)
        return resume_request(request) or redirect("mfa_index")
    request.session[PROOF] = {**kept, "tries": kept["tries"] - 1}
    code.add_error("code", _("This is not the code we sent. Compare it with the newest message."))
    return _asked(request, code, status=422)


def _digits(typed: str) -> str:
    return "".join(each for each in half_width(typed) if each in "0123456789")


def _asked(request: HttpRequest, form: forms.Form, status: int = 200) -> HttpResponse:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    here = reverse("entrance:by_phone")
    others = get_adapter(request).get_reauthentication_methods(request.user)
    context = {
        "form": form,
        "next": wanted if safe else "",
        "sent": isinstance(form, CodeForm),
        "others": [each for each in others if each["url"] != here],
    }
    return render(request, "entrance/by_phone.html", context, status=status)
