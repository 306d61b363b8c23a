"""Impact assessments (影响评估, PIPL 55-56): made by one, approved by somebody else, and only then something opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.base.generations import bump
from linli.base.text import tidy
from linli.base.writing import writing
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.residents.activities import Activity, activity_named
from linli.residents.models import Assessment, Grace
from linli.residents.openings import FAMILY, LASTS

TEXTS = ("necessity", "impact", "measures")
LEAST = 10  # characters: shorter than that is no assessment


@dataclass(frozen=True)
class Findings:
    """What an assessment says (PIPL 56): lawful and needed; what it does to people; whether the protection fits.

    `covers`: codes of the activity's parts.
    """

    necessity: str
    impact: str
    measures: str
    covers: Sequence[str] = ()


def assess(activity: Activity, findings: Findings, *, by: PostActor) -> Assessment:
    """Make an assessment of an activity as it is now; it waits for somebody else's yes."""
    code = _place(activity, by)
    require(by, "privacy.assess", within=code)
    texts = {name: tidy(getattr(findings, name)) for name in TEXTS}
    if short := {
        name: [_("Say it in at least a sentence.")] for name, text in texts.items() if len(text) < LEAST
    }:
        raise Invalid(fields=short)
    covers = sorted(set(findings.covers) & {part for part, _words in activity.parts})
    with writing():
        made = Assessment.objects.create(
            activity=activity.name, covers=covers, post=by.post, holding=by.holding, **texts
        )
        record(Line("residents.assess", by.by(), code, facts={"activity": activity.name}))
    return made


def decide(key: UUID, *, approved: bool, reason: str = "", by: PostActor) -> Assessment:
    """Approve or decline an assessment; never one's own, on whatever post, and once only."""
    found = Assessment.objects.select_related("holding").filter(pk=key).first()
    if found is None:
        raise NotFound
    code = _place(activity_named(found.activity), by)
    require(by, "privacy.approve", within=code)
    if found.holding.account_id == by.holding.account_id:
        raise NotYours(_("Somebody else has to look at your own assessment."))
    if not approved and not tidy(reason):
        raise Invalid(fields={"reason": [_("Say what is missing, so that it can be made better.")]})
    state = Assessment.State.APPROVED if approved else Assessment.State.DECLINED
    name = "residents.approve_assessment" if approved else "residents.decline_assessment"
    now = timezone.now()
    decision = {"state": state, "decided_by": by.post, "decided_at": now, "reason": tidy(reason)}
    with writing():
        waiting = Assessment.objects.filter(pk=found.pk, state=Assessment.State.MADE)
        if not waiting.update(**decision, until=now + LASTS if approved else None):
            raise Conflict(_("Somebody has decided on this assessment already."))
        if approved:
            Grace.objects.filter(activity=found.activity).delete()
        bump(FAMILY)
        record(Line(name, by.by(), code, facts={"activity": found.activity}))
    found.refresh_from_db()
    return found


def end(key: UUID, *, reason: str, by: PostActor) -> Assessment:
    """End an activity's assessment before its day, because something changed: with this it stops, grace or not."""
    found = Assessment.objects.filter(pk=key, state=Assessment.State.APPROVED).first()
    if found is None:
        raise NotFound
    code = _place(activity_named(found.activity), by)
    require(by, "privacy.approve", within=code)
    if len(tidy(reason)) < LEAST:
        raise Invalid(fields={"reason": [_("Say in at least a sentence what has changed.")]})
    with writing():
        now = timezone.now()
        holding = Assessment.objects.filter(activity=found.activity, until__gt=now)  # older ones, too
        if not holding.update(until=now, ended_by=by.post, ended_for=tidy(reason)):
            raise Conflict(_("This assessment has ended already."))
        Grace.objects.filter(activity=found.activity).delete()
        bump(FAMILY)
        record(Line("residents.end_assessment", by.by(), code, facts={"activity": found.activity}))
    found.refresh_from_db()
    return found


def assessments_of(name: str) -> list[Assessment]:
    """All of an activity, newest first; none is ever thrown away (the law wants three years)."""
    rows = Assessment.objects.select_related(
        "post__organisation", "decided_by__organisation", "ended_by__organisation", "holding"
    )
    return list(rows.filter(activity=name).order_by("-id"))


def approved_one(name: str) -> Assessment | None:
    """The newest approved assessment that still holds."""
    rows = Assessment.objects.filter(activity=name, state=Assessment.State.APPROVED)
    return rows.filter(until__gt=timezone.now()).order_by("-id").first()


def _place(activity: Activity, by: PostActor) -> int:
    return activity.code or by.post.division.code
