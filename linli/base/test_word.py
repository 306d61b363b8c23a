"""Documents for Word: whole, editable, and no words can become anything but words."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

from linli.base.word import CENTRED, Grid, Heading, Paragraph, write_document

WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PARTS = [
    Heading("周报：云溪县"),
    Paragraph("本周上报 <12> 件 & 办结 9 件。"),
    Grid(["区域", "上报"], [["城关街道", "7"], ["柳河镇", "5"]]),
    Paragraph("查看数据", 'https://example.test/figures/?a=1&b="2"'),
]


def opened(content):
    return zipfile.ZipFile(io.BytesIO(content))


def test_every_part_of_the_archive_is_well_formed():
    with opened(write_document(PARTS)) as packed:
        assert packed.testzip() is None
        for name in packed.namelist():
            ElementTree.fromstring(packed.read(name))


def test_the_words_stand_in_the_document_as_they_were_given():
    with opened(write_document(PARTS)) as packed:
        body = ElementTree.fromstring(packed.read("word/document.xml"))
    told = [each.text for each in body.iter(f"{WORDS}t")]
    assert told == [
        *("周报：云溪县", "本周上报 <12> 件 & 办结 9 件。"),
        *("区域", "上报", "城关街道", "7", "柳河镇", "5", "查看数据"),
    ]


def test_a_link_leads_where_it_was_told_to():
    with opened(write_document(PARTS)) as packed:
        relations = ElementTree.fromstring(packed.read("word/_rels/document.xml.rels"))
    assert 'https://example.test/figures/?a=1&b="2"' in [each.get("Target") for each in relations]


def test_control_characters_do_not_break_the_document():
    with opened(write_document([Paragraph("前\x00\x08后")])) as packed:
        ElementTree.fromstring(packed.read("word/document.xml"))


def test_no_word_of_a_table_is_broken_and_numbers_stand_on_the_right():
    headings = ["Area", *("Raised", "Closed in the period", "Due", "In time by the first promise")]
    headings += ["In time with extensions", "Reopened", "Open (now)", "Overdue (now)"]
    rows = [["城关街道", *"12345678"], ["东门社区居民委员会", *("1234",) * 8]]
    with opened(write_document([Grid(headings, rows)])) as packed:
        body = ElementTree.fromstring(packed.read("word/document.xml"))
    widths = [int(each.get(f"{WORDS}w")) for each in body.iter(f"{WORDS}gridCol")]
    longest = [max(len(word) for word in heading.split()) for heading in headings]
    assert sum(widths) <= 9638
    assert min(width / letters for width, letters in zip(widths[1:], longest[1:], strict=True)) > 110
    sides = [cell.find(f".//{WORDS}jc") is not None for cell in body.iter(f"{WORDS}tc")]
    assert sides == [place % 9 > 0 for place in range(27)]


def test_text_is_indented_as_chinese_is_written_and_pages_are_numbered():
    parts = [Paragraph("2026年", look=CENTRED), Paragraph("本周上报 12 件。"), Paragraph("12 were raised.")]
    with opened(write_document(parts)) as packed:
        body = ElementTree.fromstring(packed.read("word/document.xml"))
        assert "PAGE" in packed.read("word/footer.xml").decode()
    looks = [each.get(f"{WORDS}val") for each in body.iter(f"{WORDS}pStyle")]
    assert looks == ["Centred", "Indented", "Normal"]


def test_the_same_parts_are_the_same_file():
    assert write_document(PARTS) == write_document(PARTS)
