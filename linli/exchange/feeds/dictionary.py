"""The data dictionary of a feed, made from the code that fills it: fields, and the code lists with their words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import override

from linli.cases.catalogue import categories_of, line_of
from linli.cases.kinds import Kind, kind_of
from linli.cases.procedure import Words
from linli.exchange.feeds.codes import codes_of
from linli.exchange.feeds.fields import FIELDS, Field
from linli.exchange.feeds.reading import names_of
from linli.exchange.models import Feed


def dictionary_of(feed: Feed) -> dict[str, Any]:
    """Fields and code lists, each text in both languages; `theirs` is the source's own code, null where none is."""
    return {
        "feed": feed.source.code,
        "fields": [_field(each) for each in FIELDS],
        "kinds": [_kind(feed, kind_of(name)) for name in feed.kinds],
    }


def _field(each: Field) -> dict[str, Any]:
    return {
        "name": each.name,
        "type": each.type,
        "nullable": each.nullable,
        "codes": each.codes or None,
        "meaning": _both(each.meaning),
        "origin": each.origin,
    }


def _both(text: object) -> dict[str, str]:
    """A text of the catalogue in both languages."""
    with override("zh-hans"):
        chinese = str(text)
    with override("en"):
        return {"zh": chinese, "en": str(text)}


def _kind(feed: Feed, kind: Kind) -> dict[str, Any]:
    procedure, told = kind.procedure, set(names_of(feed))
    theirs = {(each.sort, each.code): each.theirs or None for each in codes_of(feed.source, kind.name)}
    return {
        **_coded(kind.name, procedure.label),
        "stages": [
            {**_coded(each.name, each.label), "ends": each.ends, "theirs": theirs["stage", each.name]}
            for each in procedure.stages.values()
        ],
        "steps": [
            _coded(each.name, each.label)
            for each in procedure.steps.values()
            if f"{kind.name}.{each.name}" in told
        ],
        "outcomes": [_coded(code, words) for code, words in procedure.outcomes.items()],
        "categories": [
            {
                **_coded(each.code, Words(each.name_zh, each.name_en)),
                "parent": each.parent.code if each.parent else None,
                "theirs": theirs["category", each.code],
            }
            for each in categories_of(kind.name)
            if not any(above.sensitive for above in line_of(each))
        ],
    }


def _coded(code: str, words: Words) -> dict[str, Any]:
    return {"code": code, "zh": words.zh, "en": words.en}
