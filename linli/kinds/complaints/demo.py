"""Believable complaints for the demo: three at different stages, carried there through the real actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from linli.base.errors import Refusal
from linli.kinds.complaints import actions
from linli.kinds.complaints.models import Complaint, Finding
from linli.posts.actor import Actor, PartyActor, PostActor
from linli.posts.models import Holding, Post, PostKind
from linli.residents.keeping import GivenContact


@dataclass(frozen=True)
class Story:
    """A complaint about the first post of a kind at a level, days ago, and what was done about it, in order."""

    about: PostKind
    level: int
    days: float
    contact: GivenContact
    text: str
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    mentions: str = ""


STORIES = (
    Story(
        PostKind.GRID_WORKER,
        6,
        3.2,
        GivenContact("李女士", "12000003101", language="zh-hans"),
        "小区北门占道堆放建材，我前后说了三次，网格员每次都答应“马上来看”，十天过去一次也没到过现场。",
        {
            "accept": {"note": "已受理，先调取巡查记录。"},
            "inquire": {
                "found": "巡查记录显示该路段十天内有两次签到，均无照片；走访两户居民，称未见到网格员。"
            },
            "hear": {
                "question": "反映你岗对北门占道堆放建材多次答应到场而未到场。请说明十天内到场的时间和处理情况。"
            },
            "answer": {
                "reply": "其中两次因参加防汛值守没有到场，未向居民说明，是我的疏忽；建材已联系施工方清走。"
            },
            "decide": {
                "finding": Finding.PARTLY,
                "reasons": "反映三次未到场，查实两次未到场且未告知；另一次到场后没有处理结果。",
                "measures": "责成所在居委会当面说明情况，一周内落实巡查交接，值守期间由相邻网格代看。",
            },
        },
    ),
    Story(
        PostKind.CLERK,
        4,
        2.4,
        GivenContact("陈先生", "12000003102", language="zh-hans"),
        "周一下午去窗口办居住登记，叫了两次才有人应，说材料不齐让我回去，又不肯写清楚缺什么；换一天去，同样的材料当场就办了。",
        {
            "accept": {},
            "inquire": {"found": "调看当天下午大厅录像和取号记录，等候 46 分钟；没有一次性告知的记录。"},
            "hear": {
                "question": "反映你岗周一下午受理居住登记时没有一次性告知所缺材料。请说明当时情况，并提供告知记录。"
            },
        },
    ),
    Story(
        PostKind.HANDLER,
        4,
        0.6,
        GivenContact(),
        "楼道渗水的事，处置队来人看了一眼就走，系统里却写已处理完毕，还打电话劝我点“已解决”。",
        mentions="见楼道渗水那一件",
    ),
)


def complain_some(now: datetime) -> int:
    """Raise the complaints of the demo up to now and carry each as far as its story goes; return how many there are."""
    return sum(_lived(story, now) for story in STORIES)


def _lived(story: Story, now: datetime) -> bool:
    posts = Post.objects.filter(kind=story.about, division__level=story.level, until=None)
    about = posts.select_related("division").order_by("division__code", "pk").first()
    if about is None:
        return False
    at = now - timedelta(days=story.days)
    try:
        opened = actions.complain(
            by=PartyActor("reporter"),
            text=story.text,
            about=about,
            mentions=story.mentions,
            contact=story.contact,
            at=at,
        )
    except Refusal:  # a demo of a single village has nobody who may look into it
        return False
    for step, words in story.steps.items():
        at += (now - at) / 4
        complaint = Complaint.objects.select_related("case").get(pk=opened.case)
        by = _holder(about if step == "answer" else complaint.handler)
        getattr(actions, step)(complaint, by=by, seen=complaint.case.version, at=at, **words)
    return True


def _holder(post: Post | None) -> Actor:
    held = Holding.objects.current().filter(post=post).select_related("post__division")
    return PostActor(held.order_by("acting")[0])
