"""Letters to a mailbox of somebody's own: a code that proves it, and the news that there is news."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import send_mail

from linli.residents.webpush import Gone

TO_MAIL = "mailto:"
_NO_SUCH = {550, 551, 553}  # what a mail server says of a mailbox it does not have (RFC 5321)


@dataclass(frozen=True)
class Mailbox:
    """An e-mail address that somebody proved to read."""

    endpoint: str

    @classmethod
    def of(cls, address: str) -> Mailbox:
        """The mailbox with this address."""
        return cls(TO_MAIL + address)

    @property
    def address(self) -> str:
        """The address by itself."""
        return self.endpoint.removeprefix(TO_MAIL)


def letters_go_out() -> bool:
    """Whether this place sends e-mail at all; a demo shows how it would be."""
    return settings.DEMO or not settings.EMAIL_BACKEND.endswith("console.EmailBackend")


def new_code() -> str:
    """Six digits for one letter."""
    return f"{secrets.randbelow(10**6):06}"


def write(to: Mailbox, subject: str, text: str) -> None:
    """Send one letter; Gone if there is no such mailbox, OSError otherwise, which never names the address."""
    try:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [to.address])
    except SMTPRecipientsRefused as refusal:
        if {code for code, _words in refusal.recipients.values()} <= _NO_SUCH:
            raise Gone from None
        raise OSError("The mail server did not take the letter.") from None
    except SMTPException as trouble:
        raise OSError(f"The mail server did not take the letter ({type(trouble).__name__}).") from None
