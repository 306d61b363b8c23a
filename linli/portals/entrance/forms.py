"""What is typed at the entrance. Wrong tries are counted; an account that had too many answers as to a wrong one.

allauth's forms do the checking; these give them our words, our counts and half-width digits.
"""

from __future__ import annotations

from typing import Any, cast

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as FactorReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from linli.base.text import half_width
from linli.posts.accounts import tell
from linli.posts.models import Account
from linli.residents.second_factor import spend
from linli.residents.signing_in import AskForCodeForm
from linli.web.limits import FACTORS, PASSWORDS, check_number

LONGEST_LOGIN = 60
_CODE = {"inputmode": "numeric", "maxlength": "12", "autocomplete": "one-time-code"}


def wrong_password() -> ValidationError:
    """One sentence for a name nobody has, a wrong password, a closed account, and too many tries."""
    return ValidationError(
        _(
            "User name and password do not fit together, or there were too many wrong tries. "
            "Check both; after many tries wait a quarter of an hour, or use a passkey."
        )
    )


def wrong_code() -> ValidationError:
    """One sentence for a code that is wrong, used up or too old, and for too many tries."""
    return ValidationError(
        _(
            "This code does not fit, or there were too many wrong tries. Take the newest code; "
            "after many tries wait an hour, or use a passkey."
        )
    )


class PasswordForm(LoginForm):  # type: ignore[misc]
    """Staff: user name and password."""

    user: Account | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = gettext_lazy("User name")
        self.fields["login"].max_length = LONGEST_LOGIN
        self.fields["login"].widget.attrs.update({"autocomplete": "username", "autocapitalize": "none"})
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["password"].label = gettext_lazy("Password")
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""

    def clean_login(self) -> str:
        """A user name as typed; one that is too long is simply nobody's."""
        return half_width(super().clean_login())[:LONGEST_LOGIN]

    def _clean_with_password(self, credentials: dict[str, Any]) -> dict[str, Any]:
        """Always the whole comparison, so that an answer takes as long for a name nobody has or a locked one."""
        subject = self.cleaned_data["login"].casefold()
        locked = PASSWORDS.full(context.request, subject)
        try:
            given: dict[str, Any] = super()._clean_with_password(credentials)
        except ValidationError:
            _count_wrong(subject)
            raise wrong_password() from None
        account = cast(Account, self.user)
        if locked or not account.is_active:
            self.user = None
            raise wrong_password()
        return given


class CountedNumberForm(AskForCodeForm):
    """Residents: the number to send a code to; each number gets only so many, whoever asks."""

    def clean_phone(self) -> str:
        """TooMany before anybody is looked up."""
        check_number(str(self.cleaned_data["phone"]))
        return str(super().clean_phone())


def _count_wrong(subject: str) -> None:
    if PASSWORDS.wrong(context.request, subject):
        account = Account.objects.filter(username__iexact=subject, is_active=True).first()
        if account:
            tell(account, "locked")


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The password once more, of whoever is signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = gettext_lazy("Password")
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""

    def clean_password(self) -> str:
        """Wrong tries count as at the entrance."""
        subject = self.user.username.casefold()
        locked = PASSWORDS.full(context.request, subject)
        try:
            given = str(super().clean_password())
        except ValidationError:
            _count_wrong(subject)
            raise wrong_password() from None
        if locked:
            raise wrong_password()
        return given


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """Another password: the old one, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": gettext_lazy("Password until now"),
            "password1": gettext_lazy("New password"),
            "password2": gettext_lazy("New password, once more"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["password1"].help_text = gettext_lazy(
            "At least 10 characters; several words are easier to remember than signs."
        )

    def clean_oldpassword(self) -> str:
        """Wrong tries count as at the entrance."""
        subject = self.user.username.casefold()
        if PASSWORDS.full(context.request, subject):
            raise wrong_password()
        try:
            return str(super().clean_oldpassword())
        except ValidationError:
            _count_wrong(subject)
            raise ValidationError(_("This is not your password until now.")) from None


class _Counted(forms.Form):
    """A code of the second factor: counted for the account, whatever the address; and used up."""

    user: Account
    authenticator: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = pgettext_lazy("second factor", "Code")
        self.fields["code"].widget = forms.TextInput(_CODE)
        self.fields["code"].help_text = gettext_lazy(
            "Six digits from the app on your telephone, or one of your recovery codes."
        )

    def clean_code(self) -> str:
        """Right, not used before, and not after too many wrong ones."""
        subject = str(self.user.pk)
        if FACTORS.full(context.request, subject):
            raise wrong_code()
        self.cleaned_data["code"] = half_width(self.cleaned_data["code"])
        try:
            code = str(super().clean_code())  # type: ignore[misc]
        except ValidationError:
            if FACTORS.wrong(context.request, subject):
                tell(self.user, "factor_locked")
            raise wrong_code() from None
        if not spend(self.authenticator, code):
            raise wrong_code()
        return code


class FactorForm(_Counted, AuthenticateForm):  # type: ignore[misc]
    """After the password: the code."""


class FactorAgainForm(_Counted, FactorReauthenticateForm):  # type: ignore[misc]
    """The code once more, of whoever is signed in."""


class FirstCodeForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app that has just been set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = gettext_lazy("The six digits the app shows now")
        self.fields["code"].widget = forms.TextInput(_CODE)

    def clean_code(self) -> str:
        """Full-width digits too."""
        self.cleaned_data["code"] = half_width(self.cleaned_data["code"])
        try:
            return str(super().clean_code())
        except ValidationError:
            raise ValidationError(
                _("This code does not fit. Wait for the next one; the clock of the telephone must be right.")
            ) from None


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey always works without a password: by finger, face or PIN of the device that keeps it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]
        self.fields["credential"].label = gettext_lazy("Passkey")
        self.fields["name"].label = gettext_lazy("What to call it")
        self.fields["name"].max_length = 40
        self.fields["name"].widget.attrs["maxlength"] = "40"
        self.fields["name"].help_text = gettext_lazy("Such as “Work computer”, to know it again.")

    def clean_name(self) -> str:
        """Never longer than a line."""
        return str(super().clean_name())[:40]


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext_lazy("What to call it")
        self.fields["name"].max_length = 40
