"""Consent (同意): asked for in words that are kept by version, given or declined, withdrawn at any time, at once.

What rests on a consent is refused by `residents.reading` from the moment it is withdrawn (PIPL 14-16).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, NotFound
from linli.base.writing import writing
from linli.ledger.records import Line, record
from linli.posts.actor import Actor
from linli.posts.models import Organisation
from linli.residents.crypto import seal
from linli.residents.models import Consent, Contact

REACH = "reach"
WITHDRAW = "residents.withdraw_consent"
DAYS = {REACH: 30}
# Every text that was ever shown stays here under its version: a yes is a yes to these words.
TEXTS: dict[str, Callable[[], str]] = {
    "reach/1": lambda: gettext(
        "Those who deal with this at %(body)s may see your name and telephone number for this one case, for 30 days, "
        "to speak with you about it. Each look is written down for you to see. You can say no, and you can take it "
        "back at any time; what you raised is dealt with all the same."
    ),
}
NEWEST = {REACH: "reach/1"}


@dataclass(frozen=True)
class Wish:
    """What is asked: a yes to a purpose, for a case (its key and 17-digit place code), for one body."""

    purpose: str
    about: UUID
    code: int
    body: Organisation


def ask(contact: Contact, wish: Wish, *, post: int | None) -> Consent:
    """Ask for a yes; inside the step's transaction. A question that nobody answered is put anew."""
    _same(contact, wish).filter(given_at=None, declined_at=None).delete()
    return Consent.objects.create(
        contact=contact,
        purpose=wish.purpose,
        about=wish.about,
        code=wish.code,
        body=wish.body.pk,
        text=NEWEST[wish.purpose],
        asked_by=post,
    )


def waiting(about: UUID, purpose: str) -> Consent | None:
    """The question of a case that waits for an answer."""
    asked = Consent.objects.filter(about=about, purpose=purpose, given_at=None, declined_at=None)
    return asked.order_by("-asked_at").first()


def give(consent: Consent, *, at: datetime, how: str = Consent.How.OWN, sheet: bytes = b"") -> None:
    """Keep a yes, how it was given, and the signed sheet, sealed."""
    paper = seal(b64encode(sheet).decode(), f"consent/{consent.pk}/paper")
    Consent.objects.filter(pk=consent.pk).update(
        given_at=at, how=how, paper_sealed=paper, until=at + timedelta(days=DAYS[consent.purpose])
    )


def decline(consent: Consent, *, at: datetime) -> None:
    """Keep a no."""
    Consent.objects.filter(pk=consent.pk).update(declined_at=at)


def in_force(contact: UUID, purpose: str, about: UUID, body: int) -> bool:
    """Whether a body may rely on somebody's yes in a case now; asked of the database each time."""
    given = Consent.objects.filter(contact=contact, purpose=purpose, about=about, body=body)
    return _going(given).exists()


def recall(about: UUID, purpose: str, *, at: datetime) -> int:
    """Take back every yes to a purpose in one case; inside the step's transaction."""
    return _going(Consent.objects.filter(about=about, purpose=purpose)).update(withdrawn_at=at)


def withdraw(key: UUID, contacts: Collection[UUID], *, by: Actor) -> None:
    """Take one yes back, from one's own page; NotFound for somebody else's."""
    with writing():
        found = Consent.objects.filter(pk=key, contact__in=contacts).first()
        if found is None:
            raise NotFound
        if not _going(Consent.objects.filter(pk=key)).update(withdrawn_at=timezone.now()):
            raise Conflict(_("This has ended already."))
        record(Line(WITHDRAW, by.by(), found.code, found.about, facts={"purpose": found.purpose}))


def withdraw_all(contacts: QuerySet[Contact]) -> int:
    """Take back everything somebody ever said yes to; inside the step's transaction. Returns how many there were."""
    return _going(Consent.objects.filter(contact__in=contacts.values("pk"))).update(
        withdrawn_at=timezone.now()
    )


@dataclass(frozen=True)
class Agreed:
    """A yes or no in the words somebody was shown."""

    consent: Consent
    text: str
    body: str

    @property
    def going(self) -> bool:
        """Whether anybody may still rely on it."""
        held = self.consent.given_at and not self.consent.withdrawn_at
        return bool(held and self.consent.until and self.consent.until > timezone.now())


def agreed_by(contacts: Iterable[UUID]) -> list[Agreed]:
    """What somebody said yes or no to, newest first (two statements)."""
    answered = Q(given_at__isnull=False) | Q(declined_at__isnull=False)
    rows = list(Consent.objects.filter(answered, contact__in=list(contacts)).order_by("-asked_at", "-id"))
    bodies = dict(Organisation.objects.filter(pk__in={row.body for row in rows}).values_list("pk", "name"))
    named = [(row, bodies.get(row.body or 0, "")) for row in rows]
    return [Agreed(row, text_of(row.text, body), body) for row, body in named]


def text_of(version: str, body: str) -> str:
    """What was shown, in the reader's language."""
    return TEXTS[version]() % {"body": body}


def _going(rows: QuerySet[Consent]) -> QuerySet[Consent]:
    return rows.filter(given_at__isnull=False, withdrawn_at=None, until__gt=timezone.now())


def _same(contact: Contact, wish: Wish) -> QuerySet[Consent]:
    return Consent.objects.filter(contact=contact, purpose=wish.purpose, about=wish.about, body=wish.body.pk)
