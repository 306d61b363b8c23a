"""Believable disputes for the demo: one in each turn that mediation takes, carried there through the real actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from linli.base.errors import Refusal
from linli.base.worktime import PLACE_TIME
from linli.cases.models import Category
from linli.cases.parties import parties_of
from linli.divisions.models import Division
from linli.documents.models import Document, Manner
from linli.documents.signing import Signing, sign
from linli.kinds.disputes import actions
from linli.kinds.disputes.clauses import Clause, Payment, Sort
from linli.kinds.disputes.models import Dispute, Session, Source
from linli.posts.actions import appoint, found
from linli.posts.actor import Actor, PartyActor, PostActor, SystemActor
from linli.posts.models import Account, Holding, Post, PostKind
from linli.registers.models import Body
from linli.residents.keeping import GivenContact

FOUNDER = SystemActor("demo")
HEAD, CALLED, COMMITTEE = "调委会主任", "季明", "东门社区人民调解委员会"
HEAD_SINCE = timedelta(days=365)
APPLICANT, RESPONDENT, HEADED, MEDIATED, SIGNED = "applicant", "respondent", "head", "mediator", "signed"
DOOR, RIVER = "东门社区第一网格", "东门社区第二网格"

Given = Mapping[str, Any]


@dataclass(frozen=True)
class Turn:
    """One step: who takes it, which, and with what; days count from the one on which the step is taken."""

    who: str
    step: str
    given: Given = field(default_factory=dict)
    in_days: Given = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """A dispute: what about, when it was brought (days ago), between whom, and what followed in order."""

    category: str
    days: float
    text: str
    applicant: GivenContact
    respondent: GivenContact
    turns: Sequence[Turn] = ()
    place: str = DOOR
    source: str = Source.SELF


def _person(called: str, number: int) -> GivenContact:
    return GivenContact(called, f"120000041{number:02d}", language="zh-hans")


CALM = Turn(HEADED, "triage", {"safety": "calm", "crime": False})
ASKED = (CALM, Turn(HEADED, "invite"))
BOTH = (*ASKED, Turn(APPLICANT, "consent"), Turn(RESPONDENT, "consent"))
NAMED = (*BOTH, Turn(HEADED, "appoint"))


def _minutes(text: str, result: str) -> Turn:
    said = {"how": Session.How.JOINT, "present": [0, 1], "text": text, "result": result}
    return Turn(MEDIATED, "hold", said)


def _draft(facts: str, *clauses: Given) -> Turn:
    return Turn(MEDIATED, "draft_agreement", {"facts": facts, "clauses": clauses})


def _owes(yuan: int, *parts: tuple[int, int]) -> Given:
    """What the respondent pays the applicant: in how many days each part falls due, and how many yuan it is."""
    return {"sort": Sort.MONEY, "who": 1, "whom": 0, "fen": yuan * 100, "how": "transfer", "parts": parts}


SIGNING = (Turn(APPLICANT, SIGNED), Turn(RESPONDENT, SIGNED), Turn(MEDIATED, SIGNED), Turn(MEDIATED, "seal"))
STORIES = (
    Story(
        "D02",
        5.5,
        "楼上卫生间漏水，把我家吊顶和木地板都泡坏了。找楼上说过三次，对方说是老管道的问题，不肯赔。",
        _person("李小芳", 1),
        _person("王强", 2),
        (
            *NAMED,
            _minutes(
                "李小芳出示了维修报价12,000元。王强承认漏点在自家卫生间，但认为地板已用八年，不应按全价赔。",
                "双方愿意再谈，约定下次带上物业的检测结果。",
            ),
            Turn(
                MEDIATED,
                "suggest",
                {
                    "options": "一、按折旧后的价格赔偿8,000元，一次付清。\n"
                    "二、王强出钱请人修复，李小芳不再要求赔偿。\n"
                    "三、请第三方评估，费用各半，再按评估结果赔偿。"
                },
            ),
            Turn(
                MEDIATED,
                "convene",
                {"how": Session.How.JOINT, "place": "东门社区综合服务中心一楼调解室"},
                {"when": 7},
            ),
        ),
    ),
    Story(
        "D13",
        8.0,
        "在小区门口被对方的电动车撞倒，手腕骨折，住院六天。医药费对方只垫了一部分，剩下的一直说没钱。",
        _person("赵建平", 3),
        _person("周海", 4),
        (
            *NAMED,
            _minutes("双方对事故经过没有争议。医药费票据共9,600元，已垫付3,600元。", "同意分期支付余款。"),
            _draft("周海骑电动车撞伤赵建平，医药费尚有6,000元未付。", _owes(6_000, (30, 3_000), (60, 3_000))),
            Turn(APPLICANT, SIGNED),
        ),
    ),
    Story(
        "D04",
        29.0,
        "装修尾款拖了半年，合同、验收单都有，对方总说过两天。",
        _person("孙浩然", 5),
        _person("高亮", 6),
        (
            *NAMED,
            _draft(
                "高亮尚欠装修尾款24,000元，双方对数额没有争议。",
                _owes(24_000, (25, 8_000), (45, 8_000), (75, 8_000)),
                {"sort": Sort.SETTLED, "who": None},
            ),
            *SIGNING,
            Turn(RESPONDENT, "report_performance", {"number": 1, "state": "said", "note": "已转账8,000元。"}),
            Turn(APPLICANT, "check_performance", {"number": 1, "right": True}),
        ),
        RIVER,
    ),
    Story(
        "D02",
        1.2,
        "对门把鞋柜和纸箱放在楼道里，我说了两句就吵起来了。",
        _person("朱玉梅", 7),
        _person("胡国强", 8),
        (
            Turn(
                HEADED,
                "settle_orally",
                {
                    "facts": "楼道堆物。",
                    "agreed": "胡国强三天内把鞋柜和纸箱搬回家；朱玉梅为争吵时的话道歉。双方以后不再在楼道放东西。",
                    "manner": "present",
                    "calm": True,
                },
                {"by_day": 3},
            ),
        ),
        source=Source.GRID,
    ),
    Story(
        "D01",
        12.0,
        "父亲瘫痪后一直是我照顾，弟弟两年没有出过赡养费，也不来看。",
        _person("郭秀兰", 9),
        _person("郭文斌", 10),
        (
            *NAMED,
            _minutes("郭秀兰要求每月分担1,500元。郭文斌表示收入不够，只愿出500元。", "双方差距较大。"),
            Turn(MEDIATED, "fail", {"reason": "双方对每月分担的数额没有谈拢，再谈一次也难有结果。"}),
        ),
    ),
    Story(
        "D02",
        2.1,
        "楼下住户因为孩子跑跳声，几次上门砸门，还说见一次打一次，我和孩子都不敢下楼。",
        _person("何丽娟", 11),
        _person("马志刚", 12),
        (
            Turn(
                HEADED,
                "triage",
                {
                    "safety": "apart",
                    "crime": True,
                    "advice": "再来砸门先打110，不要开门。已告知妇女维权热线12338，孩子上学由社区结伴接送。",
                },
            ),
            Turn(HEADED, "report_on", {"to": "城关派出所", "note": "民警已上门训诫。"}),
            Turn(HEADED, "invite"),
            Turn(APPLICANT, "consent"),
        ),
    ),
    Story(
        "D10",
        3.0,
        "在火锅店干了四个月，走的时候压了两个月工资没发，一共7,200元。",
        _person("罗小军", 13),
        _person("河滨火锅店", 14),
        ASKED,
    ),
    Story(
        "D06",
        0.2,
        "我家的狗被对方的车压伤了，对方说狗没拴绳，一分不赔。",
        _person("梁晓东", 15),
        _person("邓海燕", 16),
    ),
    Story(
        "D14",
        8.5,
        "电梯坏了一个月，物业还上门催全年物业费，说不交就停水。",
        _person("程永红", 17),
        _person("安居物业", 18),
        place=RIVER,
        source=Source.PETITION,
    ),
)


def mediate_some(now: datetime) -> int:
    """Bring the disputes of the demo up to now, each as far as its story goes; return how many there are."""
    body = Body.objects.filter(organisation__name=COMMITTEE, until=None).first()
    if body is None:  # a demo of another place has nobody who mediates
        return 0
    _seat_head(body, now)
    return sum(_lived(story, now) for story in STORIES)


def _seat_head(body: Body, now: datetime) -> None:
    post = found(HEAD, kind=PostKind.HEAD, organisation=body.organisation, division=body.division, by=FOUNDER)
    account = Account.objects.create_user("demo-m00", called=CALLED)
    appoint(account, post, by=FOUNDER, since=now - HEAD_SINCE)


def _lived(story: Story, now: datetime) -> bool:
    at = now - timedelta(days=story.days)
    try:
        case = actions.apply(
            by=PartyActor("reporter"),
            text=story.text,
            category=Category.objects.get(kind="disputes", code=story.category),
            division=Division.objects.get(name=story.place),
            contact=story.applicant,
            other=story.respondent,
            source=story.source,
            at=at,
        ).case
    except Refusal:
        return False
    pause = (now - at) / (len(story.turns) + 1)
    for turn in story.turns:
        at += pause
        _take(Dispute.objects.select_related("case", "handler", "chair").get(pk=case), turn, at)
    return True


def _take(dispute: Dispute, turn: Turn, at: datetime) -> None:
    by = _actor(dispute, turn.who)
    if turn.step == SIGNED:
        _sign(dispute, by, at)
        return
    day = at.astimezone(PLACE_TIME)
    given = {**turn.given, **{name: _in(day, days, name) for name, days in turn.in_days.items()}}
    if "clauses" in given:
        given["clauses"] = [_clause(each, day.date()) for each in given["clauses"]]
    if turn.step == "appoint":
        given["to"] = _first_mediator()
    getattr(actions, turn.step)(dispute, by=by, seen=dispute.case.version, at=at, **given)


def _in(day: datetime, days: int, name: str) -> date | datetime:
    """A day to come, or at half past two on it."""
    then = (day + timedelta(days=days)).replace(hour=14, minute=30, second=0, microsecond=0)
    return then if name == "when" else then.date()


def _clause(given: Given, day: date) -> Clause:
    parts = tuple(Payment(day + timedelta(days=days), yuan * 100) for days, yuan in given.get("parts", ()))
    return Clause(**{name: value for name, value in given.items() if name != "parts"}, payments=parts)


def _actor(dispute: Dispute, who: str) -> Actor:
    if who == APPLICANT:
        return PartyActor("reporter", dispute.pk)
    if who == RESPONDENT:
        return PartyActor("respondent", dispute.pk, side=parties_of(dispute.case)[0].side)
    return _holder(dispute.handler if who == MEDIATED and dispute.handler else dispute.chair)


def _holder(post: Post | None) -> PostActor:
    held = Holding.objects.current().filter(post=post).select_related("post__division")
    return PostActor(held.order_by("acting")[0])


def _first_mediator() -> Post:
    """Who mediates at the committee of the stories."""
    return Post.objects.get(kind=PostKind.MEDIATOR, organisation__name=COMMITTEE, until=None)


def _sign(dispute: Dispute, by: Actor, at: datetime) -> None:
    versions = Document.objects.select_related("case", "wording").filter(
        case=dispute.case, template="disputes.agreement"
    )
    document = versions.latest("version")
    relation, seat = (by.relation, by.nr) if isinstance(by, PartyActor) else (MEDIATED, 0)
    sign(document, Signing(relation, Manner.CODE, seat=seat, at=at), digest=document.digest, by=by)
