"""Which cases nobody beside whoever raised them should come across on a telephone or a screen left open."""

from __future__ import annotations

from linli.cases.catalogue import category_by_key, is_sensitive
from linli.cases.models import Case


def is_private(case: Case) -> bool:
    """Of a sensitive category (violence, family, neighbours, labour ...), or of none yet: it may turn out to be one."""
    return case.category is None or is_sensitive(case.category)


def is_private_by_key(kind: str, category: int | None) -> bool:
    """The same for a case's kind and the key of its category, without a statement."""
    found = category_by_key(kind, category)
    return found is None or is_sensitive(found)
