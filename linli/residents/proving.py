"""Whether somebody has proven just now who they are: what is sensitive is not shown on an old session."""

from __future__ import annotations

import time

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

PROVEN_FOR = 15 * 60  # seconds


def recently_proven(request: HttpRequest) -> bool:
    """Whether the signed-in person has signed in, or proven it again, within the last minutes."""
    if not request.user.is_authenticated:
        return False
    proofs = [float(each.get("at", 0)) for each in get_authentication_records(request, request.user)]
    return bool(proofs) and time.time() - max(proofs) < PROVEN_FOR
