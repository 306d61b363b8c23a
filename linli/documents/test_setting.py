"""The PDF: archival, with its font inside, its words as text; made once, and never in the way of the document."""

from __future__ import annotations

import io
import re

import pytest

from linli.documents import setting
from linli.documents.conftest import ADDRESS
from linli.documents.contents import Contents, Part, Row
from linli.documents.making import erase
from linli.documents.models import Document, Printed
from linli.documents.setting import Erased, Unset, paper_of, sheet_of
from linli.documents.wordings import template_named, wording_of
from linli.ledger.models import Entry
from linli.web import typesetting
from linli.web.typesetting import Unsettable, made_of
from tests.pdfs import streams, unpacked

pytestmark = pytest.mark.django_db
MARKUP = '#panic("x") #set page(width: 1cm) $x^2$ @ref *粗* _斜_ `码` <label> // 注 "双引号"'


class Verified:
    """As a test needs it."""

    address, code, version = ADDRESS, "ABCD-EFGH-JKMN", 1


def set_with(contents):
    text = wording_of(template_named("matters.result").own_text).text
    return made_of(sheet_of(text, contents.as_data(), Verified()))


def test_it_is_fit_for_an_archive_and_has_its_font_inside(notice):
    pdf = paper_of(notice, ADDRESS)
    everything = unpacked(pdf)
    assert b"pdfaid:part" in everything
    assert re.search(rb"pdfaid:part[^0-9]*2", everything)
    assert re.search(rb"pdfaid:conformance[^A-Z]*[UB]", everything)
    assert b"NotoSansSC" in everything
    assert b"/FontFile3" in everything or b"/FontFile2" in everything
    assert b"/OutputIntent" in everything
    assert Printed.objects.get().archival


def test_its_words_can_be_taken_out_of_it(notice):
    """Every sign has its Unicode in the file: without that an archive could not be searched."""
    pdf = paper_of(notice, ADDRESS)
    maps = [
        each.decode("latin-1") for each in streams(pdf) if b"beginbfchar" in each or b"beginbfrange" in each
    ]
    mapped = "".join(maps).upper()
    for letter in "办理结果告知书路灯":
        assert f"{ord(letter):04X}" in mapped, letter


def test_it_is_made_once_and_its_digest_is_in_the_ledger(notice):
    first = paper_of(notice, ADDRESS)
    assert paper_of(notice, ADDRESS) == first
    kept = Printed.objects.get()
    entry = Entry.objects.get(name="documents.set", about=notice.case_id)
    assert entry.facts["pdf"] == kept.digest
    assert entry.actor == "system"
    assert bytes(kept.content_sealed[:5]) != b"%PDF-"


def test_paper_that_cannot_be_made_loses_nothing(notice, monkeypatch):
    def broken(sheet):
        raise Unsettable("no")

    monkeypatch.setattr(setting, "made_of", broken)
    with pytest.raises(Unset):
        paper_of(notice, ADDRESS)
    monkeypatch.undo()
    assert Document.objects.get().digest == notice.digest
    assert paper_of(notice, ADDRESS).startswith(b"%PDF-")


def test_without_typst_the_reader_is_sent_to_the_page(notice, monkeypatch):
    monkeypatch.setattr(typesetting, "typst", None)
    with pytest.raises(Unset):
        paper_of(notice, ADDRESS)


def test_what_was_erased_is_not_set_again(notice):
    paper_of(notice, ADDRESS)
    erase(notice.case)
    with pytest.raises(Erased):
        paper_of(Document.objects.select_related("case", "wording").get(), ADDRESS)


def test_nothing_that_people_wrote_is_read_as_markup():
    made = set_with(
        Contents("告知书", "1", parts=(Part(MARKUP, (MARKUP,), (Row(MARKUP, MARKUP),)),), body=MARKUP)
    )
    assert made.archival


def test_a_file_of_three_hundred_pages_is_set_and_numbered():
    page = Part(
        "笔录", tuple("双方就楼道堆物一事陈述意见，调解员逐条记录并向双方宣读。" * 3 for _line in range(12))
    )
    made = set_with(Contents("调解卷宗", "320831-26-00042-7", parts=(page,) * 330))
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", unpacked(made.content)))
    assert pages >= 300
    assert made.archival


def test_a_sign_that_no_font_has_leaves_plain_pdf_and_it_is_said(notice):
    made = set_with(Contents("告知书", "1", parts=(Part("", ("\U000131a3",)),)))
    assert made.content.startswith(b"%PDF-")
    assert not made.archival


def test_a_long_word_and_a_turned_line_stay_on_the_page():
    made = set_with(Contents("告知书", "1", parts=(Part("", ("x" * 500, "\u202e反的")),)))
    assert io.BytesIO(made.content).getbuffer().nbytes > 1000
