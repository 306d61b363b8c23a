"""Forty ways in which a row can be wrong: each is told with its row and its reason, and leaves nothing behind."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from linli.base.errors import Invalid
from linli.cases.history.importing import Order, import_history
from linli.cases.history.test_importing import EXAMPLE, ROW, brought_in, changed_map, told, written
from linli.cases.models import Case
from linli.kinds.matters.models import Matter

BAD = {
    "no number": ({"事件编号": ""}, "There is no number"),
    "a number of blanks": ({"事件编号": "   "}, "There is no number"),
    "a number as long as a text": ({"事件编号": "9" * 101}, "more than 100 characters"),
    "no time of opening": ({"上报时间": ""}, "There is no time"),
    "a word for a time": ({"上报时间": "昨天下午"}, "not a time as the map has it"),
    "a day without a time": ({"上报时间": "2024-03-04"}, "not a time as the map has it"),
    "a month that is none": ({"上报时间": "2024-13-04 09:00:00"}, "not a time as the map has it"),
    "a 30th of February": ({"上报时间": "2024-02-30 09:00:00"}, "not a time as the map has it"),
    "a 25th hour": ({"上报时间": "2024-03-04 25:00:00"}, "not a time as the map has it"),
    "a number of Excel's": ({"上报时间": "45355.375"}, "not a time as the map has it"),
    "an opening to come": ({"上报时间": "2999-01-01 00:00:00"}, "has not come yet"),
    "an opening before 1900": ({"上报时间": "1899-12-31 09:00:00"}, "before 1900"),
    "a year 1": ({"上报时间": "0001-01-01 00:00:00"}, "not a time as the map has it"),
    "a promise that is a word": ({"办理时限": "尽快"}, "not a time as the map has it"),
    "a promise in eleven years": ({"办理时限": "2036-01-01 00:00:00"}, "whole number between"),
    "accepted before it was opened": ({"受理时间": "2024-03-04 08:59:59"}, "run backwards"),
    "dispatched before it was accepted": ({"派遣时间": "2024-03-04 09:19:59"}, "run backwards"),
    "handled before it was dispatched": ({"处置时间": "2023-03-05 15:00:00"}, "run backwards"),
    "checked before it was handled": ({"核查时间": "2024-03-05 14:00:00"}, "run backwards"),
    "closed before it was checked": ({"结案时间": "2024-03-06 08:29:59"}, "run backwards"),
    "a closing to come": ({"结案时间": "2999-01-01 00:00:00"}, "has not come yet"),
    "closed without a time of accepting": ({"受理时间": ""}, "There is no time"),
    "closed without a time of dispatch": ({"派遣时间": ""}, "There is no time"),
    "closed without a time of handling": ({"处置时间": ""}, "There is no time"),
    "closed without a time of checking": ({"核查时间": ""}, "There is no time"),
    "closed without a time": ({"结案时间": ""}, "There is no time"),
    "a closing that is a word": ({"结案时间": "未知"}, "not a time as the map has it"),
    "no text": ({"事件描述": ""}, "must not be empty"),
    "a text of blanks": ({"事件描述": " \t "}, "must not be empty"),
    "a text of a book's length": ({"事件描述": "长" * 20_001}, "more than 20000 characters"),
    "an address of a page's length": ({"详细地址": "长" * 201}, "more than 200 characters"),
    "no result": ({"处置结果": ""}, "must not be empty"),
    "a point in the sea": ({"经度": "130.0", "纬度": "30.0"}, "outside the area"),
    "a point not on the earth": ({"经度": "33.6", "纬度": "119.02"}, "not on the earth"),
    "a longitude that is a word": ({"经度": "东经", "纬度": "33.6"}, "not a number of degrees"),
    "a latitude without end": ({"经度": "119.02", "纬度": "inf"}, "not a number of degrees"),
    "a latitude that is no number": ({"经度": "119.02", "纬度": "nan"}, "not a number of degrees"),
    "a grid that is not here": ({"网格编码": "110101001001"}, "no division"),
    "a grid's code with a digit too few": ({"网格编码": "9901010"}, "no division"),
    "a grid by a name nobody has": ({"网格编码": "月亮网格"}, "no division"),
    "refused without a reason": ({"事件状态": "不予受理", "处置结果": ""}, "must not be empty"),
    "merged without an original": ({"事件状态": "并案"}, "must not be empty"),
    "merged into itself": ({"事件状态": "并案", "主事件编号": "WG-1"}, "is not in"),
}


@pytest.mark.parametrize(("change", "reason"), BAD.values(), ids=BAD)
def test_a_bad_row_is_told_with_its_reason_and_nothing_of_it_is_kept(
    world: Any, tmp_path: Path, change: dict[str, str], reason: str
) -> None:
    report = brought_in(written(tmp_path / "a.csv", {"事件编号": "first"}, change, {"事件编号": "last"}))
    assert (report.stored, report.refused + report.waiting) == (2, 1)
    ((number, _column, sentence),) = told(report)
    assert (number, reason in sentence) == ("3", True), sentence
    assert Case.everywhere.count() == Matter.objects.count() == 2


def test_a_row_with_a_stray_comma_is_told(world: Any, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", {})
    with file.open("a", encoding="utf-8") as more:
        more.write(",".join(["x"] * (len(ROW) + 1)) + "\n")
    report = brought_in(file)
    assert (report.stored, report.refused) == (1, 1)
    assert "more cells" in told(report)[0][2]


def test_the_reason_is_in_the_language_of_the_place(world: Any, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", {"事件编号": ""})
    with override("zh-hans"):
        import_history(Order(file, EXAMPLE, "matters", tmp_path / "r.csv"), lambda _done, _total: None)
    assert "没有编号" in (tmp_path / "r.csv").read_text(encoding="utf-8-sig")


def test_a_step_that_no_row_could_take_is_told_once_and_before_any_row(world: Any, tmp_path: Path) -> None:
    states = {
        "处置中": [{"step": "handle", "at": "处置时间", "result": "好"}],
        "已办结": [
            {"step": "accept", "at": "受理时间"},
            {"step": "confirm", "at": "结案时间", "by": "reporter"},
        ],
    }
    map_ = changed_map(tmp_path / "m.yaml", states=states)
    with pytest.raises(Invalid) as refusal:
        brought_in(written(tmp_path / "a.csv", {}, {"事件状态": "处置中"}, {"事件状态": "处置中"}), map=map_)
    first, second = str(refusal.value.sentence).split("\n")
    assert "“处置中”: no row can take handle there. The case would be in merged, reported" in first
    assert "“已办结”: no row can take confirm there. The case would be in accepted" in second
    assert not (tmp_path / "report.csv").exists()


def test_a_step_that_may_be_left_out_is_no_reason_to_refuse_the_map(world: Any, tmp_path: Path) -> None:
    accept = {"step": "accept", "at": "受理时间", "optional": True}
    refuse = {"step": "refuse", "at": "结案时间", "reason": "不属实"}
    map_ = changed_map(tmp_path / "m.yaml", states={"已办结": [accept, refuse]})
    report = brought_in(written(tmp_path / "a.csv", {}, {"事件编号": "2", "受理时间": ""}), map=map_)
    assert (report.stored, report.refused) == (2, 0)


def test_the_command_fails_when_no_row_comes_in(world: Any, tmp_path: Path) -> None:
    said = io.StringIO()

    def bring(*rows: dict[str, str]) -> None:
        words = ["--map", str(EXAMPLE), "--report", str(tmp_path / "r.csv")]
        call_command("import", "matters", str(written(tmp_path / "a.csv", *rows)), *words, stdout=said)

    with override("en"), pytest.raises(CommandError, match="No row came in"):
        bring({"上报时间": ""}, {"事件描述": "", "事件编号": "2"})
    assert "2 were refused." in said.getvalue()
    bring({}, {"事件描述": "", "事件编号": "2"})  # some came in
    bring({})  # all are here
    bring()  # there is nothing


def test_one_number_for_two_things_in_a_file_is_said_to_be_that_and_not_to_be_here(
    world: Any, tmp_path: Path
) -> None:
    report = brought_in(
        written(tmp_path / "a.csv", {"上报时间": ""}, {"事件描述": "另一件"}, {"事件描述": "另一件"})
    )
    assert (report.stored, report.here, report.changed, report.refused) == (0, 0, 0, 3)
    assert ["A row above has this number" in sentence for _n, _c, sentence in told(report)].count(True) == 2
    report = brought_in(written(tmp_path / "a.csv", {}, {"事件描述": "另一件"}))
    assert (report.stored, report.refused) == (1, 1)
