"""Sums of money in agreements: whole fen, read from the ways people write them, written as papers must say them.

Chinese numerals follow 支付结算办法 (银发〔1997〕393号), annex 1: 零 stands in every gap, and may be left out where
the annex allows it; 整 ends a sum without 角 and 分. What can be read in two ways is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from django.utils.translation import gettext as _

from linli.base.errors import Invalid

MOST = 10**12 * 100 - 1  # fen: less than 1e12 yuan, the largest that 亿 says without 万亿
_PLAIN = "零一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_UNITS = {"十": 10, "百": 100, "千": 1000}
_GROUPS = {"万": 10_000, "亿": 100_000_000}
_TO_FORMAL = str.maketrans(f"{_PLAIN}十百千", f"{_FORMAL}拾佰仟")
_ONLY_PLAIN = frozenset("一二两三四五六七八九十百千")
_FORMAL_FORMS = "壹貳贰弍参叁參叄肆伍陆陸柒捌玖拾佰仟"
_TO_PLAIN = str.maketrans(
    f"{_FORMAL_FORMS}两〇○圆圓块萬億正", "一二二二三三三三四五六六七八九十百千二零零元元元万亿整"
)
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # ，．：（）０-９ as people type them
_LABEL = re.compile(r"^(人民币|RMB|CNY|[¥￥])+[:：]?")
_DIGITS = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?(万|亿)?元?整?", re.ASCII)
_LONGEST = 60


def fen_of(typed: str) -> int:
    """A sum in fen from what somebody typed; Invalid says how to write what cannot be read for certain."""
    text = _bare(typed)
    if not text:
        raise Invalid(_("Please write the sum, such as 12,000.50 or 壹万贰仟元整."))
    if text[0] in "-−–负負":
        raise Invalid(_("A sum cannot be less than nothing. Write who pays whom instead."))
    _check_one_kind(text)
    found = _from_digits(text) if re.search(r"\d", text) else _from_numerals(text.translate(_TO_PLAIN))
    if found > MOST:
        raise _too_large()
    return found


def digits(fen: int) -> str:
    """A sum as papers say it in digits: 12,000元, 12,000.50元."""
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{rest:02}元" if rest else f"{whole:,}元"


def capitals(fen: int) -> str:
    """A sum in formal numerals (大写): 壹万贰仟元整. ValueError for what the numerals do not reach."""
    if not 0 <= fen <= MOST:
        raise ValueError(fen)
    return next(_spellings(fen)).translate(_TO_FORMAL)


def numeral(number: int) -> str:
    """A count from one to 9999 in plain numerals, as people say how many: 三, 十三, 三十."""
    said = _section(number)
    return said.removeprefix("一") if 10 <= number < 20 else said


def _bare(typed: str) -> str:
    """What stands there, without blanks, currency signs and the width of characters."""
    if len(typed) > _LONGEST:
        raise _unclear()
    text = "".join(typed.translate(_NARROW).split())
    return _LABEL.sub("", text.replace("(大写)", "").replace("(小写)", ""))


def _check_one_kind(text: str) -> None:
    """Digits beside numerals, or 壹 beside 一, is how sums are altered: nobody guesses at those."""
    formal = any(letter in _FORMAL_FORMS for letter in text)
    plain = any(letter in _ONLY_PLAIN for letter in text)
    if formal + plain + bool(re.search(r"\d", text)) > 1:
        raise Invalid(
            _(
                "This sum mixes digits and numerals, or two kinds of numerals. Write it in one way, "
                "such as 12,000.50 or 壹万贰仟元整."
            )
        )


def _from_digits(text: str) -> int:
    found = _DIGITS.fullmatch(text.translate(_TO_PLAIN))
    if found is None:
        raise _unclear()
    whole, decimals, group = found[1].replace(",", ""), (found[2] or "").rstrip("0"), found[3]
    if len(whole) > len(str(MOST)):
        raise _too_large()
    places = 2 + (len(str(_GROUPS[group])) - 1 if group else 0)
    if len(found[2] or "") > places:
        raise Invalid(_("A sum ends with fen: at most two digits after the point, such as 12,000.50."))
    return int(whole + decimals.ljust(places, "0"))


def _from_numerals(text: str) -> int:
    """A sum in Chinese numerals: read loosely, then held against every correct way to write what was read."""
    whole, yuan, rest = text.partition("元")
    if not yuan and (text.endswith(("角", "分", "角整"))):
        whole, rest = "", text
    found = _cents(rest) + 100 * _number(whole.removesuffix("整"))
    if found > MOST:
        raise _too_large()
    if text not in set(_typed_spellings(found)):
        raise _unclear()
    return found


def _number(text: str) -> int:
    total = section = digit = 0
    for letter in text:
        if letter in _PLAIN:
            digit = _PLAIN.index(letter)
        elif letter in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[letter], 0
        elif letter in _GROUPS:
            total, section, digit = total + (section + digit) * _GROUPS[letter], 0, 0
        else:
            raise _unclear()
    return total + section + digit


def _cents(text: str) -> int:
    found = re.fullmatch(rf"零?(?:([{_PLAIN}])角)?零?(?:([{_PLAIN}])分)?整?", text)
    if found is None:
        raise _unclear()
    jiao, fen = (_PLAIN.index(each) if each else 0 for each in found.groups())
    return jiao * 10 + fen


def _typed_spellings(fen: int) -> Iterator[str]:
    """What somebody may have typed for a sum, besides the paper's own ways: 元 and 整 are often left out."""
    for spelling in _spellings(fen):
        short = spelling.removesuffix("整")
        yield from (spelling, short)
        if short.endswith("元"):
            yield from (short.removesuffix("元"), f"{short.removesuffix('元')}整")
        if short.endswith("角"):
            yield f"{short}整"
        if short.startswith("一十"):
            yield from (each.removeprefix("一") for each in (spelling, short, short.removesuffix("元")))


def _spellings(fen: int) -> Iterator[str]:
    """Every correct way to write a sum, the one that the annex names first coming first."""
    whole, rest = divmod(fen, 100)
    jiao, last = divmod(rest, 10)
    for number in _wholes(whole):
        before = f"{number}元" if whole or not rest else ""
        if not rest:
            yield f"{before}整"
        for gap in _gaps_before_cents(whole, jiao):
            if rest:
                yield (
                    before
                    + gap
                    + (f"{_PLAIN[jiao]}角" if jiao else "")
                    + (f"{_PLAIN[last]}分" if last else "")
                )


def _gaps_before_cents(whole: int, jiao: int) -> tuple[str, ...]:
    if not whole:
        return ("",)
    if not jiao:
        return ("零",)
    return ("零", "") if whole % 10 == 0 else ("",)


def _wholes(number: int) -> Iterator[str]:
    """Every correct way to write a whole number, in groups of four digits."""
    if number == 0:
        yield "零"
        return
    groups = [(number // 10**8, "亿"), (number // 10**4 % 10**4, "万"), (number % 10**4, "")]
    parts: list[tuple[str, ...]] = []
    above = 0
    for value, name in groups:
        if value:
            parts.append(tuple(gap + _section(value) + name for gap in _gaps(above, value)))
        above = above * 10_000 + value
    for each in product(*parts):
        yield "".join(each)


def _gaps(above: int, value: int) -> tuple[str, ...]:
    """零 between groups: must stand before a gap; after a group that ends in 0 it may, if no digit is missing."""
    if not above:
        return ("",)
    if value < 1000 or above % 10_000 == 0:
        return ("零",)
    return ("", "零") if above % 10 == 0 else ("",)


def _section(value: int) -> str:
    """One to 9999."""
    said, gap = "", False
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, size)
        if digit:
            said += ("零" if gap and said else "") + _PLAIN[digit] + unit
        gap = not digit
    return said


def _unclear() -> Invalid:
    return Invalid(
        _(
            "This sum cannot be read for certain. Write it in digits, such as 12000 or 12,000.50, "
            "or in full numerals, such as 壹万贰仟元整."
        )
    )


def _too_large() -> Invalid:
    return Invalid(_("This sum is too large for an agreement. Please check the number of digits."))
