"""Text messages: one small interface, a console back end, and one for any HTTP gateway."""

from __future__ import annotations

import json
import logging
import urllib.request
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

log = logging.getLogger("linli.sms")


class Sms(Protocol):
    """A way to send one text to one number; raises OSError when it did not go out."""

    def send(self, phone: str, text: str) -> None: ...


class ConsoleSms:
    """Writes to the console with the number masked; the text, with its follow code, only in a demo or for debugging."""

    def send(self, phone: str, text: str) -> None:
        """Log that it went out."""
        log.log(logging.INFO if settings.DEMO else logging.DEBUG, "SMS to %s: %s", masked(phone), text)
        if not settings.DEMO:
            log.info("SMS to %s: there is no gateway", masked(phone))


class HttpSms:
    """Posts JSON {phone, text} to a gateway inside the place's own network (LINLI_SMS_URL)."""

    def send(self, phone: str, text: str) -> None:
        """Send; any answer but 2xx is an OSError."""
        body = json.dumps({"phone": phone, "text": text}).encode()
        request = urllib.request.Request(settings.SMS_URL, body, {"Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310  the address is the operator's setting
            pass


def masked(phone: str) -> str:
    """139****5678: enough to recognise one's own number, not to call another's."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "****"


def sms() -> Sms:
    """The configured way to send."""
    return cast(Sms, import_string(settings.SMS_BACKEND)())
