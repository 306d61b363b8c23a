"""How the holder of a post gets in: an administrator gives a new start, sets single sign-on, closes the account."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import Invalid, NotFound
from linli.portals.desk.appointing import standing
from linli.portals.desk.hats import seated
from linli.posts.accounts import SIGN_ON, bind_sign_on, close_account, renew_access
from linli.posts.actor import PostActor
from linli.posts.models import Account, Holding
from linli.residents.proving import freshly_proven
from linli.residents.second_factor import has_second_factor


class SignOnForm(forms.Form):
    """Which identity of the outside provider is this person; both empty takes the binding away."""

    subject = forms.CharField(
        label=gettext_lazy("Identifier in the sign-in service"),
        required=False,
        max_length=190,
        help_text=gettext_lazy("What that service calls “subject” (sub)."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none"}),
    )
    mail = forms.EmailField(
        label=gettext_lazy("Or the work e-mail address that it has verified"),
        required=False,
        help_text=gettext_lazy("At the first sign-in the identifier behind it is bound."),
        widget=forms.EmailInput({"autocomplete": "off"}),
    )


@freshly_proven
@require_http_methods(["GET", "HEAD", "POST"])
@seated
def access(request: HttpRequest, by: PostActor, code: str, *, post: int, holding: int) -> HttpResponse:
    """Show what the holder of a post signs in with, and change it."""
    node, seating = standing(by, code, post)
    held = next((each for each in seating.holdings if each.pk == holding), None)
    if held is None:
        raise NotFound(_("This appointment has ended."))
    context = {"node": node, "seating": seating, "holding": held, "account": held.account}
    if request.method == "POST":
        return _done(request, by, context)
    return _shown(request, context, SignOnForm(initial=_bound(held.account)))


def _done(request: HttpRequest, by: PostActor, context: dict[str, Any]) -> HttpResponse:
    account: Account = context["account"]
    act = request.POST.get("act", "")
    if act == "renew":
        password = renew_access(account, by=by)
        response = render(request, "desk/password.html", {**context, "password": password, "renewed": True})
        response["Cache-Control"] = "no-store, private"
        return response
    if act == "close":
        close_account(account, by=by)
        messages.success(request, _("The account is closed, and its appointments have ended."))
        return redirect("desk:post", context["node"].here.trimmed, context["seating"].post.pk)
    if act != "bind":
        raise Invalid(_("Choose one of the buttons of the page."))
    form = SignOnForm(request.POST)
    if not form.is_valid():
        return _shown(request, context, form, status=422)
    bind_sign_on(account, subject=form.cleaned_data["subject"], email=form.cleaned_data["mail"], by=by)
    messages.success(request, _("Saved. Open sessions of this account have ended."))
    return redirect(request.path)


def _shown(
    request: HttpRequest, context: dict[str, Any], form: SignOnForm, *, status: int = 200
) -> HttpResponse:
    account: Account = context["account"]
    more = {
        "form": form,
        "has_factor": has_second_factor(account),
        "own": _is_own(context["holding"], request),
        "sign_on_offered": bool(settings.SIGN_ON_ISSUER),
    }
    return render(request, "desk/access.html", {**context, **more}, status=status)


def _is_own(holding: Holding, request: HttpRequest) -> bool:
    return bool(holding.account_id == request.user.pk)


def _bound(account: Account) -> dict[str, str]:
    found = SocialAccount.objects.filter(user=account, provider=SIGN_ON).first()
    return {"subject": found.uid if found else "", "mail": account.email}
