"""Parents and other guardians (监护人): noted at the window from a paper that was seen, ended, replaced, contested.

Who the guardian is follows from the law or from a court, never from Linli: what is kept is that a post saw the paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound
from linli.base.ids import uuid7
from linli.base.text import tidy
from linli.base.writing import writing
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor, SystemActor
from linli.posts.may import require
from linli.posts.powers import kinds_with
from linli.residents.crypto import blind_index, blind_indexes, current_version
from linli.residents.keeping import plain_phone, takes_text_messages
from linli.residents.models import Guardianship, Person
from linli.residents.openings import require_open
from linli.residents.own_activities import GUARDIANS as ACTIVITY
from linli.residents.people.ages import OF_AGE, birthday, years_old
from linli.residents.people.fields import put
from linli.residents.people.reading import opened, require_window
from linli.residents.people.warding import (
    BY_NUMBER,
    ENDS,
    Ground,
    Guard,
    Paper,
    Tie,
    family_of,
    guard,
    guards_of,
    is_contested,
)
from linli.residents.purposes import GUARDIANS
from linli.residents.reading import log

POWER = "residents.guardians"
NOTE, END = "residents.note_guardian", "residents.end_guardian"
COUNT_DOWN = SystemActor("ages")
BATCH = 200
OF_AGE_BY_ITSELF = "of_age"
_BY_COURT = {Ground.NONE, Ground.LIMITED}


@dataclass(frozen=True)
class GivenGuardian:
    """What the paper says, and how to reach the guardian; `since`: from which day. `instead_of`: whom it replaces."""

    name: str
    ground: str
    tie: str
    paper: str
    since: date
    phone: str = ""
    born: date | None = None
    instead_of: UUID | None = None


def note_guardian(person: Person, given: GivenGuardian, *, by: PostActor) -> Guardianship:
    """Keep a guardianship of a resident's record; whoever is replaced ends on the same day."""
    require_open(ACTIVITY)
    phone = _checked(person, given)
    with writing():
        now = _locked(person, by)
        _check_alone(now, phone)
        if given.instead_of:
            _stop(_found(now, given.instead_of), "replaced", on=given.since, by=by)
        row = Guardianship(
            id=uuid7(), person=now, since=given.since, post=by.post.pk, key_version=current_version()
        )
        put(row, now.division, guardian=tidy(given.name)[:60], number=phone, terms=_terms(given))
        put(row, now.division, born=given.born.isoformat() if given.born else "")
        row.number_index = blind_index(phone, BY_NUMBER)
        row.save(force_insert=True)
        facts = {"guardianship": row.pk, "replaces": given.instead_of}
        record(Line(NOTE, by.by(), now.division.code, now.pk, facts=facts))
        log([(now, None)], GUARDIANS, ("guardians", "birth"), by=by)
    return row


def end_guardian(person: Person, key: UUID, why: str, *, on: date, by: PostActor) -> None:
    """End one, from a day; Conflict where it has ended already."""
    if why not in ENDS:
        raise Invalid(fields={"why": [_("Choose one of the list.")]})
    with writing():
        now = _locked(person, by)
        _stop(_found(now, key), why, on=on, by=by)
        log([(now, None)], GUARDIANS, ("guardians",), by=by)


def contest(person: Person, *, by: PostActor) -> None:
    """Note that guardians disagree, or that somebody doubts one: from now on a person decides each time."""
    with writing():
        now = _locked(person, by)
        going = guards_of(now)
        if not going or is_contested(going):
            raise Conflict(_("There is no guardian of this record, or the disagreement is noted already."))
        _mark(now, going, timezone.localdate())
        record(Line("residents.contest_guardians", by.by(), now.division.code, now.pk))


def settle(person: Person, *, by: PostActor) -> None:
    """Note that they agree again, or that a court or the committee has decided."""
    with writing():
        now = _locked(person, by)
        if not is_contested(going := guards_of(now)):
            raise Conflict(_("No disagreement is noted."))
        _mark(now, going, None)
        record(Line("residents.settle_guardians", by.by(), now.division.code, now.pk))


def end_of_age() -> int:
    """Write the end under those whose ward became eighteen (a worker loop calls this); returns how many.

    They hold no longer from that midnight on, whether this has run or not.
    """
    today = timezone.localdate()
    rows = Guardianship.objects.filter(until=None).exclude(born_sealed=b"")
    due: list[Guardianship] = []
    for row in rows.select_related("person__division").iterator():
        found = guard(row)
        if found.ground == Ground.MINOR and not found.going(today):
            due.append(row)
        if len(due) == BATCH:
            break
    for row in due:
        day = birthday(date.fromisoformat(guard(row).born), OF_AGE)
        with writing():
            _end(Guardianship.objects.select_for_update().get(pk=row.pk), OF_AGE_BY_ITSELF, day)
            record(Line(END, COUNT_DOWN.by(), row.person.division.code, row.person_id, facts=_facts(row)))
    return len(due)


def shown_guardians(person: Person, *, by: PostActor) -> list[tuple[Guard, str, str]]:
    """Every guardianship there ever was, with name and number, for the window; leaves the row the resident sees."""
    require(by, POWER, within=person.division.code)
    require_window(by, kinds_with(POWER))
    found = guards_of(person, going=False)
    with writing():
        log([(person, None)], GUARDIANS, ("guardians",), by=by)
    return [(each, opened(each.row, "guardian"), opened(each.row, "number")) for each in found]


def _checked(person: Person, given: GivenGuardian) -> str:
    """The plain number; Invalid with the fields that are wrong."""
    faults: dict[str, list[str]] = {}
    today = timezone.localdate()
    phone = plain_phone(given.phone)
    if not tidy(given.name):
        faults["name"] = [_("Please enter the name.")]
    if phone and not takes_text_messages(phone):
        faults["phone"] = [_("Enter a mobile number: the guardian signs in with it. Or leave it empty.")]
    if given.since > today:
        faults["since"] = [_("This day is still to come.")]
    for name, choices in (("ground", Ground), ("tie", Tie), ("paper", Paper)):
        if getattr(given, name) not in choices.values:
            faults[name] = [_("Choose one of the list.")]
    faults |= _wrong_age(person, given, today)
    if given.ground in _BY_COURT and given.paper != Paper.JUDGMENT:
        faults["paper"] = [
            _("That somebody cannot act alone is found by a court: its judgment must be seen.")
        ]
    if faults:
        raise Invalid(fields=faults)
    return phone


def _wrong_age(person: Person, given: GivenGuardian, today: date) -> dict[str, list[str]]:
    if given.ground != Ground.MINOR:
        return {}
    if given.born is None:
        return {"born": [_("Enter the day of birth as in the paper: the guardianship ends by it.")]}
    if given.born > today or given.since < given.born:
        return {"born": [_("This day cannot be right.")]}
    if years_old(given.born, today) >= OF_AGE:
        return {"born": [_("Whoever is eighteen acts alone. A guardian needs the finding of a court then.")]}
    if (held := opened(person, "birth")) and held != given.born.isoformat():
        return {"born": [_("The record has another day of birth. Correct one of them first.")]}
    return {}


def _check_alone(now: Person, phone: str) -> None:
    indexes = blind_indexes(phone, BY_NUMBER)
    if any(each.row.number_index in indexes for each in guards_of(now)):
        raise Conflict(_("This number is already that of a guardian of this record."))


def _terms(given: GivenGuardian, why: str = "") -> str:
    return "/".join((given.ground, given.tie, given.paper, why)).rstrip("/")


def _locked(person: Person, by: PostActor) -> Person:
    now = Person.objects.select_for_update().get(pk=person.pk)
    require(by, POWER, within=now.division.code)
    require_window(by, kinds_with(POWER))
    if now.merged_into_id or now.erased_at or now.ended_on:
        raise Conflict(_("This record has ended, or has been taken up by another. Look the person up again."))
    return now


def _found(now: Person, key: UUID) -> Guardianship:
    row = Guardianship.objects.filter(pk=key, person__in=family_of(now)).first()
    if row is None:
        raise NotFound
    return row


def _stop(row: Guardianship, why: str, *, on: date, by: PostActor) -> None:
    if row.until:
        raise Conflict(_("This has ended already."))
    if not row.since <= on <= timezone.localdate():
        raise Invalid(fields={"on": [_("Choose a day from its beginning to today.")]})
    _end(row, why, on)
    code = row.person.division.code
    record(Line(END, by.by(), code, row.person_id, facts=_facts(row)))


def _end(row: Guardianship, why: str, on: date) -> None:
    found = guard(row)
    row.until = on
    put(row, row.person.division, terms="/".join((found.ground, found.tie, found.paper, why)))
    row.save(update_fields=["until", "terms_sealed"])


def _facts(row: Guardianship) -> dict[str, object]:
    return {"guardianship": row.pk}


def _mark(now: Person, going: Sequence[Guard], day: date | None) -> None:
    Guardianship.objects.filter(pk__in=[each.row.pk for each in going]).update(contested_on=day)
