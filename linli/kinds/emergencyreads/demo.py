"""Believable emergency readings for the demo: one was reviewed, one waits for its review."""

from __future__ import annotations

from linli.base.errors import Refusal
from linli.cases.emergency import break_glass
from linli.cases.models import Task
from linli.cases.taking import Version
from linli.kinds.emergencyreads import actions
from linli.kinds.emergencyreads.models import EmergencyRead
from linli.posts.actor import PostActor
from linli.posts.models import Holding, PostKind

REASONS = (
    "到场时楼道里有很重的燃气味，敲门没有人应，需要马上联系上报人，确认屋内有没有人。",
    "上报人来电途中说胸口疼，电话随即中断，需要联系家属并把住址告诉急救中心。",
)
FINDINGS = "出警和燃气公司记录证实当时有泄漏，五分钟内联系上住户并撤离；只看了电话和住址，与处置需要相称。"


def look_some() -> int:
    """Let handling posts read in an emergency, and have the first reading reviewed; how many there are."""
    waiting = Task.objects.filter(
        post__kind=PostKind.HANDLER, closed_at=None, case__kind="matters", case__reporter__isnull=False
    )
    tasks = waiting.select_related("case__division", "case__reporter", "post").order_by("case_id")
    return sum(_looked(task, place) for place, task in enumerate(tasks[: len(REASONS)]))


def _looked(task: Task, place: int) -> bool:
    try:
        _person, opened = break_glass(
            task.case, {"reason": REASONS[place], "sure": "on"}, by=_on(task.post_id)
        )
    except Refusal:  # a demo of a single village has no such post
        return False
    review = EmergencyRead.objects.select_related("case").get(pk=opened.case)
    if place == 0 and review.reviewer_id:
        version = Version(review.case.version)
        actions.justify(review, by=_on(review.reviewer_id), seen=version, findings=FINDINGS)
    return True


def _on(post: int) -> PostActor:
    held = Holding.objects.current().filter(post=post).select_related("post__division")
    return PostActor(held.order_by("acting")[0])
