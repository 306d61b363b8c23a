"""A believable leak for the demo: contained, assessed, told to the authority; those it touches are still to be told."""

from __future__ import annotations

from datetime import datetime, timedelta

from linli.base.errors import Refusal
from linli.cases.taking import Version
from linli.kinds.leaks import actions
from linli.kinds.leaks.models import Leak
from linli.posts.actor import PostActor
from linli.posts.models import Holding, PostKind

TEXT = "服务窗口一台登记用的电脑夜间被盗，硬盘没有加密，里面有三月份的来访登记表。"
MEASURES = "已停用该电脑登录过的账号，更换窗口密钥；已报警并取得回执，其余电脑当天完成加密。"
AUTHORITY = "县网信办，电话报告，经办人已登记回执号。"
CAUSE = "下班后窗口未上锁，登记表导出后存放在本机。"
HARM = "姓名和电话可能被用于推销或冒充工作人员来电。"


def leak_one(now: datetime) -> int:
    """Report the leak of the demo some hours ago and carry it to where people are told; how many there are."""
    clerk = _first(PostKind.CLERK)
    if clerk is None:
        return 0
    begun = now - timedelta(hours=9)
    try:
        opened = actions.notice(by=clerk, text=TEXT, division=clerk.post.division, at=begun)
    except Refusal:  # a demo of a single village has nobody who may deal with it
        return 0
    leak = Leak.objects.select_related("case", "handler").get(pk=opened.case)
    held = Holding.objects.current().filter(post=leak.handler).select_related("post__division")
    by = PostActor(held.order_by("acting")[0])
    actions.contain(leak, by=by, seen=Version(1), measures=MEASURES, at=begun + timedelta(hours=1))
    actions.report_authority(leak, by=by, seen=Version(2), authority=AUTHORITY, at=begun + timedelta(hours=2))
    actions.assess(
        leak,
        by=by,
        seen=Version(3),
        at=begun + timedelta(hours=7),
        sorts=["contact"],
        cause=CAUSE,
        harm=HARM,
        touched=12,
    )
    return 1


def _first(kind: PostKind) -> PostActor | None:
    held = Holding.objects.current().filter(post__kind=kind).select_related("post__division")
    found = held.order_by("-post__division__level", "pk").first()
    return PostActor(found) if found else None
