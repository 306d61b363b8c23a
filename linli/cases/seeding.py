"""Seed rows that are facts or defaults: holidays 2004-2026 and each kind's limits. Loading twice changes nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.models import Model

from linli.base.generations import bump
from linli.base.worktime import Unit
from linli.base.writing import writing
from linli.base.yamls import read_yaml
from linli.cases.kinds import all_kinds
from linli.cases.models import CalendarDay, Category, Limit

CALENDAR = Path(__file__).parent / "seeds" / "calendar.csv"
RULES = CALENDAR.with_name("rules.yaml")
TOLD = ("from", "to", "approver", "lapse", "note")
UNITS = {"d": Unit.CALENDAR_DAYS, "wd": Unit.WORKING_DAYS, "wh": Unit.WORKING_HOURS}
_KINDS_FOLDER = Path(__file__).resolve().parent.parent / "kinds"
_OF_THE_CORE = {"limits", "category", "words"}
_ALWAYS = date(1949, 10, 1)  # the names of classes are older than any case


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a seed file (UTF-8 CSV with a header)."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def seed() -> None:
    """Add the missing calendar days and limits; what a place has edited stays as it is."""
    with writing():
        CalendarDay.objects.bulk_create(
            [
                CalendarDay(day=date.fromisoformat(row["day"]), worked=row["worked"] == "1", name=row["name"])
                for row in rows_of(CALENDAR)
            ],
            ignore_conflicts=True,
        )
        for kind in all_kinds():
            _seed_limits(kind.name)
            _seed_categories(kind.name)
            _seed_tables(kind.name)
        _seed_rules()
        bump("calendar")
        bump("limits")
        bump("catalogue")


def _seed_rules() -> None:
    """The rule table: rows about time with their articles; a key the place has keeps the place's rows."""
    known = set(Limit.objects.exclude(key="").values_list("key", flat=True))
    rows = read_yaml(RULES)
    Limit.objects.bulk_create(_rule(row) for row in rows if row["key"] not in known)


def _rule(row: dict[str, Any]) -> Limit:
    amount, unit = row.get("limit", " ").split(" ")
    told = {
        language: {part: row[part][language] for part in TOLD if part in row} for language in ("zh", "en")
    }
    return Limit(
        key=row["key"],
        unit=UNITS[unit] if unit else "",
        amount=int(amount) if amount else None,
        extra=row.get("extra"),
        backwards=row.get("back", False),
        told=told,
        source=row["source"],
        confirmed=row.get("confirmed", True),
        valid_from=row["since"],
    )


def _seed_limits(kind: str) -> None:
    path = _KINDS_FOLDER / kind / "seeds" / "limits.csv"
    if not path.is_file() or Limit.objects.filter(kind=kind).exists():
        return
    Limit.objects.bulk_create(
        Limit(
            kind=kind,
            clock=row["clock"],
            unit=row["unit"],
            amount=int(row["amount"]),
            source=row["source"],
            confirmed=row["confirmed"] == "1",
            valid_from=date.fromisoformat(row["valid_from"]),
        )
        for row in rows_of(path)
    )


def _seed_categories(kind: str) -> None:
    """A parent stands above its children in the file; codes that are there stay as the place has them."""
    path = _KINDS_FOLDER / kind / "seeds" / "category.csv"
    known, words = {row.code: row for row in Category.objects.filter(kind=kind)}, words_of(kind)
    for row in rows_of(path) if path.is_file() else ():
        if row["code"] not in known:
            parent = known.get(row.pop("parent", ""))
            row["sensitive"] = row.get("sensitive", "") == "1"  # type: ignore[assignment]
            row["words"] = words.get(row["code"], "")
            known[row["code"]] = Category.objects.create(kind=kind, parent=parent, valid_from=_ALWAYS, **row)


def words_of(kind: str) -> dict[str, str]:
    """The everyday words with which each category of a kind begins, by code; from then on they are the place's."""
    path = _KINDS_FOLDER / kind / "seeds" / "words.csv"
    return {row["code"]: row["words"] for row in rows_of(path)} if path.is_file() else {}


def _seed_tables(kind: str) -> None:
    """A file named after one of the kind's models fills that model; unique rows that are there stay."""
    for path in sorted((_KINDS_FOLDER / kind / "seeds").glob("*.csv")):
        if path.stem not in _OF_THE_CORE:
            model = apps.get_model(kind, path.stem)
            rows = [
                model(**{name: _value(model, name, text) for name, text in row.items()})
                for row in rows_of(path)
            ]
            model._default_manager.bulk_create(rows, ignore_conflicts=True)


def _value(model: type[Model], name: str, text: str) -> Any:
    return text == "1" if model._meta.get_field(name).get_internal_type() == "BooleanField" else text
