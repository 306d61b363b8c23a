"""A client that asks as FixMyStreet's Open311.pm does, and reads answers by its rules: form fields, dates, XML shapes.

It reads XML by name only: of a list each element, of a text that is empty nothing at all.
"""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from linli.base.generations import bump
from linli.cases.models import Attachment, Case, Responsibility
from linli.exchange.models import Foreign
from linli.portals.open311.conftest import HOME, LAMP, ROOT, Way

pytestmark = pytest.mark.django_db

GROUPS = {"attributes": "attribute", "values": "value"}
FORCED = {"service", "attribute", "value", "request", "error", "request_update"}
REPORT = "https://fms.example.org/report/80"


class FixMyStreet:
    """What its administrator fills in: the endpoint, the key, perhaps a jurisdiction."""

    def __init__(self, client: Client, key: str, jurisdiction: str = "") -> None:
        self.client, self.key, self.jurisdiction = client, key, jurisdiction

    def get(self, path: str, **params: Any) -> Any:
        """Only what reads updates has the key with it."""
        return self._read(self.client.get(f"{ROOT}{path}?{urlencode(self._with(params), doseq=True)}"))

    def post(self, path: str, **params: Any) -> Any:
        """As a form; a list goes out as the same name again and again."""
        body = urlencode(self._with({**params, "api_key": self.key}), doseq=True)
        sent = self.client.post(f"{ROOT}{path}", body, content_type="application/x-www-form-urlencoded")
        return self._read(sent)

    def upload(self, path: str, **params: Any) -> Any:
        """As multipart, where photos go along as files."""
        return self._read(self.client.post(f"{ROOT}{path}", self._with({**params, "api_key": self.key})))

    def _with(self, params: dict[str, Any]) -> dict[str, Any]:
        return {**params, "jurisdiction_id": self.jurisdiction} if self.jurisdiction else params

    def _read(self, answer: Any) -> Any:
        found = _simple(ElementTree.fromstring(answer.content))
        if answer.status_code == 200:
            return found
        return "".join(f"{each['code']}: {each['description']}\n" for each in found["error"])


def _simple(element: ElementTree.Element) -> Any:
    """What XML::Simple makes of it with ForceArray, GroupTags and SuppressEmpty."""
    if not len(element):
        return element.text
    found: dict[str, Any] = {}
    for child in element:
        value = _simple(child)
        if child.tag in GROUPS and isinstance(value, dict):
            value = value[GROUPS[child.tag]]
        if child.tag in FORCED:
            found.setdefault(child.tag, []).append(value)
        else:
            found[child.tag] = value
    return found


@pytest.fixture
def fms(client: Client, key: str) -> FixMyStreet:
    """A FixMyStreet whose body has this endpoint."""
    return FixMyStreet(client, key)


@pytest.fixture
def problem(world: Any) -> dict[str, Any]:
    """What it sends of a report: one name only, a number in the world's form, several links to photos."""
    grid = world.place(HOME)
    return {
        "service_code": LAMP,
        "lat": f"{grid.latitude:.6f}",
        "long": f"{grid.longitude:.6f}",
        "description": f"路灯坏了\n\n三号楼下 <&>\n\n{REPORT}\n",
        "first_name": "李小芳",
        "last_name": "",
        "phone": "+8613912345678",
        "email": "xiaofang@example.com",
        "media_url": ["https://fms.example.org/p/1.jpg", "https://fms.example.org/p/2.jpg"],
        "attribute[fixmystreet_id]": "80",
        "attribute[closest_address]": "人民路",
        "attribute[colours]": ["red", "blue"],
    }


@pytest.fixture
def external_id(fms: FixMyStreet, problem: dict[str, Any]) -> str:
    """What it keeps as external_id of the report."""
    return str(fms.post("requests.xml", **problem)["request"][0]["service_request_id"])


def test_no_two_services_have_one_name(fms, world):
    """It takes services of one name for the same category and leaves both out."""
    names = Counter(each["service_name"] for each in fms.get("services.xml")["service"])
    assert names.most_common(1)[0][1] == 1


def test_metadata_is_a_list_of_attributes_that_can_be_sorted(fms, world):
    Responsibility.objects.filter(category__code="0201").update(condition="整条路不亮")
    bump("catalogue")
    attributes = fms.get(f"services/{LAMP}.xml")["attributes"]
    assert [(int(each["order"]), each["required"], each["values"][0]["name"]) for each in attributes] == [
        (1, "false", "整条路不亮")
    ]


def test_a_report_gets_its_number_and_again_the_same(fms, problem, external_id):
    assert Case.everywhere.get(number=external_id).matter.text == problem["description"].strip()
    again = fms.post("requests.xml", **problem)
    assert again["request"][0]["service_request_id"] == external_id
    assert Foreign.objects.get().number == "80"


@pytest.mark.parametrize("jurisdiction", ["testserver", "990101"])
def test_a_jurisdiction_may_be_filled_in(client, key, problem, jurisdiction):
    assert "request" in FixMyStreet(client, key, jurisdiction).post("requests.xml", **problem)


def test_a_report_without_a_pin_has_its_place_in_words(fms, problem):
    del problem["lat"], problem["long"]
    (receipt,) = fms.post("requests.xml", **problem, address_string="人民路12号")["request"]
    assert Case.everywhere.get(number=receipt["service_request_id"]).matter.landmark == "人民路12号"


def test_photos_it_uploads_are_kept_whatever_their_fields_are_called(fms, problem):
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "JPEG")
    files = {
        f"photo{each}": SimpleUploadedFile(f"{each}.jpeg", picture.getvalue() + bytes([each]))
        for each in (1, 2)
    }
    (receipt,) = fms.upload("requests.xml", **problem, **files)["request"]
    assert Attachment.objects.filter(case__number=receipt["service_request_id"]).count() == 2


def test_a_refusal_is_told_by_code_and_sentence(fms, problem):
    assert fms.post("requests.xml", **{**problem, "phone": "none"}).startswith("400: phone: ")


def test_several_reports_are_asked_after_at_once(fms, external_id):
    found = fms.get("requests.xml", service_request_id=f"{external_id},990101-26-99999-9")
    assert [each["status"] for each in found["request"]] == ["open"]


def test_updates_of_two_hours_lie_within_the_two_hours(fms, key, world, external_id):
    Way(world, Case.everywhere.get(number=external_id)).checked()
    now = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    start, end = (f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in (now - timedelta(hours=2), now))
    found = fms.get("servicerequestupdates.xml", api_key=key, start_date=start, end_date=end)[
        "request_update"
    ]
    times = [datetime.fromisoformat(each["updated_datetime"]).astimezone(UTC) for each in found]
    assert all(start <= f"{each:%Y-%m-%dT%H:%M:%SZ}" <= end for each in times)
    assert [each["status"] for each in found] == ["OPEN", "OPEN", "OPEN", "FIXED"]
    assert {(each["service_request_id"], each["media_url"]) for each in found} == {(external_id, None)}


def test_no_updates_are_an_empty_answer_and_no_error(fms, key, external_id):
    assert fms.get("servicerequestupdates.xml", api_key=key) is None


def test_a_comment_gets_its_number_and_again_the_same(fms, world, external_id):
    way = Way(world, Case.everywhere.get(number=external_id)).checked()
    comment = {
        "updated_datetime": "2026-11-26T11:00:00Z",
        "service_request_id": external_id,
        "status": "REOPEN",
        "description": "还是不亮。",
        "first_name": "李小芳",
        "last_name": "-",
        "email": "xiaofang@example.com",
        "update_id": "501",
        "media_url": "https://fms.example.org/c/501.0.full.jpeg",
    }
    first, again = (
        fms.post("servicerequestupdates.xml", **comment)["request_update"][0] for _time in range(2)
    )
    assert first["update_id"]
    assert (again["update_id"], way.case.stage) == (first["update_id"], "dispatched")
