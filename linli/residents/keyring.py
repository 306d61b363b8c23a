"""The key ring: data keys in versions, each wrapped by `LINLI_DATA_KEY`, kept in the database they open.

So a new key is known to every process at its next request, a backup opens with the key it was made under, and a
retired version is gone from the ring for good. Until the first change of keys the ring is empty and version 1 is
derived from `LINLI_DATA_KEY` itself.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from linli.base.generations import Cached
from linli.residents.models import DataKey

FAMILY = "keys"
# What is derived with these cannot be derived anew: codes in people's hands, digests of rows that are gone.
LASTING = ("follow", "index/exchange/sheets", "index/look-up", "index/ties")


@dataclass(frozen=True)
class Ring:
    """The version to seal with, the secrets of all versions in use, and the keys that never change."""

    current: int
    living: Mapping[int, bytes]
    lasting: Mapping[str, bytes]


def derived(secret: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose (HKDF-SHA256)."""
    return HKDF(SHA256(), 32, salt=b"linli", info=purpose.encode()).derive(secret)


def masters() -> list[bytes]:
    """`LINLI_DATA_KEY` and, while it is being changed, the one before it."""
    return [each.encode() for each in (settings.DATA_KEY, settings.DATA_KEY_BEFORE) if each]


def first_secret() -> bytes:
    """The secret of version 1, from before there was a ring."""
    return masters()[-1]


def wrap(secret: bytes, name: str) -> bytes:
    """Seal a key for the ring; its name is bound in."""
    nonce = os.urandom(12)
    return nonce + AESGCM(derived(masters()[0], "wrap")).encrypt(nonce, secret, name.encode())


def unwrap(wrapped: bytes, name: str) -> bytes:
    """Open a key of the ring with either master; ImproperlyConfigured when neither fits."""
    for master in masters():
        try:
            return AESGCM(derived(master, "wrap")).decrypt(wrapped[:12], wrapped[12:], name.encode())
        except InvalidTag:
            continue
    raise ImproperlyConfigured(
        "LINLI_DATA_KEY does not open this database's keys. Set the key it was made with; if it was changed, "
        "put the one before into LINLI_DATA_KEY_BEFORE."
    )


def _read() -> Ring:
    rows = {row.name: row for row in DataKey.objects.all()}
    if not rows:
        return Ring(1, {1: first_secret()}, {})
    living = {
        int(name): unwrap(bytes(row.wrapped), name)
        for name, row in rows.items()
        if name.isdecimal() and row.retired_at is None
    }
    lasting = {name: unwrap(bytes(rows[name].wrapped), name) for name in LASTING if name in rows}
    return Ring(max(living), living, lasting)


ring = Cached(FAMILY, _read)
