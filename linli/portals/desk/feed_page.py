"""The page of a source's feed: what it tells, how the source pulls it, where it is pushed and how that goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import Conflict, Invalid, NotYours
from linli.cases.kinds import all_kinds, kind_of
from linli.divisions.codes import LEVEL_NAMES, Level
from linli.divisions.models import Division
from linli.exchange.feeds.codes import holes
from linli.exchange.feeds.keeping import LEVELS, Terms, feed_of, set_feed
from linli.exchange.feeds.reading import last_position
from linli.exchange.handling import feed_runs
from linli.exchange.models import Batch, Feed, Source
from linli.exchange.sources import source_for
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.posts.actor import PostActor
from linli.web.telling import with_errors

SHOWN = 5
TROUBLES = {
    "address": gettext_lazy("Nothing may be sent to this address."),
    "redirect": gettext_lazy("It sent us on to another address, which is not followed."),
    "slow": gettext_lazy("It did not answer in time."),
    "unreachable": gettext_lazy("It cannot be reached, or its certificate is not valid."),
}


class FeedForm(forms.Form):
    """What a source may follow."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of case"), widget=forms.CheckboxSelectMultiple
    )
    division = forms.ChoiceField(label=gettext_lazy("Area"))
    level = forms.TypedChoiceField(
        label=gettext_lazy("Places are told down to"), coerce=int, widget=forms.RadioSelect
    )
    every_step = forms.BooleanField(
        label=gettext_lazy("Also steps that the reporter is not shown"), required=False
    )

    def __init__(self, source: Source, data: Any = None, *, feed: Feed | None = None) -> None:
        initial: dict[str, Any] = {"level": LEVELS[0].value}
        if feed:
            initial = {
                "kinds": feed.kinds,
                "division": feed.division.trimmed,
                "level": feed.level,
                "every_step": feed.every_step,
            }
        super().__init__(data, initial=initial)
        own = source.division
        below = Division.objects.within(own.trimmed).current().filter(level=own.level + 1).order_by("code")
        self.choose("kinds", [(kind.name, str(kind.procedure.label)) for kind in all_kinds()])
        self.choose("division", [(each.trimmed, each.name) for each in (own, *below)])
        self.choose("level", [(level.value, LEVEL_NAMES[level]) for level in LEVELS])

    def choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        """What can be chosen in a field."""
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def terms(self) -> Terms:
        """What was chosen."""
        given = self.cleaned_data
        division = Division.objects.current().coded(given["division"]).get()
        return Terms(division, given["kinds"], every_step=given["every_step"], level=given["level"])


class WebhookForm(forms.Form):
    """Where a feed is pushed to."""

    url = forms.CharField(
        label=gettext_lazy("Address that takes it"),
        max_length=300,
        help_text=gettext_lazy("With https, such as https://example.cn/linli."),
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
    )


class ReplayForm(forms.Form):
    """From where a feed is pushed once more."""

    first = forms.IntegerField(label=gettext_lazy("From position"), min_value=1, max_value=2**53)


@dataclass(frozen=True)
class ShownBatch:
    """A batch with its trouble in words."""

    batch: Batch
    trouble: str


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def feed_page(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """How the feed stands; an administrator agrees it."""
    found = source_for(by, code, "exchange.read")
    if request.method != "POST":
        return shown(request, by, found)
    if not has(by, "exchange.sources"):
        raise NotYours
    form = FeedForm(found, request.POST)
    if form.is_valid():
        try:
            set_feed(found, form.terms, by=by)
            messages.success(request, _("Agreed. From now on the feed tells this."))
            return redirect("desk:feed", code)
        except (Invalid, Conflict) as refusal:
            with_errors(form, refusal)
    return shown(request, by, found, form=form)


def shown(request: HttpRequest, by: PostActor, found: Source, **bound: forms.Form) -> HttpResponse:
    """The page, with a form that was filled in wrongly (`form`, `webhook` or `replay`) as it was filled in."""
    feed = feed_of(found)
    going = feed if feed and feed.until is None else None
    batches = [ShownBatch(each, trouble_of(each)) for each in newest(going)]
    context = {
        "source": found,
        "feed": going,
        "kinds": [(kind_of(name), holes(found, name)) for name in going.kinds] if going else [],
        "rests": going is not None and not feed_runs(going),
        "level": LEVEL_NAMES[Level(going.level)] if going else "",
        "last": last_position(),
        "batches": batches,
        "under_way": next((each for each in batches if each.batch.state != "sent"), None),
        "address": request.build_absolute_uri(reverse("feeds:feed")),
        "may_change": has(by, "exchange.sources") and found.until is None,
        "form": FeedForm(found, feed=feed),
        "webhook": WebhookForm(initial={"url": going.url if going else ""}),
        "replay": ReplayForm(),
        **bound,
    }
    return render(request, "desk/feed.html", context, status=Invalid.status if bound else 200)


def newest(feed: Feed | None) -> list[Batch]:
    """The latest batches of a feed."""
    return list(Batch.objects.filter(feed=feed).order_by("-id")[:SHOWN]) if feed else []


def trouble_of(batch: Batch) -> str:
    """Why a batch was not taken, in words; empty where nothing went wrong."""
    code, _blank, detail = batch.trouble.partition(" ")
    if code == "answer":
        return _("It answered with an error (%(status)s).") % {"status": detail}
    return str(TROUBLES.get(code, _("It could not be sent."))) if code else ""
