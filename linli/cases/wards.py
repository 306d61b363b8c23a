"""What guardians see of their ward: the record, and who looked at it; what is sensitive only where a person decided so.

What a child of eight or more has raised itself is not opened to its guardians at all (未成年人保护法 63).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.writing import writing
from linli.cases.models import Case
from linli.cases.sensitive import is_private
from linli.posts.actor import PartyActor
from linli.residents.looks import Looks, Whose, looks_at
from linli.residents.models import Access, Extract, Person
from linli.residents.people.reading import FIELDS, read_person
from linli.residents.people.warding import family_of, guards_of, is_contested, require_guardian
from linli.residents.purposes import GUARDIAN
from linli.residents.reading import log

WHERE = ("address", "phone")  # how to find the ward


def kept_from_guardians(keys: list[UUID]) -> set[UUID]:
    """The cases in which these records were read and of which a guardian learns nothing: sensitive, or unsorted yet."""
    rows = Access.objects.filter(person__in=keys).values_list("about", flat=True)
    abouts = {about for about in rows.distinct() if about}
    cases = Case.everywhere.filter(pk__in=abouts).select_related("category")
    return abouts - {case.pk for case in cases if not is_private(case)}


def ward_looks(ward: Person, *, by: PartyActor, before: UUID | None = None, entire: bool = False) -> Looks:
    """Who looked at a ward's record, for a guardian; that the guardian read it is a line of the list itself."""
    require_guardian(by, ward)
    keys = family_of(ward)
    with writing():
        log([(ward, None)], GUARDIAN, ("readings",), by=by)
        but = set() if entire else kept_from_guardians(keys)
        return looks_at(Whose(people=keys, but=but), before=before)


def of_ward(extract: Extract, ward: Person) -> dict[str, Any]:
    """The copy of a ward's record; each reading of it leaves its row. NotFound once the guardianship is over."""
    by = PartyActor(GUARDIAN, person=extract.contact_id)
    apart = is_contested(guards_of(ward)) and not extract.entire
    fields = [
        name for name in FIELDS if not (apart and name in WHERE)
    ]  # one of them may have had to leave the other
    kept = read_person(ward, GUARDIAN, by=by, fields=fields)
    return {
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "about": _("The record of somebody whose guardian you are"),
        "record": {
            "name": kept.name,
            "telephone": kept.phone,
            "document": kept.document_label,
            "number": kept.number,
            "birth": kept.birth,
            "language": kept.language,
            "address": kept.address,
            "region": kept.region,
        },
        "guardians": [
            {"tie": each.tie_words, "ground": each.ground_words, "since": each.row.since.isoformat()}
            for each in guards_of(ward)
        ],
        "reports": [],
        "looks": looks_told(ward_looks(ward, by=by, entire=extract.entire)),
    }


def looks_told(looks: Looks) -> list[dict[str, str]]:
    """Readings as plain values."""
    return [
        {
            "at": timezone.localtime(look.at).isoformat(timespec="seconds"),
            "who": look.who,
            "organisation": look.organisation,
            "purpose": look.purpose,
            "fields": look.fields,
        }
        for look in looks.lines
    ]
