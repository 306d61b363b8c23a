"""The style guide: every component on one page, for newcomers and accessibility tests; demo only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from linli.base.errors import NotFound
from linli.web.charts import BAR, LINE, SHARE, Chart, Series
from linli.web.forms import CountedText, Decoy, FilesInput, FrameForm
from linli.web.icons import PATHS
from linli.web.map import Map, Outline, Pin
from linli.web.parts import Line, Row
from linli.web.times import day_words, moment_words

CORNER = (119.1406, 33.5051)  # any place; the guide's grids are drawn around it
SIDE = 0.004
WRITTEN = [  # what a template says; the values are those of web/parts.py, web/map.py and web/charts.py
    (pgettext_lazy("sample", "A field"), "{% field form.text %}"),
    (pgettext_lazy("sample", "What is to be put right"), "{% error_summary form %}"),
    (pgettext_lazy("sample", "Labels and values"), "{% summary rows %}"),
    (pgettext_lazy("sample", "What has happened"), "{% timeline lines %}"),
    (pgettext_lazy("sample", "How it stands"), '{% tag words "good" %} {% due case.due %}'),
    (pgettext_lazy("sample", "Going on in a list"), "{% pages page.next_key %}"),
    (pgettext_lazy("sample", "A chart"), '{% chart figure "by-town" %}'),
    (pgettext_lazy("sample", "A map"), '{% svg_map map "where" %}'),
    (
        pgettext_lazy("sample", "Where a case is"),
        "{% load places %}{% place_map case.division detail.longitude detail.latitude %}",
    ),
    (
        pgettext_lazy("sample", "A place by a pin"),
        '{% load maps %}{% pin_map "id_longitude" "id_latitude" %}',
    ),
]


class GuideForm(FrameForm):
    """One field of each shape."""

    words = forms.CharField(
        label=pgettext_lazy("sample", "What is it about?"),
        help_text=pgettext_lazy(
            "sample", "In your own words. Leave out names and telephone numbers of other people."
        ),
        max_length=500,
        widget=CountedText(attrs={"rows": 4}),
    )
    place = forms.CharField(
        label=pgettext_lazy("sample", "Where is it?"),
        help_text=pgettext_lazy("sample", "Such as: north gate of No. 3 courtyard"),
        required=False,
    )
    sort = forms.ChoiceField(
        label=pgettext_lazy("sample", "What sort of matter is it?"),
        choices=[
            ("road", pgettext_lazy("sample", "Roads and paths")),
            ("light", pgettext_lazy("sample", "Street lights")),
            ("waste", pgettext_lazy("sample", "Rubbish")),
            ("other", pgettext_lazy("sample", "I am not sure")),
        ],
        widget=forms.RadioSelect,
    )
    body = forms.ChoiceField(
        label=pgettext_lazy("sample", "Who should deal with it?"),
        choices=[
            ("", pgettext_lazy("sample", "Please choose")),
            ("town", pgettext_lazy("sample", "Town office")),
            ("water", pgettext_lazy("sample", "Water company")),
        ],
    )
    photos = forms.FileField(
        label=pgettext_lazy("sample", "Photos"),
        help_text=pgettext_lazy("sample", "Up to 3, each up to 10 MB."),
        required=False,
        widget=FilesInput(attrs={"multiple": True, "accept": "image/*"}),
    )
    agreed = forms.BooleanField(
        label=pgettext_lazy("sample", "The handler may see how to reach me"), required=False
    )
    website = Decoy()


def guide(request: HttpRequest) -> HttpResponse:
    """Show everything pages are made of; there is no such page outside the demo."""
    if not settings.DEMO:
        raise NotFound
    return render(request, "web/guide.html", _everything())


def _everything() -> dict[str, Any]:
    now = timezone.now()
    return {
        "form": GuideForm(prefix="fresh"),
        "pin_form": PinForm(prefix="pin"),
        "wrong_form": GuideForm({"wrong-words": "x" * 520, "wrong-place": ""}, prefix="wrong"),
        "icons": sorted(PATHS),
        "map": _map(),
        "written": WRITTEN,
        "charts": [(f"chart-{place}", chart) for place, chart in enumerate(_charts())],
        "lines": _lines(now),
        "rows": [
            Row(pgettext_lazy("sample", "Number"), "320899-26-00042-7"),
            Row(
                pgettext_lazy("sample", "Place"),
                pgettext_lazy("sample", "Old Street, by the north gate"),
                "#",
                pgettext_lazy("sample", "Change"),
            ),
            Row(pgettext_lazy("sample", "Promised by"), moment_words(now + timedelta(days=2))),
        ],
        "limits": [now + timedelta(days=3), now + timedelta(hours=5), now - timedelta(days=3), None],
        "matters": [
            (
                "320899-26-00042-7",
                pgettext_lazy("sample", "Street light out by the north gate"),
                pgettext_lazy("sample", "Old Street Village"),
                now + timedelta(hours=5),
            ),
            (
                "320899-26-00041-8",
                pgettext_lazy("sample", "Drain cover loose, bicycles swerve into the traffic"),
                pgettext_lazy("sample", "Lotus Pond Village"),
                now - timedelta(days=3),
            ),
            (
                "320899-26-00040-9",
                pgettext_lazy("sample", "Rubbish beside the market not taken away since Monday"),
                pgettext_lazy("sample", "Market Village"),
                now + timedelta(days=3),
            ),
        ],
    }


def _charts() -> list[Chart]:
    """One of each shape, with a number that is withheld."""
    villages = [
        pgettext_lazy("sample", "Old Street Village"),
        pgettext_lazy("sample", "Lotus Pond Village"),
        pgettext_lazy("sample", "Market Village"),
    ]
    raised, late = pgettext_lazy("sample", "Raised"), pgettext_lazy("sample", "overdue")
    days = [day_words(timezone.localdate() - timedelta(days=back)) for back in range(13, -1, -1)]
    return [
        Chart(
            pgettext_lazy("sample", "Matters by village"),
            villages,
            [Series(raised, [87, 40, 12]), Series(late, [9, None, 1])],
            BAR,
            note=pgettext_lazy("sample", "A dash stands for a number that is withheld because it is small."),
            heading=pgettext_lazy("sample", "Village"),
            hrefs=["#lists", "#lists", "#lists"],
        ),
        Chart(
            pgettext_lazy("sample", "Matters by day"),
            days,
            [
                Series(raised, [12, 15, 9, 14, 20, 22, 18, None, 16, 13, 21, 25, 19, 17]),
                Series(late, [2, 3, 2, 1, 4, 5, 4, 3, 3, 2, 2, 4, 3, 2]),
            ],
            LINE,
            heading=pgettext_lazy("sample", "Day"),
        ),
        Chart(
            pgettext_lazy("sample", "Matters by sort"),
            [
                pgettext_lazy("sample", "Roads and paths"),
                pgettext_lazy("sample", "Street lights"),
                pgettext_lazy("sample", "Rubbish"),
                pgettext_lazy("sample", "I am not sure"),
            ],
            [Series(raised, [62, 41, 28, 8])],
            SHARE,
            heading=pgettext_lazy("sample", "Sort"),
        ),
    ]


def _lines(now: datetime) -> list[Line]:
    return [
        Line(
            now,
            pgettext_lazy("sample", "Dispatched"),
            who=pgettext_lazy("sample", "Dispatcher, Riverside Town"),
            text=pgettext_lazy("sample", "Please look at it before the rain."),
            mark="now",
        ),
        Line(
            now - timedelta(hours=3),
            pgettext_lazy("sample", "Accepted"),
            who=pgettext_lazy("sample", "Clerk, Riverside Town"),
            mark="good",
        ),
        Line(
            now - timedelta(hours=5),
            pgettext_lazy("sample", "Reported"),
            who=pgettext_lazy("sample", "Resident"),
        ),
    ]


class PinForm(FrameForm):
    """A place by hand, and by a pin."""

    longitude = forms.CharField(label=pgettext_lazy("sample", "Longitude"), required=False)
    latitude = forms.CharField(label=pgettext_lazy("sample", "Latitude"), required=False)


def _map() -> Map:
    west, south = CORNER
    grids = [
        Outline(
            [
                (west + x * SIDE, south),
                (west + (x + 1) * SIDE, south + 0.0002),
                (west + (x + 0.9) * SIDE, south + SIDE),
                (west + x * SIDE, south + SIDE),
            ],
            label=str(name),
            css="is-here" if x == 1 else "",
            href="#map",
        )
        for x, name in enumerate(
            (
                pgettext_lazy("sample", "Grid 1"),
                pgettext_lazy("sample", "Grid 2"),
                pgettext_lazy("sample", "Grid 3"),
            )
        )
    ]
    pin = Pin(
        west + 1.4 * SIDE,
        south + 0.6 * SIDE,
        str(pgettext_lazy("sample", "Street light out by the north gate")),
    )
    note = pgettext_lazy("sample", "The grids are drawn schematically; they are not surveyed borders.")
    return Map(grids, [pin], title=str(pgettext_lazy("sample", "Where it is")), note=str(note))
