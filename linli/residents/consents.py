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
from linli.residents.models import Consent, Contact, Guardianship
from linli.residents.people.warding import age_of_record, guard, guards_of, is_contested, record_behind

REACH = "reach"
WITHDRAW, AFFIRM = "residents.withdraw_consent", "residents.affirm_consent"
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


def give(consent: Consent, *, at: datetime, how: str = Consent.How.OWN, sheet: bytes = b"") -> str:
    """Keep a yes, how it was given, and the signed sheet, sealed; returns how. A child's own yes is a Conflict."""
    row, how = _given_for(consent, how)
    paper = seal(b64encode(sheet).decode(), f"consent/{consent.pk}/paper")
    Consent.objects.filter(pk=consent.pk).update(
        given_at=at,
        how=how,
        guardianship=row,
        paper_sealed=paper,
        until=at + timedelta(days=DAYS[consent.purpose]),
    )
    return how


def _given_for(consent: Consent, how: str) -> tuple[Guardianship | None, str]:
    """Below fourteen only a parent or other guardian says yes, on a signed sheet (PIPL 31); one of them is enough."""
    person = record_behind(consent.contact)
    if person is None or not age_of_record(person).child:
        return None, how
    if how == Consent.How.OWN:
        raise Conflict(
            _(
                "Under fourteen a parent or other guardian has to agree. Please let them come to the window and sign "
                "there; what was raised is dealt with all the same."
            )
        )
    going = guards_of(person)
    if not going:
        raise Conflict(
            _("This person is under fourteen, and no guardian is noted. Note the guardian who signed first.")
        )
    if is_contested(going):
        raise Conflict(
            _("The guardians disagree: none of them agrees alone. It is dealt with without this yes.")
        )
    return (going[0].row if len(going) == 1 else None), Consent.How.GUARDIAN


def affirm(key: UUID, contacts: Collection[UUID], *, by: Actor) -> None:
    """Say yes oneself to what a guardian had agreed to, from fourteen on; NotFound for anything else."""
    with writing():
        found = Consent.objects.select_related("contact").filter(pk=key, contact__in=contacts).first()
        if found is None or not asked_anew(found):
            raise NotFound
        Consent.objects.filter(pk=key).update(how=Consent.How.OWN)
        record(Line(AFFIRM, by.by(), found.code, found.about, facts={"purpose": found.purpose}))


def asked_anew(consent: Consent) -> bool:
    """Whether a guardian's yes that goes on is of somebody who may say it themselves by now; it holds until then."""
    if consent.how != Consent.How.GUARDIAN or not _going(Consent.objects.filter(pk=consent.pk)).exists():
        return False
    person = record_behind(consent.contact)
    return person is not None and not age_of_record(person).child


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


def withdraw_all(contacts: QuerySet[Contact], *, of_guardians: bool = False) -> int:
    """Take back everything somebody ever said yes to, or only what guardians said; inside the step's transaction.

    Returns how many there were.
    """
    given = Consent.objects.filter(contact__in=contacts.values("pk"))
    if of_guardians:
        given = given.filter(how=Consent.How.GUARDIAN)
    return _going(given).update(withdrawn_at=timezone.now())


@dataclass(frozen=True)
class Agreed:
    """A yes or no in the words somebody was shown."""

    consent: Consent
    text: str
    body: str

    @property
    def anew(self) -> bool:
        """Whether a guardian said it, and the person may say it themselves by now."""
        return asked_anew(self.consent)

    @property
    def guardian(self) -> str:
        """Which guardian said it, in words; empty where it was none, or one of several."""
        row = self.consent.guardianship
        return guard(row).tie_words if row else ""

    @property
    def going(self) -> bool:
        """Whether anybody may still rely on it."""
        held = self.consent.given_at and not self.consent.withdrawn_at
        return bool(held and self.consent.until and self.consent.until > timezone.now())


def agreed_by(contacts: Iterable[UUID]) -> list[Agreed]:
    """What somebody said yes or no to, newest first (two statements)."""
    answered = Q(given_at__isnull=False) | Q(declined_at__isnull=False)
    rows = list(
        Consent.objects.filter(answered, contact__in=list(contacts))
        .select_related("contact", "guardianship")
        .order_by("-asked_at", "-id")
    )
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
