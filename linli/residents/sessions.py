"""Sessions end up in backups, and allauth keeps the typed telephone number in them: so they are sealed."""

from __future__ import annotations

from typing import Any

from django.core.signing import JSONSerializer

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
