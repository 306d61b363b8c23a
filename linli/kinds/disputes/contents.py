"""What the papers of a dispute say, from plain values, in the order of the official forms (司发通〔2010〕239号).

They are in Chinese whatever language the mediator reads: they go on paper here. Whoever signs, signs these words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from linli.documents.contents import Contents, Part, Place, Row
from linli.kinds.disputes.clauses import Clause, Sort
from linli.kinds.disputes.legal_words import as_agreed, day_of, performed, sum_of
from linli.kinds.disputes.sums import numeral

MEDIATOR, RECORDER = "mediator", "recorder"
SIGNS = "（签名、盖章或按指印）"
_FACTS, _HOW, _WHERE = "纠纷主要事实、争议事项", "履行方式、地点、期限", "履行地点："
AGENT, NAME = "代理人", "姓名"
TOLD = "人民调解委员会已将人民调解的相关规定告知各方当事人。"
RIGHTS = (
    "人民调解委员会是依法设立的调解民间纠纷的群众性组织，调解民间纠纷，不收取任何费用。",
    "调解在当事人自愿、平等的基础上进行，不违背法律、法规和国家政策；尊重当事人的权利，不因调解而阻止当事人依法通过仲裁、行政、司法等途径维护自己的权利。",
    "当事人有权选择或者接受人民调解员；有权接受调解、拒绝调解或者要求终止调解，均不需要说明理由；有权要求调解公开进行或者不公开进行；有权自主表达意愿、自愿达成调解协议。",
    "当事人应当如实陈述纠纷事实，遵守调解现场秩序，尊重人民调解员，尊重对方当事人行使权利。",
    "调解达成的协议具有法律约束力，当事人应当按照约定履行。双方认为有必要的，可以自调解协议生效之日起三十日内共同向人民法院申请司法确认。",
    "调解中了解的个人隐私、商业秘密予以保密。",
)
PROMISES = (
    "申请人出于解决纠纷的目的自愿达成协议，没有恶意串通、规避法律的行为；",
    "如果因为该协议内容而给他人造成损害的，愿意承担相应的民事责任和其他法律责任。",
)


@dataclass(frozen=True)
class Person:
    """A party as papers name them: number and relation in the case, what they are called in it, name, and details.

    `details` are those of the form that are known (性别, 联系方式 ...); `agent` acts for them, by law or by their word;
    `heir_of`: the number of who died, in whose place they stand.
    """

    nr: int
    relation: str
    called: str
    name: str
    details: Sequence[Row] = ()
    agent: str = ""
    heir_of: int | None = None

    @property
    def place(self) -> Place:
        """Where they sign."""
        return Place(f"{self.called} {self.name}{self.acted_for}{SIGNS}", self.relation, self.nr)

    @property
    def acted_for(self) -> str:
        """Who signs in their stead, as the place to sign says it; empty where they sign themselves."""
        return f"，代理人 {self.agent}" if self.agent else ""


@dataclass(frozen=True)
class File:
    """What every paper of a dispute has on it: its number, the mediating body, who is at odds, and the day."""

    number: str
    body: str
    people: Sequence[Person]
    on: date
    mediator: str = ""
    recorder: str = ""
    former: Mapping[int, str] = field(default_factory=dict)

    @property
    def names(self) -> dict[int, str]:
        """The parties by their number, also those who died since."""
        return {**self.former, **{each.nr: each.name for each in self.people}}

    @property
    def signing(self) -> tuple[Place, ...]:
        """All sides, the mediator, and whoever keeps the record."""
        places = [each.place for each in self.people]
        places.append(Place(f"人民调解员 {self.mediator}（签名）", MEDIATOR))
        if self.recorder:
            places.append(Place(f"记录人 {self.recorder}（签名）", RECORDER))
        return tuple(places)


def represented(file: File, agents: Mapping[int, str]) -> File:
    """The same with who acts for whom, by the party's number; who acts by a row of the case is named already."""
    people = [replace(each, agent=each.agent or agents.get(each.nr, "")) for each in file.people]
    return replace(file, people=people)


@dataclass(frozen=True)
class Agreed:
    """What was agreed: the facts both sides sign for, the clauses, and where it is performed."""

    facts: str
    clauses: Sequence[Clause] = ()
    words: str = ""
    place: str = ""


@dataclass(frozen=True)
class Sitting:
    """A session as its minutes tell it: the how manieth, when, where. `present` are others than the parties; `apart`:
    one side after the other, and then the minutes are for those `sides` only.
    """

    began: datetime
    place: str
    subject: str
    said: str
    result: str = ""
    present: str = ""
    apart: bool = False
    nr: int = 1
    sides: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Owing:
    """Something that is due: which line of the plan, by when, what in words, the sum in fen, and which side owes it."""

    nr: int
    day: date
    act: str = ""
    fen: int = 0
    who: int | None = None


def application(file: File, facts: str, wishes: Sequence[str]) -> Contents:
    """人民调解申请书: who asks whom, what it is about, what is wished; signed by whoever asks."""
    own = [each for each in file.people if each.nr == 0]
    return Contents(
        title="人民调解申请书",
        number=file.number,
        addressed=file.body,
        parts=(
            *_persons(file.people),
            Part("纠纷简要情况", _paragraphs(facts)),
            Part("当事人申请事项", _numbered(wishes)),
            Part(
                paragraphs=(
                    "人民调解委员会已将申请人民调解的相关规定告知我，现自愿申请人民调解委员会进行调解。",
                )
            ),
        ),
        date=day_of(file.on),
        signing=tuple(each.place for each in own),
        extra=_extra(file.people),
    )


def consent(file: File, ways: Sequence[str]) -> Contents:
    """人民调解权利义务告知书（同意调解确认书): rights, duties, the other lawful ways; each side says yes by signing."""
    said = (
        "我已阅读（或听人宣读）并理解以上内容，自愿同意由{body}调解本纠纷。"
        "我知道可以随时要求终止调解，不需要说明理由。"
    )
    return Contents(
        title="人民调解权利义务告知书",
        number=file.number,
        addressed="、".join(each.name for each in file.people),
        parts=(
            Part(
                paragraphs=("根据《中华人民共和国人民调解法》，现将调解的性质、原则和您的权利义务告知如下：",)
            ),
            Part("调解的性质、原则和权利义务", _numbered(RIGHTS)),
            Part("其他依法可以采取的途径", _numbered(ways)),
            Part("同意调解确认", (said.format(body=file.body),)),
        ),
        body=file.body,
        date=day_of(file.on),
        signing=tuple(each.place for each in file.people),
    )


def minutes(file: File, sitting: Sitting) -> Contents:
    """人民调解记录（笔录): when, where, who, what was said, what came of it; read back and signed."""
    there = [each for each in file.people if not sitting.sides or each.nr in sitting.sides]
    rows = [
        Row("时间", moment_of(sitting.began)),
        Row("地点", sitting.place),
        Row("事由", sitting.subject),
        Row("方式", "分别调解" if sitting.apart else "当面调解"),
        Row("当事人", "、".join(f"{each.name}（{each.called}）" for each in there)),
        Row("参加人", sitting.present),
        Row("人民调解员", file.mediator),
        Row("记录人", file.recorder),
    ]
    parts = [
        Part(paragraphs=(TOLD,), rows=[row for row in rows if row.value]),
        Part("调解记录", _paragraphs(sitting.said)),
    ]
    parts += [Part("调解结果", _paragraphs(sitting.result))] if sitting.result else []
    parts.append(Part(paragraphs=("以上记录已交当事人阅读或者向当事人宣读，当事人认为无误。",)))
    kept = {each.nr for each in there}
    signing = [
        place for place in file.signing if place.relation in {MEDIATOR, RECORDER} or place.seat in kept
    ]
    return Contents(
        title="人民调解记录" if sitting.nr < 2 else f"人民调解记录（第{sitting.nr}次）",
        number=file.number,
        parts=parts,
        date=day_of(file.on),
        signing=signing,
        part=sitting.nr,
        only=sorted(kept) if sitting.apart else (),
    )


def agreement(file: File, agreed: Agreed, *, attempt: int = 1) -> Contents:
    """人民调解协议书: the sides, the facts, what was agreed, how and when it is performed; 人民调解法 29.

    That of a later `attempt` stands beside an earlier one, which binds until this one does.
    """
    return Contents(
        title="人民调解协议书",
        number=file.number,
        parts=(
            *_persons(file.people),
            Part(_FACTS, _paragraphs(agreed.facts)),
            Part("经调解，自愿达成如下协议：", _clauses(file, agreed)),
            Part(_HOW, _performed(file, agreed)),
            Part(paragraphs=(_copies(file),)),
        ),
        body=file.body,
        date=day_of(file.on),
        signing=file.signing,
        extra=_extra(file.people, seal="人民调解委员会印章"),
        part=attempt if attempt > 1 else 0,
    )


def oral_record(file: File, agreed: Agreed) -> Contents:
    """人民调解口头协议登记表: the same in short; it binds from the moment it was said (人民调解法 30)."""
    return Contents(
        title="人民调解口头协议登记表",
        number=file.number,
        parts=(
            *_persons(file.people),
            Part(_FACTS, _paragraphs(agreed.facts)),
            Part("经调解，自愿达成如下协议：", _clauses(file, agreed)),
            Part(_HOW, _performed(file, agreed)),
            Part("生效时间", ("口头调解协议自各方当事人达成协议之日起生效。",)),
        ),
        body=file.body,
        date=day_of(file.on),
        signing=file.signing,
        extra=_extra(file.people, seal="人民调解委员会印章"),
    )


def confirmation(file: File, agreed: Agreed, effective: date, court: str = "") -> Contents:
    """司法确认申请书: both sides ask the court together, within thirty days (人民调解法 33, 民事诉讼法 205)."""
    made = f"{file.body}主持各方当事人于{day_of(effective)}达成的人民调解协议（编号：{file.number}）"
    wish = f"请求人民法院依法确认{made}有效。"
    told = f"申请人因纠纷申请（接受）{file.body}调解，自愿达成调解协议。协议自{day_of(effective)}起生效，主要内容如下："
    papers = ("人民调解协议书；", "申请人的身份证明；", "与调解协议相关的财产权利证明等材料（如有）。")
    return Contents(
        title="司法确认申请书",
        number=file.number,
        parts=(
            *_persons([Person(p.nr, p.relation, "申请人", p.name, p.details, p.agent) for p in file.people]),
            Part("请求事项", (wish,)),
            Part("事实与理由", (told, *_clauses(file, agreed))),
            Part("申请人承诺", _numbered(PROMISES)),
            Part("附件", _numbered(papers)),
        ),
        date=day_of(file.on),
        signing=tuple(
            Place(f"申请人 {each.name}{each.acted_for}{SIGNS}", each.relation, each.nr)
            for each in file.people
        ),
        extra=_extra(file.people, to=court or "人民法院"),
    )


def ending(file: File, reason: str, ways: Sequence[str]) -> Contents:
    """终止调解告知书: that it ended, why if anybody said so, and the lawful ways (人民调解法 26)."""
    why = reason or "本纠纷经调解未能达成协议（或者当事人要求终止调解）。"
    return Contents(
        title="终止调解告知书",
        number=file.number,
        addressed="、".join(each.name for each in file.people),
        parts=(
            Part(paragraphs=(f"您申请（接受）{file.body}调解的纠纷，现决定终止调解。", *_paragraphs(why))),
            Part("您可以依法采取的途径", _numbered(ways)),
            Part(paragraphs=("终止调解不影响您依法享有的权利。请注意法律关于诉讼时效、仲裁时效的规定。",)),
        ),
        body=file.body,
        date=day_of(file.on),
        signing=tuple(Place(f"收件人 {each.name}（签收）", each.relation, each.nr) for each in file.people),
        extra={"seal": "人民调解委员会印章"},
    )


def reminder(file: File, owing: Owing) -> Contents:
    """履行提醒: what is due when, or is overdue, to whoever owes it, and whom to tell if it cannot be kept."""
    rows = [Row("约定事项", owing.act or "按协议支付款项")]
    rows += [Row("本期应付", sum_of(owing.fen))] if owing.fen else []
    those = [each for each in file.people if owing.who in (None, each.nr, each.heir_of)]
    late = file.on > owing.day
    how = "已到期，尚未登记履行，请尽快履行：" if late else "即将到期，请按约定履行："
    return Contents(
        title="调解协议履行提醒",
        number=file.number,
        addressed="、".join(each.name for each in those),
        parts=(
            Part(paragraphs=(f"您在人民调解协议中约定的以下事项{how}",)),
            Part(rows=[*rows, Row("履行期限", f"{day_of(owing.day)}前（含当日）")]),
            Part(
                paragraphs=(
                    "已经履行的，请凭编号和查询码登记履行情况。确有困难的，请及早与对方协商或者联系人民调解员；变更约定须经双方同意。",
                    "人民调解协议具有法律约束力。不履行的，对方当事人可以依法向人民法院提起诉讼；协议经司法确认的，可以申请强制执行。",
                )
            ),
        ),
        body=file.body,
        date=day_of(file.on),
        part=owing.nr,
        only=[each.nr for each in those],
    )


def told_before(data: Mapping[str, Any]) -> dict[str, str]:
    """What an earlier version of an agreement said besides its clauses, as the editor asks for it."""
    told = {part["heading"]: part["paragraphs"] for part in data.get("parts", ())}
    places = [line for line in told.get(_HOW, ()) if line.startswith(_WHERE)]
    found = {"facts": "\n".join(told.get(_FACTS, ()))}
    return found | ({"place": places[0].removeprefix(_WHERE).removesuffix("。")} if places else {})


def moment_of(moment: datetime) -> str:
    """A moment as papers write it."""
    at = timezone.localtime(moment)
    return f"{day_of(at.date())}{at.hour}时{at.minute:02}分"


def _persons(people: Sequence[Person]) -> tuple[Part, ...]:
    return tuple(Part(each.called, rows=_details(each)) for each in people)


def _details(person: Person) -> list[Row]:
    agent = [Row(AGENT, person.agent)] if person.agent else []
    return [Row(NAME, person.name), *person.details, *agent]


def _extra(people: Sequence[Person], **more: str) -> dict[str, object]:
    """`persons`: how many of the first parts tell who somebody is; the template rules those as the form does."""
    return {"persons": len(people), **more}


def _clauses(file: File, agreed: Agreed) -> tuple[str, ...]:
    if not agreed.clauses:
        return _paragraphs(agreed.words)
    return _numbered([as_agreed(each, file.names) for each in agreed.clauses])


def _performed(file: File, agreed: Agreed) -> tuple[str, ...]:
    said = [f"{_WHERE}{agreed.place}。"] if agreed.place else []
    ways = [
        performed(each, nr, file.names)
        for nr, each in enumerate(agreed.clauses, 1)
        if each.sort == Sort.MONEY
    ]
    return (
        *said,
        *(line for way in ways for line in way),
        *([] if said or ways else ["按协议约定的方式和期限履行。"]),
    )


def _copies(file: File) -> str:
    return f"本协议一式{numeral(len(file.people) + 1)}份，当事人、人民调解委员会各持一份。"


def _numbered(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{nr}．{line}" for nr, line in enumerate(lines, 1))


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
