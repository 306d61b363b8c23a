"""The receipt of what was taken in for somebody: to read out, to print large, to paste back into a chat."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.base.errors import Invalid
from linli.cases.kinds import Kind
from linli.cases.opening import Opened
from linli.residents.keeping import plain_phone, takes_text_messages
from linli.web.qr import drawn


@dataclass(frozen=True)
class Taken:
    """What was just taken in. `phone` as typed; `onwards`: where the next one begins; `chat`: to be pasted back."""

    kind: Kind
    opened: Opened
    phone: str
    onwards: str
    chat: bool = False


def receipt(request: HttpRequest, taken: Taken) -> HttpResponse:
    """The answer itself, shown once: the code is nowhere else on the desk."""
    opened = taken.opened
    address = request.build_absolute_uri(
        f"{reverse('resident:follow')}?{urlencode({'number': opened.number})}"
    )
    context = {
        "opened": opened,
        "groups": [opened.follow_code[:4], opened.follow_code[4:]],
        "kind": taken.kind.procedure,
        "onwards": taken.onwards,
        "message": _message(taken),
        "reply": _reply(opened, address) if taken.chat else "",
        "qr": drawn(address),
    }
    response = render(request, "desk/receipt.html", context)
    response["Cache-Control"] = "no-store, private"
    return response


def _message(taken: Taken) -> str:
    """Whether a text message goes out, and to which number, as far as it may be said."""
    if not taken.kind.procedure.opening.notice:
        return ""
    try:
        phone = plain_phone(taken.phone)
    except Invalid:
        phone = ""
    if not phone:
        return _("No telephone number was given, so no text message is sent: read out both numbers.")
    if not takes_text_messages(phone):
        return _("This is no mobile number, so a text message may not arrive: read out both numbers.")
    return _("A text message with both goes to the number that ends in %(digits)s.") % {"digits": phone[-4:]}


def _reply(opened: Opened, address: str) -> str:
    """What is pasted back into the chat: no name, no words of the matter. The chat speaks the place's language."""
    with override(settings.LANGUAGE_CODE):
        return _(
            "What you told us has been taken in. Number %(number)s, code %(code)s. "
            "With both you can follow it and add to it: %(address)s"
        ) % {"number": opened.number, "code": opened.follow_code, "address": address}
