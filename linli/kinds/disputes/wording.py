"""What the papers of a dispute say. They are in Chinese whatever language the clerk reads: they go on paper here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from linli.cases.taking import Taking
from linli.documents.contents import Contents, Part, Place, Row
from linli.kinds.disputes.clauses import Clause
from linli.kinds.disputes.rounds import APPLICANT, sides_of
from linli.posts.actor import PostActor

MEDIATOR = "mediator"
CALLED = {APPLICANT: "申请人"}


def minutes(now: Taking, text: str, present: Sequence[int], held: datetime) -> Contents:
    """调解笔录: when, who was there, what was said; read back and signed by those present and the mediator."""
    return Contents(
        title="人民调解笔录",
        number=now.case.number,
        parts=(
            Part(rows=(Row("调解时间", _moment(held)), Row("调解人员", _mediator(now)))),
            Part(heading="笔录", paragraphs=_paragraphs(text)),
        ),
        body=_body(now),
        date=_day(now.at),
        signing=_signing(now, present),
        extra={"present": list(present)},
    )


def agreement(now: Taking, facts: str, clauses: Sequence[Clause], place: str) -> Contents:
    """人民调解协议书: the sides, the facts, what was agreed, how it is kept; signed by all and the mediator (29)."""
    return Contents(
        title="人民调解协议书",
        number=now.case.number,
        parts=(Part(heading="纠纷主要事实、争议事项", paragraphs=_paragraphs(facts)),),
        body=_body(now),
        date=_day(now.at),
        signing=_signing(now, [side.nr for side in sides_of(now.case)]),
        extra={"clauses": [each.as_data() for each in clauses], "place": place},
    )


def oral_record(now: Taking, agreed: str) -> Contents:
    """人民调解口头协议登记表: an agreement by word of mouth, recorded by the mediator (28)."""
    return Contents(
        title="人民调解口头协议登记表",
        number=now.case.number,
        parts=(
            Part(heading="纠纷事项", paragraphs=_paragraphs(now.detail.text)),
            Part(heading="协议内容", paragraphs=_paragraphs(agreed)),
        ),
        body=_body(now),
        date=_day(now.at),
        signing=(Place("人民调解员", MEDIATOR),),
    )


def application_for_confirmation(now: Taking) -> Contents:
    """司法确认申请书: both sides ask together (人民调解法 33)."""
    said = "申请人经调解达成协议，协议内容不涉及身份关系、收养关系和婚姻关系。现共同申请人民法院予以确认。"
    return Contents(
        title="司法确认申请书",
        number=now.case.number,
        addressed="人民法院",
        parts=(Part(paragraphs=(said,), rows=(Row("协议生效时间", _day(now.detail.effective_at)),)),),
        date=_day(now.at),
        signing=tuple(each for each in _signing(now, [side.nr for side in sides_of(now.case)])[:-1]),
    )


def _signing(now: Taking, sides: Sequence[int]) -> tuple[Place, ...]:
    named = {side.nr: side for side in sides_of(now.case)}
    places = [
        Place(CALLED.get(named[nr].relation, "被申请人"), named[nr].relation, nr) for nr in sides if nr in named
    ]
    return (*places, Place("人民调解员", MEDIATOR))


def _mediator(now: Taking) -> str:
    return now.detail.handler.with_body if now.detail.handler else ""


def _body(now: Taking) -> str:
    post = now.detail.handler or (now.by.post if isinstance(now.by, PostActor) else None)
    return post.organisation.name if post else ""


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _day(moment: Any) -> str:
    at = timezone.localtime(moment)
    return f"{at.year}年{at.month}月{at.day}日"


def _moment(moment: datetime) -> str:
    at = timezone.localtime(moment)
    return f"{_day(moment)}{at.hour}时{at.minute:02d}分"
