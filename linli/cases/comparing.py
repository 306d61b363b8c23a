"""From rows somebody sent to what would change: read, checked against each other and against what holds now.

Nothing is written here. A plan with one fault is not carried out at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from linli.base.workbooks import Value
from linli.cases.cells import Fault, Ground, check_amount, read_code
from linli.cases.tables import Table, Values, defaults, plain, same
from linli.posts.actor import Actor, PostActor
from linli.posts.may import covers

Given = tuple[int, Mapping[str, Value]]  # the line in the sheet, and its cells by field


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong: the line in the sheet, the column's heading, what stands there, what to do."""

    line: int
    column: str
    value: str
    sentence: str


@dataclass(frozen=True)
class Change:
    """One row that would be `added`, `changed`, `ended`, or stays `unchanged`."""

    what: str
    line: int
    values: Values
    old: Any = None
    fields: Sequence[str] = ()
    replaces: bool = False  # the old row had not begun to hold: it never will


@dataclass
class Plan:
    """What rows would do to a table; `digest` tells whether that is still the same a moment later."""

    table: Table
    kind: str
    changes: list[Change] = field(default_factory=list)
    faults: list[Complaint] = field(default_factory=list)

    def of(self, what: str) -> list[Change]:
        """The changes of one sort."""
        return [each for each in self.changes if each.what == what]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows would be added, changed, ended or left as they are."""
        return {what: len(self.of(what)) for what in ("added", "changed", "ended", "unchanged")}

    @property
    def effective(self) -> list[Change]:
        """What would be written."""
        return [each for each in self.changes if each.what != "unchanged"]

    @property
    def digest(self) -> str:
        """A mark of exactly these changes on exactly these rows."""
        said = [
            [
                each.what,
                each.line,
                each.old.pk if each.old else None,
                {n: repr(plain(v)) for n, v in each.values.items()},
            ]
            for each in self.changes
        ]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


@dataclass
class _Work:
    """A plan in the making."""

    plan: Plan
    ground: Ground
    by: Actor
    today: date

    def complain(self, line: int, name: str, value: object, sentence: str) -> None:
        label = str(self.plan.table.column(name).label) if name else ""
        self.plan.faults.append(Complaint(line, label, _as_typed(value), sentence))


def _as_typed(value: object) -> str:
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)[:200]


def compare(table: Table, ground: Ground, given: Iterable[Given], *, by: Actor, today: date) -> Plan:
    """Read all rows and say what they would change on `today`, or everything that is wrong with them."""
    work = _Work(Plan(table, ground.kind), ground, by, today)
    listed = list(given)
    if table.name == "categories":
        ground.coming = {_code(cells.get("code", ""), ground) for _line, cells in listed}
    read = [(line, values) for line, cells in listed if (values := _read(work, line, cells)) is not None]
    _check_repeated(work, read)
    if table.name == "categories":
        _check_circles(work, read)
    _compare_all(work, read)
    work.plan.faults.sort(key=lambda each: each.line)
    return work.plan


def _code(cell: Value, ground: Ground) -> str:
    try:
        return read_code(cell, ground)
    except Fault:  # said where the row is read
        return ""


def _read(work: _Work, line: int, cells: Mapping[str, Value]) -> Values | None:
    """The values of one row; None, with complaints, if any cell is wrong."""
    values, before = defaults(work.plan.table), len(work.plan.faults)
    for column in work.plan.table.own():
        cell = cells.get(column.name, "")
        try:
            if cell == "" or (isinstance(cell, str) and not cell.strip()):
                if column.needed:
                    raise Fault(_("This must be filled in."))
                if column.kept and (known := work.ground.categories.get(values.get("code", ""))):
                    values[column.name] = getattr(known, column.name)
            else:
                values[column.name] = column.read(cell, work.ground)
        except Fault as fault:
            work.complain(line, column.name, cell, str(fault))
    if len(work.plan.faults) == before:
        _check_row(work, line, values)
    return values if len(work.plan.faults) == before else None


def _check_row(work: _Work, line: int, values: Values) -> None:
    if values["valid_to"] and values["valid_to"] <= values["valid_from"]:
        work.complain(line, "valid_to", values["valid_to"], _("The end lies before the beginning."))
    place = values.get("division")
    if place is not None and isinstance(work.by, PostActor) and not covers(work.by, place.code):
        work.complain(
            line, "division", place.trimmed, _("%(area)s is not in your area.") % {"area": place.name}
        )
    category = values.get("category")
    if category is not None and category.valid_to and category.valid_to <= values["valid_from"]:
        sentence = _("The category “%(category)s” ended on %(day)s.") % {
            "category": category,
            "day": category.valid_to,
        }
        work.complain(line, "category", category.code, sentence)
    if "unit" in values:
        _check_responsibility(work, line, values)


def _check_responsibility(work: _Work, line: int, values: Values) -> None:
    try:
        check_amount(values["amount"], values["unit"])
    except Fault as fault:
        work.complain(line, "amount", values["amount"], str(fault))
    if values["post"] in values["co_posts"]:
        work.complain(line, "co_posts", values["post"].title, _("The post that leads does not help itself."))
    for name, posts in (("post", [values["post"]]), ("co_posts", values["co_posts"])):
        for post in posts:
            if not _meets(post.division, values["division"]):
                said = {"post": post.title, "area": values["division"].name}
                work.complain(line, name, post.title, _("%(post)s does not serve %(area)s.") % said)


def _meets(one: Any, other: Any) -> bool:
    return bool(one.contains(other) or other.contains(one))


def _check_repeated(work: _Work, read: Sequence[tuple[int, Values]]) -> None:
    """Two rows of the sheet about the same thing may not hold on the same day."""
    seen: dict[tuple[Any, ...], list[tuple[int, Values]]] = {}
    for line, values in read:
        for earlier, other in seen.setdefault(work.plan.table.key_of(values), []):
            if same(values["valid_from"], other["valid_from"]) or not work.plan.table.dated:
                work.complain(line, "", "", _("This row repeats row %(line)d.") % {"line": earlier})
            elif _overlap(values, other):
                said = {"line": earlier}
                work.complain(
                    line,
                    "valid_from",
                    values["valid_from"],
                    _("This period overlaps that of row %(line)d.") % said,
                )
        seen[work.plan.table.key_of(values)].append((line, values))


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return (one["valid_to"] is None or other["valid_from"] < one["valid_to"]) and (
        other["valid_to"] is None or one["valid_from"] < other["valid_to"]
    )


def _check_circles(work: _Work, read: Sequence[tuple[int, Values]]) -> None:
    above = {code: row.parent_id for code, row in work.ground.categories.items()}
    codes = {row.pk: code for code, row in work.ground.categories.items()}
    tree = {code: codes.get(parent, "") if parent else "" for code, parent in above.items()}
    tree |= {values["code"]: values["parent"] for _line, values in read}
    for line, values in read:
        code, passed = values["parent"], {values["code"]}
        while code and code not in passed:
            passed.add(code)
            code = tree.get(code, "")
        if code:
            sentence = _("This would make the tree a circle: %(code)s stands above itself.") % {"code": code}
            work.complain(line, "parent", values["parent"], sentence)


def _compare_all(work: _Work, read: Sequence[tuple[int, Values]]) -> None:
    table = work.plan.table
    stored: dict[tuple[Any, ...], list[tuple[Any, Values]]] = {}
    for row in table.rows(work.ground.kind):
        values = table.values_of(row)
        stored.setdefault(table.key_of(values), []).append((row, values))
    told = {(table.key_of(values), values["valid_from"]) for _line, values in read}
    for line, values in read:
        known = stored.get(table.key_of(values), [])
        if not table.dated:
            _compare_undated(work, line, values, known)
        else:
            others = [each for each in known if (table.key_of(values), each[1]["valid_from"]) not in told]
            _compare_dated(work, line, values, (known, others))


def _compare_undated(work: _Work, line: int, values: Values, known: Sequence[tuple[Any, Values]]) -> None:
    """Categories are changed where they stand, because cases point to them."""
    if not known:
        work.plan.changes.append(Change("added", line, values))
        return
    row, old = known[0]
    changed = [name for name in values if not same(old[name], values[name])]
    what = (
        "unchanged"
        if not changed
        else "ended"
        if changed == ["valid_to"] and values["valid_to"]
        else "changed"
    )
    work.plan.changes.append(Change(what, line, values, row, changed))


def _compare_dated(
    work: _Work,
    line: int,
    values: Values,
    stored: tuple[Sequence[tuple[Any, Values]], Sequence[tuple[Any, Values]]],
) -> None:
    """Dated rows are never rewritten: a change ends the old row and begins a new one."""
    known, others = stored
    begun = next((each for each in known if each[1]["valid_from"] == values["valid_from"]), None)
    if begun:
        others = [each for each in others if each is not begun]
        open_ones = []
    else:
        open_ones = [each for each in others if _goes_on_until(each[1], values["valid_from"])]
    clashing = [each for each in others if _overlap(values, each[1]) and each not in open_ones]
    if clashing:
        said = {"start": clashing[0][1]["valid_from"], "end": clashing[0][1]["valid_to"] or "…"}
        sentence = _("A row for this is stored already from %(start)s to %(end)s.") % said
        work.complain(line, "valid_from", values["valid_from"], sentence)
    elif begun:
        _compare_same_day(work, line, values, begun)
    elif open_ones:
        changed = [name for name in values if not same(open_ones[0][1][name], values[name])]
        work.plan.changes.append(Change("changed", line, values, open_ones[0][0], changed))
    else:
        work.plan.changes.append(Change("added", line, values))


def _goes_on_until(old: Values, day: date) -> bool:
    return old["valid_to"] is None and bool(old["valid_from"] < day)


def _compare_same_day(work: _Work, line: int, values: Values, begun: tuple[Any, Values]) -> None:
    row, old = begun
    changed = [name for name in values if not same(old[name], values[name])]
    if not changed:
        work.plan.changes.append(Change("unchanged", line, values, row))
    elif changed == ["valid_to"]:
        work.plan.changes.append(
            Change("ended" if values["valid_to"] else "changed", line, values, row, changed)
        )
    elif row.valid_to and row.valid_to <= work.today:
        work.complain(line, "valid_to", row.valid_to, _("This row has ended; what it said stays as it was."))
    elif row.valid_from >= work.today:
        work.plan.changes.append(Change("changed", line, values, row, changed, replaces=True))
    elif values["valid_to"] and values["valid_to"] <= work.today:
        work.complain(line, "valid_to", values["valid_to"], _("A changed row cannot end before today."))
    else:
        anew = {**values, "valid_from": work.today}
        work.plan.changes.append(Change("changed", line, anew, row, changed))
