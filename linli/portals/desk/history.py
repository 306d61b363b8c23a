"""What has happened in a case, as lines of the timeline: posts, never persons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.forms import Field
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.cases.kinds import kind_of, step_of
from linli.cases.models import Case
from linli.cases.procedure import REPORTER, REPRESENTATIVE
from linli.cases.story import NOTE, Happening, story_for_staff
from linli.exchange.entries import MOVE_DEADLINE
from linli.posts.actor import PostActor
from linli.web.parts import Line
from linli.web.times import moment_words

LATE_ENTRY = timedelta(minutes=2)  # recorded later than it happened: both are said


def history(case: Case, by: PostActor, *, printed: bool = False) -> list[Line]:
    """The story as the actor's post may read it, newest first; on a page its notes carry the way to withdraw them."""
    told = story_for_staff(case, by=by)
    steps = [place for place, each in enumerate(told) if each.step]
    latest = steps[-1] if steps else -1
    own = None if printed else by
    entered = ["", *(_entered(each) for each in told[:0:-1])][::-1]  # what the line above a line says
    lines = [
        _line(case, each, own, is_now=place == latest, said=entered[place]) for place, each in enumerate(told)
    ]
    return lines[::-1]


def changes_since(case: Case, version: int, by: PostActor) -> list[Line]:
    """What was done after a version, newest first."""
    newer = [each for each in story_for_staff(case, by=by) if int(each.facts.get("version", 1)) > version]
    return [_line(case, each, None, is_now=False) for each in newer][::-1]


def _line(case: Case, each: Happening, by: PostActor | None, *, is_now: bool, said: str = "") -> Line:
    """A line of the timeline; what was entered late together says so once: `said` stands above it already."""
    own = by is not None and each.name == NOTE and each.post_key == by.post.pk and not each.withdrawn
    return Line(
        at=each.at,
        title=each.label,
        who=" · ".join(_whose(each, said)),
        text="\n".join(_written(case, each)),
        mark="now" if is_now and case.closed_at is None else "" if each.step else "note",
        struck=each.withdrawn,
        href=reverse("desk:withdraw_note", args=[case.number, each.key]) if own else "",
        action=_("Withdraw this note") if own else "",
    )


def _who(each: Happening) -> str:
    if each.post:
        return _("%(post)s (acting)") % {"post": each.post} if each.acting else each.post
    if each.relation == REPRESENTATIVE:
        return (
            _("Who acts for: %(party)s") % {"party": each.party}
            if each.party
            else _("Somebody who acts for the reporter")
        )
    if each.party:
        return each.party
    if each.relation == REPORTER:
        return _("The person who raised it")
    if each.relation == "anyone" or not each.relation:
        return _("A resident")
    return _("The system, by itself")


def _whose(each: Happening, said: str) -> Iterable[str]:
    """Who did it, who else got the next task, and when it was entered if not at once."""
    yield _who(each)
    handed_to = each.facts.get("next_post_title")
    if handed_to and handed_to != each.post:
        yield _("handed to %(post)s") % {"post": handed_to}
    if (entered := _entered(each)) and entered != said:
        yield entered


def _entered(each: Happening) -> str:
    late = each.recorded_at - each.at > LATE_ENTRY
    return _("entered %(moment)s") % {"moment": moment_words(each.recorded_at)} if late else ""


def _written(case: Case, each: Happening) -> Iterable[str]:
    """What was written, each with its label where there is more than one."""
    colon = pgettext("between a label and its value", ": ")
    alone = len(each.words) == 1
    fields = {} if alone or not each.words or not each.step else _fields(case, each.step)
    if each.name == MOVE_DEADLINE:
        yield _deadlines(each.facts)
    for name, words in each.words.items():
        label = "" if name not in fields else f"{fields[name].label}{colon}"
        yield f"{label}{words}"


def _deadlines(facts: dict[str, Any]) -> str:
    """From which deadline of an outside system to which."""
    none = pgettext("deadline", "none")
    before, after = (
        moment_words(datetime.fromisoformat(facts[name])) if facts[name] else none
        for name in ("before", "after")
    )
    return _("Deadline over there: %(before)s before, %(after)s now") % {"before": before, "after": after}


def _fields(case: Case, step: str) -> dict[str, Field]:
    """What a step asks for; a step that the system takes by itself asks nobody and writes nothing."""
    found: dict[str, Field] = kind_of(case.kind).form(step_of(case.kind, step)).base_fields
    return found
