"""What a text is likely about, by the words of the catalogue alone; whoever reads it decides."""

from __future__ import annotations

from django.utils import timezone

from linli.base.text import search_tokens
from linli.cases.catalogue import categories_of, in_force
from linli.cases.models import Category
from linli.cases.models.catalogue import Audience

_SAY_NOTHING = frozenset({"其他", "公共", "设施", "管理", "问题"})


def likely_category(kind: str, text: str) -> Category | None:
    """The one category residents may choose whose name shares most pairs of characters with a text; None in doubt."""
    said = frozenset(search_tokens(text).split())
    today = timezone.localdate()
    shared = [
        (len(said & _words(category)), category)
        for category in categories_of(kind)
        if category.audience == Audience.EVERYONE and in_force(category, today)
    ]
    most = max((count for count, _category in shared), default=0)
    best = [category for count, category in shared if most and count == most]
    return best[0] if len(best) == 1 else None


def _words(category: Category) -> frozenset[str]:
    return frozenset(search_tokens(category.name_zh).split()) - _SAY_NOTHING
