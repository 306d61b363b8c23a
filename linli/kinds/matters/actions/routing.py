"""Giving a matter to those who must deal with it: dispatched, taken up or down a level, whistled for, ruled on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from linli.base.errors import Conflict
from linli.base.text import brief
from linli.cases.editing import propose
from linli.cases.procedure import ASKED, HELPS, JOINT
from linli.cases.taking import Version, taking
from linli.kinds.matters.conditions import span_of
from linli.kinds.matters.models import Matter
from linli.kinds.matters.rounds import ask_posts, give_to, own_part, require_serving
from linli.posts.actor import Actor, PostActor
from linli.posts.lookup import inferior, superior
from linli.posts.models import Post, PostKind


def dispatch(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    to: Post,
    helpers: Sequence[Post] = (),
    note: str = "",
    at: datetime | None = None,
) -> None:
    """Hand an accepted matter to the post that leads and to those that help (派遣), each against its own clock."""
    with taking("dispatch", matter, by=by, seen=seen, at=at) as now:
        give_to(now, to, helpers)
        now.words(note=note)


def escalate(matter: Matter, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """Take it to the dispatcher one level up (提请上级协调); it comes back down."""
    with taking("escalate", matter, by=by, seen=seen, at=at) as now:
        now.hand_to(superior(PostKind.DISPATCHER, span_of(now)))
        now.words(reason=reason)


def hand_down(matter: Matter, *, by: Actor, seen: Version, advice: str, at: datetime | None = None) -> None:
    """The upper level says how, and hands it one level down again (交回下级办理).

    Where that is not the lowest level, the case stays between the levels, in its hands and against a clock of its own.
    """
    with taking("hand_down", matter, by=by, seen=seen, at=at) as now:
        now.words(advice=advice)
        if isinstance(by, PostActor):
            lower, lowest = inferior(PostKind.DISPATCHER, now.case.code_now, by.post.division.span)
            now.hand_to(lower)
            if lower and not lowest:
                now.enter("escalated", start=("coordinate",))


def add_helper(
    matter: Matter, *, by: Actor, seen: Version, to: Post, note: str = "", at: datetime | None = None
) -> None:
    """Have one more post help (追加协办), also in place of one that declined."""
    with taking("add_helper", matter, by=by, seen=seen, at=at) as now:
        require_serving(to, now.case.code_now)
        if any(task.post_id == to.pk and task.role in JOINT for task in now.tasks):
            raise Conflict(_("%(post)s works on this already.") % {"post": to.title})
        own_part(now)
        now.hand_to(to, HELPS)
        now.words(note=note)


def whistle(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    to: Sequence[Post],
    hours: int,
    task: str,
    at: datetime | None = None,
) -> None:
    """Call named departments to the spot (吹哨报到): each must answer within these working hours."""
    with taking("whistle", matter, by=by, seen=seen, at=at) as now:
        for post in to:
            require_serving(post, now.case.code_now)
        ask_posts(now, to, hours)
        now.words(task=task)


def supervise(
    matter: Matter, *, by: Actor, seen: Version, question: str, hours: int, at: datetime | None = None
) -> None:
    """Press whoever has to do the next step, who must explain within these working hours (督办)."""
    with taking("supervise", matter, by=by, seen=seen, at=at) as now:
        pressed = Post.objects.filter(pk__in=[task.post_id for task in now.tasks if task.role != ASKED])
        ask_posts(now, pressed, hours)
        now.words(question=question)


def respond(matter: Matter, *, by: Actor, seen: Version, reply: str, at: datetime | None = None) -> None:
    """Answer the whistle or the supervision (报到反馈、督办答复)."""
    with taking("respond", matter, by=by, seen=seen, at=at) as now:
        now.words(reply=reply)


def rule(
    matter: Matter,
    *,
    by: Actor,
    seen: Version,
    to: Post,
    helpers: Sequence[Post] = (),
    reason: str,
    at: datetime | None = None,
) -> None:
    """Rule whose matter it is (裁定); the ruling proposes a catalogue row, which is cited next time."""
    with taking("rule", matter, by=by, seen=seen, at=at) as now:
        give_to(now, to, helpers)
        if now.case.category and isinstance(by, PostActor):
            area = by.post.division
            propose("matters", now.case.category, area, to, source=brief(reason), case=now.case, by=by)
        now.words(reason=reason)
