"""One division follows another: renamed, renumbered, merged, split. Rows are closed and linked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.base.generations import bump
from linli.base.writing import writing
from linli.divisions.codes import Level, child_code, level_of, parent_of, parse_code, trimmed
from linli.divisions.models import FAMILY, Division, Succession
from linli.ledger.records import By, Line, record

How = Succession.How


@dataclass(frozen=True)
class Successor:
    """What the new division will be called; its level is that of the code."""

    code: str
    name: str


def succeed(old: Division, new: Successor, *, on: date, how: How, by: By) -> Division:
    """Close `old` on a day and open (or join) the division that follows it, with all that lies below.

    Below a merged division numbers may be taken already: those children get the next free number.
    """
    with writing():
        old = _open_row(old.pk)
        _check(old, new, on)
        successor = _carry(old, new, on=on, how=how)
        bump(FAMILY)
        facts = {"from": old.trimmed, "to": successor.trimmed, "how": how.value, "on": on.isoformat()}
        record(Line("divisions.succeed", by, division=successor.code, facts=facts))
    return successor


def merge(parts: Iterable[Division], new: Successor, *, on: date, by: By) -> Division:
    """Several divisions become one (two districts, one new code); the first keeps its children's numbers."""
    parts = list(parts)
    if not parts:
        raise Invalid(_("Name the divisions that are to be merged."))
    with writing():
        return [succeed(part, new, on=on, how=How.MERGED, by=by) for part in parts][-1]


def successors_of(division: Division) -> list[Division]:
    """Who is in its place today: follows the links to rows that are still open. Itself if it is open."""
    if division.valid_to is None:
        return [division]
    seen: dict[int, Division] = {}
    for link in division.successions.select_related("successor"):
        for each in successors_of(link.successor):
            seen[each.pk] = each
    return list(seen.values())


def end_with_subtree(division_id: int, on: date) -> None:
    """End a division and all that is still open below it; a grid cannot outlive its village."""
    layer = [division_id]
    while layer:
        Division.objects.filter(pk__in=layer, valid_to=None).update(valid_to=on)
        layer = list(Division.objects.filter(parent__in=layer, valid_to=None).values_list("pk", flat=True))


def moved_pairs(gone: dict[int, str], day: date) -> dict[int, tuple[int, str]]:
    """Which ended row lives on under which code: same name, same name above, once on either side.

    Anything less certain is left to a person (`succeed`).
    """
    old = _signatures(Division.objects.filter(pk__in=gone))
    areas = {code[:4] for code in gone.values()}
    began: dict[tuple[object, ...], tuple[int, str]] = {}
    for area in areas:
        rows = Division.objects.within(area).filter(valid_from=day, valid_to=None, origins=None)
        began |= _signatures(rows)
    return {old[key][0]: began[key] for key in old.keys() & began.keys()}


def _signatures(rows: QuerySet[Division]) -> dict[tuple[object, ...], tuple[int, str]]:
    """City, level, name and the name above -> row; those that occur twice are no signature."""
    found = list(
        rows.filter(level__gte=Level.COUNTY).values_list("id", "code", "level", "name", "parent__name")
    )
    key = {id_: (trimmed(code, level)[:4], level, *names) for id_, code, level, *names in found}
    often = Counter(key.values())
    return {
        key[id_]: (id_, trimmed(code, level)) for id_, code, level, *_names in found if often[key[id_]] == 1
    }


def _open_row(pk: int) -> Division:
    return Division.objects.select_for_update().defer(None).get(pk=pk)


def _check(old: Division, new: Successor, on: date) -> None:
    if old.valid_to is not None:
        raise Conflict(_("{division} ended on {day}.").format(division=old, day=old.valid_to))
    if on <= old.valid_from:
        raise Invalid(_("{division} began only on {day}.").format(division=old, day=old.valid_from))
    if level_of(new.code) != old.level:
        raise Invalid(_("{code} is on another level than {division}.").format(code=new.code, division=old))
    parent = parent_of(new.code)
    if parent and not Division.objects.coded(parent).current().exists():
        raise Invalid(_("The division above it, {parent}, is not there.").format(parent=parent))


def _carry(old: Division, new: Successor, *, on: date, how: How) -> Division:
    """Close one row, open or join its successor, then do the same for each child under the new code."""
    children = list(Division.objects.filter(parent=old, valid_to=None).defer(None).order_by("code"))
    Division.objects.filter(pk=old.pk).update(valid_to=on)
    successor = _open(old, new, on)
    Succession.objects.get_or_create(predecessor=old, successor=successor, defaults={"on": on, "how": how})
    taken = set(Division.objects.filter(parent=successor, valid_to=None).values_list("code", flat=True))
    for child in children:
        code = _free_code(child, successor, taken)
        taken.add(parse_code(code))
        _carry(child, Successor(code, child.name), on=on, how=How.RENUMBERED)
    return successor


def _open(old: Division, new: Successor, on: date) -> Division:
    """The open row with that code, or a copy of the old one under the new code and name."""
    standing = Division.objects.coded(new.code).current().first()
    if standing is not None:
        return standing
    parent = Division.objects.coded(parent_of(new.code)).current().first() if parent_of(new.code) else None
    copied = ("level", "kind", "outline", "schematic", "datum", "longitude", "latitude", "source")
    return Division.objects.create(
        code=parse_code(new.code),
        name=new.name,
        parent=parent,
        valid_from=on,
        **{name: getattr(old, name) for name in copied},
    )


def _free_code(child: Division, parent: Division, taken: set[int]) -> str:
    own = child.trimmed[len(trimmed(child.code, child.level - 1)) :]
    wanted = parent.trimmed + own
    number = int(own)
    while parse_code(wanted) in taken:
        number += 1
        wanted = child_code(parent.trimmed, number)
    return wanted


__all__ = ["How", "Successor", "end_with_subtree", "merge", "moved_pairs", "succeed", "successors_of"]
