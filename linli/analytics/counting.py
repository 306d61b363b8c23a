"""Counting: every figure at once, by part of the place or by body, and the cases behind any of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Subquery

from linli.analytics.definition import Figure
from linli.analytics.figures import all_figures
from linli.analytics.populations import STANDING, Population
from linli.analytics.questions import Question
from linli.analytics.rollups import BY_KIND, folded
from linli.analytics.shares import add
from linli.analytics.standing import standing
from linli.cases.models import Case, CaseQuerySet
from linli.cases.models.case import CodePrefix, Unindexed
from linli.cases.sight import in_sight
from linli.posts.actor import PostActor
from linli.posts.may import watches

Counted = Mapping[str, int]
MOST_WALKED = 5000  # of more than so many the one in the middle is not looked for


def count(asked: Question, by: int | str = "", figures: Iterable[Figure] | None = None) -> dict[Any, Counted]:
    """Every figure (of these, or all) by a key of the case: from the rollups, or in one statement per population.

    `by` is BY_LEAD (the key is the leading post or None), BY_KIND, or a number that cuts codes down to one level;
    without it there is one key, None. Keys without any case are left out.
    """
    found: dict[Any, Counter[str]] = defaultdict(Counter)
    chosen = list(all_figures().values() if figures is None else figures)
    if not asked.confidential and (asked.stands or standing(asked.now)).holds(asked.now):
        answered, left = folded(asked, by, chosen)
        found.update(answered)
        chosen = [figure for figure in chosen if figure.name in left]
    return _counted(asked, by, chosen, found)


def counted_live(
    asked: Question, by: int | str = "", figures: Iterable[Figure] | None = None
) -> dict[Any, Counted]:
    """The same without the rollups, to hold them against."""
    return _counted(asked, by, all_figures().values() if figures is None else figures, defaultdict(Counter))


def _counted(
    asked: Question, by: int | str, chosen: Iterable[Figure], found: dict[Any, Counter[str]]
) -> dict[Any, Counted]:
    for population, together in _together(chosen).items():
        counts: dict[str, Any] = {
            figure.name: Count("pk", filter=figure.test(asked) or None) for figure in together
        }
        rows = population.rows_for(asked, [figure.name for figure in together])
        if not by:
            found[None].update(rows.aggregate(**counts))
            continue
        rows = rows.annotate(_key=_key_of(population, by)).values("_key")
        for row in rows.annotate(**counts).order_by():
            found[row.pop("_key")].update(row)
    return dict(found)


def _together(figures: Iterable[Figure]) -> dict[Population, list[Figure]]:
    found: dict[Population, list[Figure]] = defaultdict(list)
    for figure in figures:
        found[figure.population].append(figure)
    return found


def _key_of(population: Population, by: int | str) -> Any:
    if isinstance(by, int):
        # Not in the order of an index: it would lead through all cases of the place instead of those counted.
        return Unindexed(CodePrefix(f"{population.case}code_now", by))
    return F(f"{population.case}{'kind' if by == BY_KIND else 'lead_id'}")


def total(parts: Iterable[Counted]) -> Counted:
    """The sums of parts that have no case in common."""
    found: Counter[str] = Counter()
    for part in parts:
        add(found, part)
    return found


def behind(figure: Figure, asked: Question) -> CaseQuerySet:
    """Exactly the cases a figure counts."""
    rows = figure.population.rows(asked).filter(figure.test(asked))
    if not figure.population.case:
        return rows  # type: ignore[return-value]
    return Case.everywhere.filter(pk__in=rows.values("case"))


@dataclass(frozen=True)
class Behind:
    """A page of the cases behind a figure, how many it counts, and how many of them the reader may not open."""

    cases: Sequence[Case]
    counted: int
    next_key: str = ""
    others: int = 0

    @property
    def open(self) -> int:
        """How many the reader may open."""
        return self.counted - self.others


def page_behind(figure: Figure, asked: Question, after: Any = None, *, by: PostActor, most: int) -> Behind:
    """One page of those the actor may open, newest first, after the case with a key (two statements, or three)."""
    return page_seen(behind(figure, asked), after, by=by, most=most)


def page_seen(found: CaseQuerySet, after: Any = None, *, by: PostActor, most: int) -> Behind:
    """The same of cases of the actor's area; a level that sees its part alone is told how many others there are."""
    if not watches(by):
        return page_of(found, after, most=most)
    page, counted = page_of(in_sight(by, found), after, most=most), found.count()
    return replace(page, counted=counted, others=counted - page.counted)


def page_of(found: CaseQuerySet, after: Any = None, *, most: int) -> Behind:
    """One page of these cases, newest first, after the case with a key (two statements)."""
    rows = found.select_related("division").defer("division__outline")
    rows = rows.filter(pk__lt=after) if after else rows
    page = list(rows.order_by("-pk")[: most + 1])
    onwards = str(page[most - 1].pk) if len(page) > most else ""
    return Behind(page[:most], found.count(), onwards)


@dataclass(frozen=True)
class Age:
    """An open case with how many days it has been open, and whether it is the oldest."""

    case: Case
    days: int
    oldest: bool


def ages(asked: Question, still: int) -> Sequence[Age]:
    """The oldest open case and the one in the middle, of so many that are open (one statement)."""
    if not still:
        return []
    keys = STANDING.rows(asked).order_by("pk").values("pk")
    wanted = first_and_middle(keys, still)
    cases: QuerySet[Any] = Case.everywhere.filter(wanted).annotate(first=Subquery(keys[:1]))
    return [Age(case, (asked.now - case.at).days, case.pk == case.first) for case in cases.order_by("pk")]


def first_and_middle(keys: QuerySet[Any], number: int) -> Q:
    """The first of so many keys and the one in the middle, if the way to it is not too far to walk for a page."""
    first = Q(pk=Subquery(keys[:1]))
    return first | Q(pk=Subquery(keys[number // 2 : number // 2 + 1])) if number <= MOST_WALKED else first
