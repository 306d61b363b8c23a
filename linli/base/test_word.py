"""Documents for Word: whole, editable, and no words can become anything but words."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

from linli.base.word import Grid, Heading, Paragraph, write_document

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


def test_the_same_parts_are_the_same_file():
    assert write_document(PARTS) == write_document(PARTS)
