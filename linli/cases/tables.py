"""The catalogue's three tables: their columns, how each is read and written, and what makes a row the same row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.base.errors import NotFound
from linli.base.sheets import Cell
from linli.base.workbooks import Value
from linli.cases import cells
from linli.cases.cells import Ground
from linli.cases.models import Admission, Category, Responsibility
from linli.cases.models.catalogue import Audience, RowState, Rule
from linli.posts.models import PostKind

Values = dict[str, Any]
Reader = Callable[[Value, Ground], Any]
_SHORT = cells.words(200)
AUDIENCES = dict(Audience.choices)
RULES = dict(Rule.choices)


def category_words(category: Category) -> str:
    """A category as tables name it: code and name."""
    return f"{category.code} {category}"


@dataclass(frozen=True)
class Column:
    """One column: its field, heading and hint, its reader and writer. What only explains another is `told`.

    `kept`: where nothing is given, a row that is stored already keeps what it had.
    """

    name: str
    label: Any
    read: Reader = _SHORT
    write: Callable[[Any], Cell] = str
    hint: Any = ""
    needed: bool = False
    told: bool = False
    width: int = 16
    choices: Callable[[Ground], Sequence[str]] | None = None
    is_day: bool = False
    is_long: bool = False
    default: Any = ""
    kept: bool = False


@dataclass(frozen=True)
class Table:
    """One table of the catalogue; `key` names the fields that tell rows apart, besides their dates."""

    name: str
    label: Any
    model: type[models.Model]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    dated: bool = True
    many: frozenset[str] = field(default_factory=frozenset)

    def column(self, name: str) -> Column:
        """The column of a field."""
        return next(each for each in self.columns if each.name == name)

    def own(self) -> list[Column]:
        """The columns that are read; the rest explains them."""
        return [each for each in self.columns if not each.told]

    def key_of(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """What makes a row the same row on another day."""
        return tuple(plain(values[name]) for name in self.key)

    def values_of(self, row: Any) -> Values:
        """A stored row as values of the table's columns."""
        found: Values = {}
        for each in self.own():
            if each.name in self.many:
                found[each.name] = list(getattr(row, each.name).all())
            elif each.name == "parent":
                found["parent"] = row.parent.code if row.parent else ""
            else:
                found[each.name] = getattr(row, each.name)
        return found

    def cells_of(self, row: Any) -> list[Cell]:
        """A stored row as cells for a workbook."""
        values = self.values_of(row)
        return [each.write(row) if each.told else _written(each, values[each.name]) for each in self.columns]

    def rows(self, kind: str) -> QuerySet[Any]:
        """The stored rows of a kind that hold or held; what was taken back before it held is left out."""
        found: QuerySet[Any] = self.model._default_manager.filter(_OF_KIND[self.name](kind))
        found = found.exclude(valid_to=models.F("valid_from"))
        return found.select_related(*_ALONG[self.name]).prefetch_related(*sorted(self.many))


def _written(column: Column, value: Any) -> Cell:
    return "" if value is None else column.write(value)


def plain(value: Any) -> Any:
    """A value for comparing and hashing: rows as their keys."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.pk if isinstance(value, models.Model) else value


def _mark(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def same(old: Any, new: Any) -> bool:
    """Whether two values of a column are the same."""
    if isinstance(old, list) and isinstance(new, list):
        return sorted(map(_mark, plain(old))) == sorted(map(_mark, plain(new)))
    return bool(plain(old) == plain(new))


def _yes_or_no(value: Any) -> str:
    return str(cells.YES_NO["1" if value else "0"])


def _labels(choices: Mapping[str, Any]) -> Callable[[Ground], list[str]]:
    return lambda _ground: [str(label) for label in choices.values()]


def _posts(ground: Ground) -> list[str]:
    """The handling posts in force; another post can be typed."""
    found = {post.pk: post for posts in ground.posts.values() for post in posts}
    listed = [post for post in found.values() if post.until is None and post.kind == PostKind.HANDLER]
    return sorted(post.with_body for post in listed)


def _categories(ground: Ground) -> list[str]:
    return [category_words(each) for each in ground.categories.values()]


SOURCE = Column(
    "source",
    _("Source"),
    width=36,
    needed=True,
    hint=_("The document or list this row comes from."),
)
FROM = Column(
    "valid_from",
    _("Valid from"),
    cells.read_day,
    lambda day: day,
    is_day=True,
    needed=True,
    width=13,
    hint=_("The first day on which the row holds, such as 2026-11-24."),
)
TO = Column(
    "valid_to",
    _("No longer valid from"),
    cells.read_day,
    lambda day: day,
    is_day=True,
    width=13,
    hint=_("The first day on which it no longer holds. Empty: until further notice."),
    default=None,
)
PLACE = Column(
    "division",
    _("Area code"),
    cells.read_place,
    lambda place: place.trimmed,
    needed=True,
    width=16,
    hint=_("A row of a smaller area goes before that of a larger one around it."),
)
PLACE_NAME = Column("place_name", _("Area (only shown)"), told=True, write=lambda row: row.division.name)

ROWS = Table(
    "rows",
    _("Responsibilities"),
    Responsibility,
    (
        Column(
            "category",
            _("Category code"),
            cells.read_category,
            category_words,
            needed=True,
            width=22,
            choices=_categories,
        ),
        Column(
            "condition",
            _("Opening condition"),
            width=24,
            hint=_("Empty if one row holds for the whole category."),
        ),
        PLACE,
        PLACE_NAME,
        Column(
            "post",
            _("Leads"),
            cells.read_post,
            lambda post: post.with_body,
            needed=True,
            width=30,
            choices=_posts,
            hint=_("The post that leads; title and body, or a body that has one handling post."),
        ),
        Column(
            "co_posts",
            _("Helps"),
            cells.read_posts,
            cells.posts_words,
            width=30,
            hint=_("Several posts are separated by semicolons."),
            default=list,
        ),
        Column("amount", _("Limit"), cells.read_amount, int, needed=True, width=8),
        Column(
            "unit",
            _("Unit"),
            cells.among(cells.UNIT_WORDS),
            lambda unit: str(cells.UNIT_WORDS[unit]),
            needed=True,
            width=10,
            choices=_labels(cells.UNIT_WORDS),
        ),
        Column(
            "milestones",
            _("Milestones"),
            cells.read_milestones,
            cells.milestone_words,
            width=40,
            is_long=True,
            hint=_("On the way, separated by semicolons: stop the work 4 working hours; fine 7 working days"),
            default=list,
        ),
        Column("closing", _("Closing condition"), width=24),
        SOURCE,
        Column(
            "confirmed",
            _("Confirmed"),
            cells.read_yes,
            _yes_or_no,
            width=8,
            choices=_labels(cells.YES_NO),
            hint=_("“no” for a row that nobody has checked against its source."),
            default=True,
        ),
        FROM,
        TO,
    ),
    key=("category", "condition", "division"),
    many=frozenset({"co_posts"}),
)
CATEGORIES = Table(
    "categories",
    _("Categories"),
    Category,
    (
        Column("code", _("Code"), cells.read_new_code, needed=True, width=12),
        Column(
            "parent",
            _("Code above"),
            cells.read_parent,
            width=12,
            hint=_("The code of the category this one belongs to. Empty at the top of the tree."),
        ),
        Column("name_zh", _("Chinese name"), cells.words(60), needed=True, width=24),
        Column("name_en", _("English name"), cells.words(120), needed=True, width=30),
        Column(
            "sensitive",
            _("Sensitive"),
            cells.read_yes,
            _yes_or_no,
            width=8,
            choices=_labels(cells.YES_NO),
            hint=_("“yes” keeps it off public maps and out of prompts about duplicates. Empty: as before."),
            default=False,
            kept=True,
        ),
        Column(
            "audience",
            _("Who may choose it"),
            cells.among(AUDIENCES),
            lambda name: str(AUDIENCES[name]),
            width=22,
            choices=_labels(AUDIENCES),
            default=Audience.EVERYONE.value,
        ),
        Column(
            "words",
            _("Everyday words"),
            cells.read_everyday,
            width=60,
            is_long=True,
            hint=_(
                "What people call it, such as: pothole, manhole. A report with these words is proposed for this "
                "category; whoever reports decides. Empty: as before. A hyphen alone: none."
            ),
            kept=True,
        ),
        SOURCE,
        FROM,
        TO,
    ),
    key=("code",),
    dated=False,
)
ADMISSIONS = Table(
    "admissions",
    _("Admission list"),
    Admission,
    (
        Column("key", _("Item number"), cells.words(40), needed=True, width=14),
        Column("title", _("Item"), cells.words(120), needed=True, width=40),
        Column(
            "rule",
            _("Rule"),
            cells.among(RULES),
            lambda name: str(RULES[name]),
            needed=True,
            width=22,
            choices=_labels(RULES),
        ),
        Column(
            "category",
            _("Category code"),
            cells.read_category,
            category_words,
            width=22,
            needed=True,
            choices=_categories,
            hint=_("Holds for this category and all below it."),
        ),
        PLACE,
        PLACE_NAME,
        Column(
            "source",
            _("Legal basis"),
            width=36,
            needed=True,
            hint=_("The law, regulation or document this rests on."),
        ),
        FROM,
        TO,
    ),
    key=("key", "division"),
)
TABLES = {table.name: table for table in (ROWS, CATEGORIES, ADMISSIONS)}
_OF_KIND: dict[str, Callable[[str], Q]] = {
    "rows": lambda kind: Q(category__kind=kind, state=RowState.ADOPTED),
    "categories": lambda kind: Q(kind=kind),
    "admissions": lambda kind: Q(category__kind=kind),
}
_ALONG: dict[str, Iterable[str]] = {
    "rows": ("category", "division", "post__organisation", "post__division", "ruling"),
    "categories": ("parent",),
    "admissions": ("category", "division"),
}


def table_named(name: str) -> Table:
    """A table by its name in addresses; NotFound for any other."""
    if name not in TABLES:
        raise NotFound
    return TABLES[name]


def defaults(table: Table) -> Values:
    """What an empty cell means, by field."""
    return {each.name: each.default() if callable(each.default) else each.default for each in table.own()}
