"""The national lawful ways a place begins with; a place's own contacts are entered beside them."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from django.utils import timezone

from linli.base.writing import writing
from linli.ledger.records import Line, record
from linli.posts.actor import Actor
from linli.posts.models import Organisation
from linli.registers.actions.bodies import check
from linli.registers.entries import WAY
from linli.registers.models import Way

_SEEDS = Path(__file__).resolve().parent.parent / "seeds" / "ways.csv"


def seed_ways() -> int:
    """Enter the national ways that are not there yet; return how many were new."""
    with _SEEDS.open(encoding="utf-8") as file, writing():
        new = 0
        for row in csv.DictReader(file):
            key = {
                "dispute": row["dispute"],
                "sort": row["sort"],
                "article": row["article"],
                "division": None,
            }
            values = {
                "words_zh": row["words_zh"],
                "words_en": row["words_en"],
                "confirmed": row["confirmed"] == "1",
                "valid_from": date.fromisoformat(row["valid_from"]),
            }
            _way, added = Way.objects.get_or_create(**key, defaults=values)
            new += added
    return new


def enter_contact(way: Way, organisation: Organisation, located: str, *, by: Actor) -> Way:
    """Say whom to ask at a place for a national way; the one before ends today."""
    check(by, organisation.division)
    with writing():
        today = timezone.localdate()
        same = {"dispute": way.dispute, "sort": way.sort, "article": way.article}
        Way.objects.filter(**same, division=organisation.division, valid_to=None).update(valid_to=today)
        row = Way.objects.create(
            **same,
            division=organisation.division,
            words_zh=way.words_zh,
            words_en=way.words_en,
            confirmed=way.confirmed,
            organisation=organisation,
            located=located,
            valid_from=today,
        )
        facts = {"way": row.pk, "sort": row.sort, "organisation": organisation.pk}
        record(Line(WAY, by.by(), organisation.division.code, facts=facts))
    return row
