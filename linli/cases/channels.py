"""The ways a notice can leave: a text message, an e-mail.

A channel writes the messages of a batch, inside the transaction that claims it; what it returns sends them one by
one, outside any.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
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
from linli.posts.models import Holding
from linli.residents.reading import read_many
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


def _by_sms(notices: Sequence[Notice]) -> list[Message]:
    """Who cannot be read holds up the batch; the outbox then writes each alone."""
    wanted = [(notice.contact, notice.case) for notice in notices if notice.contact]
    people = iter(read_many(wanted, "notice", by=NOTICES))
    return [
        partial(sms().send, next(people).phone, text_of(notice)) if notice.contact else _nothing
        for notice in notices
    ]


def _by_email(notices: Sequence[Notice]) -> list[Message]:
    posts = {notice.post_id for notice in notices}
    sitting = Holding.objects.current().filter(post__in=posts).exclude(account__email="")
    addresses: dict[int | None, list[str]] = defaultdict(list)
    for post, address in sitting.values_list("post_id", "account__email"):
        addresses[post].append(address)
    with override(settings.LANGUAGE_CODE):
        return [_letter(notice, addresses[notice.post_id]) if notice.post else _nothing for notice in notices]


def _letter(notice: Notice, addresses: list[str]) -> Message:
    title = notice.post.title if notice.post else ""
    step = step_of(notice.case.kind, notice.step).label
    words = {"number": notice.case.number, "step": step, "post": title}
    subject = _("%(number)s: something to do for %(post)s") % words
    text = _("%(number)s has come to %(post)s after “%(step)s”. Sign in to see it.") % words
    return partial(send_mail, subject, text, settings.DEFAULT_FROM_EMAIL, addresses)


def _nothing() -> None:
    """For a notice to nobody."""


CHANNELS: dict[str, Callable[[Sequence[Notice]], list[Message]]] = {"sms": _by_sms, "email": _by_email}
