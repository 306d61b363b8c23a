"""Text as people type it: full-width digits, emoji, stray control characters; and Chinese search tokens."""

from __future__ import annotations

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")  # and halves of surrogate pairs
_FULL_WIDTH = str.maketrans(
    {
        chr(code): chr(code - 0xFEE0)
        for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
    }
)
_RUN = re.compile(r"[0-9a-z]+|[\u3400-\u9fff\U00020000-\U0003ffff]+")


def tidy(text: str) -> str:
    """What the writer meant, kept as written: no control characters, one kind of line end, NFC, no outer blanks."""
    one_line_end = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROL.sub("", one_line_end)).strip()


def printable(text: str) -> str:
    """The text without control characters, which no XML and so no workbook can hold; nothing else changes."""
    return _CONTROL.sub("", text)


def half_width(text: str) -> str:
    """Full-width digits and letters (０-９, Ａ-Ｚ) as the plain ones; for numbers, codes and telephones."""
    return text.translate(_FULL_WIDTH)


def compatible(text: str) -> str:
    """Full-width signs and blanks too as the plain ones (NFKC); for what is only read, such as a date."""
    return unicodedata.normalize("NFKC", text)


def columns_of(text: str) -> int:
    """How much room a text takes, in widths of a digit: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def brief(text: str, length: int = 60) -> str:
    """The first line, cut to `length` characters with an ellipsis."""
    line = tidy(text).split("\n", 1)[0]
    return line if len(line) <= length else line[: length - 1] + "…"


def search_tokens(text: str) -> str:
    """Blank-separated tokens: pairs of neighbouring Chinese characters, whole Latin words and numbers.

    A two-character word is then one exact token, which trigram indexes cannot find at all.
    """
    tokens: list[str] = []
    for run in _RUN.findall(half_width(text).lower()):
        if run.isascii() or len(run) == 1:
            tokens.append(run)
        else:
            tokens.extend(run[i : i + 2] for i in range(len(run) - 1))
    return " ".join(tokens)
