"""Which cells of an old workbook (.xls) hold an error: its reader gives them as empty, and so what was lost unsaid.

An .xls file is a small file system (MS-CFB) whose stream “Workbook” is a row of records (MS-XLS). Nothing is refused
here: what cannot be followed tells of no errors, and the reader decides whether the file is damaged.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from linli.base.workbooks import Place

_NAMES = {"Workbook", "Book"}
_SMALL, _SMALL_SECTOR = (
    4096,
    64,
)  # a shorter stream lies in small sectors inside the stream of the first entry
_END = 0xFFFFFFFA  # from here on a number means no sector
_SHEET, _END_OF_PART, _FORMULA, _VALUE_OR_ERROR = 0x85, 0x0A, 0x06, 0x205


def errors_of(content: bytes) -> list[frozenset[Place]]:
    """The places of error cells for each sheet in its order."""
    try:
        book = _workbook_in(content)
        sheets = [struct.unpack_from("<I", data)[0] for kind, data in _records(book, 0) if kind == _SHEET]
        return [frozenset(_errors_from(book, start)) for start in sheets]
    except (struct.error, IndexError):
        return []


def _errors_from(book: bytes, start: int) -> Iterator[Place]:
    for kind, data in _records(book, start):
        value = data[6:14]
        failed = kind == _FORMULA and value[:1] == b"\2" and value[6:8] == b"\xff\xff"
        if failed or (kind == _VALUE_OR_ERROR and value[1:2] == b"\1"):
            yield struct.unpack_from("<HH", data)


def _records(book: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of the stream: the workbook's own at its beginning, then one part for each sheet."""
    while place + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, place)
        if kind == _END_OF_PART:
            return
        yield kind, book[place + 4 : place + 4 + length]
        place += 4 + length


def _workbook_in(content: bytes) -> bytes:
    size = 1 << struct.unpack_from("<H", content, 30)[0] % 16
    listed = [each for each in struct.unpack_from("<109I", content, 76) if each < _END]
    table = b"".join(_sector(content, size, each) for each in listed)
    following = _numbers(table)
    folder = _chain(content, size, following, struct.unpack_from("<I", content, 48)[0])
    root = struct.unpack_from("<I", folder, 116)[0]
    for place in range(0, len(folder) - 127, 128):
        name = folder[place : place + 64].decode("utf-16-le", "replace").split("\0")[0]
        start, length = struct.unpack_from("<II", folder, place + 116)
        if name in _NAMES and length >= _SMALL:
            return _chain(content, size, following, start)[:length]
        if name in _NAMES:
            inside = bytes(_SMALL_SECTOR) + _chain(content, size, following, root)
            small = _numbers(_chain(content, size, following, struct.unpack_from("<I", content, 60)[0]))
            return _chain(inside, _SMALL_SECTOR, small, start)[:length]
    return b""


def _numbers(table: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])


def _chain(content: bytes, size: int, following: tuple[int, ...], sector: int) -> bytes:
    """The sectors of one stream in their order; a ring of them ends after as many as the file can hold."""
    found: list[bytes] = []
    while sector < _END and len(found) * size < len(content):
        found.append(_sector(content, size, sector))
        sector = following[sector]
    return b"".join(found)


def _sector(content: bytes, size: int, number: int) -> bytes:
    return content[(number + 1) * size : (number + 2) * size]
