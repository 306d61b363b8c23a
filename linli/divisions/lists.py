"""Lists of divisions: the national one that ships with Linli, and files in the same spirit."""

from __future__ import annotations

import csv
import gzip
import lzma
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from linli.base.errors import Invalid, Refusal
from linli.base.text import tidy
from linli.divisions.codes import Level, level_of, lineage, parent_of
from linli.divisions.models import Division, Kind

SHIPPED = Path(__file__).parent / "seeds" / "divisions-2023.txt.xz"
SHIPPED_DAY = date(2023, 6, 30)
SHIPPED_SOURCE = "nbs-2023"

# Digits that each level of the shipped file adds, and how many digits stand before them.
ADDS = (2, 2, 2, 3, 3)
STARTS = (0, 2, 4, 6, 9)
PLACEHOLDER_NAMES = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
LOWEST_LISTED = Level.VILLAGE
NAME_LENGTH = Division._meta.get_field("name").max_length or 0


@dataclass
class DivisionList:
    """What a list says: trimmed code -> name, each parent before its children, and what could not be read.

    `within` are the areas the list is complete for: only there may a missing division be taken as ended.
    """

    names: dict[str, str]
    within: list[str]
    bad: list[tuple[str, str]] = field(default_factory=list)


def shipped(place: str = "") -> DivisionList:
    """The national list of 2023, or the part of it at and below `place` with its ancestors."""
    names = _shipped_names()
    if not place:
        return DivisionList(dict(names), [code for code in names if len(code) == 2])
    if place not in names:
        raise Invalid(_("There is no division {code} in the list of 2023.").format(code=place))
    part = {code: names[code] for code in lineage(place)}
    part |= {code: name for code, name in names.items() if code.startswith(place)}
    return DivisionList(part, [place])


def read_lists(paths: Iterable[Path]) -> DivisionList:
    """Lists from CSV files (plain or .gz; code, name, further columns ignored), for `linli import`."""
    names: dict[str, str] = {}
    bad: list[tuple[str, str]] = []
    for path in paths:
        for where, cells in _rows_of(path):
            try:
                code, name = _checked(cells)
            except Refusal as refusal:
                bad.append((where, str(refusal.sentence)))
                continue
            if names.setdefault(code, name) != name:
                bad.append(
                    (where, _("{code} has two names in the list; the first is kept.").format(code=code))
                )
    names = dict(sorted(names.items()))
    return DivisionList(names, _roots(names), bad)


def kind_of(code: str, name: str, parent_name: str = "") -> Kind:
    """Whether a listed node is an administrative division, a statistical area, or only fills a level."""
    level = level_of(code)
    if name in PLACEHOLDER_NAMES or (level > Level.CITY and name == parent_name and _fills(code, level)):
        return Kind.PLACEHOLDER
    own = code[STARTS[level - 1] :]
    statistical = (
        (level == Level.COUNTY and "71" <= own <= "79")
        or (level == Level.TOWN and own[0] in "456789" and not name.endswith(("街道", "镇", "乡")))
        or (level == Level.VILLAGE and (own[0] in "456789" or "虚拟" in name))
    )
    return Kind.STATISTICAL if statistical else Kind.REAL


def _fills(code: str, level: Level) -> bool:
    """A county of the same name as its city (嘉峪关市, 东莞市), or a number made of zeros only."""
    return level == Level.COUNTY or not code[STARTS[level - 1] :].strip("0")


def _shipped_names() -> dict[str, str]:
    names: dict[str, str] = {}
    code = ""
    with lzma.open(SHIPPED, "rt", encoding="utf-8") as lines:
        for line in lines:
            below = int(line[0])
            end = 1 + ADDS[below]
            code = code[: STARTS[below]] + line[1:end]
            names[code] = line[end:-1]
    return names


def _rows_of(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Each row with `file:line`; the heading is left out."""
    for line, cells in enumerate(csv.reader(_text_of(path).splitlines()), start=1):
        if cells and not (line == 1 and cells[0].strip().lower() == "code"):
            yield f"{path.name}:{line}", cells


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except (OSError, EOFError) as trouble:
        raise Invalid(
            _("{file} cannot be read: {reason}").format(file=path.name, reason=trouble)
        ) from trouble
    for encoding in ("utf-8-sig", "gb18030"):  # spreadsheets in China still save GB 18030
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(_("{file} is neither UTF-8 nor GB 18030.").format(file=path.name))


def _checked(cells: list[str]) -> tuple[str, str]:
    if len(cells) < 2:
        raise Invalid(_("A row needs a code and a name."))
    level_of(cells[0])
    code, name = lineage(cells[0])[-1], tidy(cells[1])
    if level_of(code) > LOWEST_LISTED:
        raise Invalid(_("{code} is a grid; lists hold provinces to villages.").format(code=code))
    if not name:
        raise Invalid(_("{code} has no name.").format(code=code))
    if len(name) > NAME_LENGTH:
        raise Invalid(
            _("The name of {code} is longer than {limit} characters.").format(code=code, limit=NAME_LENGTH)
        )
    return code, name


def _roots(names: dict[str, str]) -> list[str]:
    """The listed codes none of whose ancestors are listed."""
    return [code for code in names if parent_of(code) not in names]


__all__ = ["SHIPPED_DAY", "SHIPPED_SOURCE", "DivisionList", "kind_of", "read_lists", "shipped"]
