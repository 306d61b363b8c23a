"""The ways a notice can leave: a text message, an e-mail, a browser or mailbox that asked for it.

A channel writes the messages of a batch, inside the transaction that claims it; what it returns sends them one by
one, outside any.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.cases.devices import follow_page, tell_devices
from linli.cases.follow import code_for, follow_code
from linli.cases.kinds import kind_of, step_of
from linli.cases.models import Case, Notice
from linli.cases.models.device import LETTER, PUSH
from linli.cases.sensitive import is_private_by_key
from linli.posts.actor import SystemActor
from linli.posts.models import Holding
from linli.residents.reading import read_many
from linli.residents.sms import sms

NOTICES = SystemActor("notices")
OLD_NUMBER, NEW_NUMBER = "old_number", "new_number"  # told by the core, not by a step of a kind
MOVED = {OLD_NUMBER, NEW_NUMBER}
Message = Callable[[], Any]


def text_of(notice: Notice) -> str:
    """What the notice says, in the language of whoever gets it."""
    with override(notice.contact.language if notice.contact else settings.LANGUAGE_CODE):
        if _says_nothing(notice):
            return _("Linli: there is a new message for you. Read it with your code.")
        return (_moved(notice) if notice.step in MOVED else _told(notice)) + _link(case_of(notice))


def _says_nothing(notice: Notice) -> bool:
    """Whether a message names neither case nor code: whoever threatens may hold the telephone (docs/adr/0033).

    The first one to somebody brings number and code, without which they would never come in.
    """
    case = case_of(notice)
    kind = kind_of(case.kind)
    if not (kind.procedure.has_parties and getattr(kind.detail_of(case), "unsafe", False)):
        return False
    return Notice.objects.filter(case=case, contact=notice.contact_id, channel="sms", state="sent").exists()


def _told(notice: Notice) -> str:
    case = case_of(notice)
    told_of = notice.told_of or case
    words = step_of(told_of.kind, notice.step).notice
    said = kind_of(told_of.kind).detail_of(told_of).told() if notice.told_of else {}
    return str(words).format(
        number=case.number,
        code=_code_of(notice),
        summary=_words_of(case),
        telephone=settings.PLACE_TELEPHONE,
        **said,
    )


def _link(case: Case) -> str:
    """Where number and code are typed, for whoever has never been there; the code never stands in an address."""
    if not settings.PLACE_ADDRESS:
        return ""
    return f" {settings.PLACE_ADDRESS}{follow_page(case)}"


def case_of(notice: Notice) -> Case:
    """The case a notice tells of; the channels of the core are asked about nothing else."""
    assert notice.case is not None  # noqa: S101
    return notice.case


def _code_of(notice: Notice) -> str:
    """Whoever gets the message finds their own code in it."""
    case = case_of(notice)
    if notice.contact is None or notice.contact_id == case.reporter_id:
        parties = kind_of(case.kind).procedure.has_parties
        return code_for(case, notice.contact) if parties else follow_code(case.pk)
    return code_for(case, notice.contact)


def _moved(notice: Notice) -> str:
    """Told when another number was put in for a party: on the old one that it was, on the new one the code."""
    said = {"number": case_of(notice).number, "telephone": settings.PLACE_TELEPHONE, "code": _code_of(notice)}
    if notice.step == OLD_NUMBER:
        return (
            _(
                "Linli: another telephone number was put in for you in case %(number)s; your code opens it no more. "
                "If you did not ask for this, call %(telephone)s at once."
            )
            % said
        )
    return (
        _(
            "Linli: you are now reached at this number in case %(number)s. Your new code is %(code)s. "
            "Follow the case with number and code at any time."
        )
        % said
    )


def _words_of(case: Case) -> str:
    """The first words of a report; of a sensitive one, or one nobody has sorted yet, only what sort of case it is.

    A telephone lies about at home, and others read what arrives there.
    """
    if is_private_by_key(case.kind, case.category_id):
        return str(kind_of(case.kind).procedure.label)
    return str(case.summary)


def _by_sms(notices: Sequence[Notice]) -> list[Message]:
    """Who cannot be read holds up the batch; the outbox then writes each alone."""
    wanted = [(notice.contact, case_of(notice)) for notice in notices if notice.contact]
    people = iter(read_many(wanted, "notice", by=NOTICES))
    return [_texted(next(people).phone, notice) if notice.contact else nothing for notice in notices]


def _texted(phone: str, notice: Notice) -> Message:
    """Nothing where the number was deleted since, as its owner wanted."""
    return partial(sms().send, phone, text_of(notice)) if phone else nothing


def _by_email(notices: Sequence[Notice]) -> list[Message]:
    """One letter for each post tells of all that waits for it."""
    addresses = addresses_of(notices)
    waiting: dict[int | None, list[Notice]] = defaultdict(list)
    for notice in notices:
        waiting[notice.post_id].append(notice)
    with override(settings.LANGUAGE_CODE):
        letters = {post: Letter(*_written(found), addresses[post]) for post, found in waiting.items() if post}
    return [letters.get(notice.post_id or 0, nothing) for notice in notices]


def addresses_of(notices: Sequence[Notice]) -> Mapping[int | None, list[str]]:
    """Of those who sit now on the posts that are told, and gave an e-mail address; by post (one statement)."""
    posts = {notice.post_id for notice in notices}
    sitting = Holding.objects.current().filter(post__in=posts).exclude(account__email="")
    addresses: dict[int | None, list[str]] = defaultdict(list)
    for post, address in sitting.values_list("post_id", "account__email"):
        addresses[post].append(address)
    return addresses


def _written(notices: Sequence[Notice]) -> tuple[str, str]:
    """Subject and text of the letter about these notices of one post."""
    title = notices[0].post.title if notices[0].post else ""
    lines = []
    for notice in notices:
        words = {
            "number": case_of(notice).number,
            "step": step_of(case_of(notice).kind, notice.step).label,
            "post": title,
        }
        lines.append(_("%(number)s has come to %(post)s after “%(step)s”. Sign in to see it.") % words)
    if len(notices) == 1:
        subject = _("%(number)s: something to do for %(post)s")
        return subject % {"number": case_of(notices[0]).number, "post": title}, lines[0]
    subject = _("%(count)d things to do for %(post)s") % {"count": len(notices), "post": title}
    return subject, "\n".join(lines)


@dataclass
class Letter:
    """Goes out once, however many notices it tells of; if it fails, each of them has failed."""

    subject: str
    text: str
    addresses: list[str]
    gone: bool = False

    def __call__(self) -> None:
        if not self.gone:
            send_mail(self.subject, self.text, settings.DEFAULT_FROM_EMAIL, self.addresses)
            self.gone = True


def nothing() -> None:
    """For a notice to nobody."""


def _as_asked(notices: Sequence[Notice]) -> list[Message]:
    """The browsers and mailboxes are read when it is sent: one that asked a moment ago is told too."""
    return [partial(tell_devices, case_of(each), each.contact, way=each.channel) for each in notices]


CHANNELS: dict[str, Callable[[Sequence[Notice]], list[Message]]] = {
    "sms": _by_sms,
    "email": _by_email,
    PUSH: _as_asked,
    LETTER: _as_asked,
}
