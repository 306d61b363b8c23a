"""Impact assessments for tests: made by the administrator, approved by the county's head."""

from __future__ import annotations

from typing import Any

from linli.residents.activities import activity_named
from linli.residents.assessing import Findings, assess, decide
from linli.residents.models import Assessment

WORDS = "按最小必要原则，只告知办理进度。"


def assess_only(world: Any, name: str) -> Assessment:
    """Somebody has made one of everything an activity does, and nobody has looked at it yet."""
    activity = activity_named(name)
    findings = Findings(WORDS, WORDS, WORDS, covers=[part for part, _words in activity.parts])
    return assess(activity, findings, by=world.by("administrator"))


def assessed(world: Any, name: str) -> Assessment:
    """Somebody has made one of everything an activity does, and somebody else has approved it."""
    return decide(assess_only(world, name).pk, approved=True, by=world.by("county_head"))


def assessed_source(world: Any, source: Any) -> Any:
    """An outside system from which something may come."""
    assessed(world, f"source-{source.code}")
    return source
