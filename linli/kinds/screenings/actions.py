"""What can be done with a screening: one function per step of procedure.yaml, and nothing else writes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.base.errors import Conflict, Invalid
from linli.base.rows import fresh, insert_many
from linli.cases.books import notices_of
from linli.cases.catalogue import refuse_unless_admitted
from linli.cases.copying import tell
from linli.cases.grouping import open_grouped
from linli.cases.models import Category, Task
from linli.cases.opening import Draft, Opened, Origin
from linli.cases.procedure import ASKED, HELPS, LEAD
from linli.cases.steps import open_case
from linli.cases.taking import Taking, Version, taking
from linli.divisions.models import Division
from linli.kinds.screenings.models import Answer, Place, Remark, Screening
from linli.kinds.screenings.placing import Layout, laid_out
from linli.posts.actor import Actor, PostActor
from linli.posts.models import Post


class Plan(TypedDict, total=False):
    """What a screening says: all of it must be there but `order`, the document that orders it."""

    category: Category
    area: Division
    asked: str
    why: str
    order: str
    minutes: int
    until: datetime


def draw_up(
    *, by: Actor, origin: Origin | None = None, at: datetime | None = None, **given: Unpack[Plan]
) -> Opened:
    """Draw a screening up (拟订排查); nobody is asked before it is sent."""
    category, area = given["category"], given["area"]
    if not category.source:
        sentence = _("The catalogue names no legal basis for this subject. Have it entered there first.")
        raise Invalid(sentence, fields={"category": [sentence]})
    laid_out(area, given["asked"])
    with override(settings.LANGUAGE_CODE):
        summary = _("Screening: %(about)s") % {"about": category}
    detail = Screening(
        why=given["why"],
        basis=category.source,
        order=given.get("order", ""),
        asked=given["asked"],
        minutes=given["minutes"],
        until=given["until"],
    )
    draft = Draft(
        kind="screenings",
        by=by,
        division=area,
        detail=detail,
        summary=summary,
        category=category,
        channel="desk",
        at=at,
        origin=origin,
        to=by.post.pk if isinstance(by, PostActor) else None,
    )
    return open_grouped(draft)


def send(screening: Screening, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """Ask every place at once (下发); places without a holder stay holes, and are said to be."""
    with taking("send", screening, by=by, seen=seen, at=at) as now:
        layout = laid_out(now.case.division, now.detail.asked)
        posts = _answering(now, layout)
        now.detail.sent_at = now.at
        now.run_until("until", now.detail.until)
        insert_many([_asked(now, place, layout) for place in layout.places])
        now.hand_to(now.case.opened_by, LEAD, mandatory=False)
        for post in posts:
            now.hand_to(post, HELPS)
        if isinstance(by, PostActor):
            tell(now.case, [post for post in posts if post.pk != by.post.pk], by=by, at=now.at)
        now.facts(places=len(layout.places), holes=len(layout.holes), minutes=now.detail.minutes)


def drop(
    screening: Screening, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None
) -> None:
    """Do not send it after all (不再下发)."""
    with taking("drop", screening, by=by, seen=seen, at=at) as now:
        now.words(note=note)


def clear(
    screening: Screening,
    *,
    by: Actor,
    seen: Version,
    places: Collection[int] | None = None,
    at: datetime | None = None,
) -> None:
    """Say that one looked and found nothing (看过，没有发现), for all one's places or some of them (keys)."""
    with taking("clear", screening, by=by, seen=seen, at=at) as now:
        _answer(now, Answer.CLEAR, places)


class Find(TypedDict, total=False):
    """What was found: the kind of case it becomes, what that is about, who asks for it, and in which place (key)."""

    kind: str
    text: str
    name: str
    phone: str
    place: int | None


def found(
    screening: Screening, *, by: Actor, seen: Version, at: datetime | None = None, **given: Unpack[Find]
) -> None:
    """Say that there is something (有发现), which opens a case of its own in the same transaction."""
    with taking("found", screening, by=by, seen=seen, at=at) as now:
        chosen = given.get("place")
        (place,) = _answer(now, Answer.FOUND, [chosen] if chosen else None, most=1)
        data = {name: given.get(name, "") for name in ("text", "name", "phone")}
        data |= {"division": place.division.trimmed, "channel": "grid"}
        open_case(given["kind"], data, by=by, origin=Origin(case=now.case), at=now.at)
        now.facts(kind=given["kind"])


def say_known(
    screening: Screening, *, by: Actor, seen: Version, text: str, at: datetime | None = None
) -> None:
    """Say that what is asked is known already (这些已经报过); whoever sent it has to answer. Once per post."""
    with taking("say_known", screening, by=by, seen=seen, at=at) as now:
        own: dict[str, Any] = {"screening": now.detail, "post_id": now.by_post}
        Remark.objects.create(**own, text=text, at=now.at)
        if not any(task.asks == "say_known" for task in now.tasks):
            now.hand_to(now.case.opened_by, ASKED)
        now.words(text=text)


def answer_known(
    screening: Screening, *, by: Actor, seen: Version, text: str, at: datetime | None = None
) -> None:
    """Answer all who said that this is known already (答复)."""
    with taking("answer_known", screening, by=by, seen=seen, at=at) as now:
        Remark.objects.filter(screening=now.detail, answered_at=None).update(answer=text, answered_at=now.at)
        now.words(text=text)


def remind(screening: Screening, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """Remind all places that have not answered (提醒), once: it comes first in their lists, and by e-mail."""
    with taking("remind", screening, by=by, seen=seen, at=at) as now:
        now.detail.reminded_at = now.at
        posts = [task.post_id for task in now.tasks if task.role == HELPS]
        Task.objects.filter(case=now.case, role=HELPS, closed_at=None).update(pressing_at=now.at)
        insert_many(notices_of(now.case, now.step, [], posts))
        now.facts(reminded=len(posts))


def cut_short(
    screening: Screening, *, by: Actor, seen: Version, account: str, at: datetime | None = None
) -> None:
    """End it before all have answered (提前结束), with a short account."""
    with taking("cut_short", screening, by=by, seen=seen, at=at) as now:
        now.detail.account = account
        now.words(account=account)


def conclude(
    screening: Screening, *, by: Actor, seen: Version, account: str, at: datetime | None = None
) -> None:
    """End it with a short account after all have answered (结束并小结)."""
    with taking("conclude", screening, by=by, seen=seen, at=at) as now:
        now.detail.account = account
        now.words(account=account)


def lapse(screening: Screening, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """Its day has come: who has not answered has not answered (到期结束)."""
    with taking("lapse", screening, by=by, seen=seen, at=at):
        pass


def _answering(now: Taking, layout: Layout) -> list[Post]:
    """The posts that are asked, each once; refused where there is none, or the admission list keeps it from one."""
    rows = Post.objects.filter(pk__in=set(layout.posts.values())).select_related("division")
    posts = list(rows.defer("division__outline").order_by("pk"))
    if not posts:
        raise Conflict(_("Nobody holds a post in any of these places. Have the posts filled first."))
    today = timezone.localdate(now.at)
    for post in posts:
        refuse_unless_admitted(now.case.category, post, today)
    return posts


def _asked(now: Taking, place: Division, layout: Layout) -> Place:
    return fresh(
        Place,
        screening_id=now.case.pk,
        division_id=place.pk,
        code=place.code,
        post_id=layout.posts.get(place.code),
    )


def _answer(
    now: Taking, answer: Answer, chosen: Collection[int] | None, *, most: int | None = None
) -> list[Place]:
    """Write down what a post answers for its places; its part ends with the last one, the round with everybody's."""
    rows = Place.objects.filter(screening=now.detail, post=now.by_post, answer=Answer.OPEN)
    own = list(rows.select_related("division").order_by("code"))
    answered = [place for place in own if chosen is None or place.pk in set(chosen)][:most]
    if not answered:
        raise Conflict(_("This place has been answered for already."))
    Place.objects.filter(pk__in=[place.pk for place in answered]).update(answer=answer, answered_at=now.at)
    if len(answered) < len(own):
        now.go_on()
    if now.moves:
        now.hand_to(now.case.opened_by)
    else:
        now.let_be("until")
    now.facts(places=[place.division_id for place in answered])
    return answered
