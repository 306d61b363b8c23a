"""Sessions end up in backups, and allauth keeps the typed telephone number in them: so they are sealed."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.signing import JSONSerializer

from linli.base.writing import writing
from linli.residents.crypto import seal, unseal

PLACE = "session"


class SealedSerializer:
    """Django's JSON serializer with the data key's seal around it."""

    def dumps(self, obj: Any) -> bytes:
        """Seal what a session holds."""
        return seal(JSONSerializer().dumps(obj).decode("latin-1"), PLACE)

    def loads(self, data: bytes) -> Any:
        """Open it again; a session sealed with another key counts as empty (Django catches what this raises)."""
        return JSONSerializer().loads(unseal(data, PLACE).encode("latin-1"))


def renew_sessions() -> int:
    """Seal every session with the current key, so that nobody is signed out by a change; returns how many."""
    store, renewed = SessionStore(), 0
    for key in list(Session.objects.values_list("pk", flat=True)):
        with writing():
            kept = Session.objects.select_for_update().filter(pk=key).first()
            if kept and (said := store.decode(kept.session_data)):
                renewed += Session.objects.filter(pk=key).update(session_data=store.encode(said))
    return renewed
