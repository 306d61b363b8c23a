"""The guided tour: one button per role, without passwords, onto live work. Only in the demo."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.base.errors import NotFound
from linli.cases.models import Party
from linli.portals.demo.pristine import start_over
from linli.portals.demo.roles import ROLES, Landing, landing_for, role_of, waiting
from linli.portals.demo.story import RECEIPT, STORY, UNLOCKED, begin, just_arrived, story_of
from linli.portals.demo.visits import touch
from linli.posts.actor import PartyActor
from linli.posts.models import Holding
from linli.residents.showing import read_by
from linli.web.qr import drawn

HAT = "desk.hat"  # where the desk keeps the appointment somebody works as
KEPT = (STORY, UNLOCKED, RECEIPT)
BACKEND = "django.contrib.auth.backends.ModelBackend"
Page = Callable[..., HttpResponse]


def demo_only(page: Page) -> Page:
    """There is nothing here outside the demo."""

    @wraps(page)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.DEMO:
            raise NotFound
        request.door = "demo/base.html"  # type: ignore[attr-defined]
        read_by(PartyActor("reporter"))  # the story is the visitor's own
        return page(request, *args, **kwargs)

    return never_cache(shown)


@demo_only
@require_safe
def tour(request: HttpRequest) -> HttpResponse:
    """The roles with what waits for each, and the visitor's story."""
    counted = waiting()
    roles = [(role, counted[role.key]) for role in ROLES]
    report = request.build_absolute_uri(reverse("resident:report", args=["matters"]))
    content = {"roles": roles, "story": story_of(request), "report": report, "qr": drawn(report)}
    return render(request, "demo/tour.html", {**content, "arrived": just_arrived(), "centre": _centre()})


def _centre() -> str:
    """Where the command centre is, in an installation that has that door; empty elsewhere."""
    try:
        return reverse("command:now")
    except NoReverseMatch:
        return ""


@demo_only
@require_POST
def become(request: HttpRequest, role: str) -> HttpResponse:
    """Sign in as somebody in this role and land on a case that waits for exactly this role."""
    landing = landing_for(role_of(role))
    if landing.case is None and not role_of(role).page:
        messages.info(request, _("Nothing waits for this role just now. Something will in a minute."))
    return _land(request, landing)


@demo_only
@require_POST
def story_begin(request: HttpRequest) -> HttpResponse:
    """Report the prepared matter and show its receipt."""
    opened = begin()
    _leave(request)
    _unlock(request, opened.case)
    request.session[STORY] = request.session[RECEIPT] = str(opened.case)
    touch(opened.number)
    return redirect("resident:receipt")


@demo_only
@require_POST
def story_on(request: HttpRequest) -> HttpResponse:
    """Go on with the story as whoever has the next step."""
    story = story_of(request)
    if story is None or story.landing is None:
        return redirect("demo:tour")
    request.session[STORY] = str(story.case.pk)
    return _land(request, story.landing)


@demo_only
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Start the demo over."""
    logout(request)
    start_over()
    messages.success(request, _("The demo begins anew: everything is as it was at the start."))
    return redirect("demo:tour")


def _land(request: HttpRequest, landing: Landing) -> HttpResponse:
    if landing.holding:
        _sit_down(request, landing.holding)
    else:
        _leave(request)
        if landing.case:
            _unlock(request, landing.case.pk, landing.party)
    if landing.case:
        touch(landing.case.number)
    return redirect(landing.address)


def _sit_down(request: HttpRequest, holding: Holding) -> None:
    kept = _kept(request)
    login(request, holding.account, backend=BACKEND)
    request.session.update({**kept, HAT: holding.pk})


def _leave(request: HttpRequest) -> None:
    kept = _kept(request)
    logout(request)
    request.session.update(kept)


def _kept(request: HttpRequest) -> dict[str, object]:
    """What belongs to the visitor and not to the role: signing in and out empties the session."""
    return {name: request.session[name] for name in KEPT if name in request.session}


def _unlock(request: HttpRequest, case: UUID, party: Party | None = None) -> None:
    key = f"{case}/{party.pk}" if party else str(case)
    others = [each for each in request.session.get(UNLOCKED, []) if each != key]
    request.session[UNLOCKED] = [key, *others]
