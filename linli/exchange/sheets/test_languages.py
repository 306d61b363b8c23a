"""Every refused row says why in the language of whoever looks at it, whoever sent or took in the sheet."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from linli.base.retelling import retold
from linli.base.workbooks import read_workbook
from linli.exchange.models import Delivery, Rejection
from linli.exchange.sheets.conftest import Book, good
from linli.exchange.sheets.parcels import contents_of
from linli.exchange.sheets.previewing import bad_rows_workbook
from linli.exchange.sheets.test_damaged_sheets import PARTLY, REFUSED

pytestmark = pytest.mark.django_db
BOTH = ("zh-hans", "en")


@pytest.mark.parametrize("damage", [*REFUSED, *PARTLY], ids=str)
def test_what_is_wrong_is_said_as_if_it_had_been_read_in_the_readers_language(damage, looked_at):
    content = Book(good(1, **REFUSED[damage][0])).bytes() if damage in REFUSED else PARTLY[damage][0]()
    said = {}
    for language in BOTH:
        with override(language):
            bad = contents_of(looked_at(content)).bad
            said[language] = [fault.sentence for row in bad for fault in row.faults]
    for sender, reader in (BOTH, BOTH[::-1]):
        with override(reader):
            assert [retold(each) for each in said[sender]] == said[reader] != said[sender]


def test_what_was_rejected_is_kept_for_readers_of_any_language(looked_at, taken):
    content = Book(good(1), good(2, 来电时间="昨天", 所属区域="东们社区")).bytes()
    with override("zh-hans"):
        taken(content)
    kept = Rejection.objects.get()
    with override("en"):
        assert retold(kept.where) == "row 3 · 来电时间、所属区域"
        first, second = retold(kept.reason).split("\n")
    assert first.startswith("来电时间: This is not a date as the map expects it")
    assert "Did you mean “东门社区”?" in second


def test_sentences_that_are_too_many_are_left_out_whole(taken):
    damage = {
        "来电时间": "昨天",
        "办理时限": "明天",
        "联系电话": "12",
        "所属区域": "天庭街道",
        "经度": "x",
        "纬度": "y",
    }
    with override("zh-hans"):
        taken(Book(good(1, **damage, 工单编号="9" * 61, 诉求内容=True)).bytes())
    with override("en"):
        assert all(line.isascii() for line in _after_headings(retold(Rejection.objects.get().reason)))


def _after_headings(reason: str) -> list[str]:
    return [line.partition(": ")[2].replace("“", "").replace("”", "") for line in reason.split("\n")]


def test_the_pages_say_it_in_the_readers_language(world, mapped, looked_at):
    with override("zh-hans"):
        parcel = looked_at(Book(good(1), good(1), good(2, 来电时间="昨天")).bytes())
    page = _page(world, "desk:sheet", "hotline", parcel.pk)
    assert "This is not a date as the map expects it" in page
    assert "Row 3 is the same as row 2 and was left out." in page
    assert "的地图" not in page
    with override("en"):
        (sheet,) = read_workbook(bad_rows_workbook(contents_of(parcel)))
    assert "This is not a date" in str(sheet.rows[1][-1])


def test_the_page_of_a_delivery_says_it_in_the_readers_language(world, mapped, taken):
    with override("zh-hans"):
        taken(Book(good(1), good(2, 来电时间="昨天")).bytes())
    for address in (
        ("desk:delivery", "hotline", Delivery.objects.get().pk),
        ("desk:exchange_source", "hotline"),
    ):
        page = _page(world, *address)
        assert "This is not a date as the map expects it" in page
        assert "row 3 · 来电时间" in page


def _page(world: Any, name: str, *given: Any) -> str:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(world.by("county_clerk").holding.account)
    return client.get(reverse(name, args=given)).content.decode()
