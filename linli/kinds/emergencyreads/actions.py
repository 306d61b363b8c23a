"""What can be done with a review: one function per step of procedure.yaml, and nothing else writes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.base.errors import NotYours
from linli.base.writing import writing
from linli.cases.copying import tell
from linli.cases.models import Case, Task
from linli.cases.notices import hold_back
from linli.cases.opening import Draft, Opened, Origin, open_one
from linli.cases.taking import Taking, Version, taking
from linli.kinds.emergencyreads.models import EmergencyRead
from linli.kinds.emergencyreads.routing import heads_of, reviewer, was_reader
from linli.posts.actor import Actor, PostActor, SystemActor
from linli.posts.models import Post

LATER = timedelta(days=3)


def look(
    *,
    by: Actor,
    reason: str,
    why_later: str = "",
    origin: Origin | None = None,
    at: datetime | None = None,
) -> Opened:
    """Open the review of a reading that happens in the same transaction (紧急查阅), and tell the heads."""
    source = origin.case if origin else None
    if not isinstance(by, PostActor) or source is None:
        raise NotYours(_("Nobody opens such a case by itself."))
    found = reviewer(by.post, source.code_now)
    told_from = timezone.now() + LATER if why_later else None
    draft = Draft(
        kind="emergencyreads",
        by=by,
        division=source.division,
        detail=EmergencyRead(
            of_case=source,
            reader=by.post,
            reason=reason,
            why_later=why_later,
            told_from=told_from,
            reviewer=found,
        ),
        summary=_summary(source),
        channel="desk",
        at=at,
        origin=origin,
        facts={"reader": by.post.pk, "later": bool(why_later)},
        to=found.pk if found else None,
    )
    with writing():
        opened = open_one(draft)
        case = EmergencyRead.objects.select_related("case").get(pk=opened.case).case
        tell(case, heads_of(by.post), by=by)
        if found is None:
            escalate(EmergencyRead(case=case), by=SystemActor("clock"), seen=Version(case.version))
        hold_back(case, told_from)
    return opened


def _summary(source: Case) -> str:
    """What stands in lists and messages: which case, and nothing of the reason."""
    with override(settings.LANGUAGE_CODE):
        return _("Emergency reading in case %(number)s") % {"number": source.number}


def comment(
    emergency: EmergencyRead, *, by: Actor, seen: Version, more: str, at: datetime | None = None
) -> None:
    """The person whose contact was read says something about it (补充意见)."""
    with taking("comment", emergency, by=by, seen=seen, at=at) as now:
        now.words(more=more)


def justify(
    emergency: EmergencyRead, *, by: Actor, seen: Version, findings: str, at: datetime | None = None
) -> None:
    """Find that the danger was real and the reading needed (认定正当)."""
    with writing():
        with taking("justify", emergency, by=by, seen=seen, at=at) as now:
            _found(now, findings)
        hold_back(now.case, now.detail.told_from)


def object(  # noqa: A001  the step's own word, never looked up as the builtin here
    emergency: EmergencyRead,
    *,
    by: Actor,
    seen: Version,
    findings: str,
    measures: str,
    at: datetime | None = None,
) -> None:
    """Find that it was not, and name what follows (认定不当)."""
    with writing():
        with taking("object", emergency, by=by, seen=seen, at=at) as now:
            _found(now, findings, measures)
        hold_back(now.case, now.detail.told_from)


def escalate(emergency: EmergencyRead, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """Nobody reviewed it in time: one level up; where there is none, on record as not reviewed (无人复核)."""
    with writing():
        with taking("escalate", emergency, by=by, seen=seen, at=at) as now:
            above = reviewer(now.detail.reader, now.case.code_now, asked=_asked(now.case))
            now.detail.reviewer = above
            now.hand_to(above)
            if above is None:
                now.enter("unreviewed", start=())
        hold_back(now.case, now.detail.told_from)


def _asked(case: Case) -> list[Any]:
    return list(Task.objects.filter(case=case).values_list("post", flat=True))


def _found(now: Taking, findings: str, measures: str = "") -> None:
    reader: Post = now.detail.reader
    if isinstance(now.by, PostActor) and was_reader(now.by, reader):
        raise NotYours(_("Nobody reviews their own reading. Somebody else has to do this."))
    now.detail.findings, now.detail.measures = findings, measures
    now.words(findings=findings, measures=measures)
