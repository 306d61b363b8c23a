"""Pushing a source's feed: the address and its secret, pause, once more, from a position, end."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from linli.base.errors import Invalid, NotFound
from linli.exchange.feeds import keeping
from linli.exchange.models import Feed
from linli.exchange.sources import source_for
from linli.portals.desk.feed_page import ReplayForm, WebhookForm, shown
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.web.telling import with_errors

ACTS: dict[str, tuple[Callable[..., None], str | Promise]] = {
    "pause": (keeping.pause, gettext_lazy("Paused. What happens meanwhile is sent when it goes on.")),
    "resume": (keeping.resume, gettext_lazy("It goes on from where it stopped.")),
    "again": (keeping.send_again, gettext_lazy("It will be tried again within a minute.")),
    "end_push": (keeping.end_push, gettext_lazy("Nothing more is pushed; the system can still pull.")),
    "end": (keeping.end_feed, gettext_lazy("The feed has been ended.")),
}


@require_POST
@seated
def feed_webhook(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """Push to an address from now on; the secret is shown in this answer only."""
    found = source_for(by, code, "exchange.sources")
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            secret = keeping.set_webhook(_feed(code, by), form.cleaned_data["url"], by=by)
        except Invalid as refusal:
            with_errors(form, refusal)
        else:
            response = render(request, "desk/feed_secret.html", {"source": found, "secret": secret})
            response["Cache-Control"] = "no-store, private"
            return response
    return shown(request, by, found, webhook=form)


@require_POST
@seated
def feed_act(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """One of the buttons of the feed's page."""
    feed = _feed(code, by)
    act = request.POST.get("act", "")
    if act not in ACTS:
        raise NotFound
    change, said = ACTS[act]
    change(feed, by=by)
    messages.success(request, str(said))
    return redirect("desk:feed", code)


@require_POST
@seated
def feed_replay(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """Push everything from a position on once more."""
    feed = _feed(code, by)
    form = ReplayForm(request.POST)
    if form.is_valid():
        try:
            keeping.replay(feed, form.cleaned_data["first"], by=by)
        except Invalid as refusal:
            with_errors(form, refusal)
        else:
            said = gettext_lazy("It is being sent from position %(first)d on.") % form.cleaned_data
            messages.success(request, said)
            return redirect("desk:feed", code)
    return shown(request, by, feed.source, replay=form)


def _feed(code: str, by: PostActor) -> Feed:
    """The feed of an outside system that the actor may change; NotFound where none has been agreed."""
    return keeping.going_feed_of(source_for(by, code, "exchange.sources"))
