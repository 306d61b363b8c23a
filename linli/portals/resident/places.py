"""The places that public pages speak of: from the widest that has a body here, down to villages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linli.base.errors import Invalid, NotFound
from linli.base.generations import Cached
from linli.divisions.codes import Level, lineage, parse_code
from linli.divisions.models import FAMILY, Division
from linli.posts.models import Organisation


@dataclass(frozen=True)
class Spot:
    """A place with what lies around and below it, no grids; `above` begins with the widest place."""

    here: Division
    above: Sequence[Division]
    below: Sequence[Division]

    @property
    def town(self) -> Division | None:
        """The town or subdistrict it lies in, or is."""
        return next((each for each in (*self.above, self.here) if each.level == Level.TOWN), None)


def public_place(code: str) -> Spot:
    """A place by its trimmed code, the widest without one; NotFound for a grid, and for what is not ours."""
    return _spot(code)


def widest_place() -> Division | None:
    """The widest place in which this installation has a body; None before anything is set up."""
    return _widest()


def _read_widest() -> Division | None:
    first = Organisation.objects.select_related("division").defer("division__outline")
    body = first.order_by("division__level", "division__code").first()
    return body.division if body else None


def _read_spot(code: str) -> Spot:
    widest = _widest()
    if widest is None:
        raise NotFound
    try:
        codes = [each for each in lineage(code or widest.trimmed) if len(each) >= len(widest.trimmed)]
    except Invalid as trouble:
        raise NotFound from trouble
    padded = [parse_code(each) for each in codes]
    rows = Division.objects.current().within(widest.trimmed).filter(code__in=padded, level__lte=Level.VILLAGE)
    path = {row.trimmed: row for row in rows}
    if not codes or codes[-1] not in path or codes[0] != widest.trimmed:
        raise NotFound
    here = path[codes[-1]]
    below: list[Division] = []
    if here.level < Level.VILLAGE:
        below = list(Division.objects.current().filter(parent=here).order_by("code"))
    return Spot(here, [path[each] for each in codes[:-1] if each in path], below)


_widest: Cached[Division | None] = Cached("posts", _read_widest)
_spot: Cached[Spot] = Cached(FAMILY, _read_spot)
