"""What a PDF holds, for tests that look inside."""

from __future__ import annotations

import re
import zlib


def streams(pdf: bytes) -> list[bytes]:
    """Every stream of a PDF, unpacked where it is compressed.

    The line break before `endstream` may be one sign or two, so a checksum that ends in a carriage return loses it
    here: unpacking by steps asks for no checksum.
    """
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
    return [zlib.decompressobj().decompress(each) if each[:1] == b"\x78" else each for each in found]


def unpacked(pdf: bytes) -> bytes:
    """A PDF and, after it, every stream of it, unpacked."""
    return b"\n".join([pdf, *streams(pdf)])
