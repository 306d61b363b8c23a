"""The catalogue (权责清单): category x condition x area -> bodies and limits as of a day; the nearest area wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.generations import Cached
from linli.base.worktime import Unit
from linli.cases.clocks import Term
from linli.cases.models import Admission, Case, Category, Responsibility
from linli.cases.models.catalogue import Audience, RowState, Rule
from linli.divisions.models import Division
from linli.posts.lookup import seat_of
from linli.posts.models import Post

VILLAGE = 5  # the level of villages and communities; grids are below


@dataclass(frozen=True)
class Suggestion:
    """Who should deal with a case, how long that may take, and why."""

    row: Responsibility

    @property
    def why(self) -> str:
        """The row in words, for whoever is to follow the suggestion."""
        return _why(self.row)

    @property
    def post(self) -> Post:
        """The post that leads."""
        return self.row.post

    @property
    def co_posts(self) -> Sequence[Post]:
        """The posts that help."""
        return list(self.row.co_posts.all())

    @property
    def term(self) -> Term:
        """How long the whole may take."""
        return Term(Unit(self.row.unit), self.row.amount, f"responsibility:{self.row.pk}")

    @property
    def terms(self) -> list[Term]:
        """The whole and, each with its label, what must be reached on the way: stop the work, 4 working hours."""
        source = self.term.source
        on_the_way = [
            Term(Unit(each["unit"]), each["amount"], source, each["label"]) for each in self.row.milestones
        ]
        return [self.term, *on_the_way]


def _read_categories(kind: str) -> dict[int, Category]:
    return {each.pk: each for each in Category.objects.filter(kind=kind)}


def _read_rows(category: int) -> list[Responsibility]:
    rows = Responsibility.objects.filter(category_id=category, state=RowState.ADOPTED)
    rows = rows.select_related("division", "post__organisation", "category", "ruling").defer(
        "division__outline"
    )
    found = rows.prefetch_related("co_posts__organisation").order_by("condition", "-valid_from")
    return sorted(found, key=lambda row: row.division.span[1] - row.division.span[0])


def _read_areas(category: int) -> list[tuple[int, int, Responsibility]]:
    return [(*row.division.span, row) for row in _rows(category)]


def _read_above(kind: str, own: int, key: int | None) -> list[Category]:
    """What a category (`own`) belongs to, upwards from the one with this key; none without a key."""
    known, line = _categories(kind), list[Category]()
    while key and key in known and key != own and known[key] not in line:
        line.append(known[key])
        key = line[-1].parent_id
    return line


def _read_admissions(kind: str) -> list[Admission]:
    rows = Admission.objects.filter(category__kind=kind).select_related("division").defer("division__outline")
    return sorted(rows, key=lambda row: row.division.span[1] - row.division.span[0])


_categories: Cached[dict[int, Category]] = Cached("catalogue", _read_categories)
_rows: Cached[list[Responsibility]] = Cached("catalogue", _read_rows)
_areas: Cached[list[tuple[int, int, Responsibility]]] = Cached("catalogue", _read_areas)
_above: Cached[list[Category]] = Cached("catalogue", _read_above)
_admissions: Cached[list[Admission]] = Cached("catalogue", _read_admissions)


def in_force(row: Category | Responsibility | Admission, on: date) -> bool:
    """Whether a dated row holds on a day."""
    return row.valid_from <= on and (row.valid_to is None or on < row.valid_to)


def categories_of(kind: str) -> list[Category]:
    """All categories of a kind, in the order of their codes."""
    return sorted(_categories(kind).values(), key=lambda category: category.code)


def category_by_key(kind: str, key: int | None) -> Category | None:
    """A category of a kind by its key, without a statement; None for no key, or another kind's."""
    return _categories(kind).get(key) if key else None


def with_all_below(category: Category) -> list[int]:
    """The ids of a category and of everything that belongs to it."""
    found = [category.pk]
    for each in found:
        found += [child.pk for child in _categories(category.kind).values() if child.parent_id == each]
    return found


def line_of(category: Category) -> list[Category]:
    """A category and what it belongs to, upwards."""
    return [category, *_above(category.kind, category.pk, category.parent_id)]


def is_sensitive(category: Category) -> bool:
    """Whether a category, or anything it belongs to, is never shown to the public."""
    return any(each.sensitive for each in line_of(category))


def suggestions(category: Category | None, code: int, on: date) -> list[Suggestion]:
    """The rows in force on a day at a place (17-digit code), one per condition; the smallest area with rows wins.

    A category without a row of its own takes those of the category it belongs to.
    """
    for each in line_of(category) if category else ():
        around = [row for low, high, row in _areas(each.pk) if low <= code < high and in_force(row, on)]
        if around:
            found: dict[str, Responsibility] = {}
            for row in around:
                found.setdefault(row.condition, row)
            return [Suggestion(row) for row in found.values()]
    return []


def conditions_of(category: Category, on: date) -> list[str]:
    """The opening conditions in force on a day anywhere, for who asks before the place is known."""
    for each in line_of(category):
        if rows := [row for row in _rows(each.pk) if in_force(row, on)]:
            return sorted({row.condition for row in rows if row.condition})
    return []


def suggestion(category: Category | None, code: int, on: date, condition: str = "") -> Suggestion | None:
    """What the catalogue suggests under a condition; failing such a row, the nearest one; None without any."""
    found = suggestions(category, code, on)
    return next((each for each in found if each.row.condition == condition), found[0] if found else None)


def _why(row: Responsibility) -> str:
    said = {"category": row.category, "area": row.division.name, "source": row.source}
    if row.ruling:
        return _("%(category)s in %(area)s: %(source)s (ruling in %(number)s)") % {
            **said,
            "number": row.ruling.number,
        }
    return _("%(category)s in %(area)s: %(source)s") % said


def below(category: Category) -> list[int]:
    """The keys of a category and all that belong to it."""
    rows = _categories(category.kind).values()
    found = [category.pk]
    for key in found:
        found += [row.pk for row in rows if row.parent_id == key and row.pk not in found]
    return found


def open_cases_under(category: Category, division: Division) -> int:
    """How many open cases a row about a category in an area lies over; they keep the row they began with."""
    within = Case.objects.within(division.span)
    return int(within.filter(closed_at=None, category__in=below(category)).count())


@dataclass(frozen=True)
class Gap:
    """A category nobody is named for (`row`), or whose leading post is given up (`post`) or vacant (`holder`)."""

    category: Category
    lacks: str
    row: Responsibility | None = None


def gaps(kind: str, division: Division, on: date) -> list[Gap]:
    """What the catalogue of a kind lacks in an area: each gap leads to where it is closed."""
    found = []
    for category in _categories(kind).values():
        if category.audience == Audience.NOBODY or not in_force(category, on):
            continue
        told = suggestions(category, division.code, on)
        found += [Gap(category, lacks, each.row) for each in told if (lacks := _lacks(each.post))]
        if not told:
            found.append(Gap(category, "row"))
    return found


def _lacks(post: Post) -> str:
    seat = seat_of(post.kind, post.pk)
    if seat is None:
        return "post"
    return "" if seat.sitters else "holder"


def refuse_unless_admitted(category: Category | None, post: Post, on: date) -> None:
    """Refuse to send something down to a community-level post that the admission list keeps away from it.

    Raises Invalid with a sentence that names the row; the nearest area's row wins, so that a granted application
    is an allowing row of that community. Without a row nothing is refused.
    """
    row = admission_of(category, post, on)
    if row is None or row.rule == Rule.ALLOWED:
        return
    said = {"title": row.title, "key": row.key, "source": row.source, "post": post.title}
    if row.rule == Rule.APPLICATION:
        raise Invalid(
            _(
                "“%(title)s” (%(key)s of the admission list, %(source)s) comes to a community only after an "
                "application was granted. Give it to a department, or have the application granted for the area of "
                "%(post)s first."
            )
            % said
        )
    raise Invalid(
        _(
            "“%(title)s” may not be sent down to a community (%(key)s of the admission list, %(source)s). "
            "Choose a department instead of %(post)s."
        )
        % said
    )


def admission_of(category: Category | None, post: Post, on: date) -> Admission | None:
    """The admission row that decides about a category and a post; None above the community or without a row."""
    if category is None or post.division.level < VILLAGE:
        return None
    code = post.division.code
    rows = [
        row for row in _admissions(category.kind) if code in range(*row.division.span) and in_force(row, on)
    ]
    for each in line_of(category):
        for row in rows:
            if row.category_id == each.pk:
                return row
    return None
