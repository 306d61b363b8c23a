"""What can be done with a leak: one function per step of procedure.yaml, and nothing else writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.base.errors import Conflict, Invalid
from linli.cases.grouping import open_grouped
from linli.cases.opening import Draft, Opened, Origin
from linli.cases.taking import Version, taking
from linli.cases.touched import Reach, tell_of
from linli.divisions.models import Division
from linli.kinds.leaks.models import Leak
from linli.posts.actor import Actor, PostActor
from linli.posts.lines import first_of, line_of, outsiders
from linli.posts.models import Post


class Notice(TypedDict, total=False):
    """What is reported; `text` and `division` must be there. `about`: the post it may have come from."""

    text: str
    division: Division
    about: Post | None
    channel: str


def notice(
    *, by: Actor, origin: Origin | None = None, at: datetime | None = None, **given: Unpack[Notice]
) -> Opened:
    """Report a leak (报告泄露), or what may be one; anybody at a desk, or the system."""
    about, place = given.get("about"), given["division"]
    if isinstance(by, PostActor) and by.post.pk in line_of(about):
        raise Conflict(_("Report it without naming your own post, or tell the inspector directly."))
    handler = first_of(outsiders(about, place.code))
    if handler is None:
        raise Invalid(_("Nobody in this place may deal with a leak. Call the level above at once."))
    with override(settings.LANGUAGE_CODE):
        summary = _("Data leak")
    draft = Draft(
        kind="leaks",
        by=by,
        division=place,
        detail=Leak(text=given["text"], about=about, handler=handler),
        summary=summary,
        channel=given.get("channel", "desk"),
        at=at,
        origin=origin,
        to=handler.pk,
        kept_from=line_of(about),
    )
    return open_grouped(draft)


def contain(leak: Leak, *, by: Actor, seen: Version, measures: str, at: datetime | None = None) -> None:
    """Say how it was stopped (止损): access withdrawn, keys changed, copies called back."""
    with taking("contain", leak, by=by, seen=seen, at=at) as now:
        now.detail.contained = measures
        now.keep_it()
        now.words(measures=measures)


class Assessment(TypedDict):
    """What an assessment says (PIPL 57 (1)): kinds of data, cause, possible harm, how many people."""

    sorts: Sequence[str]
    cause: str
    harm: str
    touched: int


def assess(
    leak: Leak, *, by: Actor, seen: Version, at: datetime | None = None, **given: Unpack[Assessment]
) -> None:
    """Say what leaked, why, what harm it can do and to how many (评估影响)."""
    with taking("assess", leak, by=by, seen=seen, at=at) as now:
        now.detail.sorts = ",".join(given["sorts"])
        now.detail.cause, now.detail.harm, now.detail.touched = (
            given["cause"],
            given["harm"],
            given["touched"],
        )
        now.keep_it()
        now.facts(touched=given["touched"], sorts=list(given["sorts"]))
        now.words(cause=given["cause"], harm=given["harm"])


def dismiss(leak: Leak, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """Say why it is no leak (不属泄露)."""
    with taking("dismiss", leak, by=by, seen=seen, at=at) as now:
        now.words(reason=reason)


def report_authority(
    leak: Leak, *, by: Actor, seen: Version, authority: str, at: datetime | None = None
) -> None:
    """Note which authority was told, and how (报告主管部门); the law wants it at once."""
    with taking("report_authority", leak, by=by, seen=seen, at=at) as now:
        now.detail.authority, now.detail.authority_at = authority, now.at
        now.words(authority=authority)


class Telling(TypedDict, total=False):
    """What people are told, and who: those of named cases, or whose data a post looked at in a time."""

    what: str
    advice: str
    numbers: Sequence[str]
    looked: Post | None
    since: datetime | None
    until: datetime | None


def tell(
    leak: Leak, *, by: Actor, seen: Version, at: datetime | None = None, **given: Unpack[Telling]
) -> None:
    """Tell those it touches what leaked and what they can do (告知受影响的人); each number gets one message."""
    with taking("tell", leak, by=by, seen=seen, at=at) as now:
        now.detail.what, now.detail.advice = given["what"], given["advice"]
        reach = Reach(given.get("numbers") or (), given.get("looked"), given.get("since"), given.get("until"))
        count = tell_of(now.case, "tell", reach)
        if not count:
            raise Invalid(
                _(
                    "Nobody was found who left a telephone number. Say why they need not be told, or by what way."
                )
            )
        now.detail.told_count = (now.detail.told_count or 0) + count
        now.facts(told=count)
        now.words(what=given["what"], advice=given["advice"])


def spare(leak: Leak, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """Say why people need not be told (PIPL 57 (2): the measures avoid all harm), or how they were told otherwise."""
    with taking("spare", leak, by=by, seen=seen, at=at) as now:
        now.detail.spared = reason
        now.words(reason=reason)


def finish(leak: Leak, *, by: Actor, seen: Version, report: str, at: datetime | None = None) -> None:
    """Close with a report (提交处理报告), once authority and people were told."""
    with taking("finish", leak, by=by, seen=seen, at=at) as now:
        now.detail.report = report
        now.words(report=report)
