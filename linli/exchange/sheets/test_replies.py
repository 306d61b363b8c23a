"""What is owed to a source, and the way back: in its own form, once, in words the reporter may read."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotFound
from linli.base.workbooks import read_workbook
from linli.cases.models import Category
from linli.exchange.feeds.codes import map_codes
from linli.exchange.models import Foreign, Reply
from linli.exchange.sheets.conftest import NAME, PHONE, REPLY_COLUMNS, REPLY_HEADINGS, Book, good, reply_book
from linli.exchange.sheets.owed import INTERIM, OPEN, OVERDUE, READY, count_owed, narrowed, owed
from linli.exchange.sheets.replies import answer_of, give_back, returned_workbook, save_form
from linli.exchange.sheets.roles import OUTGOING, proposed
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry
from linli.posts.actor import PartyActor

pytestmark = pytest.mark.django_db
RESULT = "已更换灯泡，今晚正常亮灯。"


def matter(number: int = 1) -> Matter:
    found = Foreign.objects.get(number=f"YX20261120{number:05d}")
    return Matter.objects.select_related("case").get(pk=found.case_id)


def handled(world: Any, number: int = 1, result: str = RESULT) -> Matter:
    """Carried through by the people of the demo county up to the check."""
    now = matter(number)
    lamp = Category.objects.get(code="0201")
    note = {"note": "内部：老李上次没修好"}
    actions.accept(now, by=world.by("chengguan_clerk"), seen=now.case.version, category=lamp, **note)
    actions.dispatch(
        now, by=world.by("chengguan_dispatcher"), seen=now.case.version + 1, to=world.posts["power"], **note
    )
    actions.handle(now, by=world.by("power"), seen=now.case.version + 2, result=result)
    actions.check(now, by=world.by("chengguan_checker"), seen=now.case.version + 3, **note)
    return matter(number)


def foreign(number: int = 1) -> Foreign:
    return Foreign.objects.select_related("case__lead__organisation").get(number=f"YX20261120{number:05d}")


def returned(world: Any, *numbers: int, interim: str = "") -> Any:
    source = foreign().source
    return give_back(source, {foreign(each).pk: interim for each in numbers}, by=world.by("county_clerk"))


def numbers(rows: Any) -> list[int]:
    return [int(each.number[-5:]) for each in rows]


def test_a_sheet_goes_in_and_its_replies_come_back_in_its_own_form(world, taken, formed):
    taken(Book(good(1), good(2)).bytes())
    closed = handled(world, 1)
    actions.confirm(closed, by=PartyActor("reporter", closed.pk), seen=closed.case.version)
    handled(world, 2, '=HYPERLINK("http://x")')
    content = returned_workbook(returned(world, 1, 2))
    sheet, remarks = read_workbook(content, moments=True)
    assert sheet.rows[0][0] == "12345热线工单办理情况反馈表"
    assert sheet.rows[1] == REPLY_HEADINGS
    first = dict(zip(REPLY_HEADINGS, sheet.rows[2], strict=True))
    assert (first["工单编号"], first["承办单位"]) == ("YX2026112000001", "云溪县供电公司")
    assert (first["办理结果"], first["办理状态"], first["备注"]) == (RESULT, "Confirmed by the reporter", "")
    assert first["办结时间"].date() == timezone.localdate()
    assert (sheet.rows[3][4], sheet.formulas) == ('=HYPERLINK("http://x")', frozenset())
    assert remarks.rows == [["请勿改动表头。"]]


def test_how_it_stands_is_told_in_the_sources_own_word_where_it_has_one(world, taken, formed):
    taken(Book(good(1), good(2)).bytes())
    handled(world, 1)
    source = foreign().source
    map_codes(source, "matters", {("stage", "checked"): "已办结"}, by=world.by("administrator"))
    sheet = read_workbook(returned_workbook(returned(world, 1, 2, interim="下周完成")), moments=True)[0]
    place = REPLY_HEADINGS.index("办理状态")
    assert [row[place] for row in sheet.rows[2:4]] == ["已办结", "Reported"]


def test_a_column_of_running_numbers_is_filled_in(world, taken, mapped):
    columns = {"number": "工单编号", "text": "办理结果", "row": "备注"}
    save_form(mapped, ("反馈表.xlsx", reply_book()), columns, by=world.by("call_taker"))
    taken(Book(good(1), good(2)).bytes())
    sheet = read_workbook(returned_workbook(returned(world, 1, 2, interim="下周完成")), moments=True)[0]
    assert [row[REPLY_HEADINGS.index("备注")] for row in sheet.rows[2:4]] == [1, 2]


def test_the_first_column_of_a_form_is_recognised_as_running_numbers():
    assert proposed(["序号", "工单编号", "办理结果"], OUTGOING) == {
        "序号": "row",
        "工单编号": "number",
        "办理结果": "text",
    }


def test_everything_else_of_the_form_stays_as_it_was(world, taken, formed):
    taken(Book(good(1)).bytes())
    handled(world)
    before = openpyxl.load_workbook(io.BytesIO(reply_book())).worksheets[0]
    after = openpyxl.load_workbook(io.BytesIO(returned_workbook(returned(world, 1)))).worksheets[0]
    assert after["A2"].fill.fgColor.rgb == before["A2"].fill.fgColor.rgb
    assert after["E3"].border.left.style == "thin"
    assert after.column_dimensions["E"].width == before.column_dimensions["E"].width
    assert [str(each) for each in after.merged_cells.ranges] == ["A1:F1"]
    assert len(after.data_validations.dataValidation) == 1


def test_neither_internal_notes_nor_anybodys_name_go_back(world, taken, formed):
    taken(Book(good(1)).bytes())
    handled(world)
    said = str(read_workbook(returned_workbook(returned(world, 1)), moments=True))
    for word in ("老李", NAME, PHONE, "雷亮"):
        assert word not in said


def test_what_waits_for_the_reporter_is_ready_and_what_is_dispatched_is_not(world, taken, formed):
    taken(Book(good(1), good(2)).bytes())
    handled(world, 2)
    rows = owed([formed.source], by=world.by("county_clerk"))
    assert (numbers(narrowed(rows, READY)), numbers(narrowed(rows, OPEN))) == ([2], [1])


def test_the_earliest_deadline_over_there_comes_first(world, taken, mapped):
    rows = [good(1), good(2, 办理时限="2026-11-21"), good(3, 办理时限=""), good(4, 办理时限="2026-11-26")]
    taken(Book(*rows).bytes())
    assert numbers(owed([mapped], by=world.by("county_clerk"))) == [2, 4, 1, 3]


def test_what_is_past_its_deadline_over_there_is_found(world, taken, mapped):
    taken(Book(good(1), good(2)).bytes())
    Foreign.objects.filter(number__endswith="2").update(due=timezone.now() - timedelta(hours=1))
    assert numbers(narrowed(owed([mapped], by=world.by("county_clerk")), OVERDUE)) == [2]


def test_what_went_back_is_owed_no_more_also_when_the_reporter_confirms_it(world, taken, formed):
    taken(Book(good(1)).bytes())
    now = handled(world)
    returned(world, 1)
    assert count_owed([formed.source], by=world.by("county_clerk")) == ""
    actions.confirm(now, by=PartyActor("reporter", now.pk), seen=now.case.version)
    assert count_owed([formed.source], by=world.by("county_clerk")) == ""


def test_what_was_contested_is_owed_again_and_so_is_its_new_answer(world, taken, formed):
    taken(Book(good(1)).bytes())
    now = handled(world)
    returned(world, 1)
    actions.contest(now, by=PartyActor("reporter", now.pk), seen=now.case.version, reason="还是不亮")
    assert numbers(narrowed(owed([formed.source], by=world.by("county_clerk")), OPEN)) == [1]
    now = matter()
    actions.handle(now, by=world.by("power"), seen=now.case.version, result="换了线路。")
    actions.check(now, by=world.by("chengguan_checker"), seen=now.case.version + 1)
    assert numbers(narrowed(owed([formed.source], by=world.by("county_clerk")), READY)) == [1]
    assert answer_of(foreign()).text == "换了线路。"


def test_what_the_reporter_said_is_no_answer(world, taken, formed):
    taken(Book(good(1)).bytes())
    now = handled(world)
    actions.contest(now, by=PartyActor("reporter", now.pk), seen=now.case.version, reason="还是不亮")
    assert "还是不亮" not in answer_of(foreign()).text


def test_a_refusal_goes_back_with_its_reason(world, taken, formed):
    taken(Book(good(1)).bytes())
    now = matter()
    actions.refuse(now, by=world.by("chengguan_clerk"), seen=now.case.version, reason="不属于本县管辖。")
    answer = answer_of(foreign())
    assert answer.text == "不属于本县管辖。"
    assert answer.body == world.by("chengguan_clerk").post.organisation.name  # nobody was sent out


def test_what_is_not_finished_goes_back_only_with_a_reason_and_a_plan(world, taken, formed):
    taken(Book(good(1)).bytes())
    with pytest.raises(Invalid, match="say why it takes longer"):
        returned(world, 1)
    back = returned(world, 1, interim="等待配件，下周二完成。")
    assert (back.replies.get().text, back.replies.get().final) == ("等待配件，下周二完成。", False)
    assert numbers(narrowed(owed([formed.source], by=world.by("county_clerk")), INTERIM)) == [
        1
    ]  # it is owed all the same


def test_returning_twice_returns_once(world, taken, formed):
    taken(Book(good(1)).bytes())
    handled(world)
    back = returned(world, 1)
    with pytest.raises(Conflict):
        returned(world, 1)
    assert Reply.objects.count() == 1
    assert read_workbook(returned_workbook(back)) == read_workbook(returned_workbook(back))


def test_a_return_is_one_entry(world, taken, formed):
    taken(Book(good(1), good(2)).bytes())
    handled(world, 1)
    give_back(formed.source, {foreign(1).pk: "", foreign(2).pk: "下周"}, by=world.by("call_taker"))
    entry = Entry.objects.get(name="exchange.return_replies")
    assert (entry.facts["final"], entry.facts["interim"]) == (1, 1)


def test_another_area_returns_nothing(world, taken, formed):
    taken(Book(good(1)).bytes())
    handled(world)
    with pytest.raises(NotFound):
        give_back(formed.source, {foreign().pk: ""}, by=world.by("chengguan_clerk"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda: reply_book("YX1", "某单位"), "below the headings"),
        (lambda: b"PK nothing", "damaged"),
        (lambda: b"a,b\n", "not an Excel workbook"),
    ],
)
def test_a_form_that_cannot_be_filled_in_is_refused(world, mapped, content, sentence):
    with pytest.raises(Invalid, match=sentence):
        save_form(mapped, ("x.xlsx", content()), REPLY_COLUMNS, by=world.by("call_taker"))


def test_a_form_needs_number_and_result(world, mapped):
    with pytest.raises(Invalid, match="Result"):
        save_form(mapped, ("x.xlsx", reply_book()), {"number": "工单编号"}, by=world.by("call_taker"))
