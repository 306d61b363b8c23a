"""Sums: every way people write them is read for certain or refused; what papers say is what the annex demands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.base.errors import Invalid
from linli.kinds.disputes.sums import MOST, capitals, digits, fen_of

# The examples of 支付结算办法 (银发〔1997〕393号) annex 1, each with the second way it allows, if it names one.
OFFICIAL = [
    (140950, "壹仟肆佰零玖元伍角", ""),
    (600714, "陆仟零柒元壹角肆分", ""),
    (168032, "壹仟陆佰捌拾元零叁角贰分", "壹仟陆佰捌拾元叁角贰分"),
    (10700053, "壹拾万柒仟元零伍角叁分", "壹拾万零柒仟元伍角叁分"),
    (1640902, "壹万陆仟肆佰零玖元零贰分", ""),
    (32504, "叁佰贰拾伍元零肆分", ""),
]
CAPITALS = [
    (0, "零元整"),
    (1, "壹分"),
    (10, "壹角"),
    (55, "伍角伍分"),
    (100, "壹元整"),
    (101, "壹元零壹分"),
    (110, "壹元壹角"),
    (1000, "壹拾元整"),
    (1005, "壹拾元零伍分"),
    (1050, "壹拾元零伍角"),
    (1500, "壹拾伍元整"),
    (2000, "贰拾元整"),
    (10000, "壹佰元整"),
    (10100, "壹佰零壹元整"),
    (11000, "壹佰壹拾元整"),
    (50000, "伍佰元整"),
    (100000, "壹仟元整"),
    (100100, "壹仟零壹元整"),
    (101000, "壹仟零壹拾元整"),
    (110000, "壹仟壹佰元整"),
    (350000, "叁仟伍佰元整"),
    (1000000, "壹万元整"),
    (1000100, "壹万零壹元整"),
    (1001000, "壹万零壹拾元整"),
    (1010000, "壹万零壹佰元整"),
    (1100000, "壹万壹仟元整"),
    (1200000, "壹万贰仟元整"),
    (1200050, "壹万贰仟元零伍角"),
    (10000000, "壹拾万元整"),
    (10500000, "壹拾万伍仟元整"),
    (12345678, "壹拾贰万叁仟肆佰伍拾陆元柒角捌分"),
    (100000000, "壹佰万元整"),
    (100000001, "壹佰万元零壹分"),
    (100010000, "壹佰万零壹佰元整"),
    (1000000000, "壹仟万元整"),
    (1000100000, "壹仟万壹仟元整"),
    (10000000000, "壹亿元整"),
    (10000050000, "壹亿零伍佰元整"),
    (10000500000, "壹亿零伍仟元整"),
    (10050000000, "壹亿零伍拾万元整"),
    (10500000000, "壹亿零伍佰万元整"),
    (15000000000, "壹亿伍仟万元整"),
    (100000000000, "壹拾亿元整"),
    (MOST, "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
]
TYPED = [
    ("１２，０００", 1200000),
    ("12,000.50", 1200050),
    ("12000元", 1200000),
    ("12000 元整", 1200000),
    ("12 000", 1200000),
    ("￥12,000.00", 1200000),
    ("¥12000", 1200000),
    ("人民币12000元", 1200000),
    ("RMB 500", 50000),
    ("12000块", 1200000),
    ("12000.5", 1200050),
    ("0.01", 1),
    ("1.2万", 1200000),
    ("１．２万元", 1200000),
    ("3.55555万", 3555550),
    ("0.5亿", 5000000000),
    ("壹万贰仟元整", 1200000),
    ("壹万贰仟圆正", 1200000),
    ("人民币壹万贰仟元整", 1200000),
    ("人民币（大写）：壹万贰仟元整", 1200000),
    ("人民币伍佰元", 50000),
    ("壹萬貳仟圓整", 1200000),
    ("三千五百", 350000),
    ("两千块", 200000),
    ("一万二千元", 1200000),
    ("一万整", 1000000),
    ("十五元", 1500),
    ("拾伍元整", 1500),
    ("二十万", 20000000),
    ("一百零五", 10500),
    ("五角", 50),
    ("伍角整", 50),
    ("壹元伍角整", 150),
    ("两千零五十元", 205000),
    ("一亿零五百万", 10500000000),
]
REFUSED = [
    "",
    "  ",
    "壹万贰",
    "三千五",
    "一百五",
    "万二",
    "一二三四",
    "十十",
    "一千一万",
    "二三",
    "万",
    "元",
    "元整",
    "零零元",
    "壹万二千元",
    "1万贰仟",
    "1万2",
    "1万2千",
    "12,00",
    "1,2000",
    "12.000,50",
    "12.345",
    "1.234567890万",
    "12000左右",
    "约12000",
    "12000-13000",
    "一万到两万",
    "12000美元",
    "$12000",
    "-5",
    "负五百",
    "−100",
    "1e5",
    "NaN",
    "٣٠٠",
    "1000000000000",
    "9" * 40,
    "九" * 100,
    "一万零二千",
    "一万五",
    "一千零五百",
    "壹佰元零伍",
    "壹佰元伍分",
    "一亿五百元",
    "12000元5角",
    "½",
    "²5",
    "一半",
]


@pytest.mark.parametrize(("fen", "first", "second"), OFFICIAL)
def test_the_examples_of_the_annex_are_written_and_read(fen, first, second):
    assert capitals(fen) == first
    assert fen_of(first) == fen
    if second:
        assert fen_of(second) == fen


@pytest.mark.parametrize(("fen", "written"), CAPITALS)
def test_a_sum_in_formal_numerals(fen, written):
    assert capitals(fen) == written


@pytest.mark.parametrize(("typed", "fen"), TYPED)
def test_what_people_type_is_read(typed, fen):
    assert fen_of(typed) == fen


@pytest.mark.parametrize("typed", REFUSED)
def test_what_is_unclear_or_impossible_is_refused_with_how_to_write_it(typed):
    with pytest.raises(Invalid) as refusal:
        fen_of(typed)
    assert len(str(refusal.value.sentence)) > 20


@given(st.integers(0, MOST))
def test_what_is_written_in_numerals_reads_back(fen):
    assert fen_of(capitals(fen)) == fen


@given(st.integers(0, MOST))
def test_what_is_written_in_digits_reads_back(fen):
    assert fen_of(digits(fen)) == fen


@given(st.integers(1, 10**7), st.integers(0, 5))
def test_a_group_name_moves_the_point(number, decimals):
    shown = f"{number / 10**decimals:.{decimals}f}"
    if number * 10**6 % 10**decimals == 0:
        assert fen_of(f"{shown}万元") == number * 10**6 // 10**decimals


@given(st.text(alphabet="零一二两三五九十百千万亿壹贰伍拾佰仟元角分整.,0159", max_size=12))
def test_any_text_is_a_sum_or_a_refusal_and_what_was_read_is_written_so(typed):
    try:
        found = fen_of(typed)
    except Invalid:
        return
    assert fen_of(capitals(found)) == found


@pytest.mark.parametrize("fen", [-1, MOST + 1])
def test_what_numerals_do_not_reach_is_not_written(fen):
    with pytest.raises(ValueError, match=str(fen)):
        capitals(fen)


def test_digits_say_cents_only_where_there_are_some():
    assert [digits(each) for each in (1200000, 1200050, 5)] == ["12,000元", "12,000.50元", "0.05元"]
