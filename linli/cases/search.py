"""Chinese full-text search: character pairs as tokens, FTS5 on SQLite and tsvector on PostgreSQL, newest first.

The index is folded from the ledger's positions, so that taking a case in does not wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.expressions import RawSQL

from linli.base.text import search_tokens
from linli.base.writing import writing
from linli.cases.kinds import all_kinds, power
from linli.cases.models import Case, CaseQuerySet, Mark, SearchText
from linli.ledger.models import Position

BATCH = 200


def fold(limit: int = BATCH) -> int:
    """Index the cases opened since the mark (the worker loop calls this); return how many positions were read."""
    mark, _new = Mark.objects.get_or_create(name="search")
    placed = Position.objects.filter(number__gt=mark.position).order_by("number")
    steps = list(placed.values_list("number", "entry__name", "entry__about")[:limit])
    if not steps:
        return 0
    rows = _rows([(name, about) for _number, name, about in steps])
    last, *_entry = steps[-1]
    with writing():
        SearchText.objects.bulk_create(rows, ignore_conflicts=True)
        Mark.objects.filter(pk=mark.pk).update(position=last)
    return len(steps)


def _rows(entries: Sequence[tuple[str, UUID | None]]) -> list[SearchText]:
    """The words of the cases these entries opened, as tokens, oldest case first; one statement per kind."""
    found: list[Any] = []
    for kind in all_kinds():
        opening = power(kind.name, kind.procedure.opening)
        opened = [about for name, about in entries if name == opening]
        found += kind.model._default_manager.filter(case__in=opened).select_related("case") if opened else []
    found.sort(key=lambda detail: detail.pk)
    return [SearchText(case_id=detail.pk, tokens=_tokens(detail.case, detail.words())) for detail in found]


def _tokens(case: Case, words: str) -> str:
    return search_tokens(f"{case.number} {case.summary} {words}")


def matching(cases: CaseQuerySet, text: str) -> CaseQuerySet:
    """Narrow a scoped list of cases to those whose words contain all of the text's tokens."""
    tokens = search_tokens(text).split()
    if not tokens:
        return cases.none()
    return cases.filter(search_text__id__in=RawSQL(*_query(tokens)))  # noqa: S611  parameters only


def _query(tokens: list[str]) -> tuple[str, tuple[str]]:
    if connection.vendor == "postgresql":
        wanted = "to_tsvector('simple', tokens) @@ plainto_tsquery('simple', %s)"
        return f"SELECT id FROM cases_searchtext WHERE {wanted}", (" ".join(tokens),)  # noqa: S608  no input in it
    quoted = " ".join(f'"{token}"' for token in tokens)
    return "SELECT rowid FROM cases_words WHERE cases_words MATCH %s", (quoted,)
