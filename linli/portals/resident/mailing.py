"""Proving that a mailbox is one's own: a code goes there, and comes back by the screen that asked for it."""

from __future__ import annotations

import time
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.errors import Invalid, Unavailable
from linli.base.text import half_width
from linli.cases.models import Case
from linli.residents.mailbox import Mailbox, new_code, write
from linli.residents.webpush import Gone
from linli.web.forms import FrameForm
from linli.web.limits import check_number

ASKED = "mailbox"  # in the sealed session: the case, the address, the code, until when, and how often it was wrong
LASTS = 15 * 60  # seconds
MOST_WRONG = 5


class MailboxForm(FrameForm):
    """The address that is to be told."""

    address = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy(
            "We send a code there first. A letter says that there is news, and nothing else."
        ),
        max_length=200,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )


class CodeForm(FrameForm):
    """The code that came."""

    code = forms.CharField(
        label=gettext_lazy("The code from the letter"),
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


def ask(request: HttpRequest, case: Case, address: str) -> None:
    """Send a code to an address and remember it for this case; Unavailable when no letter goes out."""
    check_number(address.lower())
    mailbox, code = Mailbox.of(address), new_code()
    words = _("Your code is %(code)s. It is good for 15 minutes. If you did not ask for it, leave it be.")
    try:
        write(mailbox, _("A code for your mailbox"), words % {"code": code})
    except Gone as refusal:
        raise Invalid(_("There is no such mailbox. Please compare the address.")) from refusal
    except OSError as trouble:
        raise Unavailable(
            _("The letter could not be sent. Try again later, or follow with number and code.")
        ) from trouble
    until = time.time() + LASTS
    request.session[ASKED] = {
        "case": str(case.pk),
        "where": mailbox.endpoint,
        "code": code,
        "until": until,
        "wrong": 0,
    }


def awaited(request: HttpRequest, case: Case) -> str:
    """The address a code for this case was sent to and may still come back from; empty otherwise."""
    kept = _kept(request, case)
    return Mailbox(kept["where"]).address if kept else ""


def forget(request: HttpRequest) -> None:
    """Await no code any more: another address is wanted."""
    request.session.pop(ASKED, None)


def proven(request: HttpRequest, case: Case, code: str) -> Mailbox:
    """The mailbox whose code this is, once; Invalid for a wrong, an old or a fifth wrong one."""
    kept = _kept(request, case)
    if not kept:
        raise Invalid(_("This code is no longer good. Ask for another one."))
    if constant_time_compare(half_width(code).strip(), kept["code"]):
        del request.session[ASKED]
        return Mailbox(kept["where"])
    request.session[ASKED] = {**kept, "wrong": kept["wrong"] + 1}
    raise Invalid(_("This is not the code from the letter. Please compare it."))


def _kept(request: HttpRequest, case: Case) -> dict[str, Any]:
    kept = request.session.get(ASKED) or {}
    holds = kept.get("case") == str(case.pk) and kept["until"] > time.time() and kept["wrong"] < MOST_WRONG
    return kept if holds else {}
