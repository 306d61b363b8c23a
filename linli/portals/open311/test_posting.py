"""Taking requests in: once, in full, under the source's channel; what is wrong is said by argument."""

from __future__ import annotations

import io
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.base.generations import bump
from linli.cases.follow import follow_code
from linli.cases.models import Attachment, Case, Responsibility
from linli.exchange.models import Delivery, Foreign, Rejection
from linli.kinds.matters.models import Matter
from linli.portals.open311.conftest import LAMP, ROOT, WORDS
from linli.posts.actor import PartyActor
from linli.residents.reading import read

pytestmark = pytest.mark.django_db


def test_a_request_becomes_a_case_with_its_number(send, lamp, source):
    (receipt,) = send("requests.json", **lamp)
    case = Case.everywhere.get(number=receipt["service_request_id"])
    assert (case.channel, case.category.code, case.stage) == ("suishoupai", "0201", "reported")
    assert (case.matter.text, case.matter.landmark) == (WORDS, "人民路12号三号楼")


def test_the_answer_in_xml_is_as_specified(send, lamp):
    found = send("requests.xml", **lamp)
    assert found.tag == "service_requests"
    assert Case.everywhere.filter(number=found.findtext("request/service_request_id")).exists()


def test_the_reporter_can_follow_with_the_code_in_the_notice(send, lamp):
    (receipt,) = send("requests.json", **lamp)
    case = Case.everywhere.get(number=receipt["service_request_id"])
    assert follow_code(case.pk) in receipt["service_notice"]
    assert "/follow/?number=" in receipt["service_notice"]


def test_who_says_it_is_sealed_under_one_name(sent):
    person = read(sent.reporter, "own", sent, by=PartyActor("reporter", sent.pk))
    assert (person.name, person.phone) == ("李小芳", "13912345678")


def test_the_number_the_source_uses_is_kept(sent, source):
    assert Foreign.objects.get(source=source).number == "SP-1"


def test_a_retry_gives_the_same_number(send, lamp, sent):
    assert send("requests.json", **lamp)[0]["service_request_id"] == sent.number
    assert Case.everywhere.filter(channel="suishoupai").count() == 1
    assert (Delivery.objects.get().taken, Delivery.objects.get().known) == (1, 1)


def test_a_retry_with_a_new_key_or_a_telephone_number_more_is_still_the_same(send, lamp, sent):
    again = send("requests.json", **{**lamp, "phone": "", "email": "a@example.com"})
    assert again[0]["service_request_id"] == sent.number


def test_one_number_for_two_reports_is_refused_and_named(send, lamp, sent):
    (error,) = send("requests.json", **{**lamp, "description": "另一件事"}, expect=400)
    assert error["code"] == 409
    assert sent.number in error["description"]


def test_the_number_of_fixmystreet_counts_too(send, lamp, sent):
    del lamp["attribute[external_id]"]
    first, second = (send("requests.json", **lamp, **{"attribute[fixmystreet_id]": "77"}) for _ in range(2))
    assert first == second


def test_without_a_number_two_requests_are_two(send, lamp):
    del lamp["attribute[external_id]"]
    numbers = {send("requests.json", **lamp)[0]["service_request_id"] for _ in range(2)}
    assert len(numbers) == 2


def test_a_request_without_words_says_what_was_chosen(send, lamp):
    (receipt,) = send("requests.json", **{**lamp, "description": ""})
    assert Matter.objects.get(case__number=receipt["service_request_id"]).text == "路灯照明"


def test_a_place_can_be_a_code_alone(send, lamp, world):
    grid = world.place("东门社区第一网格")
    given = {"service_code": LAMP, "description": WORDS, "address_id": grid.trimmed}
    (receipt,) = send("requests.json", **given)
    assert Case.everywhere.get(number=receipt["service_request_id"]).division == grid


def test_a_place_can_be_words_alone(send):
    (receipt,) = send("requests.json", service_code=LAMP, address_string="人民路12号")
    assert Matter.objects.get(case__number=receipt["service_request_id"]).landmark == "人民路12号"


def test_the_chosen_condition_stands_with_the_words(send, lamp):
    Responsibility.objects.filter(category__code="0201").update(condition="整条路不亮")
    bump("catalogue")
    (receipt,) = send("requests.json", **lamp, **{"attribute[condition]": "整条路不亮"})
    text = Matter.objects.get(case__number=receipt["service_request_id"]).text
    assert text.endswith("\n整条路不亮")


def test_a_condition_that_is_not_in_the_list_is_refused(send, lamp):
    (error,) = send("requests.json", **lamp, **{"attribute[condition]": "别的"}, expect=400)
    assert error["description"].startswith("attribute[condition]")


def test_what_is_not_kept_is_named(send, lamp):
    more = {"email": "a@example.com", "media_url": "http://127.0.0.1:1/x.jpg", "attribute[colour]": "red"}
    (receipt,) = send("requests.json", **lamp, **more)
    assert "email, media_url, colour" in receipt["service_notice"]


def test_a_link_is_never_opened(send, lamp, monkeypatch):
    def called(*_arguments, **_more):
        raise AssertionError("a link was opened")

    monkeypatch.setattr("socket.create_connection", called)
    monkeypatch.setattr("socket.socket.connect", called)
    send("requests.json", **lamp, media_url="http://169.254.169.254/latest/meta-data/")


def test_a_photo_comes_as_a_file(send, lamp):
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    (receipt,) = send("requests.json", **lamp, media=SimpleUploadedFile("a.png", picture.getvalue()))
    assert Attachment.objects.filter(case__number=receipt["service_request_id"]).count() == 1


def test_a_file_that_is_no_photo_is_refused_by_argument(send, lamp):
    (error,) = send("requests.json", **lamp, media=SimpleUploadedFile("a.jpg", b"x"), expect=400)
    assert error["description"].startswith("media: ")


def test_the_key_can_come_in_a_header(client, lamp, key):
    for header in ({"X-Api-Key": key}, {"Authorization": f"Bearer {key}"}):
        assert client.post(f"{ROOT}requests.json", lamp, headers=header).status_code == 200


@pytest.mark.parametrize("given", [{}, {"api_key": ""}, {"api_key": "linli_wrong"}, {"api_key": "\x00 "}])
def test_without_a_key_nothing_is_taken(client, lamp, given):
    response = client.post(f"{ROOT}requests.json", {**lamp, **given})
    assert response.status_code == 403
    assert response.json()[0]["code"] == 403
    assert not Case.everywhere.filter(channel="suishoupai").exists()


@pytest.mark.parametrize(
    ("change", "begins"),
    [
        ({"service_code": ""}, "service_code: "),
        ({"lat": "", "long": "", "address_string": ""}, "lat: "),
        ({"lat": "north"}, "lat: "),
        ({"lat": "nan"}, "lat: "),
        ({"lat": "91"}, "lat: "),
        ({"long": "1e400"}, "long: "),
        ({"lat": "0", "long": "0"}, "long: "),
        ({"long": "", "address_string": ""}, "lat: "),
        ({"address_id": "nowhere"}, "address_id: "),
        ({"phone": "none of yours"}, "phone: "),
        ({"description": "长" * 6001}, "description: "),
        ({"address_string": "长" * 201}, "address_string: "),
        ({"last_name": "长" * 61}, "first_name: "),
        ({"attribute[external_id]": "n" * 61}, "attribute[external_id]: "),
        ({"attribute[external_id]": "a\nb"}, "attribute[external_id]: "),
    ],
)
def test_bad_arguments_are_named_and_nothing_is_kept(send, lamp, change, begins):
    errors = send("requests.json", **{**lamp, **change}, expect=400)
    assert errors[0]["code"] == 400
    assert errors[0]["description"].startswith(begins)
    assert not Case.everywhere.filter(channel="suishoupai").exists()
    reason = Rejection.objects.get().reason
    assert [value for value in change.values() if len(value) > 4 and value in reason] == []


def test_an_unknown_service_is_404(send, lamp):
    assert send("requests.json", **{**lamp, "service_code": "matters.9999"}, expect=404)[0]["code"] == 404


def test_a_refused_request_is_kept_for_the_sources_page_without_its_content(send, lamp):
    send("requests.xml", **{**lamp, "phone": "none of yours"}, expect=400)
    row = Rejection.objects.get()
    assert (row.where, row.number) == ("POST requests.xml", "SP-1")
    assert "phone" in row.reason
    assert "none of yours" not in row.reason


@pytest.mark.parametrize("body", ["{", "[]", '{"service_code": 1}'])
def test_a_body_that_is_no_form_is_refused(client, key, body):
    response = client.post(
        f"{ROOT}requests.json", body, content_type="application/json", headers={"X-Api-Key": key}
    )
    assert response.status_code == 400
    assert "form-urlencoded" in response.json()[0]["description"]


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded; charset=gbk",
    ],
)
def test_a_broken_form_is_refused(client, key, content_type):
    response = client.generic(
        "POST", f"{ROOT}requests.json", b"--y\r\n\xff\xfe", content_type, headers={"X-Api-Key": key}
    )
    assert response.status_code in {400, 403}
    assert response.json()[0]["description"]


FORM = "application/x-www-form-urlencoded"


def posted(client, key, lamp, encoding, **more):
    body = urlencode({**lamp, **more}, encoding=encoding, errors="replace")
    return client.post(f"{ROOT}requests.json", body, content_type=FORM, headers={"X-Api-Key": key})


def test_words_in_another_encoding_are_refused_and_not_kept_as_question_marks(client, lamp, key):
    response = posted(client, key, lamp, "gbk")
    assert (response.status_code, "UTF-8" in response.json()[0]["description"]) == (400, True)
    assert not Matter.objects.exists()


def test_a_question_mark_that_was_sent_as_such_is_kept(client, lamp, key):
    assert (
        posted(client, key, lamp, "utf-8", description="路灯\N{REPLACEMENT CHARACTER}坏了").status_code == 200
    )


def test_files_with_words_in_another_encoding_are_refused(client, key):
    body = b'--x\r\nContent-Disposition: form-data; name="description"\r\n\r\n\xc2\xb7\xb5\xc6\r\n--x--\r\n'
    content_type = "multipart/form-data; boundary=x"
    response = client.generic("POST", f"{ROOT}requests.json", body, content_type, headers={"X-Api-Key": key})
    assert (response.status_code, "UTF-8" in response.json()[0]["description"]) == (400, True)


def test_what_is_too_large_or_has_too_many_fields_is_refused(client, key):
    for given in ({"description": "x" * 1_100_000}, {f"attribute[{n}]": "x" for n in range(201)}):
        body = "&".join(f"{name}={value}" for name, value in given.items())
        response = client.post(
            f"{ROOT}requests.json",
            body,
            content_type="application/x-www-form-urlencoded",
            headers={"X-Api-Key": key},
        )
        assert (response.status_code, response.json()[0]["code"]) == (400, 413)
