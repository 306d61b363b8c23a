"""The busiest day of Boston's 311 in 2015 runs through the real actions, and nothing of it is lost."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from shapely import Point, from_wkb

from linli.base.errors import Invalid, Unavailable
from linli.cases.models import Case, Clock
from linli.divisions.models import Division
from linli.divisions.stretching import Onto
from linli.ledger.models import Entry, Position
from linli.portals.demo import boston
from linli.portals.demo.boston import requests_of
from linli.portals.demo.replay import replay

BUSIEST = date(2015, 1, 20)


@pytest.fixture
def file(shared_data: Path) -> Path:
    return shared_data / "311" / "boston-2015.parquet"


@pytest.mark.data
@pytest.mark.nightly
def test_the_busiest_day_is_stored_whole_with_its_own_times(world: Any, file: Path) -> None:
    requests = requests_of(file, BUSIEST)
    done = replay(requests, world.county)
    assert (done.refused, len(done.cases), Case.everywhere.count()) == ({}, 719, 719)
    cases = Case.everywhere.in_bulk([opened.case for opened in done.cases.values()])
    for request in requests:
        case = cases[done.cases[request.key].case]
        assert case.at == request.opened
        assert case.recorded_at.year > 2015
        assert case.closed_at == request.closed
    promised = [request for request in requests if request.promised]
    kept = Clock.objects.filter(source="replay")
    assert Counter(kept.values_list("due_at", flat=True)) == Counter(each.promised for each in promised)
    entries = Entry.objects.filter(about__in=cases)
    assert entries.count() == 719 + done.steps
    assert entries.filter(at__year__gte=2017).count() == 0
    assert list(Position.objects.order_by("number").values_list("number", flat=True)) == list(
        range(1, Entry.objects.count() + 1)
    )
    report = done.as_json(requests)
    assert len(report["rows"]) == report["stored"] == 719


@pytest.mark.data
def test_a_day_replayed_twice_is_stored_once(world: Any, file: Path) -> None:
    requests = requests_of(file, BUSIEST)[:20]
    replay(requests, world.county)
    entries = Entry.objects.count()
    again = replay(requests, world.county)
    assert all(opened.again for opened in again.cases.values())
    assert (Case.everywhere.count(), Entry.objects.count()) == (20, entries)


@pytest.mark.data
def test_a_speed_makes_the_day_take_its_time(world: Any, file: Path) -> None:
    requests = [each for each in requests_of(file, BUSIEST) if not each.closed][:2]
    lasts = (max(each.share(0.05) for each in requests) - requests[0].opened) / timedelta(seconds=1)
    assert replay(requests, world.county, speed=lasts).seconds >= 1


@pytest.mark.data
def test_a_day_without_requests_is_refused_in_a_sentence(file: Path) -> None:
    with pytest.raises(Invalid, match="2014"):
        requests_of(file, date(2014, 1, 20))


def test_a_file_that_is_none_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        requests_of(tmp_path / "none.parquet", BUSIEST)
    (tmp_path / "text.parquet").write_text("no such file")
    with pytest.raises(Invalid):
        requests_of(tmp_path / "text.parquet", BUSIEST)


def test_without_pyarrow_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boston, "parquet", None)
    with pytest.raises(Unavailable, match="linli\\[replay\\]"):
        requests_of(tmp_path / "none.parquet", BUSIEST)


def test_the_citys_map_lies_inside_the_county(world: Any) -> None:
    outline = from_wkb(bytes(Division.objects.defer(None).get(pk=world.county.pk).outline))
    onto = Onto.inside(outline, boston.BOX)
    assert (onto.here[2] - onto.here[0]) > (outline.bounds[2] - outline.bounds[0]) / 4
    for corner in (boston.BOX[:2], boston.BOX[2:]):
        assert outline.buffer(1e-9).contains(Point(onto(*corner)))
