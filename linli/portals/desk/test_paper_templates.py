"""The page on which a place puts its own text in a template's stead."""

from __future__ import annotations

import pytest

from linli.documents.models import Override
from linli.documents.wordings import template_named

pytestmark = pytest.mark.django_db
ADDRESS = "/desk/papers/matters.result/"


def test_a_text_is_tried_and_then_holds_and_is_taken_back(sign_in):
    administrator = sign_in("administrator")
    assert "办理结果告知书" in administrator.get("/desk/papers/").content.decode()
    text = template_named("matters.result").own_text + "#quiet[本县提示]\n"
    tried = administrator.post(ADDRESS, {"text": text, "try": "1"})
    assert tried["Content-Type"] == "application/pdf"
    assert not Override.objects.exists()
    assert administrator.post(ADDRESS, {"text": text}).status_code == 302
    assert "本县提示" in administrator.get(ADDRESS).content.decode()
    administrator.post(f"{ADDRESS}take-back/")
    assert (
        "本县提示"
        not in administrator.get(ADDRESS).content.decode().split("<textarea")[1].split("</textarea>")[0]
    )


def test_what_typst_says_is_shown_and_what_was_typed_stays(sign_in):
    response = sign_in("administrator").post(ADDRESS, {"text": "#signing()#verification()#nothing()"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "typst 无法排版" in page
    assert "#nothing()" in page
