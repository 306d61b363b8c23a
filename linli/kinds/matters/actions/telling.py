"""Telling the reporter on paper: the notice of the result, which can be kept, shown and verified."""

from __future__ import annotations

from datetime import datetime

from linli.cases.taking import Version, taking
from linli.documents.making import make
from linli.kinds.matters.models import Matter
from linli.kinds.matters.wording import notice_of_result
from linli.posts.actor import Actor


def issue(
    matter: Matter, *, by: Actor, seen: Version, result: str, remedy: str, at: datetime | None = None
) -> None:
    """Issue the notice of the result (出具办理结果告知书); an earlier one is replaced, and the reporter is told."""
    with taking("issue", matter, by=by, seen=seen, at=at) as now:
        make(now, "result", notice_of_result(now, result, remedy))
