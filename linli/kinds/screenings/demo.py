"""A believable screening for the demo: a town's, some days old, half answered, one place known to be vacant."""

from __future__ import annotations

from datetime import datetime, timedelta

from linli.base.errors import Refusal
from linli.cases.models import Category
from linli.cases.taking import Version
from linli.kinds.screenings import actions
from linli.kinds.screenings.models import Place, Screening
from linli.posts.actor import PostActor
from linli.posts.models import Holding, PostKind

SUBJECT = "S03"
WHY = (
    "入冬前对物业服务引起的矛盾看一遍：公共收益不公示、停车位、电梯维修和物业费。"
    "只看小区和事项，不登记人。没有发现就选“没有发现”。"
)
ORDER = "街道平安办年度工作安排"
KNOWN = "电梯维修的情况九月份“回头看”已经逐个小区报过。"
REPLY = "九月份报过的小区不用再看电梯，其余三项请看一下。"
FOUND = "小区公共收益两年没有公示，业主与物业在大门口争执过两次，有业主希望有人出面。"


def screen_some(now: datetime) -> int:
    """Send the screening of the demo some days ago and let half of the grids answer; how many cases came of it."""
    clerk = _clerk()
    subject = Category.objects.filter(kind="screenings", code=SUBJECT).first()
    if clerk is None or subject is None:
        return 0
    begun = now - timedelta(days=3)
    try:
        opened = actions.draw_up(
            by=clerk,
            category=subject,
            area=clerk.post.division,
            asked="grids",
            why=WHY,
            order=ORDER,
            minutes=40,
            until=now + timedelta(days=6),
            at=begun,
        )
        screening = Screening.objects.select_related("case").get(pk=opened.case)
        actions.send(screening, by=clerk, seen=Version(1), at=begun + timedelta(hours=2))
    except Refusal:  # a demo of a place without grids has nobody to ask
        return 0
    _answer_some(screening, clerk, begun + timedelta(hours=20))
    return 1 + screening.came_of


def _answer_some(screening: Screening, clerk: PostActor, at: datetime) -> None:
    posts = list(
        dict.fromkeys(
            Place.objects.filter(post__isnull=False).order_by("code").values_list("post", flat=True)
        )
    )
    finder, *workers = [PostActor(_holding(post)) for post in posts[: len(posts) // 2 + 1]]
    for number, worker in enumerate(workers):
        moment = at + timedelta(hours=number)
        if number == 1:
            actions.say_known(screening, by=worker, seen=_version(screening), text=KNOWN, at=moment)
            actions.answer_known(screening, by=clerk, seen=_version(screening), text=REPLY, at=moment)
        actions.clear(screening, by=worker, seen=_version(screening), at=moment)
    moment = at + timedelta(hours=len(workers))
    actions.found(screening, by=finder, seen=_version(screening), kind="matters", text=FOUND, at=moment)


def _version(screening: Screening) -> Version:
    return Version(Screening.objects.select_related("case").get(pk=screening.pk).case.version)


def _clerk() -> PostActor | None:
    held = Holding.objects.current().filter(post__kind=PostKind.CLERK).select_related("post__division")
    found = held.order_by("-post__division__level", "pk").first()
    return PostActor(found) if found else None


def _holding(post: int) -> Holding:
    held = Holding.objects.current().filter(post=post).select_related("post__division")
    return held.order_by("acting")[0]
