"""Thirty invented chats: what stays of them, and that nobody is left in it. The chats stand in test_chats.txt."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from linli.base.worktime import PLACE_TIME
from linli.residents.chat_words import holds_number
from linli.residents.chats import read_chat

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=PLACE_TIME)
CHATS = [
    each.strip("\n").split("\n-----\n")
    for each in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split("\n=====\n")
]
SPEAKERS = re.compile(
    "张三|李四|李阿姨|小王|王建军|小刘|陈姐|小赵|赵国栋|快乐每一天|刘丽娟|小周|阳光|老马|张伟|小李|周敏|孙师傅|小雨|吴大爷|徐"
    "姐|胡先生|老钱|马晓东|高阿姨|王主任|Lily|朱奶奶|何先生|林小姐|梁叔|郑老师|宋工"
)


def said(chat):
    return read_chat(chat, now=NOW)


def with_words(part):
    return said(next(chat for chat, _words in CHATS if part in chat))


def test_there_are_at_least_thirty():
    assert len(CHATS) >= 30


@pytest.mark.parametrize(("chat", "words"), CHATS, ids=range(len(CHATS)))
def test_what_stays_are_the_words_of_the_matter(chat, words):
    assert said(chat).words == ("" if words == "（无）" else words)


@pytest.mark.parametrize(("chat", "_words"), CHATS, ids=range(len(CHATS)))
def test_nobody_and_no_number_is_left_in_the_words(chat, _words):
    found = said(chat)
    assert SPEAKERS.findall(found.words) == []
    assert [digits for digits in found.phones if digits[-8:] in found.words.replace(" ", "")] == []
    assert "[" not in found.words


@pytest.mark.parametrize(("chat", "_words"), CHATS, ids=range(len(CHATS)))
def test_the_same_chat_gives_the_same_draft(chat, _words):
    assert said(chat) == said(chat)


@pytest.mark.parametrize(
    ("part", "phones"),
    [
        ("我电话13912345678", ("13912345678",)),
        ("0517-83211234", ("051783211234",)),
        ("138 0000 2222", ("13800002222",)),
        ("我爱人的", ("15900003333", "13700004444")),
        ("320831199001011234", ()),
        ("6222021234567890123", ()),
        ("320831-26-00042-7", ()),
    ],
)
def test_telephone_numbers_are_offered_and_other_numbers_are_none(part, phones):
    assert with_words(part).phones == phones


@pytest.mark.parametrize(
    ("part", "moment"),
    [
        ("张三丰", (25, 8, 3)),
        ("刘丽娟", (24, 20, 15)),
        ("快乐每一天", (24, 22, 15)),
        ("老马", (23, 19, 2)),
        ("高阿姨", (23, 17, 40)),
        ("张伟", (20, 15, 12)),
        ("朱奶奶", (24, 20, 5)),
    ],
)
def test_the_time_is_that_of_the_first_words_about_the_matter(part, moment):
    found = with_words(part).said_at
    assert (found.day, found.hour, found.minute) == moment


def test_a_time_to_come_is_no_time_of_the_matter():
    assert with_words("宋工").said_at is None


@pytest.mark.parametrize("header", ["张三 2026/13/45 08:03", "张三 2026/11/25 27:99"])
def test_a_header_with_an_impossible_time_still_names_who_spoke(header):
    found = said(f"{header}\n井盖松了")
    assert (found.words, found.said_at) == ("井盖松了", None)


def test_voice_messages_pictures_and_videos_are_counted_for_whoever_checks():
    assert with_words("陈姐").left_out == {"picture": 2}
    assert said('[语音] 35"\n[语音]\n[图片]').left_out == {"voice": 2, "picture": 1}


def test_an_id_number_is_masked_and_a_number_of_a_case_stays():
    assert "ID number left out" in with_words("320831199001011234").words
    assert "320831-26-00042-7" in with_words("胡先生").words


@pytest.mark.parametrize("assent", ["支持👍👍👍", "+1", "加一", "同上", "顶！"])
def test_a_neighbours_mere_assent_is_no_word_of_the_matter(assent):
    assert said(f"王姐 18:02\n楼下路灯又不亮了\n小芳 18:04\n{assent}").words == "楼下路灯又不亮了"


def test_what_stood_around_a_number_leaves_no_comma_behind():
    chat = said("王姐 18:06\n网格员能不能报一下？我电话13912345678，人民路12号三号楼黑着")
    assert chat.words == "网格员能不能报一下？人民路12号三号楼黑着"


def test_labels_before_a_colon_are_nobody():
    assert "地点：青石社区公厕" in with_words("周敏").words


@pytest.mark.parametrize(
    "junk", ["", "\n\n", "：：：", "「「「", "[" * 500, "张三：" * 3000, "1" * 25_000, "\u2005@ @"]
)
def test_anything_can_be_pasted(junk):
    assert len(said(junk).words) <= 25_000


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("电话13912345678", True),
        ("１３９１２３４５６７８", True),
        ("110105 19491231 002X", True),
        ("0517-88888888", True),
        ("6222 0212 3456 7890 123", True),
        ("加微信 abc12345", True),
        ("3号楼2单元，2026年11月26日，共12户", False),
        ("国务院令第724号，320831-26-00042-7", False),
    ],
)
def test_a_number_of_a_person_is_told_from_other_numbers(text, holds):
    assert holds_number(text) is holds
