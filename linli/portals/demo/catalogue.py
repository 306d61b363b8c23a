"""The demo county's catalogue: which body deals with which category, and how long that may take."""

from __future__ import annotations

from datetime import date

from linli.base.generations import bump
from linli.cases.models import Category, Responsibility
from linli.divisions.models import Division
from linli.posts.models import Post

SINCE = date(2004, 1, 1)  # as old as the calendar, so that a replayed day finds its rows
SOURCE = "云溪县网格事项清单（演示）"

# category code: key of the sitter, working days
ROWS = {
    "0101": ("city_management", 1), "0102": ("city_management", 1), "0104": ("city_management", 15),
    "0105": ("city_management", 2), "0106": ("city_management", 2), "0107": ("city_management", 5),
    "0108": ("water", 15), "0201": ("power", 3), "0202": ("housing", 5), "0203": ("water", 2), "0204": ("power", 3),
    "0205": ("housing", 7), "0206": ("housing", 7), "0207": ("city_management", 2), "0301": ("fire", 2),
    "0302": ("housing", 3), "0303": ("market", 5), "0401": ("city_management", 5), "0501": ("civil", 5),
}  # fmt: skip


def fill_catalogue(county: Division, posts: dict[str, Post]) -> None:
    """Write one county-wide row per category; the rest has none, so that the dispatcher decides."""
    categories = {category.code: category for category in Category.objects.filter(kind="matters")}
    Responsibility.objects.bulk_create(
        Responsibility(
            category=categories[code],
            division=county,
            post=posts[key],
            amount=days,
            source=SOURCE,
            valid_from=SINCE,
        )
        for code, (key, days) in ROWS.items()
    )
    bump("catalogue")
