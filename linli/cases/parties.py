"""The parties of a case beside its reporter: who joins, who stands as one now, and what each is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Party
from linli.cases.procedure import PARTIES, REPORTER, Step, Words
from linli.posts.actor import PartyActor
from linli.residents.accounts import contacts_with
from linli.residents.crypto import blind_indexes
from linli.residents.keeping import GivenContact, plain_phone, sealed_contact
from linli.residents.models import Contact


@dataclass(frozen=True)
class GivenParty:
    """Somebody a case is also between, as a form gives them: the role, and how to reach them."""

    role: str
    contact: GivenContact


def parties_of(case: Case) -> list[Party]:
    """Those who are parties now beside the reporter, by their numbers; no statement for a kind without any."""
    return [each for each in rows_of_parties(case) if stands(each) and each.nr]


def rows_of_parties(case: Case) -> list[Party]:
    """All rows of a case, also of who left and of numbers that were replaced, in the order in which they came."""
    return rows_of_several([case])[case.pk]


def rows_of_several(cases: Sequence[Case]) -> Mapping[UUID, list[Party]]:
    """The same for several cases, by their keys: one statement, none where no kind has parties."""
    found: dict[UUID, list[Party]] = defaultdict(list)
    having = [case for case in cases if kind_of(case.kind).procedure.has_parties]
    rows = Party.objects.filter(case__in=having).select_related("contact").order_by("nr", "id")
    for row in rows if having else ():
        found[row.case_id].append(row)
    return found


def stands(party: Party) -> bool:
    """Whether somebody is a party by this row now."""
    return party.left_at is None


def is_party(by: PartyActor, rows: Sequence[Party]) -> bool:
    """Whether an actor is, or acts for, a party as these rows of the case have it now."""
    present = {each.pk: each for each in rows if stands(each)}
    if by.side is None:
        return by.role == REPORTER and not any(each.nr == 0 for each in rows)
    row = present.get(by.side.key)
    return row is not None and row.side == by.side


def given_with(phone: str, cases: Sequence[Case]) -> list[tuple[Contact, Case]]:
    """Whose number it is in each of these cases: the reporter's, or another party's (two statements)."""
    known = set(contacts_with(phone).values_list("pk", flat=True))
    rows = Party.objects.filter(case__in=cases, contact__in=known, left_at=None, nr__gt=0)
    others = defaultdict(list)
    for row in rows.select_related("contact").order_by("nr"):
        others[row.case_id].append(row.contact)
    people = [(contact, case) for case in cases for contact in (case.reporter, *others[case.pk])]
    return [(contact, case) for contact, case in people if contact and contact.pk in known]


def joining(case: Case, given: GivenParty, rows: Sequence[Party], at: datetime) -> Party:
    """An unsaved party with its unsaved, sealed contact; `rows` are all there have been.

    Raises Invalid where nothing is given, Conflict where there are too many or the number is that of another party.
    """
    role = kind_of(case.kind).procedure.roles[given.role]
    if role.name == REPORTER:
        raise ValueError("The reporter is a party already.")
    if not given.contact:
        raise Invalid(_("Enter the name or the telephone number of each party."))
    if sum(stands(each) and each.role == role.name for each in rows) >= role.most:
        raise Conflict(
            _("A case has at most %(most)d parties of this role: %(role)s.")
            % {"most": role.most, "role": role.label}
        )
    refuse_same_number(case, given.contact.phone, [each for each in rows if stands(each)])
    nr = max((each.nr for each in rows), default=0) + 1
    return Party(case=case, role=role.name, nr=nr, contact=sealed_contact(given.contact), joined_at=at)


def refuse_same_number(case: Case, phone: str, others: Sequence[Party]) -> None:
    """Raise Conflict for the number of another party: whoever has it would be told that party's code."""
    known = {each.contact.phone_index for each in others} | {
        case.reporter.phone_index if case.reporter else ""
    }
    if known.intersection(blind_indexes(plain_phone(phone), "phone")):
        raise Conflict(
            _("Another party of this case has this telephone number. Leave it out, or enter another one.")
        )


def told_by(step: Step, case: Case, rows: Sequence[Party], chosen: Collection[int] | None) -> list[Contact]:
    """Whom a step is told: the numbers an action chose, else the roles the procedure says."""
    reporter = [case.reporter] if case.reporter else []
    others = [each for each in rows if stands(each) and each.nr]
    if chosen is not None:
        return [each for each in reporter if 0 in chosen] + [
            each.contact for each in others if each.nr in chosen
        ]
    all_of_them = PARTIES in step.tells
    told = reporter if all_of_them or REPORTER in step.tells else []
    return told + [each.contact for each in others if all_of_them or each.role in step.tells]


def role_words(case: Case, nr: int, rows: Sequence[Party]) -> str:
    """What a party is called: its role, with a number where the case has had several of them."""
    roles = kind_of(case.kind).procedure.roles
    if nr == 0:
        return str(roles[REPORTER].label) if REPORTER in roles else _("Whoever raised it")
    found = next((each for each in rows if each.nr == nr), None)
    if found is None or found.role not in roles:
        return _("A party")
    label: Words = roles[found.role].label
    alike = sorted({each.nr for each in rows if each.role == found.role})
    if len(alike) == 1:
        return str(label)
    return _("%(role)s %(number)d") % {"role": label, "number": alike.index(nr) + 1}
