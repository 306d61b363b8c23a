"""What the documents of a matter say. They are in Chinese whatever language the clerk reads: they go on paper here."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from linli.cases.taking import Taking
from linli.documents.contents import Contents, Part, Place, Row
from linli.kinds.matters.models import Matter
from linli.posts.actor import PostActor

REMEDY = "如您认为问题没有解决，可凭编号和查询码在线要求重办，或致电值班电话 {telephone}；也可以依法向有关机关反映。"


def notice_of_result(now: Taking, result: str, remedy: str) -> Contents:
    """办理结果告知书: what was reported, when, by whom it was dealt with, what came of it, and what one can do."""
    matter: Matter = now.detail
    case = now.case
    facts = [Row("反映事项", matter.text), Row("反映时间", _day(case.at))]
    facts += [Row("地点", matter.landmark)] if matter.landmark else []
    facts += [Row("承办单位", case.lead.organisation.name)] if case.lead else []
    facts += [Row("办结时间", _day(case.closed_at))] if case.closed_at else []
    return Contents(
        title="办理结果告知书",
        number=case.number,
        addressed="反映人",
        parts=(
            Part(paragraphs=("您反映的事项，现将办理情况告知如下。",), rows=facts),
            Part(heading="办理结果", paragraphs=_paragraphs(result)),
            Part(heading="如不同意", paragraphs=_paragraphs(remedy)),
        ),
        body=now.by.post.organisation.name if isinstance(now.by, PostActor) else str(settings.PLACE_NAME),
        date=_day(now.at),
        signing=(Place("收件人签收", "reporter"),),
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _day(moment: object) -> str:
    at = timezone.localtime(moment)  # type: ignore[arg-type]
    return f"{at.year}年{at.month}月{at.day}日"
