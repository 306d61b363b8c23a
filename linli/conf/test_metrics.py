"""What is measured, for whom, and that nothing of people is in it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from linli.conf.metrics import WITHIN, door_of
from linli.ledger.sequencing import sequence_all

pytestmark = pytest.mark.django_db
SAMPLE = re.compile(r"^linli_[a-z_]+(\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\})? -?[0-9.e+-]+$")


def _asked(client: Client, token: str = "") -> Any:
    return client.get("/metrics", headers={"authorization": f"Bearer {token}"} if token else {})


def test_without_a_token_set_there_is_nothing(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert (_asked(client).status_code, _asked(client, "x").status_code) == (404, 404)
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_only_who_has_the_token_reads_it(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a long token"
    assert (_asked(client).status_code, _asked(client, "another").status_code) == (404, 404)
    assert _asked(client, "a long token").status_code == 200
    assert client.post("/metrics").status_code == 405


def test_every_line_is_of_prometheus_form_and_the_queues_are_in_it(
    world: Any, client: Client, settings: Any
) -> None:
    settings.METRICS_TOKEN = "t"
    client.get("/")
    told = _asked(client, "t").content.decode()
    assert [line for line in told.splitlines() if not line.startswith("#") and not SAMPLE.match(line)] == []
    for name in (
        "linli_requests_total", "linli_request_seconds_bucket", "linli_entries_unplaced", "linli_notices_waiting",
        "linli_notice_overdue_seconds", "linli_disk_free_bytes", "linli_requests_waiting",
    ):  # fmt: skip
        assert f"\n{name}" in told, name


def test_a_queue_is_seen_to_grow_and_to_shrink(world: Any, client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "t"
    before = _value(_asked(client, "t"), "linli_entries_unplaced")
    sequence_all()
    assert before > _value(_asked(client, "t"), "linli_entries_unplaced") == 0


def _value(answer: Any, name: str) -> float:
    found = re.search(rf"^{name} (\S+)$", answer.content.decode(), re.MULTILINE)
    assert found, name
    return float(found.group(1))


def test_no_more_of_an_address_is_told_than_its_door(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "t"
    client.get("/follow/320831-26-00042-7/", {"phone": "13912345678"})
    client.get("/13912345678/")
    client.get("/desk/cases/320831-26-00042-7/")
    told = _asked(client, "t").content.decode()
    assert "13912345678" not in told
    assert "320831" not in told
    assert {door_of("/desk/x"), door_of("/13912345678/"), door_of("/")} == {"desk", "resident"}


def test_a_histogram_adds_up(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "t"
    client.get("/healthz")
    told = _asked(client, "t").content.decode()
    buckets = [float(each) for each in re.findall(r"bucket\{door=\"resident\",le=\"[^\"]+\"\} (\S+)", told)]
    count = re.search(r"seconds_count\{door=\"resident\"\} (\S+)", told)
    assert len(buckets) == len(WITHIN) + 1
    assert buckets == sorted(buckets)
    assert count
    assert buckets[-1] == float(count.group(1))
