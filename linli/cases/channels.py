"""The ways a notice can leave: a text message, an e-mail. Sending happens outside any transaction."""

from __future__ import annotations

from collections.abc import Callable

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


def _by_sms(notice: Notice) -> None:
    if notice.contact:
        phone = read(notice.contact, "notice", notice.case, by=NOTICES, fields=("phone",)).phone
        sms().send(phone, text_of(notice))


def _by_email(notice: Notice) -> None:
    if notice.post:
        addresses = list(
            notice.post.holdings.current().exclude(account__email="").values_list("account__email", flat=True)
        )
        with override(settings.LANGUAGE_CODE):
            step = step_of(notice.case.kind, notice.step).label
            words = {"number": notice.case.number, "step": step, "post": notice.post.title}
            subject = _("%(number)s: something to do for %(post)s") % words
            text = _("%(number)s has come to %(post)s after “%(step)s”. Sign in to see it.") % words
            send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, addresses)


CHANNELS: dict[str, Callable[[Notice], None]] = {"sms": _by_sms, "email": _by_email}
