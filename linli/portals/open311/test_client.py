"""A client written from the specification, with nothing of ours but addresses, against a real server.

What it checks of each answer are facts of GeoReport v2: names, types, which may be missing, and the codes of errors.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import pytest
from django.db import connection

from linli.cases.models import Case
from linli.exchange.sources import add_source, give_key
from linli.portals.open311.conftest import HOME, Way
from tests.assessing import assessed_source

W3C = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
WORDS = "路灯坏了 <&> \"'\n第二行 😀"
LISTS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
}


def text(value: Any) -> bool:
    return isinstance(value, str)


def perhaps(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or check(value)


def moment(value: Any) -> bool:
    return text(value) and bool(W3C.fullmatch(value))


def degrees(value: Any) -> bool:
    return isinstance(value, int | float) and -180 <= value <= 180


SERVICE = {
    "service_code": text,
    "service_name": text,
    "description": text,
    "metadata": lambda value: isinstance(value, bool),
    "type": lambda value: value in {"realtime", "batch", "blackbox"},
    "keywords": text,
    "group": text,
}
REQUEST = {
    "service_request_id": text,
    "status": lambda value: value in {"open", "closed"},
    "status_notes": perhaps(text),
    "service_name": perhaps(text),
    "service_code": text,
    "description": perhaps(lambda value: text(value) and len(value) <= 4000),
    "agency_responsible": perhaps(text),
    "service_notice": perhaps(text),
    "requested_datetime": moment,
    "updated_datetime": perhaps(moment),
    "expected_datetime": perhaps(moment),
    "address": perhaps(text),
    "address_id": perhaps(text),
    "zipcode": perhaps(text),
    "lat": perhaps(degrees),
    "long": perhaps(degrees),
    "media_url": perhaps(text),
}
RECEIPT = {"service_request_id": text, "service_notice": perhaps(text), "account_id": perhaps(text)}
ERROR = {"code": lambda value: isinstance(value, int), "description": text}


def fits(rows: list[dict[str, Any]], shape: dict[str, Callable[[Any], bool]]) -> bool:
    """Whether each row has exactly these names, with values of these sorts."""
    wrong = [
        (name, row.get(name, "missing"))
        for row in rows
        for name, check in shape.items()
        if not check(row.get(name))
    ]
    assert wrong == []
    return all(set(row) == set(shape) for row in rows)


class Geo:
    """What an app has: an endpoint, perhaps a key, and a format."""

    def __init__(self, endpoint: str, form: str, key: str = "") -> None:
        self.endpoint, self.form, self.key = endpoint, form, key

    def get(self, path: str, **query: str) -> Any:
        return self._open(Request(f"{self.endpoint}/{path}.{self.form}?{urlencode(query)}"))

    def post(self, path: str, **given: str) -> Any:
        body = urlencode({"api_key": self.key, **given}).encode()
        return self._open(Request(f"{self.endpoint}/{path}.{self.form}", body))

    def _open(self, request: Request) -> Any:
        try:
            with urlopen(request, timeout=20) as answer:
                return self._read(answer.read())
        except HTTPError as refusal:
            return refusal.code, self._read(refusal.read())

    def _read(self, body: bytes) -> Any:
        return json.loads(body) if self.form == "json" else simple(ElementTree.fromstring(body))


def simple(element: ElementTree.Element) -> Any:
    """XML by the Spark convention, so that both formats can be compared."""
    if element.tag in LISTS:
        assert {child.tag for child in element} <= {LISTS[element.tag]}
        return [simple(child) for child in element]
    if len(element):
        return {child.tag: simple(child) for child in element}
    return element.text


@pytest.fixture
def served(committed_world: Any, start_server: Any) -> tuple[str, str, dict[str, str]]:
    """An endpoint, a key, and what to send."""
    by, grid = committed_world.by("administrator"), committed_world.place(HOME)
    key = give_key(
        assessed_source(committed_world, add_source("app", "一个应用", committed_world.county, by=by)), by=by
    )
    connection.close()
    given = {"lat": str(grid.latitude), "long": str(grid.longitude), "description": WORDS, "last_name": "李"}
    return f"{start_server().url}/open311/v2", key, given


def test_an_independent_client_reads_posts_and_follows_in_json(served):
    endpoint, key, given = served
    anybody, app = Geo(endpoint, "json"), Geo(endpoint, "json", key)
    services = anybody.get("services")
    assert fits(services, SERVICE)
    code = next(each["service_code"] for each in services if each["service_code"].endswith("0201"))
    definition = anybody.get(f"services/{code}")
    assert (definition["service_code"], definition["attributes"]) == (code, [])
    receipts = app.post("requests", service_code=code, **given)
    assert fits(receipts, RECEIPT)
    number = receipts[0]["service_request_id"]
    assert fits(anybody.get("requests"), REQUEST)
    assert [each["description"] for each in anybody.get("requests", service_request_id=number)] == [None]
    own = app.get(f"requests/{number}", api_key=key)
    assert fits(own, REQUEST)
    assert own[0]["description"] == WORDS
    assert anybody.get(f"tokens/{number}")[0]["service_request_id"] == number


def test_an_independent_client_reads_posts_and_follows_in_xml(served):
    endpoint, key, given = served
    anybody, app = Geo(endpoint, "xml"), Geo(endpoint, "xml", key)
    service = next(each for each in anybody.get("services") if each["service_code"].endswith("0201"))
    assert (service["metadata"], service["type"]) == ("false", "realtime")
    (receipt,) = app.post("requests", service_code=service["service_code"], **given)
    number = receipt["service_request_id"]
    (own,) = app.get(f"requests/{number}", api_key=key)
    assert set(own) == set(REQUEST)
    assert own["description"] == WORDS
    assert moment(own["requested_datetime"])
    (public,) = anybody.get("requests", service_request_id=number)
    assert public["description"] is None


def test_one_request_from_many_connections_at_once_is_one_case(served, at_once):
    endpoint, key, given = served
    app = Geo(endpoint, "json", key)
    more = {"service_code": "matters.0201", "attribute[external_id]": "A-7"}
    receipts = at_once([lambda: app.post("requests", **given, **more)] * 6)
    assert len({receipt[0]["service_request_id"] for receipt in receipts}) == 1
    assert len(Geo(endpoint, "json").get("requests")) == 1


def test_one_update_from_many_connections_at_once_has_one_winner(served, at_once, committed_world):
    endpoint, key, given = served
    app = Geo(endpoint, "json", key)
    number = app.post("requests", service_code="matters.0201", **given)[0]["service_request_id"]
    Way(committed_world, Case.everywhere.get(number=number)).dispatched()
    connection.close()
    said = {"service_request_id": number, "status": "OPEN", "description": "是3号楼。"}
    answers = at_once([lambda: app.post("servicerequestupdates", **said)] * 6)
    taken = {answer[0]["update_id"] for answer in answers if isinstance(answer, list)}
    assert len(taken) == 1
    assert {answer[0] for answer in answers if isinstance(answer, tuple)} <= {400}


@pytest.mark.parametrize("form", ["xml", "json"])
def test_an_independent_client_is_told_what_is_wrong(served, form):
    endpoint, key, given = served
    anybody, app = Geo(endpoint, form), Geo(endpoint, form, key)
    refused = {
        403: anybody.post("requests", service_code="matters.0201", **given),
        404: app.post("requests", service_code="none", **given),
        400: app.post("requests", **given),
    }
    for expected, (status, errors) in refused.items():
        assert status == expected
        assert errors
        for error in errors:
            error["code"] = int(error["code"])
        assert fits(errors, ERROR)
