"""Signing in through django-allauth: staff by password, residents by a code sent to their telephone.

A code goes to every number that asks, known or not, so nobody learns which numbers have an account; the account
of a new number is made when the code comes back right.
"""

from __future__ import annotations

import re
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.account.internal.userkit import user_id_to_str
from allauth.core import context
from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.errors import Invalid, Unavailable
from linli.base.text import half_width
from linli.posts.models import Account
from linli.residents.accounts import account_of, first_sign_in, keep_phone, mark_verified, resident_of
from linli.residents.keeping import plain_phone
from linli.residents.proving import recently_proven
from linli.residents.sms import sms

FIRST_CODE = "first_code"  # in the sealed session: the code sent to a number that has no account yet
_MOBILE = re.compile(r"1[3-9]\d{9}")
RESIDENTS_HOME = "/mine/"


class MobileField(forms.CharField):
    """A mobile telephone number, however it is typed; the value is its plain digits."""

    def clean(self, value: Any) -> str:
        """Refuse what cannot receive a text message."""
        typed = super().clean(value)
        try:
            digits = plain_phone(typed)
        except Invalid:
            digits = ""
        if typed and not _MOBILE.fullmatch(digits):
            raise forms.ValidationError(_("Please enter a mobile number of 11 digits, such as 13912345678."))
        return digits


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Tells allauth where numbers are kept (sealed) and how codes are sent."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # staff are appointed; a resident's first code makes the account

    def get_login_stages(self) -> list[str]:
        """As allauth has them; the second factor is asked of staff."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "linli.residents.second_factor.FactorStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A fresh sign-in is as good as proving it once more."""
        return not recently_proven(context.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """What somebody can prove with who they are: residents have a code from their telephone too, no password."""
        said = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use a code from the app, or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        found = super().get_reauthentication_methods(user)
        methods = [{**each, "description": said[each["id"]]} for each in found]
        if user.is_authenticated and not user.has_usable_password() and resident_of(user):
            words = _("Use a code from your telephone")
            methods.insert(0, {"id": "phone", "description": words, "url": reverse("entrance:by_phone")})
        return methods

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """To My account, which also says what is still missing."""
        return reverse("mfa_index")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Residents to what they raised, staff to their desk."""
        if resident_of(request.user):
            return RESIDENTS_HOME
        return str(super().get_login_redirect_url(request))

    def phone_form_field(self, **kwargs: Any) -> MobileField:
        """The field that asks for a number."""
        attrs = {"type": "tel", "autocomplete": "tel", "inputmode": "tel"}
        return MobileField(
            **{"label": gettext_lazy("Mobile number"), **kwargs, "widget": forms.TextInput(attrs)}
        )

    def get_user_by_phone(self, phone: str) -> Account | None:
        """The account of a number."""
        try:
            return account_of(phone)
        except Invalid:
            return None

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        """Nothing: allauth asks only to check a password, which residents do not have; nobody reads unseen."""
        return None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:  # noqa: FBT001  allauth's signature
        """Seal a number for an account."""
        keep_phone(user, phone, verified=verified)

    def set_phone_verified(self, user: Any, phone: str) -> None:
        """Note that the code came back right."""
        mark_verified(user)

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        """Send the code; a gateway that is down is said, with the other ways there are."""
        text = _("Linli: your code is %(code)s. It is good for 5 minutes. Tell it to nobody, not even to us.")
        try:
            sms().send(phone, text % {"code": code})
        except OSError as trouble:
            raise Unavailable(
                _(
                    "The text message could not be sent. You can follow a report without signing in, "
                    "with its number and code."
                )
            ) from trouble

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """The same for a number without an account: the right code will make it."""
        code = self.generate_phone_verification_code(user=Account(), phone=phone)
        context.request.session[FIRST_CODE] = {"phone": phone, "code": code}
        self.send_verification_code_sms(None, phone, code)


class AskForCodeForm(RequestLoginCodeForm):  # type: ignore[misc]
    """Residents: the number to send a code to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].help_text = gettext_lazy(
            "We send a code to it. The number is kept encrypted; those who deal with your report do not see it."
        )


class EnterCodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]
    """Residents: the code that came. For a new number it makes the account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = gettext_lazy("The code from the text message")
        self.fields["code"].widget.attrs.update({"inputmode": "numeric", "maxlength": "12"})
        self.stage = context.request._login_stage  # allauth hands it to its own views this way
        self.first = _first_code(context.request, self.stage.state.get("phone", ""))
        if self.first and not self.stage.login.user:
            self.expected_code = self.first

    def clean_code(self) -> str:
        """Compare, full-width digits too; then the account of a new number is made."""
        self.cleaned_data["code"] = half_width(self.cleaned_data["code"])
        code = str(super().clean_code())
        if self.first and not self.stage.login.user:
            account = first_sign_in(self.stage.state["phone"])
            self.stage.state["user_id"] = user_id_to_str(account)
            context.request.session.pop(FIRST_CODE, None)
        return code


def _first_code(request: HttpRequest, phone: str) -> str:
    kept = request.session.get(FIRST_CODE) or {}
    return str(kept["code"]) if phone and kept.get("phone") == phone else ""
