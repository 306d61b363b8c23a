"""The catalogue (权责清单): category x area -> body and limit, as of a day; the nearest area wins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from linli.base.generations import Cached
from linli.base.worktime import Unit
from linli.cases.clocks import Term
from linli.kinds.matters.models import Category, Responsibility
from linli.posts.models import Post


@dataclass(frozen=True)
class Suggestion:
    """Who should deal with a matter, how long that may take, and why."""

    post: Post
    term: Term
    why: str


def _read_rows(category: int) -> list[Responsibility]:
    rows = Responsibility.objects.filter(category_id=category).select_related(
        "division", "post__organisation", "category"
    )
    return sorted(rows, key=lambda row: row.division.span[1] - row.division.span[0])


_rows: Cached[list[Responsibility]] = Cached("catalogue", _read_rows)


def suggestion(category: Category | None, code: int, on: date) -> Suggestion | None:
    """The row of the smallest area around a place (17-digit code) in force on a day, or None."""
    for row in _rows(category.pk) if category else ():
        low, high = row.division.span
        if low <= code < high and row.valid_from <= on and (row.valid_to is None or on < row.valid_to):
            why = _("%(category)s in %(area)s: %(source)s") % {
                "category": row.category,
                "area": row.division.name,
                "source": row.source,
            }
            return Suggestion(row.post, Term(Unit(row.unit), row.amount, f"responsibility:{row.pk}"), why)
    return None
