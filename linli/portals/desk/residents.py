"""Residents at the window: found by a number typed whole, opened one at a time, each opening in the log.

A record has an address, but the address opens nothing: only who has just found it, with this post and in this
session, sees it for half an hour. There is no list to walk through.
"""

from __future__ import annotations

import time
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.errors import NotFound, NotYours, Refusal
from linli.cases.models import Case
from linli.cases.reading import case_for
from linli.portals.desk.contact import may_ask
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.portals.desk.resident_forms import RELATIONS, LookUpForm
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.posts.powers import kinds_with
from linli.residents.models import Person, Residence
from linli.residents.people.attending import Attending, attending
from linli.residents.people.documents import Document
from linli.residents.people.guarding import POWER as GUARDIANS
from linli.residents.people.involving import resident_behind
from linli.residents.people.pairs import DOUBLES, open_pairs
from linli.residents.people.reading import has_window, members_of, read_person, relation_of, require_window
from linli.residents.people.registering import REGISTER, find_one
from linli.web.limits import check_post_rate
from linli.web.telling import with_errors

OPENED = "desk.resident"
FOR = 30 * 60
LOOK_UPS = {"per_minute": 10, "per_hour": 120}


def require_desk(by: PostActor) -> None:
    """Whether this post has a window at all."""
    require(by, REGISTER, within=by.post.division.code)
    require_window(by, kinds_with(REGISTER))


def shows_window(by: PostActor) -> bool:
    """Whether the way back to the look-up is shown."""
    return has_window(by, kinds_with(REGISTER))


def keep_open(request: HttpRequest, by: PostActor, person: Person, about: UUID | None = None) -> HttpResponse:
    """Let this session see one record, the one before no longer; goes to its page."""
    until = int(time.time()) + FOR
    request.session[OPENED] = {
        "key": str(person.pk),
        "post": by.post.pk,
        "until": until,
        "about": str(about) if about else "",
    }
    return redirect("desk:resident", person.pk)


def opened_now(request: HttpRequest, by: PostActor, key: UUID) -> tuple[Person, UUID | None]:
    """The record that is open in this session, and the case it was opened for; NotFound for every other."""
    require_desk(by)
    kept = request.session.get(OPENED) or {}
    right = kept.get("key") == str(key) and kept.get("post") == by.post.pk
    if not right or kept.get("until", 0) < time.time():
        raise NotFound(_("This record is not open. Look the resident up by number first."))
    person = Person.objects.select_related("division", "merged_into__division").filter(pk=key).first()
    if person is None:
        raise NotFound
    return person, UUID(kept["about"]) if kept["about"] else None


def let_attend(request: HttpRequest, guardianship: UUID | None, document: str = "") -> None:
    """Keep with the open record which guardian is at the window, by which document; nobody any more without one."""
    said = {"guardian": str(guardianship) if guardianship else "", "document": document}
    request.session[OPENED] = {**request.session[OPENED], **said}


def guardian_here(request: HttpRequest, by: PostActor) -> Attending | None:
    """The guardian at the window, for the ward whose record is open; asked of the database each time."""
    kept = request.session.get(OPENED) or {}
    if not kept.get("guardian"):
        return None
    person, _about = opened_now(request, by, UUID(kept["key"]))
    return attending(person, UUID(kept["guardian"]), kept["document"], by=by)


def unkept(response: HttpResponse) -> HttpResponse:
    """A page with somebody's data: kept by no browser and no proxy."""
    response["Cache-Control"] = "no-store, private"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def residents(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The look-up; the number travels in the body of the request only."""
    require_desk(by)
    form = LookUpForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                check_post_rate(by.post.pk, "resident", **LOOK_UPS)
                found = find_one(form.cleaned_data["number"], form.cleaned_data["called"], by=by)
                return keep_open(request, by, found)
            except Refusal as refusal:
                with_errors(form, refusal)
                status = refusal.status if refusal.status != NotFound.status else 200
    context = {
        "form": form,
        "doubles": len(open_pairs(by)) if has(by, DOUBLES) else 0,
        "decides": has(by, DOUBLES),
    }
    return unkept(render(request, "desk/residents.html", context, status=status))


@require_safe
@seated
def resident(request: HttpRequest, by: PostActor, key: UUID) -> HttpResponse:
    """One record, as it is; that it was opened stands in the log before it is shown."""
    person, about = opened_now(request, by, key)
    record = read_person(person, "window", by=by, about=about)
    homes = Residence.objects.filter(person=record.person, kind=Residence.Kind.ACTUAL)
    context = {
        "record": record,
        "homes": homes.select_related("household__division").order_by("-since", "-id"),
        "document": Document(record.document).label if record.document else "",
        "guardians": has(by, GUARDIANS),
    }
    return unkept(render(request, "desk/resident.html", context))


@require_safe
@seated
def household(request: HttpRequest, by: PostActor, key: UUID) -> HttpResponse:
    """Who lives with the resident whose record is open: names and relations, nothing else."""
    person, _about = opened_now(request, by, key)
    relations = dict(RELATIONS)
    members = [
        (record.name, relations.get(relation_of(member), ""), member.since)
        for member, record in members_of(person, by=by)
    ]
    return unkept(render(request, "desk/household.html", {"members": members, "key": key}))


def may_open_resident(by: PostActor, case: Case) -> bool:
    """Whether this hat is shown the way from a case to its reporter's record: who may read both."""
    return shows_window(by) and may_ask(by, case)


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def case_resident(request: HttpRequest, by: PostActor, number: str) -> HttpResponse:
    """The record of whoever raised a case, if exactly one resident of the area has that number."""
    case = case_for(by, number)
    if not may_open_resident(by, case):
        raise NotYours
    assert case.reporter is not None  # noqa: S101  may_ask has looked
    none = False
    if request.method == "POST":
        found = resident_behind(case.reporter, case, relation="reporter", by=by)
        if found is not None:
            return keep_open(request, by, found, case.pk)
        none = True
    return render(request, "desk/case_resident.html", {"case": case, "none": none})
