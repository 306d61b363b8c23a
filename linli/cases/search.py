"""Chinese full-text search: character pairs and places as tokens, FTS5 on SQLite and tsvector on PostgreSQL.

The index is folded from the ledger's positions, so that taking a case in does not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat

from linli.base.rows import insert_many
from linli.base.text import search_tokens
from linli.base.writing import writing
from linli.cases.kinds import Kind, all_kinds, power
from linli.cases.models import Case, Mark, SearchText, areas_see
from linli.divisions.codes import DIGITS, WIDTHS, Level
from linli.ledger.models import Position

BATCH = 200
RANDOM_BITS = 11  # of a row's key, below its microsecond
CLEANING, PAGES, ROUNDS = "search_cleaning", 500, 20
WORTH_GOING_ON = 2  # fewer changes than this: everything is merged (fts5)
# Words of people are Chinese, Latin or digits; a token that begins with this letter can only be a place.
# Whole counties have none: a rare word would be sought again and again in a list of nearly all cases.
PLACE = "π"
PLACE_WIDTHS = [WIDTHS[level] for level in (Level.TOWN, Level.VILLAGE, Level.GRID)]


def fold(limit: int = BATCH) -> int:
    """Index the cases opened since the mark (the worker loop calls this); return how many positions were read."""
    mark, _new = Mark.objects.get_or_create(name="search")
    coming = Position.objects.filter(number__gt=mark.position).order_by("number")
    steps = list(coming.values_list("number", "entry__name", "entry__about")[:limit])
    if not steps:
        return 0
    rows = _rows([(name, about) for _number, name, about in steps])
    last, *_entry = steps[-1]
    with writing():
        insert_many(placed(rows))
        Mark.objects.filter(pk=mark.pk).update(position=last)
    return len(steps)


def _rows(entries: Sequence[tuple[str, UUID | None]]) -> list[SearchText]:
    """The words of the cases these entries opened, as tokens; one statement per kind."""
    found: list[Any] = []
    for kind in all_kinds():
        opening = power(kind.name, kind.procedure.opening)
        opened = [about for name, about in entries if name == opening]
        found += _details(kind).filter(case__in=opened) if opened else []
    return [SearchText(case_id=detail.pk, tokens=tokens_of(detail.case, detail.words())) for detail in found]


def _details(kind: Kind) -> QuerySet[Any]:
    """Whole details, for the kind knows which of their words count; of their cases only what becomes tokens."""
    own = [each.name for each in kind.model._meta.concrete_fields]
    case = [f"case__{name}" for name in ("number", "summary", "code_now", "kind", "reporter", "opened_by")]
    found: QuerySet[Any] = kind.model._default_manager.select_related("case").only(*own, *case)
    return found


def placed(rows: list[SearchText]) -> list[SearchText]:
    """Give each row its key, oldest first; what is indexed already is left out."""
    known = set(
        SearchText.objects.filter(case__in=[row.case_id for row in rows]).values_list("case", flat=True)
    )
    fresh = sorted((row for row in rows if row.case_id not in known), key=lambda row: row.case_id)
    for row in fresh:
        row.id = row_of(row.case_id)
    keys = _Keys(row.id for row in fresh)
    for row in fresh:
        row.id = keys.next_from(row.id)
    return sorted(fresh, key=lambda row: row.id)


class _Keys:
    """Which keys are taken. An import may give thousands of cases one moment: they lie close behind each other.

    What is taken is read for all wanted keys at once, and where they meet, for a whole microsecond; a walk begins where
    the last one from the same place ended. Other writers wait meanwhile, so no key costs a statement of its own.
    """

    def __init__(self, wanted: Iterable[int]) -> None:
        self._taken = _taken_of(pk__in=list(wanted))
        self._read: set[int] = set()
        self._onward: dict[int, int] = {}

    def next_from(self, wanted: int) -> int:
        """The first free key from here on, which is taken from then on."""
        key = wanted
        while key in self._taken:
            key = self._onward.get(key, key + 1)
            self._read_around(key)
        self._taken.add(key)
        self._onward[wanted] = key + 1
        return key

    def _read_around(self, key: int) -> None:
        moment = key >> RANDOM_BITS
        if moment not in self._read:
            self._read.add(moment)
            self._taken |= _taken_of(pk__gte=moment << RANDOM_BITS, pk__lt=(moment + 1) << RANDOM_BITS)


def _taken_of(**where: Any) -> set[int]:
    return set(SearchText.objects.filter(**where).values_list("pk", flat=True))


def row_of(case: UUID) -> int:
    """The search row's key of a case: the microsecond it is minted from and 11 random bits, in the order of time."""
    microseconds = (case.int >> 80) * 1000 + ((case.int >> 64 & 0xFFF) * 1000 + 4095) // 4096
    return microseconds << RANDOM_BITS | case.int >> 51 & 0x7FF


def tokens_of(case: Case, words: str) -> str:
    """Everything a case is found by: its words, its number, and the places it lies in if area gives sight of it."""
    places = place_tokens(case.code_now) if areas_see(case.kind) else []
    return " ".join([search_tokens(f"{case.number} {case.summary} {words}"), *places])


def place_again(places: Mapping[UUID, int]) -> None:
    """Index cases under the places they have moved to (17-digit codes), inside the transaction that moves them."""
    rows = list(SearchText.objects.filter(case__in=list(places)))
    for row in rows:
        words = [token for token in row.tokens.split() if not token.startswith(PLACE)]
        row.tokens = " ".join([*words, *place_tokens(places[row.case_id])])
    SearchText.objects.filter(pk__in=[row.pk for row in rows]).delete()
    SearchText.objects.bulk_create(rows)


def place_tokens(code: int) -> list[str]:
    """A token per level from the town down to the grid."""
    digits = f"{code:0{DIGITS}d}"
    return [f"{PLACE}{digits[:width]}" for width in PLACE_WIDTHS]


def area_tokens(span: tuple[int, int]) -> list[str]:
    """The token of an area, or none where it is larger than a town or smaller than a grid."""
    low, high = span
    widths = [width for width in PLACE_WIDTHS if 10 ** (DIGITS - width) == high - low]
    return [f"{PLACE}{low:0{DIGITS}d}"[: 1 + width] for width in widths]


def found_rows(tokens: Iterable[str]) -> tuple[str, tuple[str]]:
    """The statement for the search rows that have all of these tokens; on SQLite they come in order of their key."""
    if connection.vendor == "postgresql":
        wanted = "to_tsvector('simple', tokens) @@ plainto_tsquery('simple', %s)"
        return f"SELECT id FROM cases_searchtext WHERE {wanted}", (" ".join(tokens),)  # noqa: S608  no input in it
    quoted = " ".join(f'"{token}"' for token in tokens)
    return "SELECT rowid AS id FROM cases_words WHERE cases_words MATCH %s", (quoted,)


def contains_all(tokens: Iterable[str], path: str) -> tuple[dict[str, Any], Q]:
    """The same as a test of each row's own tokens, for walks along another index: an alias and its condition."""
    condition = Q()
    for token in tokens:
        condition &= Q(_words__contains=f" {token} ")
    return {"_words": Concat(Value(" "), F(path), Value(" "), output_field=TextField())}, condition


def clean_words(*, again: bool) -> int:
    """Take words of erased cases out of SQLite's index as well, a few pages at a time; return how many rounds.

    The index only notes what was deleted until its pieces are merged, so they are merged (`again`: from the start),
    and the freed pages are overwritten (secure_delete). PostgreSQL does it with its own VACUUM.
    """
    if connection.vendor != "sqlite":
        return 0
    if again:
        Mark.objects.update_or_create(name=CLEANING, defaults={"position": -PAGES})
    left = Mark.objects.filter(name=CLEANING).exclude(position=0).values_list("position", flat=True).first()
    rounds = 0
    while left and rounds < ROUNDS:
        rounds += 1
        with writing():
            left = PAGES if _merged(left) else 0
            Mark.objects.filter(name=CLEANING).update(position=left)
    return rounds


def _merged(pages: int) -> bool:
    """Merge so many pages (negative: begin anew with everything); whether there was anything to do."""
    with connection.cursor() as cursor:
        before = connection.connection.total_changes
        cursor.execute("INSERT INTO cases_words (cases_words, rank) VALUES ('merge', %s)", [pages])
        changed: int = connection.connection.total_changes - before
    return changed >= WORTH_GOING_ON
