"""A sealed stream: AES-256-GCM in pieces, so that a file of any size is written and read in flat memory.

Magic, length of the head, head (JSON in clear: what this is, and a salt), then the pieces, each with its length. A
piece's nonce is its number and whether it is the last, and its key comes from backup key, salt and head: none can be
left out, swapped, repeated or cut off, and the head cannot be changed, without it being noticed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from linli.base.errors import Refusal

MAGIC, FORMAT = b"LINLISEALED\n", 1
PIECE = 1 << 16
_TAG, _LONGEST_HEAD = 16, 1 << 16


class Unreadable(Refusal):
    """A sealed file that cannot be read: damaged, cut off, of another key or of a later format."""

    code = "unreadable"


def backup_key() -> bytes:
    """The key that seals backups, from LINLI_BACKUP_KEY or the file that LINLI_BACKUP_KEY_FILE names."""
    text = settings.BACKUP_KEY
    if not text and settings.BACKUP_KEY_FILE:
        try:
            text = Path(settings.BACKUP_KEY_FILE).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as trouble:
            raise Refusal(_("The backup key cannot be read: %(reason)s") % {"reason": trouble}) from trouble
    if not text:
        raise Refusal(
            _(
                "LINLI_BACKUP_KEY is not set. Run `linli init`: it adds one. Then keep a copy of linli.env apart."
            )
        )
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise Refusal(_("LINLI_BACKUP_KEY must be Base64 of 32 random bytes."))
    return key


def mark_of(key: bytes) -> str:
    """By what a file knows its key again, without giving it away."""
    return hmac.new(key, b"linli backup key", hashlib.sha256).hexdigest()[:16]


class Sealing:
    """What is written here lands sealed in `file`; `close` writes the last piece, without which it is cut off."""

    def __init__(self, file: BinaryIO, key: bytes, **head: Any) -> None:
        told = {"format": FORMAT, "key": mark_of(key), "salt": os.urandom(16).hex(), **head}
        raw = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
        file.write(MAGIC + len(raw).to_bytes(4, "big") + raw)
        self._file, self._cipher, self._number = file, AESGCM(_key_of(key, raw)), 0
        self._waiting = b""

    def write(self, data: bytes) -> int:
        """Take some bytes; whole pieces go out at once."""
        size = len(data)
        while data:
            if len(self._waiting) == PIECE:
                self._put(self._waiting, last=False)
                self._waiting = b""
            room = PIECE - len(self._waiting)
            self._waiting, data = self._waiting + data[:room], data[room:]
        return size

    def close(self) -> None:
        """Write what is left as the last piece."""
        self._put(self._waiting, last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), piece, None)
        self._file.write(len(sealed).to_bytes(4, "big"))
        self._file.write(sealed)
        self._number += 1


class Opening:
    """Reads what `Sealing` wrote; raises Unreadable, with a sentence that says why, before it gives a wrong byte."""

    def __init__(self, file: BinaryIO, key: bytes, name: str) -> None:
        self._file, self._name = file, name
        raw, self.head = _head(file, name)
        if self.head.get("key") != mark_of(key):
            raise Unreadable(
                _(
                    "%(file)s was sealed with another key. Put the LINLI_BACKUP_KEY of that time into linli.env. "
                    "Nothing was changed."
                )
                % {"file": name}
            )
        self._cipher, self._number, self._ended = AESGCM(_key_of(key, raw)), 0, False
        self._ready = b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, fewer at the end; all that are left without a size."""
        parts, wanted = [], size if size >= 0 else 1 << 62
        while wanted and (self._ready or self._next()):
            part, self._ready = self._ready[:wanted], self._ready[wanted:]
            parts.append(part)
            wanted -= len(part)
        return b"".join(parts)

    def _next(self) -> bool:
        if self._ended:
            return False
        length = int.from_bytes(self._exactly(4), "big")
        if not _TAG <= length <= PIECE + _TAG:
            raise damaged(self._name)
        sealed = self._exactly(length)
        for last in (length < PIECE + _TAG, length == PIECE + _TAG):
            try:
                self._ready = self._cipher.decrypt(_nonce(self._number, last=last), sealed, None)
            except InvalidTag:
                continue
            self._number, self._ended = self._number + 1, last
            return bool(self._ready) or not last
        raise damaged(self._name)

    def _exactly(self, size: int) -> bytes:
        read = self._file.read(size)
        if len(read) < size:
            raise Unreadable(
                _("%(file)s is cut off: the end is missing. Nothing was changed.") % {"file": self._name}
            )
        return read


def damaged(name: str) -> Unreadable:
    """What is said of a file whose content is not what was sealed."""
    return Unreadable(
        _("%(file)s is damaged or was changed: take another backup. Nothing was changed.") % {"file": name}
    )


def _head(file: BinaryIO, name: str) -> tuple[bytes, dict[str, Any]]:
    if file.read(len(MAGIC)) != MAGIC:
        raise Unreadable(_("%(file)s is no backup of Linli. Nothing was changed.") % {"file": name})
    length = int.from_bytes(file.read(4), "big")
    raw = file.read(min(length, _LONGEST_HEAD))
    try:
        head = json.loads(raw)
        number = int(head["format"])
    except (ValueError, KeyError, TypeError) as trouble:
        raise damaged(name) from trouble
    if number != FORMAT:
        raise Unreadable(
            _(
                "%(file)s has format %(format)d; this release of Linli reads %(own)d. Install the release that made "
                "it. Nothing was changed."
            )
            % {"file": name, "format": number, "own": FORMAT}
        )
    return raw, head


def _key_of(key: bytes, head: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=hashlib.sha256(head).digest(), info=b"linli backup 1").derive(key)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
