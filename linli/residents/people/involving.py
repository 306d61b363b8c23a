"""Which cases a resident's record was opened for. From the case to the person only; no list of a person's cases.

Nothing joins a case's contact with a resident by itself: their indexes have different keys. Somebody who may read both
asks for it in the case, the telephone number has to match exactly, and what is found is not shown by that.
"""

from __future__ import annotations

from uuid import UUID

from linli.base.errors import NotFound, NotYours
from linli.base.writing import writing
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import covers, require
from linli.posts.powers import kinds_with
from linli.residents.crypto import blind_indexes
from linli.residents.models import Contact, Involvement, Person
from linli.residents.people.indexes import PHONE
from linli.residents.people.reading import require_window, root_of
from linli.residents.people.registering import REGISTER
from linli.residents.purposes import purpose_named
from linli.residents.reading import Concern
from linli.residents.sealing import unsealed


def resident_behind(contact: Contact, case: Concern, *, relation: str, by: PostActor) -> Person | None:
    """Link a case with the one resident of the area who has its contact's number; None where it is not exactly one.

    The record itself is opened by `read_person(..., about=case.pk)`, and leaves its row.
    """
    if not case.is_about(contact.pk) or not covers(by, case.code_now):
        raise NotFound
    require(by, REGISTER, within=case.code_now)
    require_window(by, kinds_with(REGISTER) & purpose_named("call_back").posts)  # never whoever deals with it
    phone = unsealed(contact, "phone")
    rows = Person.objects.filter(phone_index__in=blind_indexes(phone, PHONE), erased_at=None)
    roots = {root.pk: root for root in map(root_of, rows.select_related("division", "merged_into__division"))}
    near = [root for root in roots.values() if covers(by, root.division.code)]
    if len(near) != 1:
        return None
    involve(near[0], case.pk, relation=relation, by=by)
    return near[0]


def involve(person: Person, about: UUID, *, relation: str, by: PostActor) -> Involvement:
    """Link a record that was opened at the window with a case; the same link twice is one."""
    require(by, REGISTER, within=person.division.code)
    if person.merged_into_id:
        raise NotYours
    with writing():
        link, new = Involvement.objects.get_or_create(person=person, about=about, relation=relation)
        if new:
            facts = {"resident": person.pk, "relation": relation}
            record(Line("residents.involve", by.by(), person.division.code, about, facts=facts))
    return link
