"""Sealing people's data: AES-256-GCM per field, and a keyed index for equality search.

An unkeyed hash of a telephone number is worthless: all 4.6 billion mainland numbers can be tried in under an hour.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_VERSION = 1


@cache
def key_for(purpose: str, secret: str = "") -> bytes:
    """A 32-byte key for one purpose, derived (HKDF-SHA256) from the installation's data key."""
    source = (secret or settings.DATA_KEY).encode()
    return HKDF(SHA256(), 32, salt=b"linli", info=purpose.encode()).derive(source)


@cache
def _cipher(version: int) -> AESGCM:
    return AESGCM(key_for(f"seal/{version}"))


def seal(text: str, place: str) -> bytes:
    """Encrypt a field's text; `place` (table/row/field) is bound in, so that values cannot be swapped about."""
    return seal_bytes(text.encode(), place)


def seal_bytes(content: bytes, place: str) -> bytes:
    """The same for a file."""
    if not content:
        return b""
    nonce = os.urandom(12)
    return nonce + _cipher(KEY_VERSION).encrypt(nonce, content, place.encode())


def unseal(sealed: bytes, place: str, version: int = KEY_VERSION) -> str:
    """Decrypt a field; raises cryptography's InvalidTag when it was changed or moved."""
    return unseal_bytes(sealed, place, version).decode()


def unseal_bytes(sealed: bytes, place: str, version: int = KEY_VERSION) -> bytes:
    """The same for a file."""
    if not sealed:
        return b""
    sealed = bytes(sealed)
    return _cipher(version).decrypt(sealed[:12], sealed[12:], place.encode())


def blind_index(text: str, domain: str) -> str:
    """A keyed digest (hex) for exact look-up; each purpose domain has its own key, so indexes cannot be joined."""
    return hmac.new(key_for(f"index/{domain}"), text.encode(), hashlib.sha256).hexdigest() if text else ""


def derived_code(subject: str, alphabet: str, length: int) -> str:
    """A short code derived from a subject by a keyed digest: nothing to store, nothing to leak."""
    number = int.from_bytes(hmac.new(key_for("follow"), subject.encode(), hashlib.sha256).digest())
    letters = []
    for _place in range(length):
        number, letter = divmod(number, len(alphabet))
        letters.append(alphabet[letter])
    return "".join(letters)
