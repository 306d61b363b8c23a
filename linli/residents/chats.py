"""Reading a chat that somebody pasted: the words of the matter without who said them.

Rules, not guesses: each says what it takes out. Nothing is kept; whoever pasted it reads the draft before it is saved.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from linli.base.text import half_width, tidy
from linli.residents.chat_times import Moments, moment_in
from linli.residents.chat_words import plain_line
from linli.residents.openings import proposes
from linli.residents.own_activities import DRAFTS

LONGEST = 20_000  # characters of a chat; more nobody reads through while somebody waits
_LONGEST_NAME = 16
_NAME = r"(?P<name>[^\s:：\[\]【】「」][^:：\[\]【】「」]{0,23}?)"
_WHEN = (
    r"(?P<when>(?:20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/月]\d{1,2}日?|今天|昨天|前天|星期.|周.)?\s*"
    r"(?:凌晨|早上|上午|中午|下午|晚上)?\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?\s*(?:[AaPp][Mm])?)"
)
_NAME_THEN_TIME = re.compile(rf"^{_NAME}[\s:：]+{_WHEN}$")
_TIME_THEN_NAME = re.compile(rf"^[\[【(（]?{_WHEN}[\]】)）]?\s*{_NAME}\s*[:：]\s*(?P<text>.*)$")
_TIME_THEN_NAME_ALONE = re.compile(rf"^20\d\d[-/].*?\d{{1,2}}:\d{{2}}(?::\d{{2}})?\s+{_NAME}(?:\(\d+\))?$")
_TIME_ALONE = re.compile(rf"^[-—–=·\s]*{_WHEN}[-—–=·\s]*$")
_DAY_ALONE = re.compile(r"^[-—–=·\s]*(?P<when>20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?)[-—–=·\s]*$")
_NAME_THEN_TEXT = re.compile(r"^(?P<name>[^\s:：\[\]【】「」，。！？,!?]{1,12})[:：]\s*(?P<text>\S.*)$")
_TITLE = re.compile(
    r"^(?:微信)?(?:(?P<one>\S{1,20}?)(?:和|与)(?P<two>\S{1,20}?)的|.{0,20})聊天记录(?:如下)?[:：]?$"
)
_RULE = re.compile(r"^[-—–=_*·.\s]{3,}$")
_QUOTED = re.compile(r"「(?P<said>[^「」]+)」\s*\n\s*(?:[-—–]\s*){3,}\n?")
_NOTICE = re.compile(
    r"撤回了一条消息|以下[为是]新消息|加入了?群聊|移出了?群聊|拍了拍|修改群名|开始聊天了|领取了.*红包|^查看更多消息$"
)
# What stands before a colon without being anybody.
_LABELS = re.compile(
    r"地[点址]|时间|电话|手机|联系|姓名|问题|情况|诉求|事[项由]|位置|备注|反映|原因|要求|标题|内容|身份证|微信|小区"
    r"|楼|转发|通知|公告|紧急|提醒|注|附|答|问|https?|如下|例如|建议|说|意思|结果"
)
_NO_NAME = re.compile(
    r"[，。！？,!?、；;]|昨|今天|今早|今晚|早上|上午|下午|晚上|凌晨|[到从在]|[点时]$|[坏漏停堵响]了"
)


@dataclass(frozen=True)
class Chat:
    """What a chat says. `phones` as digits; `left_out` counts what was no text: voice, picture, video, file.

    `speakers`: how many people the words are of, as far as the chat says who spoke.
    """

    words: str
    phones: tuple[str, ...] = ()
    said_at: datetime | None = None
    left_out: dict[str, int] = field(default_factory=dict)
    speakers: int = 0


@dataclass
class _Message:
    when: datetime | None
    lines: list[str]
    name: str = ""


class _Reader:
    """Goes through the lines once; remembers who spoke, and at what time the words that follow were said."""

    def __init__(self, lines: Sequence[str], names: set[str], now: datetime) -> None:
        self.names = names
        self.moments = Moments(now)
        self.messages: list[_Message] = [_Message(None, [])]
        for line in lines:
            self._read(line)

    def _read(self, line: str) -> None:
        if _NOTICE.search(line) or _RULE.match(line) or _TITLE.match(line):
            return
        if alone := _DAY_ALONE.match(line) or _TIME_ALONE.match(line):
            self._begin(moment_in(alone["when"], self.moments))
        elif headed := header_of(line):
            self.names.add(tidy(headed["name"]))
            self._begin(moment_in(headed.groupdict().get("when") or line, self.moments), tidy(headed["name"]))
            self._say(headed.groupdict().get("text") or "")
        elif (spoken := _NAME_THEN_TEXT.match(line)) and spoken["name"] in self.names:
            self._begin(self.messages[-1].when, spoken["name"])
            self._say(spoken["text"])
        else:
            self._say(line)

    def _begin(self, when: datetime | None, name: str = "") -> None:
        self.messages.append(_Message(when, [], name))

    def _say(self, line: str) -> None:
        if line:
            self.messages[-1].lines.append(line)


def header_of(line: str) -> re.Match[str] | None:
    """The line above somebody's words, or before them: who, and when."""
    for form in (_TIME_THEN_NAME, _TIME_THEN_NAME_ALONE, _NAME_THEN_TIME):
        found = form.match(line)
        if found and not _NO_NAME.search(found["name"]):
            return found
    return None


@proposes(DRAFTS)
def draft_of(text: str, *, now: datetime) -> Chat:
    """The same as `read_chat`, for a desk: refused while its activity has no impact assessment."""
    return read_chat(text, now=now)


def read_chat(text: str, *, now: datetime) -> Chat:
    """Read a chat as it is copied out of a messenger, in the order it was said; the same text gives the same draft."""
    pasted, quoted = _without_quotes(half_width(tidy(text[:LONGEST])))
    lines = _one_line_headers([_tidied(line) for line in pasted.split("\n")])
    reader = _Reader(lines, quoted | _names_before_colons(lines), now)
    media: Counter[str] = Counter()
    phones: list[str] = []
    said: list[str] = []
    spoke: set[str] = set()
    first: datetime | None = None
    for message in reader.messages:
        for line in (plain_line(each, reader.names) for each in message.lines):
            media += line.media
            phones += line.phones
            if line.words:
                said.append(line.words)
                spoke.add(message.name)
                first = first or message.when
    return Chat(
        words="\n".join(dict.fromkeys(said)),  # what was sent twice is said once
        phones=tuple(dict.fromkeys(phones)),
        said_at=first if first and first <= now else None,
        left_out=dict(media),
        speakers=len(spoke - {""}),
    )


def _names_before_colons(lines: Sequence[str]) -> set[str]:
    """Who speaks where a name and a colon stand before the words: forwarded records, or a name that comes again."""
    forwarded = [title for line in lines if (title := _TITLE.match(line))]
    names = {name for title in forwarded for name in (title["one"], title["two"]) if name}
    before = Counter(found["name"] for line in lines if (found := _NAME_THEN_TEXT.match(line)))
    likely = {name: times for name, times in before.items() if not _LABELS.search(name)}
    if forwarded or max(likely.values(), default=0) > 1:
        names |= set(likely)
    headed = {tidy(found["name"]) for line in lines if (found := header_of(line))}
    return names | (headed & set(before))


def _without_quotes(text: str) -> tuple[str, set[str]]:
    """A quoted message is left out where it stands in the chat itself, else its words are kept; and who was quoted."""
    names = set()

    def kept(found: re.Match[str]) -> str:
        said = re.match(r"(?:([^:：\n]{1,24})[:：]\s*)?(.*)", found["said"].strip(), re.DOTALL)
        name, words = said.groups() if said else ("", "")
        if name and not _LABELS.search(name):
            names.add(name.strip())
        return "" if text.count(words) > 1 else f"{words}\n"

    return _QUOTED.sub(kept, text), names


def _one_line_headers(lines: Sequence[str]) -> list[str]:
    """Some messengers put name and time on two lines: the first line of all, or one that comes again, is a name."""
    found: list[str] = []
    for line in lines:
        before = found[-1] if found else ""
        is_name = 0 < len(before) <= _LONGEST_NAME and not (_NO_NAME.search(before) or header_of(before))
        if is_name and _TIME_ALONE.match(line) and (len(found) == 1 or lines.count(before) > 1):
            found[-1] = f"{before} {line}"
        else:
            found.append(line)
    return found


def _tidied(line: str) -> str:
    return re.sub(r"[\u2000-\u200d\u2028-\u202f\u2060\ufeff\xa0\t ]+", " ", line).strip()
