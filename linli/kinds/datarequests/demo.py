"""Believable requests for the demo: one waits, one asks why and is being explained, one was answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from linli.base.errors import Refusal
from linli.cases.taking import Version
from linli.kinds.datarequests import actions
from linli.kinds.datarequests.models import DataRequest
from linli.posts.actor import PartyActor, PostActor
from linli.posts.models import Holding
from linli.residents.models import Access, Contact

FIRST = Version(1)


def claim_some(now: datetime) -> int:
    """Raise the requests of the demo for what was read in it, and carry them as far as they go; return how many."""
    return sum((_asked_why(now - timedelta(days=2)), _answered(now - timedelta(days=1)), _waits(now)))


def _asked_why(at: datetime) -> bool:
    """Somebody asks why a post looked at the number; the post is to explain."""
    look = Access.objects.filter(post__isnull=False, contact__cases__isnull=False).order_by("id").first()
    if look is None:
        return False
    request = _claimed(
        PartyActor("reporter", person=look.contact_id, proof="code"), "ask_why", at, look=look.pk
    )
    if request:
        words = "有居民询问其联系方式为何被查看。请说明当日查阅的事由。"
        actions.hear(request, by=_handler(request), seen=FIRST, question=words, at=at + timedelta(hours=3))
    return bool(request)


def _answered(at: datetime) -> bool:
    request = _claimed(_somebody(0), "copy", at)
    if request:
        actions.decide(
            request, by=_handler(request), seen=FIRST, answer="granted", at=at + timedelta(hours=5)
        )
    return bool(request)


def _waits(now: datetime) -> bool:
    return bool(
        _claimed(_somebody(1), "deletion", now - timedelta(hours=4), text="事情已经解决，请删除我的电话。")
    )


def _somebody(place: int) -> PartyActor:
    """A resident who left a contact with a matter, known by its code."""
    found = Contact.objects.filter(cases__kind="matters").order_by("id").values_list("pk", flat=True)
    return PartyActor("reporter", person=next(iter(found[place : place + 1]), None), proof="code")


def _claimed(by: PartyActor, wanted: str, at: datetime, **given: object) -> DataRequest | None:
    try:
        opened = actions.claim(by=by, wanted=wanted, at=at, **given)  # type: ignore[arg-type]
    except Refusal:  # a demo of a single village has nobody who may answer, or nobody left a number
        return None
    return DataRequest.objects.select_related("case", "handler").get(pk=opened.case)


def _handler(request: DataRequest) -> PostActor:
    held = Holding.objects.current().filter(post=request.handler).select_related("post__division")
    return PostActor(held.order_by("acting")[0])
