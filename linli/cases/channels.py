"""The ways a notice can leave: a text message, an e-mail.

A channel writes the message, inside the transaction that claims the notice; what it returns sends it, outside any.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.cases.follow import follow_code
from linli.cases.kinds import step_of
from linli.cases.models import Notice
from linli.posts.actor import SystemActor
from linli.residents.reading import read
from linli.residents.sms import sms

NOTICES = SystemActor("notices")
Message = Callable[[], Any]


def text_of(notice: Notice) -> str:
    """What the notice says, in the language of whoever gets it."""
    case = notice.case
    with override(notice.contact.language if notice.contact else settings.LANGUAGE_CODE):
        words = step_of(case.kind, notice.step).notice
        return str(words).format(
            number=case.number,
            code=follow_code(case.pk),
            summary=case.summary,
            telephone=settings.PLACE_TELEPHONE,
        )


def _nothing() -> None:
    """For a notice to nobody."""


def _by_sms(notice: Notice) -> Message:
    if not notice.contact:
        return _nothing
    phone = read(notice.contact, "notice", notice.case, by=NOTICES, fields=("phone",)).phone
    return partial(sms().send, phone, text_of(notice))


def _by_email(notice: Notice) -> Message:
    if not notice.post:
        return _nothing
    holdings = notice.post.holdings.current().exclude(account__email="")
    addresses = list(holdings.values_list("account__email", flat=True))
    with override(settings.LANGUAGE_CODE):
        step = step_of(notice.case.kind, notice.step).label
        words = {"number": notice.case.number, "step": step, "post": notice.post.title}
        subject = _("%(number)s: something to do for %(post)s") % words
        text = _("%(number)s has come to %(post)s after “%(step)s”. Sign in to see it.") % words
    return partial(send_mail, subject, text, settings.DEFAULT_FROM_EMAIL, addresses)


CHANNELS: dict[str, Callable[[Notice], Message]] = {"sms": _by_sms, "email": _by_email}
