"""One line of a chat without what is personal or only polite: numbers, names, greetings, stickers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.text import half_width
from linli.residents.keeping import plain_phone

SOMEBODY = "某某"
_NUMBER = "\ue000"  # stands where a number stood, until the words around it are gone too
MEDIA = {
    "voice": re.compile(r"\[(?:语音|语音消息|Voice|Audio)[^\]]*\](?:\s*\d+\s*(?:\"|''|″|秒))?"),
    "picture": re.compile(r"\[(?:图片|照片|Photo|Image)[^\]]*\]"),
    "video": re.compile(r"\[(?:视频|Video)(?!通话)[^\]]*\](?:\s*\d+:\d{2})?"),
    "file": re.compile(r"\[(?:文件|File)\].*$"),
}
_OF_NO_USE = re.compile(
    r"\[(?:名片|个人名片|链接|小程序|音乐|红包|转账|聊天记录|视频号|Link|Card)\].*$"
    r"|\[(?:位置|Location)\]"
    r"|\[[^\[\]\d]{1,8}\]"  # stickers as words: [流泪] [强] [OK]
    r"|https?://\S+"
    r"|[\w.+-]+@[\w-]+\.[\w.]+"
    r"|@[^\s,，。:：]{1,24}[ ]?"
)
_EMOJI = "[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\ufe0f\u20e3]"
_AT_THE_ENDS = re.compile(rf"^(?:{_EMOJI}|\s)+|(?:{_EMOJI}|\s)+$")
_IDENTITY = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{6}[ -]\d{8}[ -]\d{3}[\dXx])(?![\dXx])")
_CARD = re.compile(r"(?<!\d)(?:\d{16,19}|\d{4}(?: \d{4}){3}(?: \d{1,3})?)(?!\d)")
_WECHAT = re.compile(r"(?:加?我?的?微信号?|[Vv][Xx]|wx)\s*(?:是|[:：])?\s*[A-Za-z][-_A-Za-z0-9]{5,19}")
_TELEPHONE = re.compile(
    r"(?<![\d-])(?:(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}"
    r"|(?<=电话)(?:是|[:：])?\s?\d{7,8}|(?<=座机)(?:是|[:：])?\s?\d{7,8})(?![\d-])"
)
_AROUND_NUMBER = re.compile(
    r"(?:可以?|请|有事)?(?:打|拨打|联系)?(?:我|他|她|本人|家里|店里)?(?:爱人|老婆|老公|儿子|女儿|妈妈|爸爸|家人)?的?(?:联系|手机|电话|座机|联系人|号码){0,3}(?:方式|号码|号)?"
    rf"(?:也?是|为|[:：])?\s*{_NUMBER}(?:[,，、/ 或]*{_NUMBER})*\s*(?:[(（]?微信同号[)）]?|是我的电话|联系我)?"
)
_CONTACT_PERSON = re.compile(
    r"(?:联系人|反映人|姓名)\s*[:：]?\s*[\u4e00-\u9fff]{2,4}(?=[\s,，。;；、]|$|\ue000)"
)
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶"
    "阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚文"
)
_I_AM = re.compile(
    rf"(?:我叫|我姓名是|我名字叫|本人)(?:[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?=[\s,，。;；、]|$)|{SOMEBODY})"
    rf"|(?:我是|这里是){SOMEBODY}(?=[\s,，。;；、]|$)"
)
_TITLES = (
    r"(?:书记|主任|网格员|网格长|社区|领导|队长|经理|站长|老师|师傅|群主|邻居|同志|客服|物业|工作人员|管理员)"
)
_TO_WHOM = rf"(?:{SOMEBODY}|各位|[{_SURNAMES}小老]?{_TITLES}们?|[小老][{_SURNAMES}]|[{_SURNAMES}][姐哥叔])"
_POLITE = re.compile(
    rf"^(?:{_TO_WHOM}{{0,3}}(?:你好|您好|你们好|大家好|早上好|上午好|中午好|下午好|晚上好|早安|早|好)?"
    r"|在吗|在不在|在么|请问一?下?|打扰一?下?了?|不好意思|抱歉|求助|急"
    rf"|(?:非常|十分|太|先|那就|那)?(?:谢谢|多谢|感谢|辛苦|麻烦|拜托)(?:了|啦|你们?|您|大家|各位|领导|一下)*{_TO_WHOM}?"
    r"|(?:我们?)?(?:马上|这就|先)?(?:去)?(?:联系|反映|反馈|上报|报上去|核实)(?:一下|了|去)*|都行|都可以|都能?打?通"
    r"|收到|好的?|好嘞|嗯+|哦+|噢|行|可以|知道了|明白|了解|没问题|不客气|应该的|没事|OK|ok|Ok|1|哈+|呵+|再见|拜拜|晚安|辛苦"
    r"|支持|赞|顶|加一|\+1|同上|同问)"
    r"(?:啊|呀|哈|呢|了|啦|哦|噢|的|吧|哟)*$"
)
_COMMA_LEFT_BEHIND = re.compile(r"(?<=[。！？!?；;])\s*[,，、]+")
_BREAKS = ",，。.!！?？~～;；、…:： "
_CLAUSE = re.compile(rf"[^{_BREAKS}]*[{_BREAKS}]+|[^{_BREAKS}]+$")  # a clause with what ends it


@dataclass(frozen=True)
class PlainLine:
    """One line: its words, the telephone numbers it gave as digits, and what in it was no text."""

    words: str
    phones: list[str]
    media: Counter[str]


def plain_line(line: str, names: Iterable[str]) -> PlainLine:
    """A line as the matter may keep it: nobody in it, no number, nothing that is only polite."""
    media: Counter[str] = Counter()
    rest = line
    for kind, form in MEDIA.items():
        rest, times = form.subn(" ", rest)
        media.update([kind] * times)
    rest, phones = _without_numbers(rest)
    return PlainLine(_plain_words(rest, names), phones, media)


def holds_number(text: str) -> bool:
    """Whether a text that is to be about no person holds a telephone, identity or card number, or a chat account."""
    plain = half_width(text)
    return any(each.search(plain) for each in (_IDENTITY, _TELEPHONE, _CARD, _WECHAT))


def _without_numbers(line: str) -> tuple[str, list[str]]:
    line = _IDENTITY.sub(_("(ID number left out)"), line)
    found: list[str] = []

    def noted(number: re.Match[str]) -> str:
        try:
            found.append(plain_phone(re.sub(r"^(?:是|[:：])", "", number.group())))
        except Invalid:
            return number.group()
        return _NUMBER

    line = _TELEPHONE.sub(noted, line)
    line = _CARD.sub(_("(number left out)"), line)
    return _WECHAT.sub("", line), found


def _plain_words(line: str, names: Iterable[str]) -> str:
    line = _OF_NO_USE.sub(" ", line)
    for name in sorted((name for name in names if len(name) > 1), key=len, reverse=True):
        line = line.replace(name, SOMEBODY)
    line = _I_AM.sub("", _CONTACT_PERSON.sub("", line))
    line = _COMMA_LEFT_BEHIND.sub("", _AROUND_NUMBER.sub("", line).replace(_NUMBER, ""))
    return _without_politeness(re.sub(r" +", " ", _AT_THE_ENDS.sub("", line)))


def _without_politeness(line: str) -> str:
    """Drop polite clauses from both ends; inside, they belong to a sentence."""
    parts = _CLAUSE.findall(line)
    while parts and _says_nothing(parts[0]):
        del parts[0]
    while parts and _says_nothing(parts[-1]):
        del parts[-1]
    return "".join(parts).strip().strip(",，、;；:：")


def _says_nothing(part: str) -> bool:
    clause = _AT_THE_ENDS.sub("", part.strip(_BREAKS))
    return bool(_POLITE.match(clause))
