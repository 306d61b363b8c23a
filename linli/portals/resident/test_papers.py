"""The notice of the result in the hands of whoever reported it, and of whoever is shown the paper."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.cases.follow import follow_code
from linli.documents import setting
from linli.documents.models import Document, Signature
from linli.ledger.models import Entry
from linli.web.typesetting import Unsettable
from tests.scenes import a_paper

pytestmark = pytest.mark.django_db
STROKES = json.dumps([[[x * 20, 60 + x % 3 * 40] for x in range(12)]])


@pytest.fixture
def notice(world):
    a_paper(world)
    return Document.objects.select_related("case").get()


@pytest.fixture
def home(client, notice):
    """The page of the document, on a device that has the case open."""
    number = notice.case.number
    client.post("/follow/", {"number": number, "code": follow_code(notice.case_id)})
    return f"/follow/{number}/papers/{notice.pk}/"


def text(response):
    return response.content.decode()


def test_the_case_leads_to_the_document_and_the_document_to_its_pdf(client, home, notice):
    assert home in text(client.get(f"/follow/{notice.case.number}/"))
    assert "不予受理。" in text(client.get(home))
    pdf = client.get(f"{home}pdf/")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert "no-store" in pdf["Cache-Control"]


def test_signing_by_drawing_and_by_code(client, home, notice):
    sent = {"strokes": STROKES, "digest": notice.digest}
    assert "已签名" in text(client.post(home, sent, follow=True))
    assert Signature.objects.get().manner == "strokes"
    client.post(home, {"deny": "1", "reason": "不是我"})
    client.post(home, {"code": follow_code(notice.case_id).lower(), "digest": notice.digest})
    assert sorted(each.manner for each in Signature.objects.filter(denied_at=None)) == ["code"]


@pytest.mark.parametrize(
    "sent",
    [{}, {"code": "AAAAAAAA"}, {"strokes": "[]"}, {"strokes": "x"}, {"strokes": STROKES, "digest": ""}],
)
def test_what_is_no_signature_is_said_and_nothing_is_signed(client, home, notice, sent):
    response = client.post(home, {"digest": notice.digest, **sent})
    assert response.status_code == 422
    assert not Signature.objects.exists()


def test_signing_another_version_is_refused_in_words(client, home, notice):
    page = text(client.post(home, {"strokes": STROKES, "digest": "0" * 64}, follow=True))
    assert "不是您刚才看的版本" in page
    assert not Signature.objects.exists()


def test_a_pdf_that_cannot_be_made_leads_to_the_page(client, home, monkeypatch):
    def broken(sheet):
        raise Unsettable("x")

    monkeypatch.setattr(setting, "made_of", broken)
    page = text(client.get(f"{home}pdf/", follow=True))
    assert "暂时无法生成 PDF" in page
    assert "不予受理。" in page


def test_the_paper_is_verified_without_saying_what_it_says(client, notice, home):
    client.get(f"{home}pdf/")
    client.logout()
    page = text(client.get(f"/verify/{notice.code}/"))
    assert "对应的文书有效" in page
    assert "办理结果告知书" in page
    for secret in ("不予受理", "路灯", "李小芳", "东门", notice.case.number, notice.digest):
        assert secret not in page


def test_the_file_is_compared_and_not_kept(client, notice, home):
    pdf = client.get(f"{home}pdf/").content
    address = f"/verify/{notice.code}/"
    right = client.post(address, {"file": SimpleUploadedFile("a.pdf", pdf)})
    assert "完全一致" in text(right)
    wrong = client.post(address, {"file": SimpleUploadedFile("a.pdf", pdf + b" ")})
    assert "不一致" in text(wrong)
    assert client.post(address, {}).status_code == 422


def test_an_unknown_code_says_do_not_rely_on_it(client, db):
    for code in ("AAAAAAAAAAAA", "x", "七七", "A" * 300, "%00"):
        response = client.get(f"/verify/{code}/")
        assert response.status_code == 404
    assert "请勿采信" in text(client.get("/verify/AAAAAAAAAAAA/"))


def test_a_code_typed_in_groups_is_found(client, notice):
    grouped = "-".join(notice.code[start : start + 4] for start in (0, 4, 8)).lower()
    assert client.get("/verify/", {"code": f" {grouped} "}, follow=True).status_code == 200


def test_a_replaced_paper_is_said_to_count_no_more(client, notice):
    Document.objects.update(state="replaced", replaced_at=notice.made_at)
    assert "已失效" in text(client.get(f"/verify/{notice.code}/"))


def test_a_scan_is_entered_at_the_desk_and_the_document_reaches_the_api(sign_in_desk, notice, world, client):
    clerk = sign_in_desk("chengguan_clerk")
    address = f"/desk/cases/{notice.case.number}/papers/{notice.pk}/"
    assert address in text(clerk.get(f"/desk/cases/{notice.case.number}/"))
    bad = clerk.post(
        address, {"place": "reporter.0", "digest": notice.digest, "scan": SimpleUploadedFile("a", b"x")}
    )
    assert bad.status_code == 422
    code = {"X-Follow-Code": follow_code(notice.case_id)}
    listed = client.get(f"/api/v1/matters/{notice.case.number}/papers", headers=code).json()["papers"]
    assert [each["digest"] for each in listed] == [notice.digest]
    pdf = client.get(listed[0]["url"], headers=code)
    assert pdf.content.startswith(b"%PDF-")
    assert Entry.objects.filter(name="documents.set").count() == 1


@pytest.fixture
def sign_in_desk(world, client):
    from django.test import Client

    def signed_in(key):
        desk = Client()
        desk.force_login(world.by(key).holding.account)
        return desk

    return signed_in
