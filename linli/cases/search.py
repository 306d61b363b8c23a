"""Chinese full-text search: character pairs as tokens, FTS5 on SQLite and tsvector on PostgreSQL, newest first.

The index is folded from the ledger's positions, so that taking a case in does not wait for it.
"""

from __future__ import annotations

from django.db import connection
from django.db.models.expressions import RawSQL

from linli.base.text import search_tokens
from linli.base.writing import writing
from linli.cases.kinds import all_kinds, kind_of, power
from linli.cases.models import Case, CaseQuerySet, Mark, SearchText
from linli.ledger.models import Position

BATCH = 200


def fold(limit: int = BATCH) -> int:
    """Index the cases opened since the mark (the worker loop calls this); return how many positions were read."""
    mark, _new = Mark.objects.get_or_create(name="search")
    steps = list(
        Position.objects.filter(number__gt=mark.position).order_by("number").select_related("entry")[:limit]
    )
    if not steps:
        return 0
    openings = {power(kind.name, kind.procedure.opening) for kind in all_kinds()}
    cases = Case.objects.filter(pk__in=[step.entry.about for step in steps if step.entry.name in openings])
    rows = [SearchText(case=case, tokens=_tokens(case)) for case in cases.order_by("id")]
    with writing():
        SearchText.objects.bulk_create(rows, ignore_conflicts=True)
        Mark.objects.filter(pk=mark.pk).update(position=steps[-1].number)
    return len(steps)


def _tokens(case: Case) -> str:
    words = kind_of(case.kind).detail_of(case).words()
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
