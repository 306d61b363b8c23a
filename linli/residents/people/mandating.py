"""Acting for somebody (代办), named at the window: for those who have no telephone to do it with themselves.

A clerk takes it in before a signed letter of authority or a second post that hears it too. It is for one case, or for a
time; the resident ends it in person or by a call.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.base.writing import writing
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.lookup import sitters_of
from linli.posts.may import covers, require
from linli.posts.models import Post
from linli.posts.powers import kinds_with
from linli.residents.accounts import records_of
from linli.residents.crypto import blind_indexes
from linli.residents.mandates import Terms, given_by, is_going, keep, stop
from linli.residents.models import Contact, Involvement, Mandate, Person
from linli.residents.people.guarding import POWER
from linli.residents.people.involving import involve
from linli.residents.people.reading import opened, require_window
from linli.residents.people.warding import contacts_alone, family_of
from linli.residents.purposes import GUARDIANS
from linli.residents.reading import Concern, log

REPORTER = "reporter"
MOST_SHOWN = 50


@dataclass(frozen=True)
class Given:
    """Whom somebody names, who that is, for how many days; `witness`: the second post, if it is not on paper.

    `signed`: its holder has signed for it.
    """

    phone: str
    tie: str
    days: int
    case: Concern | None = None
    witness: Post | None = None
    signed: bool = False


def give_at_window(person: Person, given: Given, *, by: PostActor) -> Mandate:
    """Let somebody act for the resident whose record is open, in one case or in all raised with the record's number."""
    _require(person, by)
    _check_witness(given.witness, by)
    contact = _of_case(person, given.case, by) if given.case else _of_number(person)
    about = given.case.pk if given.case else None
    with writing():
        made = keep(
            contact,
            Terms(given.phone, given.days, about),
            tie=given.tie,
            post=by.post.pk,
            witness=given.witness.pk if given.witness else None,
        )
        _note("residents.give_mandate", made, person, by, signed=given.signed)
    return made


def end_at_window(person: Person, key: UUID, *, by: PostActor) -> None:
    """End one because the resident says so, at the window or on the telephone; at once."""
    _require(person, by)
    rows = {each.pk: each for each in _mandates(person)}
    if key not in rows:
        raise Conflict(_("This is not a mandate of this record. Look at the list again."))
    with writing():
        _note("residents.end_mandate", stop(key, rows[key].contact), person, by)


def mandates_at_window(person: Person, *, by: PostActor) -> list[tuple[Mandate, bool]]:
    """Who acts for the resident whose record is open, and whether that goes on; leaves the row the resident sees."""
    _require(person, by)
    with writing():
        log([(person, None)], GUARDIANS, ("guardians",), by=by)
    found = [(each, is_going(each)) for each in _mandates(person)]
    return sorted(found, key=lambda pair: not pair[1])[:MOST_SHOWN]


def _require(person: Person, by: PostActor) -> None:
    require(by, POWER, within=person.division.code)
    require_window(by, kinds_with(POWER))


def _check_witness(witness: Post | None, by: PostActor) -> None:
    """Two people, not one on two posts; both of this area."""
    if witness is None:
        return
    others = sitters_of([witness.pk]) - {by.holding.account_id}
    if not others or not covers(by, witness.division.code):
        sentence = _("The second post must be held by somebody else and belong to your area.")
        raise Invalid(fields={"witness": [sentence]})


def _of_case(person: Person, case: Concern, by: PostActor) -> Contact:
    """The contact a case was raised with: opened for this record, or with its number or none, and in its name."""
    keys = [key for key in case.contacts_of_party(0) if key] if covers(by, case.code_now) else []
    linked = bool(keys) and _linked(person).filter(about=case.pk).exists()
    for found in Contact.objects.filter(pk__in=keys).order_by("-pk"):
        if linked or is_raised_by(found, person):
            return found
    raise Invalid(
        fields={"number": [_("This case was not raised by this resident, or not with this name or number.")]}
    )


def is_raised_by(contact: Contact, person: Person) -> bool:
    """Whether what was raised with a contact was raised by a resident.

    Where a household shares a number, the name decides, as it does where none was left."""
    if contact.phone_index and contact.phone_index not in _digests(person):
        return False
    return person.pk in records_of(contact) or opened(contact, "name") == opened(person, "name")


def _of_number(person: Person) -> Contact:
    found = _newest(person)
    if found is None:
        sentence = _(
            "Nothing was raised with a number that is this resident's alone. Enter the number of the one case."
        )
        raise Invalid(fields={"number": [sentence]})
    return found


def _newest(person: Person) -> Contact | None:
    return contacts_alone(person).order_by("-id").first()


def _digests(person: Person) -> list[str]:
    return blind_indexes(opened(person, "phone"), "phone")


def _linked(person: Person) -> QuerySet[Involvement]:
    return Involvement.objects.filter(person__in=family_of(person), relation=REPORTER)


def _mandates(person: Person) -> list[Mandate]:
    """Those of the number that is the record's alone, and those of single cases that were linked with it."""
    found = {each.pk: each for each in Mandate.objects.filter(about__in=_linked(person).values("about"))}
    newest = _newest(person)
    if newest:
        found |= {each.pk: each for each in given_by(newest)}
    return sorted(found.values(), key=lambda each: each.given_at, reverse=True)


def _note(name: str, mandate: Mandate, person: Person, by: PostActor, **more: bool) -> None:
    """As an entry about the case or the record; the case is linked with the record, so that it is found from there."""
    if mandate.about:
        involve(person, mandate.about, relation=REPORTER, by=by)
    facts = {"mandate": str(mandate.pk), "witness": mandate.witness, **more}
    record(Line(name, by.by(), person.division.code, mandate.about or person.pk, facts=facts))
    log([(person, mandate.about)], GUARDIANS, ("guardians",), by=by)
