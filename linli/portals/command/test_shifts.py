"""The page of the shift book: a correction begins with what stands there."""

from __future__ import annotations

import pytest

from linli.analytics.conftest import random_county
from linli.portals.command.conftest import late
from linli.portals.desk.conftest import reported
from linli.registers.models import ShiftLine

pytestmark = pytest.mark.django_db
BOOK = "/command/shifts/"


def test_a_correction_begins_with_the_words_and_numbers_of_the_line(world, sign_in):
    number, client = reported(world).case.number, sign_in("county_dispatcher")
    client.post(BOOK, {"words": "等供电公司答复", "cases": number})
    line = ShiftLine.objects.get()
    form = client.get(f"{BOOK}?correct={line.pk}").context["form"]
    assert (form["words"].value(), form["cases"].value()) == ("等供电公司答复", number)
    client.post(BOOK, {"words": "等水务公司答复", "cases": number, "corrects": str(line.pk)})
    assert ShiftLine.objects.get(sort=ShiftLine.Sort.CORRECTION).about == line


def test_what_was_typed_is_not_taken_for_what_stood_there(world, sign_in):
    client = sign_in("county_dispatcher")
    client.post(BOOK, {"words": "等供电公司答复"})
    sent = {"words": "改过的话", "cases": "abc", "corrects": str(ShiftLine.objects.get().pk)}
    wrong = client.post(BOOK, sent)
    assert (wrong.status_code, wrong.context["form"]["words"].value()) == (422, "改过的话")


def test_a_hand_over_writes_down_what_the_page_of_now_shows(world, sign_in):
    random_county(world, 7, matters=6)
    late(reported(world))
    client = sign_in("county_dispatcher")
    tiles = {tile.name: tile.count for tile in client.get("/command/").context["picture"].tiles}
    client.post(f"{BOOK}hand-over/", {"words": "东门泵站已恢复"})
    line = ShiftLine.objects.get()
    assert (line.overdue, line.soon, line.questions) == (tiles["overdue"], tiles["soon"], tiles["questions"])
    assert line.overdue > 0


def test_whoever_corrects_what_was_corrected_meanwhile_reads_what_stands_now_and_loses_nothing(
    world, sign_in
):
    first, second = sign_in("county_dispatcher"), sign_in("county_head")
    first.post(BOOK, {"words": "泵站停过一次"})
    line = ShiftLine.objects.get()
    first.post(BOOK, {"words": "泵站停过两次", "corrects": str(line.pk)})
    refused = second.post(BOOK, {"words": "泵站停过三次", "corrects": str(line.pk)})
    stands = ShiftLine.objects.get(sort=ShiftLine.Sort.CORRECTION)
    assert (refused.status_code, refused.context["form"]["words"].value()) == (409, "泵站停过三次")
    assert refused.context["correcting"] == stands
    second.post(BOOK, {"words": "泵站停过三次", "corrects": str(stands.pk)})
    lines = [(each.words, each.corrected, each.correctable) for each in second.get(BOOK).context["lines"]]
    assert lines == [
        ("泵站停过三次", False, True),
        ("泵站停过两次", True, False),
        ("泵站停过一次", True, False),
    ]
