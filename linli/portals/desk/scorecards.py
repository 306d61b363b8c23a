"""The scorecard (治理指标) of a place: headline figures with definition, source and list, as a page and as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from linli.analytics.net import place_figure_named
from linli.analytics.scorecard import (
    FEWEST_FOR_SHARE,
    UNMEASURED,
    PeriodChoice,
    Score,
    Scorecard,
    Sort,
    scorecard,
)
from linli.analytics.withholding import FEWEST
from linli.base.errors import Invalid, NotFound
from linli.base.sheets import Cell, Heading, Table, write_workbook
from linli.divisions.models import Division
from linli.portals.desk.exporting import FORMS
from linli.portals.desk.figure_files import as_csv
from linli.portals.desk.hats import seated
from linli.portals.desk.lists import address_with
from linli.posts.actor import PostActor
from linli.posts.tree import standing_at
from linli.web.times import days_words, moment_words

MOST_PLACES = 500


@require_safe
@seated
def scorecard_page(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The headlines of a place in the hat's area, each with the list behind it."""
    node = standing_at(by, request.GET.get("place", ""))
    form = PeriodChoice(request.GET)
    context: dict[str, Any] = {"form": form, "node": node, "unmeasured": UNMEASURED, "fewest": FEWEST}
    context["fewest_for_share"] = FEWEST_FOR_SHARE
    if form.is_valid():
        card = scorecard(node.here, form.chosen, timezone.now())
        chosen = {"period": form.data["period"], "place": node.here.trimmed}
        context |= {
            "card": card,
            "groups": [
                (label, [(score, *_addresses(score, chosen)) for score in scores])
                for label, scores in groups_of(card)
            ],
            "files": {
                each: f"{reverse('desk:scorecard_file')}?{urlencode({**chosen, 'form': each})}"
                for each in FORMS
            },
            "inside": f"?{urlencode({'period': form.data['period']})}&place=",
        }
    return render(request, "desk/scorecard.html", context, status=200 if form.is_valid() else 422)


def groups_of(card: Scorecard) -> Sequence[tuple[str, Sequence[Score]]]:
    """The headlines under their headings, without empty ones."""
    groups = (
        (_("Matters"), card.cases),
        (_("Disputes"), card.disputes),
        (_("The net, as of now"), card.places),
    )
    return [(label, scores) for label, scores in groups if scores]


def _addresses(score: Score, chosen: dict[str, str]) -> tuple[str, str]:
    """Where the cases or places behind a headline are listed, and those it is a share of."""
    if score.sort is Sort.PLACES:
        address = reverse("desk:scorecard_places", args=[score.name])
        return f"{address}?{urlencode(chosen)}", f"{address}?{urlencode({**chosen, 'of': 'all'})}"
    if score.sort is Sort.RATINGS:
        return (f"{reverse('desk:ratings')}?{urlencode(chosen)}",) * 2
    names = (score.name, score.whole_name)
    if score.sort is Sort.CONFIDENTIAL:
        first, second = (reverse("desk:kind_figure_list", args=[score.kind, name]) for name in names)
        return f"{first}?{urlencode(chosen)}", f"{second}?{urlencode(chosen)}"
    address = reverse("desk:figure_list")
    first, second = (f"{address}?{urlencode({**chosen, 'figure': name})}" for name in names)
    return first, second


@require_safe
@seated
def scorecard_places(request: HttpRequest, by: PostActor, figure: str) -> HttpResponse:
    """The places behind a headline, in the order of their codes: those that have it, those that lack it, or all."""
    found = place_figure_named(figure)
    node = standing_at(by, request.GET.get("place", ""))
    asked = request.GET.get("of", "having")
    if asked not in {"having", "lacking", "all"}:
        raise NotFound
    places = {
        "having": found.places(node.here),
        "lacking": found.places(node.here, lacking=True),
    }
    parts = {name: rows.count() for name, rows in places.items()}
    parts["all"] = sum(parts.values())
    shown = found.of(node.here) if asked == "all" else places[asked]
    words = {"having": _("Those that have it"), "lacking": _("Those that lack it"), "all": _("All")}
    context = {
        "figure": found,
        "node": node,
        "tabs": [
            (f"{words[name]} ({parts[name]})", address_with("", request.GET, of=name), name == asked)
            for name in words
        ],
        "counted": parts[asked],
        "places": list(shown.select_related("parent").defer("parent__outline")[:MOST_PLACES]),
        "more": max(0, parts[asked] - MOST_PLACES),
        "back": f"{reverse('desk:scorecard')}?{urlencode(_kept(request, node.here))}",
    }
    return render(request, "desk/scorecard_places.html", context)


def _kept(request: HttpRequest, here: Division) -> dict[str, str]:
    period = request.GET.get("period", "")
    return {"place": here.trimmed, **({"period": period} if period else {})}


@require_safe
@seated
def scorecard_file(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The headlines as Excel or CSV, each with what it counts."""
    form_of_file = request.GET.get("form", "xlsx")
    if form_of_file not in FORMS:
        raise NotFound
    here, form = standing_at(by, request.GET.get("place", "")).here, PeriodChoice(request.GET)
    if not form.is_valid():
        raise Invalid(_("This choice of period cannot be read. Please choose again on the page."))
    card = scorecard(here, form.chosen, timezone.now())
    heading = [
        _("Headline"),
        pgettext("of things counted", "Number"),
        _("Of"),
        _("Of what"),
        _("Share in %"),
        _("What is counted"),
        _("Source"),
    ]
    rows = [_row(score) for score in card.every]
    rows += [
        [str(each.label), "", "", "", "", f"{_('Not yet measured')}: {each.why}", ""] for each in UNMEASURED
    ]
    content = _workbook(heading, rows, card) if form_of_file == "xlsx" else as_csv(heading, rows)
    response = HttpResponse(content, content_type=FORMS[form_of_file])
    name = f"{_('Scorecard')}-{here.name}-{card.period.since}_{card.period.until}.{form_of_file}"
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    response["Cache-Control"] = "no-store, private"
    return response


def _row(score: Score) -> list[Cell]:
    numbers = [_("withheld") if each is None else each for each in (score.count, score.whole)]
    share = "" if score.percent is None else score.percent
    return [str(score.label), *numbers, str(score.whole_label), share, str(score.meaning), score.source]


def _workbook(heading: Sequence[str], rows: Sequence[Sequence[Cell]], card: Scorecard) -> bytes:
    told = (
        (_("Area"), f"{card.place.name} {card.place.trimmed}"),
        (_("Period"), days_words(card.period.since, card.period.until)),
        (_("As of"), moment_words(card.now)),
        (_("Disputes and the net counted at"), moment_words(card.counted_at)),
    )
    colon = pgettext("between a label and its value", ": ")
    remarks = [f"{label}{colon}{words}" for label, words in told]
    widths = (30, 10, 10, 28, 10, 60, 18)
    headings = [Heading(title, width) for title, width in zip(heading, widths, strict=True)]
    return write_workbook(Table(_("Scorecard"), headings, rows, remarks, _("As of")))
