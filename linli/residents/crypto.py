"""Sealing people's data: AES-256-GCM per field, and a keyed index for equality search.

An unkeyed hash of a telephone number is worthless: all 4.6 billion mainland numbers can be tried in under an hour.

What is sealed says with which version of the key: from version 2 on it begins with `HEADER` and two bytes; what
begins otherwise is of version 1, sealed before keys had versions.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from linli.base.generations import Cached
from linli.residents.keyring import FAMILY, derived, first_secret, ring

HEADER = b"LS"
_FRONT = len(HEADER) + 2
_NONCE = 12


class RetiredKey(Exception):  # noqa: N818  a refusal of the key ring, no mistake of the program
    """What was sealed with a key that has been taken out of use; it cannot be opened any more."""


def current_version() -> int:
    """The version everything is sealed with now."""
    return ring().current


def version_of(sealed: bytes | memoryview) -> int:
    """The version of the key that a sealed value names."""
    sealed = bytes(sealed)
    return int.from_bytes(sealed[len(HEADER) : _FRONT]) if sealed.startswith(HEADER) else 1


def seal(text: str, place: str) -> bytes:
    """Encrypt a field's text; `place` (table/row/field) is bound in, so that values cannot be swapped about."""
    return seal_bytes(text.encode(), place)


def seal_bytes(content: bytes, place: str) -> bytes:
    """The same for a file."""
    if not content:
        return b""
    version, nonce = ring().current, os.urandom(_NONCE)
    front = HEADER + version.to_bytes(2) if version > 1 else b""
    return front + nonce + _cipher(version).encrypt(nonce, content, _bound(place, version))


def unseal(sealed: bytes | memoryview, place: str) -> str:
    """Decrypt a field; InvalidTag when it was changed or moved, RetiredKey when its key is out of use."""
    return unseal_bytes(sealed, place).decode()


def unseal_bytes(sealed: bytes | memoryview, place: str) -> bytes:
    """The same for a file."""
    sealed = bytes(sealed)
    if not sealed:
        return b""
    version = version_of(sealed)
    if version > 1:
        try:
            return _opened(sealed[_FRONT:], place, version)
        except (InvalidTag, RetiredKey):
            if 1 not in ring().living:
                raise
    # A nonce of version 1 may begin like a header, once in four thousand million.
    return _opened(sealed, place, 1)


def _opened(sealed: bytes, place: str, version: int) -> bytes:
    if version not in ring().living:
        raise RetiredKey(f"version {version}")
    return _cipher(version).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(place, version))


def _bound(place: str, version: int) -> bytes:
    return (place if version == 1 else f"{place}/{version}").encode()


def blind_index(text: str, domain: str) -> str:
    """A keyed digest (hex) for exact look-up; each purpose domain has its own key, so indexes cannot be joined."""
    return _digest(text, domain, ring().current)


def blind_indexes(text: str, domain: str) -> list[str]:
    """The digests under every version in use, for finding: while a key is being changed there are two."""
    return [_digest(text, domain, version) for version in sorted(ring().living, reverse=True)] if text else []


def _digest(text: str, domain: str, version: int) -> str:
    key = _index_key(domain, version)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest() if text else ""


def derived_code(subject: str, alphabet: str, length: int) -> str:
    """A short code derived from a subject by a keyed digest: nothing to store, nothing to leak."""
    number = int.from_bytes(hmac.new(_index_key("follow", 0), subject.encode(), hashlib.sha256).digest())
    letters = []
    for _place in range(length):
        number, letter = divmod(number, len(alphabet))
        letters.append(alphabet[letter])
    return "".join(letters)


def _make_cipher(version: int) -> AESGCM:
    return AESGCM(derived(ring().living[version], f"seal/{version}"))


def _make_index_key(domain: str, version: int) -> bytes:
    """Version 0: a key that lasts. Some domains have one too: what their digests are of is not kept anywhere."""
    name = f"index/{domain}" if version else domain
    kept = ring().lasting.get(name)
    return kept or derived(ring().living[version] if version else first_secret(), name)


_cipher = Cached(FAMILY, _make_cipher)
_index_key = Cached(FAMILY, _make_index_key)
