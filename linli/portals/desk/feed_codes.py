"""What a source calls our codes, and the data dictionary of its feed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.errors import Conflict, Invalid, NotYours
from linli.cases.kinds import kind_of
from linli.exchange.feeds.codes import LONGEST, OurCode, codes_of, map_codes
from linli.exchange.feeds.dictionary import dictionary_of
from linli.exchange.feeds.fields import STAGE
from linli.exchange.feeds.keeping import going_feed_of
from linli.exchange.models import Source
from linli.exchange.sources import source_for
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.posts.actor import PostActor
from linli.web.telling import with_errors


class CodesForm(forms.Form):
    """One field per code of a kind: what the source calls it."""

    def __init__(self, codes: list[OurCode], data: Any = None) -> None:
        super().__init__(data)
        self.codes = codes
        for each in codes:
            self.fields[f"{each.sort}.{each.code}"] = forms.CharField(
                label=f"{each.words} ({each.code})",
                initial=each.theirs,
                required=False,
                max_length=LONGEST,
            )

    @property
    def groups(self) -> list[tuple[str, list[tuple[OurCode, Any]]]]:
        """Stages, then categories: each code with its field."""
        rows = [(each, self[f"{each.sort}.{each.code}"]) for each in self.codes]
        stages = [row for row in rows if row[0].sort == STAGE]
        categories = [row for row in rows if row[0].sort != STAGE]
        return [(_("Stages"), stages), *([(_("Categories"), categories)] if categories else [])]

    @property
    def given(self) -> dict[tuple[str, str], str]:
        """What was filled in, by sort and code."""
        return {(each.sort, each.code): self.cleaned_data[f"{each.sort}.{each.code}"] for each in self.codes}


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def feed_codes(request: HttpRequest, by: PostActor, code: str, kind: str) -> HttpResponse:
    """The table of a kind's codes; an administrator fills it in."""
    found, label = source_for(by, code, "exchange.read"), kind_of(kind).procedure.label
    codes = codes_of(found, kind)
    may_change = has(by, "exchange.sources") and found.until is None
    form = CodesForm(codes, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_change:
            raise NotYours
        if _saved(found, kind, form, by):
            messages.success(request, _("Saved. The feed tells these codes from now on."))
            return redirect("desk:feed_codes", code, kind)
    context = {
        "source": found,
        "label": label,
        "form": form,
        "gaps": sum(not each.theirs for each in codes),
        "may_change": may_change,
    }
    return render(request, "desk/feed_codes.html", context, status=Invalid.status if form.is_bound else 200)


def _saved(source: Source, kind: str, form: CodesForm, by: PostActor) -> bool:
    if not form.is_valid():
        return False
    try:
        map_codes(source, kind, form.given, by=by)
    except (Invalid, Conflict) as refusal:
        with_errors(form, refusal)
        return False
    return True


@require_safe
@seated
def feed_dictionary(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """Every field with its meaning, and every code with its words, as the feed tells them."""
    found = source_for(by, code, "exchange.read")
    context = {
        "source": found,
        "dictionary": dictionary_of(going_feed_of(found)),
        "address": request.build_absolute_uri(reverse("feeds:dictionary")),
    }
    return render(request, "desk/feed_dictionary.html", context)
