"""Those whose parent or other guardian I am: who looked at their record, and asking for something in their name."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base.errors import NotFound, NotYours
from linli.cases.wards import ward_looks
from linli.portals.resident.door import resident_page, signed_in
from linli.portals.resident.looking import by_day, kind_that_answers, page_key
from linli.posts.actor import PartyActor
from linli.residents.accounts import resident_of
from linli.residents.models import Person
from linli.residents.people.fields import all_fields
from linli.residents.people.reading import read_person, root_of
from linli.residents.people.warding import guarded_by, guards
from linli.residents.proving import recently_proven
from linli.residents.purposes import GUARDIAN


def _by(request: HttpRequest) -> PartyActor:
    resident = resident_of(request.user)
    if resident is None:
        raise NotYours
    return PartyActor(GUARDIAN, person=resident.contact_id)


@require_safe
@signed_in
@resident_page
def wards(request: HttpRequest) -> HttpResponse:
    """Whose guardian somebody is; names only on a fresh sign-in, and each leaves its row."""
    by = _by(request)
    if not recently_proven(request):
        return render(request, "resident/wards.html", {"held_back": True})
    resident = resident_of(request.user)
    found = guarded_by(resident.contact) if resident else []
    rows = [(each, root_of(each.row.person)) for each in found]
    named = [
        (each, person.pk, read_person(person, GUARDIAN, by=by, fields=("name",)).name)
        for each, person in rows
    ]
    return render(request, "resident/wards.html", {"rows": named})


@require_safe
@signed_in
@resident_page
def ward(request: HttpRequest, key: UUID) -> HttpResponse:
    """Who looked at a ward's record, without what is kept from guardians; the ways to ask for more."""
    by = _by(request)
    resident, person = resident_of(request.user), Person.objects.filter(pk=key).first()
    found = guards(resident.contact, person) if resident and person else None
    if person is None or found is None:
        raise NotFound(_("You are not noted as a guardian of this person, or not any more."))
    if not recently_proven(request):
        return render(request, "resident/wards.html", {"held_back": True})
    name = read_person(person, GUARDIAN, by=by, fields=("name",)).name
    looks = ward_looks(person, by=by, before=page_key(request))
    context = {
        "guard": found,
        "name": name,
        "key": key,
        "days": by_day(looks, [], ward=key),
        "may_ask": kind_that_answers() is not None,
        "first": request.path if "before" in request.GET else "",
        "onwards": f"?before={looks.older}" if looks.older else "",
    }
    return render(request, "resident/ward.html", context)


@require_safe
@resident_page
def minors(request: HttpRequest) -> HttpResponse:
    """The special rules of handling what is kept about children (个人信息保护法 31), drawn from the table of fields."""
    return render(request, "resident/minors.html", {"fields": all_fields()})
