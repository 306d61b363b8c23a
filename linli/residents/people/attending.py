"""A guardian who came to the window (监护人到窗口办理): known by the guardianship and a document seen, not by a number.

Nothing is done on a word alone: the guardianship was noted from a paper, and holds on the day itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.errors import Conflict, Invalid
from linli.base.writing import writing
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.posts.powers import kinds_with
from linli.residents.keeping import GivenContact, sealed_contact
from linli.residents.models import Contact, Guardianship, Involvement, Person
from linli.residents.people.guarding import POWER
from linli.residents.people.involving import involve
from linli.residents.people.reading import opened, require_window
from linli.residents.people.warding import Guard, family_of, guards_of, is_contested
from linli.residents.purposes import GUARDIAN, GUARDIAN_CAME
from linli.residents.reading import log
from linli.residents.rights import is_empty

CAME = "residents.guardian_came"


class Shown(models.TextChoices):
    """The guardian's own document that a post has seen; no copy and no number of it is kept."""

    ID_CARD = "id_card", gettext_lazy("Identity card")
    PERMIT = "residence_permit", gettext_lazy("Residence permit")
    PASSPORT = "passport", gettext_lazy("Passport or travel permit")


@dataclass(frozen=True)
class Attending:
    """Who stands at the window: for which ward, by which guardianship, who has let them be known, by which document."""

    ward: Person
    guard: Guard
    document: str
    by: PostActor


def attending(person: Person, key: UUID, document: str, *, by: PostActor) -> Attending:
    """A guardian at the window of a post, for the ward whose record is open; asked anew before each act.

    Conflict where the guardianship does not hold today; Invalid without a document.
    """
    require(by, POWER, within=person.division.code)
    require_window(by, kinds_with(POWER))
    if document not in Shown.values:
        raise Invalid(fields={"document": [_("Choose which document of the guardian you have seen.")]})
    found = next((each for each in guards_of(person) if each.row.pk == key), None)
    if found is None:
        raise Conflict(
            _("This guardianship does not hold any more, or is not of this record. Look at the list again.")
        )
    return Attending(person, found, document, by)


def attending_still(who: Attending) -> Attending:
    """The same, asked anew while nobody can end the guardianship; inside the transaction of the act."""
    ward = Person.objects.select_for_update(of=("self",)).select_related("division").get(pk=who.ward.pk)
    return attending(ward, who.guard.row.pk, who.document, by=who.by)


def contact_of(who: Attending) -> Contact:
    """What the guardian is reached by in cases: name, and number if there is one, as noted; inside a transaction.

    It is made when first needed, and anew where it was erased since.
    """
    row = (
        Guardianship.objects.select_for_update(of=("self",))
        .select_related("contact")
        .get(pk=who.guard.row.pk)
    )
    if row.contact and not is_empty(row.contact):
        return row.contact
    row.contact = sealed_contact(GivenContact(opened(row, "guardian"), opened(row, "number")))
    row.contact.save(force_insert=True)
    row.save(update_fields=["contact"])
    return row.contact


def note_act(who: Attending, about: UUID, facts: Mapping[str, object]) -> None:
    """Write down what a guardian did in a case, for the ledger and for the ward; in the transaction that does it."""
    involve(who.ward, about, relation=GUARDIAN, by=who.by)
    said = {"guardianship": who.guard.row.pk, "document": who.document, **facts}
    record(Line(CAME, who.by.by(), who.ward.division.code, about, facts=said))
    with writing():
        log([(who.ward, about)], GUARDIAN_CAME, ("guardians",), by=who.by)


def raised_for(who: Attending, about: UUID) -> bool:
    """Whether a case was raised at a window by a guardian for this ward."""
    linked = Involvement.objects.filter(about=about, relation=GUARDIAN)
    return linked.filter(person__in=family_of(who.ward)).exists()


def disagree(who: Attending) -> bool:
    """Whether the ward's guardians disagree: then none of them acts alone in what is not their own."""
    return is_contested(guards_of(who.ward))
