"""Saying a sentence again in the language of whoever reads it: what was refused is kept in the words of its moment.

A row of a sheet or a request by machine is refused in the language of whoever sent it, and read by somebody else. Its
sentence is found in the catalogues by its wording, and put together anew from the same values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as active_wording  # of messages that stand elsewhere
from django.utils.translation import trans_real

BETWEEN = " · "
_VALUE = re.compile(r"%\((\w+)\)([sd])")
# The fewest bytes of its own by which a sentence with values is known; a Chinese sign has three.
_LEAST = {"s": 12, "d": 3}
_VALUES = {"s": ".*?", "d": r"-?\d+"}
_ENDS = (".", "?", "!", "。", "？", "！")
# The one sentence of refusals that counts; a catalogue does not hold how English says it of many.
_OF_MANY = {
    "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).": (
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d)."
    )
}


@dataclass(frozen=True)
class _Shape:
    """A sentence with values in one of the languages, and what it is called in the catalogue."""

    message: str
    start: str
    pattern: re.Pattern[str]
    weight: int


def retold(text: str) -> str:
    """A kept text in the active language, line by line, part by part; what no catalogue has stays as it is.

    A part may be a sentence, or a heading, a colon and a sentence.
    """
    return "\n".join(BETWEEN.join(_part(part) for part in line.split(BETWEEN)) for line in text.split("\n"))


def _part(part: str) -> str:
    if found := _sentence(part):
        return found
    heading, colon, rest = part.partition(": ")
    return f"{heading}: {_sentence(rest) or rest}" if colon else part


def _sentence(text: str) -> str:
    whole, shapes = _known()
    if text in whole:
        return active_wording(whole[text])
    fitting = (
        (each.weight, each, match)
        for each in shapes
        if text.startswith(each.start) and (match := each.pattern.fullmatch(text))
    )
    best = max(fitting, key=lambda found: found[0], default=None)
    if best is None:
        return ""
    _weight, shape, match = best
    values = match.groupdict()
    wording = active_wording(shape.message)
    if wording == shape.message:
        wording = _OF_MANY.get(wording, wording)
    return _VALUE.sub(lambda found: values[found[1]], wording).replace("%%", "%")


@cache
def _known() -> tuple[dict[str, str], list[_Shape]]:
    """The sentences of all languages: those without values by their wording, and the shapes of the others."""
    whole: dict[str, str] = {}
    shapes = []
    for message, wording in _wordings():
        if not _VALUE.search(wording):
            if wording.endswith(_ENDS):  # a word alone may be the name of somebody's column
                whole.setdefault(wording, message)
        elif shape := _shape(message, wording):
            shapes.append(shape)
    return whole, shapes


def _wordings() -> Iterator[tuple[str, str]]:
    """Each message with its wording in each language; no sentence of a refusal has a context."""
    yield from _OF_MANY.items()
    for language, _name in settings.LANGUAGES:
        catalogue: Any = trans_real.translation(language)
        for key, wording in catalogue._catalog.items():
            message = key if isinstance(key, str) else key[0]
            if message and wording and "\4" not in message:
                yield message, wording
                yield message, message


def _shape(message: str, wording: str) -> _Shape | None:
    own = _VALUE.split(wording)
    texts, names, sorts = [each.replace("%%", "%") for each in own[::3]], own[1::3], own[2::3]
    weight = sum(len(each.encode()) for each in texts)
    if weight < _LEAST[max(sorts)] or {*names} != {name for name, _sort in _VALUE.findall(message)}:
        return None
    pattern, seen = re.escape(texts[0]), set[str]()
    for name, sort, text in zip(names, sorts, texts[1:], strict=True):
        pattern += f"(?P={name})" if name in seen else f"(?P<{name}>{_VALUES[sort]})"
        pattern += re.escape(text)
        seen.add(name)
    return _Shape(message, texts[0], re.compile(pattern), weight)
