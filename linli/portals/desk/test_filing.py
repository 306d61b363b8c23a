"""The file of a case on paper: complete, without whoever raised it, and nothing in it is read as markup."""

from __future__ import annotations

import pytest

from linli.cases.models import Case
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry
from linli.portals.desk.conftest import NAME, PHONE, reported
from linli.portals.desk.dossier import dossier_of, sheet_of
from linli.web import typesetting
from linli.web.typesetting import as_pdf, as_pictures
from tests.pdfs import unpacked

pytestmark = pytest.mark.django_db
MARKUP = (
    '#set page(width: 1cm) #panic("x") $x^2$ @ref \\u{41} *粗* _斜_ `码` <label> // 注 /* */ [x] ~ "双引号"'
)


def text(response):
    return response.content.decode()


def sheet(case, world, *, notes=False):
    found = Case.everywhere.with_place().get(pk=case.pk)
    by = world.by("chengguan_clerk")
    return sheet_of(dossier_of(found, "http://testserver/follow/?number=1", by=by, notes=notes))


def test_the_pdf_is_made_and_recorded(sign_in, case):
    response = sign_in("chengguan_clerk").post(f"/desk/cases/{case.number}/file/", {"form": "pdf"})
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert "no-store" in response["Cache-Control"]
    entry = Entry.objects.get(about=case.pk, name="cases.print")
    assert entry.facts == {"form": "pdf"}


def test_the_file_is_fit_for_an_archive(world, case):
    assert b"pdfaid" in unpacked(as_pdf(sheet(case, world)))


def test_asking_prints_and_records_nothing(sign_in, case):
    response = sign_in("chengguan_clerk").get(f"/desk/cases/{case.number}/file/")
    assert response.status_code == 200
    assert not Entry.objects.filter(name="cases.print").exists()


def test_the_file_says_neither_who_raised_it_nor_the_code(sign_in, case, world):
    page = text(sign_in("chengguan_clerk").post(f"/desk/cases/{case.number}/file/", {"form": "page"}))
    data = str(sheet(case, world).data)
    for secret in (NAME, PHONE, "follow_code"):
        assert secret not in page
        assert secret not in data
    assert case.number in data
    assert "三号楼楼下的路灯坏了三天" in data


def test_notes_stand_in_it_only_when_they_are_wanted(sign_in, case, world):
    sign_in("chengguan_clerk").post(f"/desk/cases/{case.number}/note/", {"note": "内部的话"})
    assert "内部的话" not in str(sheet(case, world).data)
    assert "内部的话" in str(sheet(case, world, notes=True).data)


def test_what_people_wrote_is_never_markup(world):
    case = reported(world, MARKUP).case
    assert len(as_pictures(sheet(case, world))) == 1
    assert as_pdf(sheet(case, world)).startswith(b"%PDF-")


@pytest.mark.parametrize(
    "words",
    [
        "😀👍🏽 坏了",
        "مرحبا بالعالم שלום",
        "\u202e倒过来\u2066的字",
        "𠮷野家门口",
        "a" * 5279,
        "路" * 5279,
        "一行\n" * 400,
    ],
    ids=["emoji", "right to left", "turned", "rare", "long word", "long text", "many lines"],
)
def test_no_text_breaks_the_page(world, words):
    case = reported(world, words).case
    assert 1 <= len(as_pictures(sheet(case, world))) <= 12
    assert as_pdf(sheet(case, world)).startswith(b"%PDF-")


def test_a_photo_whose_file_is_gone_is_left_out(world, case):
    case.attachments.create(digest="0" * 64, media_type="image/jpeg", size=1, step="report", added_at=case.at)
    assert sheet(case, world).data["photos"] == []


def test_without_the_extra_the_page_prints_itself(sign_in, case, monkeypatch):
    monkeypatch.setattr(typesetting, "typst", None)
    client = sign_in("chengguan_clerk")
    asked = text(client.get(f"/desk/cases/{case.number}/file/"))
    assert "linli[docs]" in asked
    assert 'value="pdf"' not in asked
    response = client.post(f"/desk/cases/{case.number}/file/", {"form": "pdf"})
    assert response["Content-Type"].startswith("text/html")
    assert Entry.objects.get(about=case.pk, name="cases.print").facts == {"form": "page"}


def test_nobody_outside_the_area_prints_it(sign_in, case):
    assert sign_in("liuhe_clerk").post(f"/desk/cases/{case.number}/file/").status_code == 404


def test_every_kind_says_what_its_file_holds(case):
    assert dict(Matter.objects.get(case=case).sheet())
