"""What happens to a resident's record: corrected with a reason, moved with a date, ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db.models import DateField, F, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.base.text import tidy
from linli.base.writing import writing
from linli.divisions.models import Division
from linli.ledger.records import Line, record
from linli.posts.actor import Actor, PostActor
from linli.posts.may import require
from linli.posts.powers import kinds_with
from linli.residents.keeping import plain_phone
from linli.residents.models import Member, Person, Residence
from linli.residents.people.documents import plain_number
from linli.residents.people.fields import put
from linli.residents.people.indexes import household_of, indexes_of
from linli.residents.people.reading import require_window, residence_now, texts_of
from linli.residents.people.registering import (
    REGISTER,
    anywhere,
    home_at,
    keep_region,
    plain_region,
    settle,
)
from linli.residents.reading import log

ENDS = ("died", "moved_away")


def edit(person: Person, changes: Mapping[str, str], *, reason: str, by: PostActor) -> None:
    """Correct fields (更正); the reason goes into the ledger, the old value nowhere. `region` changes from today on."""
    if not tidy(reason):
        raise Invalid(fields={"reason": [_("Please say why it is changed.")]})
    texts = {name: tidy(text) for name, text in changes.items()}
    with writing():
        now = _locked(person, by)
        if "region" in texts:
            _check_going(now)
            keep_region(now, plain_region(texts.pop("region")), timezone.localdate())
        if "phone" in texts:
            texts["phone"] = plain_phone(texts["phone"])
        if texts.get("name") == "":
            raise Invalid(fields={"name": [_("Please enter the name.")]})
        put(now, now.division, **texts)
        _index(now)
        now.save()
        facts = {"fields": sorted(changes)}
        record(Line("residents.edit", by.by(), now.division.code, now.pk, facts=facts, words={"why": reason}))
        log([(now, None)], "upkeep", sorted(changes), by=by)


def put_right(person: Person, texts: Mapping[str, str], *, by: Actor, about: UUID) -> None:
    """Correct fields as a case has granted it, inside the transaction of its step, whose rules have allowed it."""
    now = Person.objects.select_for_update().get(pk=person.pk)
    put(now, now.division, **texts)
    _index(now)
    now.save()
    facts = {"fields": sorted(texts), "case": about}
    record(Line("residents.edit", by.by(), now.division.code, now.pk, facts=facts))


def document_text(kind: str, number: str) -> str:
    """Kind and number as they are sealed; Invalid for a number that cannot be right."""
    plain = plain_number(kind, number)
    return f"{kind}:{plain}" if plain else ""


def move(
    person: Person, division: Division, address: str, *, on: date, by: PostActor, relation: str = "head"
) -> None:
    """Somebody lives elsewhere here from a day on (搬迁): the old residence ends on it, the new one begins."""
    require(by, REGISTER, within=division.code)
    with writing():
        _move(_locked(person, by), division, address, on=on, by=by, relation=relation)


def move_in(number: str, division: Division, address: str, *, on: date, by: PostActor) -> Person:
    """Somebody who was a resident elsewhere here brings the record along, known by the whole number they give.

    Where they lived before is shown to nobody. Conflict when the number is not exactly one person's.
    """
    require(by, REGISTER, within=division.code)
    require_window(by, kinds_with(REGISTER))
    found = anywhere(number)
    if len(found) != 1:
        raise Conflict(_("This number does not lead to exactly one record. Register the person anew."))
    with writing():
        now = Person.objects.select_for_update().get(pk=found[0].pk)
        _move(now, division, address, on=on, by=by, relation="head")
    return now


def _move(now: Person, division: Division, address: str, *, on: date, by: PostActor, relation: str) -> None:
    if not tidy(address):
        raise Invalid(fields={"address": [_("Please enter the address, as on the door.")]})
    _check_day(now, on)
    _check_going(now)
    home, before = home_at(division, address), now.division
    _leave(now, on)
    settle(now, home, on, relation)
    now.division = division
    _index(now)
    now.save()
    facts = {"before": before.pk, "household": home.pk}
    record(Line("residents.move", by.by(), division.code, now.pk, facts=facts))
    log([(now, None)], "upkeep", ["address"], by=by)


def end(person: Person, why: str, *, on: date, by: PostActor) -> None:
    """Somebody died or moved away for good: residences end on the day, and the periods of keeping begin."""
    if why not in ENDS:
        raise Invalid(fields={"why": [_("Choose one of the list.")]})
    with writing():
        now = _locked(person, by)
        _check_day(now, on)
        if now.ended_on:
            raise Conflict(_("This record has ended already."))
        _leave(now, on)
        registered = Residence.objects.filter(person=now, until=None)  # noted later than the day, perhaps
        registered.update(until=Greatest(F("since"), Value(on, output_field=DateField())))
        now.ended_on = on
        put(now, now.division, end=why)
        now.save()
        record(Line("residents.end", by.by(), now.division.code, now.pk))
        log([(now, None)], "upkeep", ["end"], by=by)


def _locked(person: Person, by: PostActor) -> Person:
    # Without a join: on PostgreSQL a row whose division changed while this waited would not be found at all.
    now = Person.objects.select_for_update().get(pk=person.pk)
    require(by, REGISTER, within=now.division.code)
    require_window(by, kinds_with(REGISTER))
    if now.merged_into_id or now.erased_at:
        raise Conflict(_("This record has been taken up by another, or erased. Look the person up again."))
    return now


def _check_going(now: Person) -> None:
    if now.ended_on:
        raise Conflict(_("This record has ended. Register the person anew."))


def _check_day(now: Person, on: date) -> None:
    home = residence_now(now, Residence.Kind.ACTUAL)
    if on > timezone.localdate():
        raise Invalid(fields={"on": [_("This day is still to come.")]})
    if home and on < home.since:
        raise Invalid(fields={"on": [_("The present residence began after this day.")]})


def _leave(now: Person, on: date) -> None:
    actual = Residence.objects.filter(person=now, kind=Residence.Kind.ACTUAL, until=None)
    actual.update(until=on)
    Member.objects.filter(person=now, until=None).update(until=on)


def _index(now: Person) -> None:
    for name, value in indexes_of(texts_of(now), now.division, household_of(now)).items():
        setattr(now, name, value)
