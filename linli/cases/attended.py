"""What a guardian does for a ward at a window (监护人窗口代办): raises, asks, answers.

The guardianship is asked for anew each time, under the same transaction; whoever worked on a case does not take down
what is said about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from linli.base.errors import Invalid, NotYours
from linli.base.writing import writing
from linli.cases.follow import ways_into
from linli.cases.forms import PersonFields
from linli.cases.kinds import Kind, all_kinds, kind_of
from linli.cases.models import Case
from linli.cases.offering import kinds_to_open
from linli.cases.opening import Opened, Origin
from linli.cases.permission import taken_by
from linli.cases.procedure import REPORTER, REPRESENTATIVE
from linli.cases.reading import numbered
from linli.cases.sensitive import is_private
from linli.cases.steps import open_case, take
from linli.posts.actor import PartyActor, PostActor
from linli.residents.models import Contact
from linli.residents.people.attending import (
    Attending,
    attending_still,
    contact_of,
    disagree,
    note_act,
    raised_for,
)
from linli.residents.people.mandating import is_raised_by
from linli.residents.people.warding import Ground, age_of_record

BY_WINDOW = "window"


def kind_about_data() -> Kind | None:
    """The kind of case in which a guardian asks about a ward's data: the one whose opening form takes a ward."""
    return next((kind for kind in all_kinds() if "ward" in kind.form(kind.procedure.opening).from_link), None)


def kinds_for_wards(by: PostActor) -> list[Kind]:
    """What a guardian may raise for a ward at this post's window: kinds that people raise, but for their own data."""
    asked = [
        kind for kind in kinds_to_open(by) if issubclass(kind.form(kind.procedure.opening), PersonFields)
    ]
    return [kind for kind in asked if kind is not kind_about_data()]


def open_attended(
    kind: str, data: Mapping[str, Any], who: Attending, *, origin: Origin, files: Any = None
) -> Opened:
    """Open a case that a guardian raises for a ward; the guardian has the last word in it."""
    if kind not in {each.name for each in kinds_for_wards(who.by)}:
        raise NotYours(_("Nobody raises such a case for somebody else."))
    with writing():
        held = attending_still(who)
        said = replace(origin, whom=contact_of(held))
        opened = open_case(kind, data, by=held.by, origin=said, files=files)
        return _noted(held, kind, opened)


def ask_attended(data: Mapping[str, Any], who: Attending, *, origin: Origin) -> Opened:
    """Ask about a ward's data (查阅、复制、更正、删除、撤回同意); a person answers, as to any guardian."""
    with writing():
        held = attending_still(who)
        kind = kind_about_data()
        if kind is None:
            raise NotYours
        by = PartyActor(REPORTER, person=contact_of(held).pk, proof=BY_WINDOW)
        said = {**data, "ward": str(held.ward.pk), "document": held.document, "channel": BY_WINDOW}
        opened = open_case(kind.name, said, by=by, origin=origin)
        return _noted(held, kind.name, opened)


def case_attended(number: str, who: Attending) -> tuple[Case, PartyActor]:
    """A case in which the guardian may answer for the ward, and as whom; Invalid, in one sentence, for every other."""
    case = numbered(number)
    way = next((each for each in ways_into(case) if each.by.nr == 0), None) if case else None
    contact = Contact.objects.filter(pk=way.contact).first() if way and way.contact else None
    relation = _relation(case, contact, who) if case and contact else ""
    if case is None or way is None or not relation:
        sentence = _(
            "In no case with this number can this guardian answer: it must have been raised for the ward, or by the "
            "ward and be none that is kept from guardians."
        )
        raise Invalid(fields={"number": [sentence]})
    _check_apart(case, who)
    return case, replace(way.by, relation=relation)


def take_attended(number: str, step: str, data: Mapping[str, Any], who: Attending, *, seen: int) -> Case:
    """Take a step in the ward's name: confirm, object, add, withdraw, as far as parties may by the procedure."""
    with writing():
        held = attending_still(who)
        case, by = case_attended(number, held)
        if by.role not in _step_of(case, step):
            raise NotYours(_("This step is not a guardian's to take."))
        take(case, step, data, by=by, seen=seen)
        note_act(held, case.pk, {"step": f"{case.kind}.{step}"})
    return case


def _step_of(case: Case, step: str) -> frozenset[str]:
    found = kind_of(case.kind).procedure.steps.get(step)
    return frozenset(found.parties) if found else frozenset()


def _noted(who: Attending, kind: str, opened: Opened) -> Opened:
    if not opened.again:
        step = kind_of(kind).procedure.opening.name
        note_act(who, opened.case, {"step": f"{kind}.{step}"})
    return opened


def _relation(case: Case, contact: Contact, who: Attending) -> str:
    """As whom a guardian answers: as who raised it at a window, for the ward that raised it, or not at all.

    What a child of eight or more raised by itself is not opened to its guardians (未成年人保护法 63), nor is to anybody
    what is sensitive: it may be about the guardian.
    """
    if who.guard.row.contact_id == contact.pk:
        return REPORTER
    if is_private(case) or disagree(who):
        return ""
    too_young = who.guard.ground != Ground.MINOR or age_of_record(who.ward).small
    theirs = too_young and is_raised_by(contact, who.ward)
    return REPRESENTATIVE if theirs or raised_for(who, case.pk) else ""


def _check_apart(case: Case, who: Attending) -> None:
    """Raise NotYours for whoever took a step in the case, or has it now: somebody else writes down a yes."""
    steps = kind_of(case.kind).procedure.steps
    others = [name for name, step in steps.items() if not step.opens]
    if case.lead_id == who.by.post.pk or taken_by(who.by, case, others):
        raise NotYours(
            _("You have dealt with this case yourself. A colleague has to take down what is said about it.")
        )
