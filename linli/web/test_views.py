"""The reader's choices are kept in cookies and lead back to our own pages only."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from linli.web.views import preferences


def choosing(**choices: str) -> HttpResponse:
    request = RequestFactory().post("/preferences/", choices, headers={"host": "localhost"})
    request.user = AnonymousUser()
    return preferences(request)


def test_language_and_large_type_are_kept_and_the_reader_returns() -> None:
    response = choosing(language="en", care="on", next="/follow/?number=7")
    assert response["Location"] == "/follow/?number=7"
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert response.cookies["care"].value == "on"


@pytest.mark.parametrize(
    "wanted",
    ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)", ""],
)
def test_the_way_back_never_leaves_this_site(wanted: str) -> None:
    assert choosing(care="off", next=wanted)["Location"] == "/"


def test_what_is_not_offered_is_not_kept() -> None:
    assert choosing(language="tlh", care="perhaps", next="/").cookies == {}
