"""Finding the division that a cell of another system names: by code, by name, or by a path of names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches

from django.utils.translation import gettext as _

from linli.base.text import half_width
from linli.base.workbooks import Value
from linli.cases.cells import Fault, plain_name, text_of
from linli.divisions.models import Division

_LENGTHS = (15, 12, 9, 6, 4, 2)  # of trimmed codes; other systems fill them up with noughts


@dataclass(frozen=True)
class Area:
    """A division as far as a sheet can name it; `above` are the names of what it lies in."""

    code: str
    name: str
    level: int
    above: tuple[str, ...]


class Areas:
    """The current divisions within one, read once for a whole sheet."""

    def __init__(self, top: Division) -> None:
        rows = Division.objects.within(top.trimmed).current().order_by("level", "code")
        found: dict[int, Area] = {}
        for each in rows:
            over = found.get(each.parent_id or 0)
            above = (*over.above, over.name) if over else ()
            found[each.pk] = Area(each.trimmed, each.name, each.level, above)
        self._by_code = {each.code: each for each in found.values()}
        self._by_name: dict[str, list[Area]] = defaultdict(list)
        for area in found.values():
            self._by_name[plain_name(area.name)].append(area)
        self._told: dict[str, str] = {}

    def find(self, value: Value) -> str:
        """The trimmed code of what a cell names. Raises Fault with what to do."""
        text = half_width(text_of(value))
        if text not in self._told:
            self._told[text] = self._found(text)
        return self._told[text]

    def _found(self, text: str) -> str:
        if text.isascii() and text.isdigit():
            return self._coded(text)
        plain = plain_name(text)
        named = self._by_name.get(plain) or self._inside(plain)
        several = self._fitting(named, plain)
        if len(several) == 1:
            return several[0].code
        if several:
            listed = _(", ").join(f"{'/'.join(each.above[-1:])}/{each.name}" for each in several[:4])
            said = {"listed": listed}
            raise Fault(_("This can be several places: %(listed)s. Write the larger place before it.") % said)
        near = get_close_matches(plain, list(self._by_name), 1, 0.6)
        if near:
            sentence = _(
                "There is no place of this name here. Correct it, or leave the cell empty. Did you mean “%(near)s”?"
            )
            raise Fault(sentence % {"near": near[0]})
        raise Fault(_("There is no place of this name here. Correct it, or leave the cell empty."))

    def _coded(self, text: str) -> str:
        for length in (len(text), *(each for each in _LENGTHS if each < len(text))):
            if text[:length] in self._by_code and not text[length:].strip("0"):
                return text[:length]
        raise Fault(_("There is no place with this code here. Correct it, or leave the cell empty."))

    def _inside(self, plain: str) -> list[Area]:
        """The deepest places whose names stand in a longer text such as 云溪县城关街道东门社区."""
        named = [area for name, areas in self._by_name.items() if name in plain for area in areas]
        deepest = max((area.level for area in named), default=0)
        return [area for area in named if area.level == deepest]

    @staticmethod
    def _fitting(named: list[Area], plain: str) -> list[Area]:
        """Of places with one name, those for which the text names the most of what they lie in."""
        if len(named) < 2:
            return named
        counts = [sum(plain_name(name) in plain for name in area.above) for area in named]
        return [area for area, count in zip(named, counts, strict=True) if count == max(counts)]
