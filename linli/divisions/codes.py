"""Division codes: a 17-digit integer inside, a trimmed string of digits outside.

    level     province city county town village grid micro-grid
    digits    2        2    2      3    3       3    2
    trimmed   32       3208 320831 ...  12      15   17

Zero-padded to 17 digits a subtree is one half-open range of integers. The padded number alone does not tell
its level (东莞市 is 4419 as a city and 441900 as a county), so `(code, level)` belong together. 17 digits fit
neither a JavaScript number nor a spreadsheet cell: codes leave Python as trimmed strings only.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.base.errors import Invalid
from linli.base.text import half_width

DIGITS = 17
Code = int


class Level(IntEnum):
    """The seven levels, from the province down."""

    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    TOWN = 4
    VILLAGE = 5
    GRID = 6
    MICRO_GRID = 7


WIDTHS = {
    Level.PROVINCE: 2,
    Level.CITY: 4,
    Level.COUNTY: 6,
    Level.TOWN: 9,
    Level.VILLAGE: 12,
    Level.GRID: 15,
    Level.MICRO_GRID: 17,
}
_LEVELS = {width: level for level, width in WIDTHS.items()}
SIZES: dict[int, int] = {level: 10 ** (DIGITS - width) for level, width in WIDTHS.items()}  # codes under one
EVERYWHERE = (0, 10**DIGITS)
LEVEL_NAMES: dict[Level, str | Promise] = {
    Level.PROVINCE: _("province"),
    Level.CITY: _("city"),
    Level.COUNTY: _("county"),
    Level.TOWN: _("town or street"),
    Level.VILLAGE: _("village or community"),
    Level.GRID: _("grid"),
    Level.MICRO_GRID: _("micro-grid"),
}


def parse_code(text: str) -> Code:
    """The 17-digit integer behind a trimmed code as somebody typed it; Invalid if it is none."""
    digits = _digits(text)
    return int(digits.ljust(DIGITS, "0"))


def level_of(text: str) -> Level:
    """The level of a trimmed code, by its length; a padded integer does not tell its level."""
    return _LEVELS[len(_digits(text))]


def trimmed(code: Code, level: int | None = None) -> str:
    """The code as people read it. Give the level where it is known.

    Without it the shortest reading is taken: right for all but the few codes whose own last digits are zeros.
    """
    digits = f"{code:0{DIGITS}d}"
    if level is not None:
        return digits[: WIDTHS[Level(level)]]
    return next(digits[:width] for width in _LEVELS if not digits[width:].strip("0"))


def span(code: Code | str, level: int | None = None) -> tuple[Code, Code]:
    """The half-open range `[low, high)` of a division and everything below it.

    A trimmed string brings its level with it; for an integer without level the shortest reading is taken.
    """
    if isinstance(code, int) and level is not None:
        return code, code + (SIZES.get(level) or SIZES[Level(level)])
    text = code if isinstance(code, str) else trimmed(code, level)
    low = parse_code(text)
    return low, low + 10 ** (DIGITS - len(_digits(text)))


def parent_of(text: str) -> str:
    """The trimmed code one level up; empty for a province."""
    digits = _digits(text)
    return digits[: WIDTHS.get(Level(_LEVELS[len(digits)] - 1), 0)] if len(digits) > 2 else ""


def lineage(text: str) -> list[str]:
    """The trimmed codes from the province down to this one."""
    digits = _digits(text)
    return [digits[:width] for width in _LEVELS if width <= len(digits)]


def child_code(parent: str, number: int) -> str:
    """The trimmed code of the `number`-th child; Invalid when the level is full or has no level below."""
    below = Level(level_of(parent)) + 1
    room = WIDTHS[Level(below)] - len(parent) if below in list(Level) else 0
    if not 0 < number < 10**room:
        raise Invalid(
            _("There is no room for number {number} below {code}.").format(number=number, code=parent)
        )
    return f"{parent}{number:0{room}d}"


def _digits(text: Any) -> str:
    digits = half_width(str(text)).strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) in _LEVELS):
        raise Invalid(
            _("“{code}” is not a division code: 2, 4, 6, 9, 12, 15 or 17 digits are needed.").format(
                code=str(text)[:40]
            )
        )
    return digits
