"""Files from elsewhere come in as their map says, once, whole, and what is wrong with a row is said."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import yaml
from django.db import connection
from django.utils.translation import override

from linli.base.errors import Invalid, Refusal
from linli.cases.history.importing import Order, Report, import_history
from linli.cases.history.maps import read_map
from linli.cases.models import Case, Clock, Link
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry, EntryDetail
from tests import databases
from tests.servers import REPOSITORY

EXAMPLE = REPOSITORY / "docs" / "maps" / "grid-platform.yaml"
ROW = {
    "事件编号": "WG-1",
    "上报时间": "2024-03-04 09:00:00",
    "办理时限": "2024-03-08 18:00:00",
    "事件状态": "已办结",
    "事件描述": "三号楼楼下的路灯坏了",
    "详细地址": "人民路12号",
    "事件小类": "路灯损坏",
    "来源": "热线",
    "经度": "",
    "纬度": "",
    "网格编码": "",
    "受理时间": "2024-03-04 09:20:00",
    "派遣时间": "2024-03-04 10:00:00",
    "处置部门": "供电公司",
    "处置时间": "2024-03-05 15:00:00",
    "处置结果": "已更换灯泡",
    "核查时间": "2024-03-06 08:30:00",
    "结案时间": "2024-03-06 09:00:00",
    "主事件编号": "",
}
OPEN = {"事件状态": "处置中", "处置时间": "", "处置结果": "", "核查时间": "", "结案时间": ""}


def written(path: Path, *rows: dict[str, Any], encoding: str = "utf-8") -> Path:
    """A CSV file of rows."""
    with path.open("w", encoding=encoding, newline="") as file:
        lines = csv.DictWriter(file, list(ROW))
        lines.writeheader()
        lines.writerows([{**ROW, **row} for row in rows])
    return path


def brought_in(file: Path, *, map: Path = EXAMPLE, **more: Any) -> Report:  # noqa: A002  as the option is called
    order = Order(file, map, "matters", file.with_name("report.csv"), **more)
    with override("en"):
        return import_history(order, lambda _done, _total: None)


def told(report: Report) -> list[list[str]]:
    """The lines of the report file, without its headings."""
    if not report.path.exists():
        return []
    with report.path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def changed_map(path: Path, **changes: Any) -> Path:
    """The example with other values; None takes a key away."""
    raw = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    raw.update(changes)
    path.write_text(
        yaml.safe_dump({key: each for key, each in raw.items() if each is not None}), encoding="utf-8"
    )
    return path


def counts() -> dict[str, int]:
    """How many rows each table has."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")
            found[table] = cursor.fetchone()[0]
    return found


# --- what comes in ------------------------------------------------------------------------------------------


def test_a_closed_row_comes_in_with_its_times_its_promise_and_its_posts(world: Any, tmp_path: Path) -> None:
    brought_in(written(tmp_path / "a.csv", {}))
    case = Case.everywhere.get()
    assert (case.stage, case.outcome, case.channel) == ("closed", "unconfirmed", "phone")
    assert case.at == datetime(2024, 3, 4, 1, tzinfo=UTC)
    assert case.closed_at == datetime(2024, 3, 6, 1, tzinfo=UTC)
    assert case.opened_by == world.posts["call_taker"]
    assert case.category is not None
    assert case.category.code == "0201"
    assert case.lead == world.posts["power"]
    promise = Clock.objects.filter(case=case, name="promise").latest("started_at")
    assert promise.due_at == datetime(2024, 3, 8, 10, tzinfo=UTC)
    assert promise.stopped_at == datetime(2024, 3, 6, 0, 30, tzinfo=UTC)
    opening = Entry.objects.get(name="matters.report")
    assert EntryDetail.objects.get(entry=opening).words == {"original_number": "WG-1"}


def test_an_open_row_waits_where_it_stood(world: Any, tmp_path: Path) -> None:
    brought_in(written(tmp_path / "a.csv", OPEN))
    case = Case.everywhere.get()
    assert (case.stage, case.closed_at, case.due) == (
        "dispatched",
        None,
        datetime(2024, 3, 8, 10, tzinfo=UTC),
    )
    assert list(case.tasks.filter(closed_at=None).values_list("post", flat=True)) == [world.posts["power"].pk]


def test_a_place_comes_from_the_point_the_division_or_the_fallback(world: Any, tmp_path: Path) -> None:
    grid = world.place("东门社区第一网格")
    rows = [
        {"事件编号": "1", "经度": "119.02", "纬度": "33.6"},
        {"事件编号": "2", "网格编码": grid.trimmed},
        {"事件编号": "3", "网格编码": "东门社区第一网格"},
        {"事件编号": "4"},
    ]
    report = brought_in(written(tmp_path / "a.csv", *rows))
    assert report.stored >= 3, told(report)
    placing = [(each.case.division_id, each.placing) for each in Matter.objects.select_related("case")]
    assert (grid.pk, "chosen") in placing
    assert (world.county.pk, "unknown") in placing


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_as_excel_and_others_write_it(world: Any, tmp_path: Path, encoding: str) -> None:
    brought_in(written(tmp_path / "a.csv", {}, encoding=encoding))
    assert Matter.objects.get().text == ROW["事件描述"]


def test_a_workbook_is_read_with_its_dates(world: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, moment = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for column, (name, value) in enumerate(ROW.items()):
            sheet.write_string(0, column, name)
            if name.endswith("时间"):
                sheet.write_datetime(1, column, datetime.fromisoformat(value), moment)
            else:
                sheet.write_string(1, column, value)
    assert brought_in(path).stored == 1
    assert Case.everywhere.get().closed_at == datetime(2024, 3, 6, 1, tzinfo=UTC)


def test_followers_find_their_originals_before_and_after_them(world: Any, tmp_path: Path) -> None:
    follows = {"事件状态": "并案", "主事件编号": "WG-1"}
    file = written(tmp_path / "a.csv", {**follows, "事件编号": "WG-0"}, {}, {**follows, "事件编号": "WG-2"})
    assert brought_in(file).stored == 3
    assert Link.objects.filter(relation="duplicate_of").count() == 2
    assert Case.everywhere.filter(outcome="merged").count() == 2


def test_a_follower_whose_original_never_comes_is_told(world: Any, tmp_path: Path) -> None:
    report = brought_in(written(tmp_path / "a.csv", {"事件状态": "并案", "主事件编号": "WG-9"}))
    assert (report.stored, report.waiting) == (0, 1)
    assert told(report) == [["2", "", "Its original WG-9 is not in."]]


# --- again, and in part -------------------------------------------------------------------------------------


def test_a_second_time_changes_nothing(world: Any, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", {}, {**OPEN, "事件编号": "WG-2"})
    brought_in(file)
    before = counts()
    report = brought_in(file)
    assert (report.stored, report.here) == (0, 2)
    assert counts() == before


def test_what_has_changed_since_is_told_and_stays(world: Any, tmp_path: Path) -> None:
    brought_in(written(tmp_path / "a.csv", OPEN))
    report = brought_in(written(tmp_path / "a.csv", {}))
    assert (report.stored, report.changed) == (0, 1)
    assert told(report) == [["2", "事件编号", "This number is here already, with other contents."]]
    assert Case.everywhere.get().stage == "dispatched"


def test_a_number_that_stands_twice_in_a_file_comes_in_once(world: Any, tmp_path: Path) -> None:
    report = brought_in(written(tmp_path / "a.csv", {}, {}, {"事件描述": "别的事"}))
    assert (report.stored, report.here, report.refused) == (1, 1, 1)


def test_a_check_writes_nothing_and_says_the_same(world: Any, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", {}, {"事件编号": "WG-2", "上报时间": "昨天"})
    before = counts()
    report = brought_in(file, check=True)
    assert counts() == before
    assert (report.stored, report.refused) == (1, 1)
    assert "would come in" in "\n".join(report.lines())


def test_steps_that_stand_before_others_are_held_back_only_if_the_map_says_so(
    world: Any, tmp_path: Path
) -> None:
    file = written(tmp_path / "a.csv", {"结案时间": "2024-03-06 08:00:00"})
    assert brought_in(file).refused == 1
    report = brought_in(file, map=changed_map(tmp_path / "m.yaml", backwards="hold"))
    assert (report.stored, report.held) == (1, 1)
    assert Case.everywhere.get().closed_at == datetime(2024, 3, 6, 0, 30, tzinfo=UTC)


@pytest.mark.thorough
@pytest.mark.server
def test_killed_in_the_middle_it_goes_on_and_ends_as_if_it_had_not_been(
    committed_world: Any, fresh_database: str, tmp_path: Path
) -> None:
    rows = [{**(OPEN if number % 3 else {}), "事件编号": f"WG-{number}"} for number in range(12_000)]
    file = written(tmp_path / "a.csv", *rows)
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        **os.environ,
        "DATABASE_URL": databases.url_of(fresh_database),
        "LINLI_HOME": str(home),
        "PYTHONPATH": str(REPOSITORY),
    }
    connection.close()
    command = [sys.executable, "-m", "django", "import", "matters", str(file), "--map", str(EXAMPLE)]
    run = subprocess.Popen(
        command, env=environment, cwd=home, start_new_session=True, stdout=subprocess.DEVNULL
    )
    while run.poll() is None and Case.everywhere.count() < 1500:
        time.sleep(0.05)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    had = Case.everywhere.count()
    assert 1500 <= had < 12_000
    assert Matter.objects.count() == had == Entry.objects.filter(name="matters.report").count()
    report = brought_in(file)
    assert (report.here, report.stored) == (had, 12_000 - had)
    assert Case.everywhere.filter(stage="closed").count() == 4000
    assert Entry.objects.filter(about__isnull=False).count() == 4000 * 6 + 8000 * 3
    numbers = [int(number.split("-")[2]) for number in Case.everywhere.values_list("number", flat=True)]
    assert len(set(numbers)) == 12_000


# --- what is wrong with the map or the file is said before a row is read ------------------------------------


def refusal(file: Path, **more: Any) -> str:
    with pytest.raises(Refusal) as refused:
        brought_in(file, **more)
    assert Case.everywhere.count() == 0
    return refused.value.sentence


def test_words_the_map_does_not_know_are_all_listed_with_how_often(world: Any, tmp_path: Path) -> None:
    rows = [{}, {"事件状态": "悬空"}, {"事件状态": "悬空"}, {"事件小类": "外星人"}]
    sentence = refusal(written(tmp_path / "a.csv", *rows))
    assert "“悬空” means (2 rows)" in sentence
    assert "“外星人” means (1 rows)" in sentence


def test_columns_that_are_not_there_are_all_listed(world: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("事件编号,上报时间\n1,2\n", encoding="utf-8")
    sentence = refusal(tmp_path / "a.csv")
    assert "事件描述" in sentence
    assert "结案时间" in sentence


STATES = {"已办结": [{"step": "accept", "at": "受理时间"}]}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"nonsense": 1}, "means nothing: nonsense"),
        ({"number": None}, "does not say: number"),
        ({"name": "Eine Karte"}, "small letters"),
        ({"zone": "Mond/Krater"}, "no such time zone"),
        ({"backwards": "maybe"}, "refuse or hold"),
        ({"states": {"已办结": [{"step": "frobnicate", "at": "受理时间"}]}}, "no step frobnicate"),
        ({"states": {"已办结": [{"step": "accept"}]}}, "needs “step” and “at”"),
        ({"states": {"已办结": [{"step": "dispatch", "at": "受理时间"}]}}, "dispatch needs to"),
        (
            {"states": {"已办结": [{"step": "accept", "at": "受理时间", "colour": "red"}]}},
            "does not take colour",
        ),
        ({"states": {"已办结": [{"step": "dispatch", "at": "受理时间", "to": "月亮岗"}]}}, "no post 月亮岗"),
        ({"states": STATES, "given": {"landmark": "x"}}, "report needs text"),
        ({"states": STATES, "given": {"text": "x", "category": "9999"}}, "no category 9999"),
        ({"states": STATES, "given": {"text": "x", "contact": "{详细地址}"}}, "does not take contact"),
        ({"place": {"longitude": "经度"}}, "both longitude and latitude"),
        ({"place": {"fallback": "110101"}}, "no division 110101"),
        ({"place": {"longitude": "经度", "latitude": "纬度", "datum": "mars"}}, "wgs84, gcj02 or bd09"),
        ({"place": {"stretch": [1, 2, 3]}}, "four numbers"),
        ({"by": {"web": "handler"}}, "does not take cases in"),
        ({"times": 5}, "“times” lists how times are written"),
        ({"times": [["%Y"]]}, "“times” lists how times are written"),
        ({"number": ["事件编号"]}, "“number” is the name of one column"),
        ({"opened": {"a": "b"}}, "“opened” is the name of one column"),
        ({"number": 5}, "no column: 5"),
        ({"given": [1]}, "“given” is a table"),
        ({"by": ["web"]}, "“by” is a table"),
        ({"by": {"web": ["grid_worker"]}}, "does not take cases in"),
        ({"place": {"division": ["网格编码"]}}, "“place.division” is the name of one column"),
        ({"place": {"longitude": "经度", "latitude": "纬度", "datum": []}}, "wgs84, gcj02 or bd09"),
        ({"place": {"division": "网格编码", "unknown": 5}}, "“unknown” lists points"),
        ({"place": {"division": "网格编码", "unknown": [["x", "y"]]}}, "“unknown” lists points"),
        ({"states": {"已办结": 5}}, "needs “step” and “at”"),
        ({"states": {"已办结": [{"step": [], "at": {}}]}}, "needs “step” and “at”"),
        ({"states": {"已办结": [{"step": "accept", "at": "受理时间", "by": []}]}}, "reporter or system"),
        ({"given": {"text": "x", "category": {"column": "事件小类", "codes": [1]}}}, "“column” and “codes”"),
        ({"given": {"text": "{事件描述"}}, "a brace without a column"),
        ({"given": {"text": "{}"}}, "a brace without a column"),
    ],
)
def test_what_a_map_says_wrongly_is_told(
    world: Any, tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    file = written(tmp_path / "a.csv", {})
    assert reason in refusal(file, map=changed_map(tmp_path / "m.yaml", **changes))


def test_files_that_are_none_are_refused_in_a_sentence(world: Any, tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_text("x")
    (tmp_path / "a.xlsx").write_text("x")
    (tmp_path / "a.parquet").write_text("x")
    (tmp_path / "a.csv").write_text("")
    for name, reason in (("a.doc", "neither"), ("a.xlsx", "cannot be read"), ("a.parquet", "cannot be read"),
                         ("a.csv", "is empty"), ("b.csv", "There is no file")):  # fmt: skip
        assert reason in refusal(tmp_path / name)


@pytest.mark.parametrize("name", ["boston-311", "grid-platform"])
def test_the_maps_of_the_documentation_can_be_read(name: str) -> None:
    assert read_map(EXAMPLE.with_name(f"{name}.yaml")).name == name


def test_a_map_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("name: x\na: [")
    with pytest.raises(Invalid) as refused:
        read_map(tmp_path / "m.yaml")
    assert refused.value.sentence == f"Line 2 of {tmp_path / 'm.yaml'} cannot be read as YAML."


def test_a_map_saved_by_an_old_editor_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("number: 事件编号", encoding="gbk")
    with pytest.raises(Invalid, match="save it as UTF-8"):
        read_map(tmp_path / "m.yaml")


@pytest.mark.parametrize("place", [".", "nowhere/r.csv"])
def test_a_report_that_cannot_be_written_is_refused_before_a_row_is_read(
    world: Any, tmp_path: Path, place: str
) -> None:
    file = written(tmp_path / "a.csv", {}, {"事件编号": ""})
    with pytest.raises(Invalid, match="cannot be written"):
        import_history(Order(file, EXAMPLE, "matters", tmp_path / place), lambda _done, _total: None)
    assert Case.everywhere.count() == 0
