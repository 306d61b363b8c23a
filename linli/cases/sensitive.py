"""Which cases nobody beside whoever raised them should come across on a telephone or a screen left open."""

from __future__ import annotations

from linli.cases.catalogue import is_sensitive
from linli.cases.models import Case


def is_private(case: Case) -> bool:
    """Of a sensitive category (violence, family, neighbours, labour ...), or of none yet: it may turn out to be one."""
    return case.category is None or is_sensitive(case.category)
