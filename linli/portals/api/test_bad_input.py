import json

import pytest

from linli.cases.models import Case, Notice, Task
from linli.ledger.models import Entry
from linli.portals.api.conftest import MATTERS, address_of, code_of
from linli.residents.models import Contact

TABLES = (Case, Contact, Task, Notice, Entry)


@pytest.fixture
def nothing_changes(world):
    """Counts before and after are the same."""
    before = [table._default_manager.count() for table in TABLES]
    yield
    assert [table._default_manager.count() for table in TABLES] == before


def raw(client, body, content_type="application/json"):
    return client.post(MATTERS, body, content_type=content_type)


def error_of(answer, status):
    assert answer.status_code == status, answer.content.decode()
    error = answer.json()["error"]
    assert error["sentence"]
    return error


@pytest.mark.parametrize(
    "body",
    [
        b" ",
        b"{",
        b"text=lamp",
        b'{"text": "a",}',
        b'["text"]',
        b'"text"',
        b"null",
        b"12",
        b'{"text": NaN}',
        b'{"text": "a", "longitude": Infinity}',
        b'{"text": "a", "longitude": -Infinity}',
        b'{"text": "a", "text": "b"}',
        b'{"text": "a", "contact": {"name": "b", "name": "c"}}',
        b'{"text": "\xff\xfe"}',
        '{"text": "路灯"}'.encode("gb18030"),
        '{"text": "a"}'.encode("utf-16"),
        b'{"text": "a\nb"}',
        b'{"text": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"text": ' + b'{"a":' * 30_000 + b"1" + b"}" * 30_000 + b"}",
        b'{"longitude": ' + b"9" * 5_000 + b"}",
    ],
    ids=lambda body: body[:30].decode("latin-1"),
)
def test_what_is_no_json_object_is_refused(nothing_changes, client, body):
    assert error_of(raw(client, body), 400)["code"] == "malformed"


def test_an_empty_body_is_refused(nothing_changes, client):
    answer = client.generic("POST", MATTERS, b"", headers={"Content-Type": "application/json"})
    assert error_of(answer, 400)["code"] == "malformed"


def test_a_body_in_pieces_is_refused(nothing_changes, client):
    headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}
    assert error_of(client.generic("POST", MATTERS, b"", headers=headers), 411)["code"] == "no_length"


def test_ten_megabytes_are_refused_before_they_are_read(nothing_changes, client):
    assert error_of(raw(client, b'{"text": "' + b"a" * 10_000_000 + b'"}'), 413)["code"] == "too_large"


@pytest.mark.parametrize(
    "sort", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_what_is_not_sent_as_json_is_refused(nothing_changes, client, sort):
    assert error_of(raw(client, b'{"text": "a"}', sort), 415)["code"] == "wrong_type"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "text"),
        ({"text": None}, "text"),
        ({"text": ""}, "text"),
        ({"text": " \u0000\u3000"}, "text"),
        ({"text": 12}, "text"),
        ({"text": ["a"]}, "text"),
        ({"text": {"a": "b"}}, "text"),
        ({"text": True}, "text"),
        ({"text": "路" * 6001}, "text"),
        ({"text": "\ud83d"}, "text"),
        ({"text": "a", "category": "9999"}, "category"),
        ({"text": "a", "category": 201}, "category"),
        ({"text": "a", "category": "\u0000"}, "category"),
        ({"text": "a", "address": "路" * 201}, "address"),
        ({"text": "a", "address": []}, "address"),
        ({"text": "a", "longitude": "abc", "latitude": 33.5}, "longitude"),
        ({"text": "a", "longitude": "119.0", "latitude": 33.5}, "longitude"),
        ({"text": "a", "longitude": True, "latitude": 33.5}, "longitude"),
        ({"text": "a", "longitude": 10**400, "latitude": 33.5}, "longitude"),
        ({"text": "a", "longitude": 181, "latitude": 33.5}, "longitude"),
        ({"text": "a", "longitude": 119.0}, "longitude"),
        ({"text": "a", "longitude": 123.5, "latitude": 31.0}, "longitude"),
        ({"text": "a", "latitude": -91, "longitude": 119.0}, "latitude"),
        ({"text": "a", "datum": "nad27"}, "datum"),
        ({"text": "a", "division": "990101001999"}, "division"),
        ({"text": "a", "division": "１２x"}, "division"),
        ({"text": "a", "division": 990101}, "division"),
        ({"text": "a", "happened_at": "1899-12-31T00:00:00+08:00"}, "happened_at"),
        ({"text": "a", "happened_at": "0001-01-01T00:00:00"}, "happened_at"),
        ({"text": "a", "happened_at": "0001-01-01T00:00:00+14:00"}, "happened_at"),
        ({"text": "a", "happened_at": "9999-12-31T23:59:59-14:00"}, "happened_at"),
        ({"text": "a", "happened_at": "2026-02-30T10:00:00"}, "happened_at"),
        ({"text": "a", "happened_at": "yesterday"}, "happened_at"),
        ({"text": "a", "happened_at": 1_700_000_000}, "happened_at"),
        ({"text": "a", "contact": "李"}, "contact"),
        ({"text": "a", "contact": {"phone": "12"}}, "contact.phone"),
        ({"text": "a", "contact": {"phone": 13912345678}}, "contact.phone"),
        ({"text": "a", "contact": {"name": "李\u0000芳"}}, "contact.name"),
        ({"text": "a", "contact": {"name": "李" * 61}}, "contact.name"),
        ({"text": "a", "contact": {"idcard": "x"}}, "contact.idcard"),
        ({"text": "a", "channel": "phone"}, "channel"),
        ({"text": "a", "photos": []}, "photos"),
        ({"text": "a", "landmark": "b"}, "landmark"),
        ({"text": "a", "__all__": "b"}, "__all__"),
        ({"text": "a", "\ud83d": "b"}, "\ud83d"),
    ],
    ids=lambda given: ascii(given)[:60],
)
def test_a_field_that_cannot_be_taken_is_named(nothing_changes, client, given, field):
    error = error_of(raw(client, json.dumps(given)), 422)
    assert error["code"] == "invalid"
    assert field in error["fields"]
    assert set(error["fields"]) <= {field, "longitude"}
    assert all(error["fields"].values())


def test_a_number_too_large_for_a_float_is_no_number(nothing_changes, client):
    error = error_of(raw(client, b'{"text": "a", "longitude": 1e400, "latitude": -1e400}'), 422)
    assert set(error["fields"]) == {"longitude", "latitude"}


def test_all_unknown_fields_are_named_at_once(nothing_changes, send):
    error = error_of(send(MATTERS, {"text": "a", "colour": 1, "contact": {"age": 5}}), 422)
    assert set(error["fields"]) == {"colour", "contact.age"}


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/secrets",
        "/api/v1/matters/",
        "/api/v1",
        "/api/v2/matters",
        "/api/v1/%00",
        "/api/v1/matters/a/b/c",
    ],
)
def test_an_address_that_is_none_says_so_in_json(nothing_changes, client, send, address):
    assert error_of(client.get(address), 404)["code"] == "not_found"
    assert error_of(send(address, {"text": "a"}), 404)["code"] == "not_found"


@pytest.mark.parametrize(
    "number", ["1", "x" * 500, "%00", "990101-26-00001-9", "路灯", "９９", "..%2f", "0" * 40]
)
def test_a_number_that_is_none_is_not_found(client, token_of, number):
    for headers in ({"X-Follow-Code": "ACDEFGH3"}, token_of("county_clerk")):
        error_of(client.get(f"{MATTERS}/{number}", headers=headers), 404)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_a_method_that_is_none_is_refused(nothing_changes, client, method):
    answer = getattr(client, method)(MATTERS)
    assert error_of(answer, 405)
    assert answer["Allow"] == "GET, HEAD, POST"


def test_one_case_cannot_be_posted_to(client, send, reported):
    assert error_of(send(address_of(reported), {}, **code_of(reported)), 405)


@pytest.mark.parametrize("step", ["vanish", "report", "%00", "Accept"])
def test_a_step_that_is_none_is_not_found(send, reported, token_of, step):
    before = Entry.objects.count()
    error_of(send(address_of(reported, step), {"seen": 1, "text": "a"}, **token_of("chengguan_clerk")), 404)
    assert Entry.objects.filter(about=reported.pk).count() == 1
    assert Entry.objects.count() == before + 1  # the token


def test_a_step_of_the_clock_is_nobodys(send, checked, token_of):
    error_of(send(address_of(checked, "lapse"), {"seen": 5}, **token_of("call_taker")), 403)
    error_of(send(address_of(checked, "lapse"), {"seen": 5}, **code_of(checked)), 403)


@pytest.mark.parametrize("seen", [None, "1", True, 1.0, [], {}])
def test_a_step_without_the_version_it_was_decided_on_is_refused(send, reported, token_of, seen):
    body = {"category": "0201", "seen": seen}
    error = error_of(send(address_of(reported, "accept"), body, **token_of("chengguan_clerk")), 422)
    assert list(error["fields"]) == ["seen"]
    assert Case.everywhere.get(pk=reported.pk).version == 1


@pytest.mark.parametrize("seen", [0, -1, 2, 10**30])
def test_another_version_is_stale_and_the_newer_one_is_said(send, reported, token_of, seen):
    body = {"category": "0201", "seen": seen}
    error = error_of(send(address_of(reported, "accept"), body, **token_of("chengguan_clerk")), 409)
    assert (error["code"], error["version"]) == ("stale", 1)


@pytest.mark.parametrize("to", [10**30, -1, 0, "abc", 1.5, None, "１"])
def test_a_choice_that_is_none_is_refused(send, accepted, token_of, to):
    answer = send(address_of(accepted, "dispatch"), {"to": to, "seen": 2}, **token_of("chengguan_dispatcher"))
    assert list(error_of(answer, 422)["fields"]) == ["to"]
    assert Case.everywhere.get(pk=accepted.pk).version == 2


@pytest.mark.parametrize(
    ("language", "word"), [(None, "请"), ("zh-CN,zh;q=0.9", "请"), ("en", "Please"), ("fr", "请")]
)
def test_sentences_are_chinese_unless_english_is_asked_for(world, send, language, word):
    headers = {"Accept-Language": language} if language else {}
    assert word in error_of(send(MATTERS, {"text": ""}, **headers), 422)["sentence"]


def test_the_text_is_kept_as_sent_when_it_looks_like_markup(world, send):
    text = "<script>alert(1)</script>' OR 1=1; --"
    case = Case.everywhere.get(number=send(MATTERS, {"text": text}).json()["number"])
    assert case.matter.text == text
