"""A refusal becomes a page or JSON with the right status, and says what to do next."""

from __future__ import annotations

import json
import sqlite3
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path
from django.utils.translation import override

from linli.base.errors import Invalid, NotFound, NotYours, Refusal, Stale, TooMany, Unavailable
from linli.web import errors
from linli.web.middleware import Refusals


def refuse(request: HttpRequest, code: str) -> HttpResponse:
    """Raise the refusal named in the address."""
    known = {
        "stale": Stale(version=7),
        "strangers": NotYours(),
        "fields": Invalid(fields={"text": ["Please write what it is about."], "at": "Too early."}),
        "often": TooMany(retry_after=9),
        "full": Unavailable(),
    }
    raise known[code]


def break_down(request: HttpRequest) -> HttpResponse:
    """Break with a mistake of the program."""
    raise ZeroDivisionError


urlpatterns = [
    path("", include("linli.web.urls")),
    path("refuse/<str:code>/", refuse),
    path("api/v1/refuse/<str:code>/", refuse),
    path("broken/", break_down),
    path("api/v1/broken/", break_down),
]
handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.failed

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def client(settings: Any) -> Client:
    """A reader of English whose requests pass our middleware and touch no database."""
    settings.MIDDLEWARE = [
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "linli.web.middleware.Refusals",
    ]
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False
    reader = Client(raise_request_exception=False, enforce_csrf_checks=True)
    reader.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return reader


def error_of(response: Any) -> dict[str, Any]:
    assert response["Content-Type"] == "application/json"
    return dict(json.loads(response.content)["error"])


@pytest.mark.parametrize(
    ("code", "status", "then"),
    [
        ("stale", 409, "Open the page again"),
        ("strangers", 403, "check which post you are signed in with"),
        ("fields", 422, "Please write what it is about."),
        ("often", 429, "Wait a minute"),
        ("full", 503, "try again in a few minutes"),
    ],
)
def test_a_refusal_is_a_page_that_says_what_to_do_next(
    client: Client, code: str, status: int, then: str
) -> None:
    response = client.get(f"/refuse/{code}/")
    assert response.status_code == status
    assert then in response.content.decode()
    assert 'href="/"' in response.content.decode()


def test_below_api_a_refusal_is_json_with_its_facts(client: Client) -> None:
    response = client.get("/api/v1/refuse/stale/")
    assert response.status_code == 409
    assert error_of(response) == {"code": "stale", "sentence": str(Stale().sentence), "version": 7}


def test_facts_cannot_replace_code_or_sentence_and_odd_ones_do_no_harm() -> None:
    key = UUID(int=7)
    refusal = Refusal("No.", key=key, odd=object())
    refusal.facts["code"] = "something else"
    error = error_of(errors.answer(RequestFactory().get("/api/v1/x"), refusal))
    assert (error["code"], error["sentence"], error["key"]) == ("refused", "No.", str(key))


def test_an_address_that_does_not_exist_is_a_page_and_json_below_api(client: Client) -> None:
    page, data = client.get("/nowhere/"), client.get("/api/v1/nowhere")
    assert (page.status_code, data.status_code) == (404, 404)
    assert "start again from the home page" in page.content.decode()
    assert error_of(data)["code"] == NotFound.code


def test_our_own_mistake_has_a_page_without_database_and_json_below_api(client: Client) -> None:
    page, data = client.get("/broken/"), client.get("/api/v1/broken/")
    assert (page.status_code, data.status_code) == (500, 500)
    assert "That was our mistake" in page.content.decode()
    assert error_of(data)["code"] == "failed"


def test_a_wrong_method_says_so_and_names_the_right_one(client: Client) -> None:
    response = client.options("/preferences/")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "cannot be opened like this" in response.content.decode()


def test_an_old_form_says_that_nothing_was_saved(client: Client) -> None:
    response = client.post("/preferences/", {"care": "on"})
    assert response.status_code == 403
    assert "Nothing was saved" in response.content.decode()


def test_a_wait_is_named_in_the_header(client: Client) -> None:
    assert client.get("/api/v1/refuse/often/")["Retry-After"] == "9"
    assert client.get("/refuse/full/")["Retry-After"] == "120"


def test_too_large_a_request_is_413_and_an_unreadable_one_400() -> None:
    request = RequestFactory().post("/report/")
    assert errors.bad_request(request, RequestDataTooBig()).status_code == 413
    assert errors.bad_request(request, ValueError()).status_code == 400


@pytest.mark.parametrize(
    ("referer", "offered"),
    [("http://testserver/desk/?tab=done", "/desk/?tab=done"), ("https://elsewhere.example/desk/", "")],
)
def test_only_our_own_pages_are_offered_as_the_way_back(referer: str, offered: str) -> None:
    request = RequestFactory().get("/refuse/stale/", headers={"referer": referer, "host": "testserver"})
    page = errors.answer(request, Stale()).content.decode()
    assert "elsewhere.example" not in page
    assert f'href="{offered}"' in page if offered else 'class="button" href="/"' in page


def store_trouble(statement: str, *before: str) -> OperationalError:
    """A real complaint of SQLite, wrapped as Django wraps it."""
    connection = sqlite3.connect(":memory:")
    for each in before:
        connection.execute(each)
    try:
        connection.execute(statement)
    except sqlite3.OperationalError as cause:
        trouble = OperationalError(str(cause))
        trouble.__cause__ = cause
        return trouble
    raise AssertionError("SQLite did not complain")


def test_a_store_that_takes_nothing_is_503_and_a_mistake_in_sql_is_not() -> None:
    refusals, request = Refusals(lambda _: HttpResponse()), RequestFactory().get("/desk/")
    full = store_trouble("CREATE TABLE t (x)", "PRAGMA query_only = 1")
    answer = refusals.process_exception(request, full)
    assert answer is not None
    assert answer.status_code == 503
    assert refusals.process_exception(request, store_trouble("SELECT nothing FROM nowhere")) is None


def test_pages_wear_the_door_the_request_came_through() -> None:
    request = RequestFactory().get("/desk/")
    request.door = "web/page.html"  # type: ignore[attr-defined]
    with override("en"):
        assert '<nav class="places"' not in errors.answer(request, Stale()).content.decode()
