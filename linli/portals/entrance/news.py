"""What happens to an account ends its other sessions and is told to its holder, once, at the next sign-in."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, user_logged_in
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib import messages
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.posts.accounts import take_untold, tell
from linli.posts.models import Account, AccountNews
from linli.residents.second_factor import HAS_ONE
from linli.residents.sessions import end_other_sessions

WORDS = {
    "locked": gettext_lazy(
        "Somebody typed wrong passwords many times, so signing in by password rested for a while. "
        "If it was not you, choose another password."
    ),
    "factor_locked": gettext_lazy(
        "Somebody typed your password rightly and then wrong codes many times. "
        "If it was not you, choose another password now."
    ),
    "renewed": gettext_lazy(
        "An administrator gave you a new start: your password and second factor were taken away. "
        "If you did not ask for it, tell the head of your office."
    ),
    "sign_on": gettext_lazy("An administrator changed which single sign-on opens your account."),
    "password": gettext_lazy("The password was changed."),
    "factor_added": gettext_lazy("A passkey or an app was added."),
    "factor_removed": gettext_lazy("A passkey or an app was removed."),
    "codes": gettext_lazy("New recovery codes were made; the old ones no longer work."),
}
# The person has just done these: they stand in the list, and need no telling.
OWN = {"password", "factor_added", "factor_removed", "codes"}
LISTED = 20


def listen() -> None:
    """Hear of what allauth does; called when the app starts."""
    user_logged_in.connect(_signed_in)
    password_changed.connect(_password)
    authenticator_added.connect(_factor_added)
    authenticator_removed.connect(_factor_removed)
    authenticator_reset.connect(_codes)


def words_of(news: AccountNews) -> str:
    """A piece of news as it is read, with its time."""
    at = date_format(localtime(news.at), "SHORT_DATETIME_FORMAT")
    return _("%(at)s: %(words)s") % {"at": at, "words": WORDS.get(news.what, news.what)}


def latest(account: Account) -> list[str]:
    """The newest pieces of news, for My account."""
    return [words_of(each) for each in AccountNews.objects.filter(account=account).order_by("-at")[:LISTED]]


def _signed_in(request: HttpRequest, user: Account, **_rest: Any) -> None:
    for news in take_untold(user):
        if news.what not in OWN:
            messages.warning(request, words_of(news))


def _password(request: HttpRequest, user: Account, **_rest: Any) -> None:
    _changed(request, user, "password")


def _factor_added(request: HttpRequest, user: Account, authenticator: Any, **_rest: Any) -> None:
    if authenticator.type != "recovery_codes":
        _changed(request, user, "factor_added")


def _factor_removed(request: HttpRequest, user: Account, authenticator: Any, **_rest: Any) -> None:
    request.session.pop(HAS_ONE, None)
    if authenticator.type != "recovery_codes":
        _changed(request, user, "factor_removed")


def _codes(request: HttpRequest, user: Account, **_rest: Any) -> None:
    _changed(request, user, "codes")


def _changed(request: HttpRequest, user: Account, what: str) -> None:
    tell(user, what)
    end_other_sessions(request, user)
