"""The parties of a case beside its reporter: who joins, who stands as one now, and what each is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.base.worktime import PLACE_TIME
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Party
from linli.cases.procedure import PARTIES, REPORTER, REPRESENTATIVE, Step, Words
from linli.posts.actor import PartyActor, Side
from linli.residents.accounts import contacts_with
from linli.residents.crypto import blind_indexes
from linli.residents.keeping import GivenContact, plain_phone, sealed_contact
from linli.residents.models import Contact


@dataclass(frozen=True)
class GivenParty:
    """Somebody a case is also between, as a form gives them: the role, and how to reach them."""

    role: str
    contact: GivenContact
    acts_for: int | None = None
    powers: Powers | None = None


@dataclass(frozen=True)
class Powers:
    """By what somebody acts for a party (代理权限): the basis, whether specially, its first and its last day."""

    basis: str
    special: bool = False
    begins: date | None = None
    ends: date | None = None


def parties_of(case: Case) -> list[Party]:
    """Those who are parties now beside the reporter, by their numbers; no statement for a kind without any."""
    return parties_in(rows_of_parties(case))


def parties_in(rows: Sequence[Party]) -> list[Party]:
    """Those of these rows by which somebody beside the reporter is a party now, for themselves."""
    return [each for each in rows if stands(each) and each.nr and each.acts_for is None]


def agents_in(rows: Sequence[Party], nr: int | None = None) -> list[Party]:
    """Those of these rows by which somebody acts for a party now, or for the one with this number."""
    return [
        each for each in rows if stands(each) and each.acts_for is not None and nr in {None, each.acts_for}
    ]


def reporter_stands(rows: Sequence[Party]) -> bool:
    """Whether whoever raised it is a party still: the rows say so only of one who left or got a new number."""
    own = [each for each in rows if each.nr == 0]
    return not own or any(stands(each) for each in own)


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
    if by.agency:
        row = present.get(by.agency.key)
        if row is None or row.agency != by.agency or row.acts_for != by.nr:
            return False
    if by.side is None:
        return by.role == REPORTER and not any(each.nr == 0 for each in rows)
    row = present.get(by.side.key)
    return row is not None and row.side == by.side


def actors_in(case: Case, rows: Sequence[Party]) -> list[tuple[Party | None, PartyActor]]:
    """Everybody who comes into a case by a code of their own, as actors; the reporter without a row comes first."""
    sides: dict[int, Side | None] = {each.nr: each.side for each in rows if stands(each)}
    if not any(each.nr == 0 for each in rows):
        sides[0] = None
    found: list[tuple[Party | None, PartyActor]] = (
        [(None, PartyActor(REPORTER, case.pk))] if sides.get(0, ...) is None else []
    )
    for row in rows:
        if stands(row) and row.acts_for is None:
            found.append((row, PartyActor(row.role, case.pk, side=row.side)))
        elif stands(row) and row.acts_for in sides:
            side = sides[row.acts_for]
            found.append((row, PartyActor(REPRESENTATIVE, case.pk, side=side, agency=row.agency)))
    return found


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
    party = Party(case=case, role=role.name, nr=nr, contact=sealed_contact(given.contact), joined_at=at)
    if given.powers:
        party.acts_for, party.basis, party.special = given.acts_for, given.powers.basis, given.powers.special
        party.acts_from, party.acts_until = given.powers.begins, given.powers.ends
    return party


def gone_reporter(case: Case, at: datetime) -> Party:
    """An unsaved row that says that whoever raised it is a party no more; nothing else ends their code."""
    return Party(case=case, role=REPORTER, nr=0, contact=case.reporter, joined_at=case.at, left_at=at)


def refuse_same_number(case: Case, phone: str, others: Sequence[Party]) -> None:
    """Raise Conflict for the number of another party: whoever has it would be told that party's code."""
    known = {each.contact.phone_index for each in others} | {
        case.reporter.phone_index if case.reporter else ""
    }
    if known.intersection(blind_indexes(plain_phone(phone), "phone")):
        raise Conflict(
            _("Another party of this case has this telephone number. Leave it out, or enter another one.")
        )


def told_by(
    step: Step,
    case: Case,
    rows: Sequence[Party],
    *,
    at: datetime,
    chosen: Collection[int] | None = None,
) -> list[Contact]:
    """Whom a step is told: the numbers an action chose, else the procedure's roles; and who acts for these now."""
    others = [each for each in rows if stands(each) and each.nr]
    if chosen is None:
        roles = {0: REPORTER} | {each.nr: each.role for each in others if each.acts_for is None}
        chosen = {nr for nr, role in roles.items() if step.tells & {PARTIES, role}}
    day = at.astimezone(PLACE_TIME).date()
    reporter = [case.reporter] if case.reporter and 0 in chosen and reporter_stands(rows) else []
    return reporter + [
        each.contact
        for each in others
        if each.nr in chosen
        or (each.acts_for in chosen and (agency := each.agency) is not None and agency.holds_on(day))
    ]


def role_words(case: Case, nr: int, rows: Sequence[Party]) -> str:
    """What a party is called: its role, with a number where the case has had several of them."""
    roles = kind_of(case.kind).procedure.roles
    if nr == 0:
        return str(roles[REPORTER].label) if REPORTER in roles else _("Whoever raised it")
    found = next((each for each in rows if each.nr == nr), None)
    if found is None or found.role not in roles:
        return _("A party")
    if found.acts_for is not None:
        return _("Representative of: %(party)s") % {"party": role_words(case, found.acts_for, rows)}
    label: Words = roles[found.role].label
    alike = sorted({each.nr for each in rows if each.role == found.role})
    if len(alike) == 1:
        return str(label)
    return _("%(role)s %(number)d") % {"role": label, "number": alike.index(nr) + 1}
