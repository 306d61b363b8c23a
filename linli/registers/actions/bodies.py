"""Entering, changing and ending mediation bodies and large units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.base.writing import writing
from linli.divisions.models import Division
from linli.ledger.records import Line, record
from linli.posts.actor import Actor, PostActor
from linli.posts.may import require
from linli.posts.models import Organisation
from linli.registers.entries import BODY, END_BODY, UNIT
from linli.registers.models import Body, BodyKind, LargeUnit, Mediator, Station

EDIT = "registers.edit"


@dataclass(frozen=True)
class About:
    """What a body is entered with. `unit` is the title of a large unit of its own, if it has one."""

    title: str
    kind: str
    located: str
    station: str = Station.OWN
    telephone: str = ""
    hours: str = ""
    unit: str = ""
    members: int | None = None
    women: int | None = None


def check(by: Actor, division: Division) -> None:
    """Raise the refusal of a post without the power over a place."""
    if isinstance(by, PostActor):
        require(by, EDIT, within=division.code)


def enter(about: About, division: Division, *, by: Actor) -> Body:
    """Enter a body that serves a place, or change the one of this name there; an ended one begins anew."""
    check(by, division)
    _check_about(about)
    with writing():
        place = Division.objects.select_for_update().get(pk=division.pk)
        body, _new = Organisation.objects.get_or_create(name=about.title, division=place)
        if body.telephone != about.telephone:
            Organisation.objects.filter(pk=body.pk).update(telephone=about.telephone)
            body.telephone = about.telephone
        unit = _unit(about.unit, place, by=by) if about.unit else None
        values = {
            "kind": about.kind,
            "station": about.station,
            "unit": unit,
            "located": about.located,
            "hours": about.hours,
            "members": about.members,
            "women": about.women,
            "until": None,
        }
        since = {"since": timezone.localdate()}
        found, new = Body.objects.update_or_create(
            organisation=body, defaults=values, create_defaults={**values, **since}
        )
        facts = {"body": found.pk, "organisation": body.pk, "kind": about.kind, "new": new}
        record(Line(BODY, by.by(), place.code, facts=facts))
    return found


def _check_about(about: About) -> None:
    if about.kind not in BodyKind.values or about.station not in Station.values:
        raise Invalid(_("Choose the kind of body and where it is stationed from the list."))
    if about.women is not None and about.women > (about.members or 0):
        raise Invalid(_("There cannot be more women than members."))


def _unit(title: str, place: Division, *, by: Actor) -> LargeUnit:
    unit, new = LargeUnit.objects.get_or_create(title=title, division=place)
    if new:
        record(Line(UNIT, by.by(), place.code, facts={"unit": unit.pk}))
    return unit


def enter_unit(title: str, division: Division, *, by: Actor) -> LargeUnit:
    """Enter a large unit, so that coverage asks for its committee."""
    check(by, division)
    if not title:
        raise Invalid(_("Enter the name of the unit."))
    with writing():
        return _unit(title, division, by=by)


def end_body(body: Body, *, by: Actor, on: date | None = None) -> None:
    """End a body; it is offered no longer. Its mediators' terms must have ended first."""
    check(by, body.division)
    with writing():
        found = Body.objects.select_for_update(of=("self",)).get(pk=body.pk)
        if found.until is not None:
            raise Conflict(_("This body has ended already."))
        today = on or timezone.localdate()
        if Mediator.objects.filter(body=found, until__gte=today).exists():
            raise Conflict(
                _("Mediators still serve here. End their terms first, or move them to another body.")
            )
        found.until = today
        found.save(update_fields=["until"])
        record(Line(END_BODY, by.by(), body.division.code, facts={"body": body.pk}))
