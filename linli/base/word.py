"""Writing .docx documents that somebody goes on editing: headings, paragraphs, links and tables, nothing else.

A document is three small XML files in an archive; a library for the rest of Word's format would be read by nobody.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from linli.base.text import printable

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOMENT = (2000, 1, 1, 0, 0, 0)  # the same document is the same file
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    '<Override PartName="/word/styles.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>'
)
_ROOT = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
)
_A4 = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1134" w:bottom="1440" '
    'w:left="1134" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr>'
)
_FONT = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="宋体"/>'
_BOLD = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="黑体"/><w:b/>'


@dataclass(frozen=True)
class Heading:
    """A heading of the first or second level."""

    words: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; with `href` its words are a link."""

    words: str
    href: str = ""


@dataclass(frozen=True)
class Grid:
    """A table with a heading row."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


Part = Heading | Paragraph | Grid


def write_document(parts: Sequence[Part]) -> bytes:
    """The parts, one below the other, as .docx on A4."""
    links: list[str] = []
    body = "".join(_part(each, links) for each in parts)
    document = (
        f'{_HEAD}<w:document xmlns:w="{_MAIN}" xmlns:r="{_OFFICE}"><w:body>{body}{_A4}</w:body></w:document>'
    )
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _ROOT,
        "word/document.xml": document,
        "word/styles.xml": _styles(),
        "word/_rels/document.xml.rels": _relations(links),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name, MOMENT), content.encode(), zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _part(part: Part, links: list[str]) -> str:
    if isinstance(part, Heading):
        return _paragraph(_run(part.words), f"Heading{part.level}")
    if isinstance(part, Grid):
        return _grid(part)
    if not part.href:
        return _paragraph(_run(part.words))
    links.append(part.href)
    return _paragraph(f'<w:hyperlink r:id="link{len(links)}">{_run(part.words, "Hyperlink")}</w:hyperlink>')


def _paragraph(runs: str, style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}{runs}</w:p>"


def _run(words: str, style: str = "") -> str:
    named = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return f'<w:r>{named}<w:t xml:space="preserve">{escape(printable(words))}</w:t></w:r>'


def _grid(grid: Grid) -> str:
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="808080"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    width = 9638 // max(1, len(grid.headings))
    columns = f'<w:gridCol w:w="{width}"/>' * len(grid.headings)
    rows = _row(grid.headings, width, "TableHead") + "".join(_row(row, width) for row in grid.rows)
    head = f'<w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>{edges}</w:tblBorders></w:tblPr>'
    return f"<w:tbl>{head}<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>{_paragraph('')}"


def _row(cells: Sequence[str], width: int, style: str = "") -> str:
    repeated = "<w:trPr><w:tblHeader/></w:trPr>" if style else ""
    size = f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
    inner = "".join(f"<w:tc>{size}{_paragraph(_run(cell), style)}</w:tc>" for cell in cells)
    return f"<w:tr>{repeated}{inner}</w:tr>"


def _styles() -> str:
    headings = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/><w:pPr>'
        f'<w:keepNext/><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="{level - 1}"/></w:pPr>'
        f'<w:rPr>{_BOLD}<w:sz w:val="{size}"/></w:rPr></w:style>'
        for level, size in ((1, 36), (2, 28))
    )
    return (
        f'{_HEAD}<w:styles xmlns:w="{_MAIN}"><w:docDefaults><w:rPrDefault><w:rPr>{_FONT}<w:sz w:val="22"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
        f"{headings}"
        '<w:style w:type="paragraph" w:styleId="TableHead"><w:name w:val="Table Head"/>'
        f"<w:rPr>{_BOLD}</w:rPr></w:style>"
        '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr>'
        '<w:color w:val="0C5158"/><w:u w:val="single"/></w:rPr></w:style></w:styles>'
    )


def _relations(links: Sequence[str]) -> str:
    styles = f'<Relationship Id="styles" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    outside = "".join(
        f'<Relationship Id="link{number}" Type="{_OFFICE}/hyperlink" Target={quoteattr(href)} TargetMode="External"/>'
        for number, href in enumerate(links, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{styles}{outside}</Relationships>'
