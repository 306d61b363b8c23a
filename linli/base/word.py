"""Writing .docx documents that somebody goes on editing: headings, paragraphs, links, tables and numbers of pages.

A document is four small XML files in an archive; a library for the rest of Word's format would be read by nobody.
It looks as offices in China write: the title in the middle, text in 仿宋 with two characters of indent, tables in 宋体.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from linli.base.text import columns_of, printable

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
    '<Override PartName="/word/footer.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>'
    '<Override PartName="/word/styles.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>'
)
_ROOT = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
)
_A4 = (
    '<w:sectPr><w:footerReference w:type="default" r:id="footer"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1440" w:right="1134" w:bottom="1440" w:left="1134" w:header="720" '
    'w:footer="720" w:gutter="0"/></w:sectPr>'
)
_LATIN = 'w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"'
_FONT = f'<w:rFonts {_LATIN} w:eastAsia="仿宋"/>'
_TABLE_FONT = f'<w:rFonts {_LATIN} w:eastAsia="宋体"/>'
_BOLD = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="黑体"/><w:b/>'
_FOOTER = (
    f'{_HEAD}<w:ftr xmlns:w="{_MAIN}"><w:p><w:pPr><w:pStyle w:val="Note"/><w:jc w:val="center"/></w:pPr>'
    '<w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p></w:ftr>'
)
_ACROSS = 9638  # twentieths of a point between the margins
_WIDEST_NAME, _WIDEST_HEADING = 28, 10  # in widths of a digit: what is longer takes two lines
TEXT, INDENTED, NOTE, CENTRED = "Normal", "Indented", "Note", "Centred"


@dataclass(frozen=True)
class Heading:
    """A heading of the first or second level."""

    words: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; with `href` its words are a link. `look` is TEXT, NOTE (small) or CENTRED."""

    words: str
    href: str = ""
    look: str = TEXT


@dataclass(frozen=True)
class Grid:
    """A table with a heading row; the first column names, numbers in the others stand on the right."""

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
        "word/footer.xml": _FOOTER,
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
    is_chinese = columns_of(part.words) > len(part.words)
    look = INDENTED if part.look == TEXT and is_chinese else part.look
    if not part.href:
        return _paragraph(_run(part.words), look)
    links.append(part.href)
    return _paragraph(
        f'<w:hyperlink r:id="link{len(links)}">{_run(part.words, "Hyperlink")}</w:hyperlink>', look
    )


def _paragraph(runs: str, style: str, *, right: bool = False) -> str:
    side = '<w:jc w:val="right"/>' if right else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{side}</w:pPr>{runs}</w:p>'


def _run(words: str, style: str = "") -> str:
    named = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return f'<w:r>{named}<w:t xml:space="preserve">{escape(printable(words))}</w:t></w:r>'


def _grid(grid: Grid) -> str:
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="808080"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    widths = _widths(grid)
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = _row(grid.headings, widths, "TableHead") + "".join(
        _row(row, widths, "TableCell") for row in grid.rows
    )
    head = (
        f'<w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        '<w:left w:w="80" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    )
    return f"<w:tbl>{head}<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>{_paragraph('', NOTE)}"


def _widths(grid: Grid) -> list[int]:
    """The room of the page, dealt out by what stands in each column, so that no word is broken."""
    wide = [
        _needed([row[place] for row in grid.rows], heading) for place, heading in enumerate(grid.headings)
    ]
    return [_ACROSS * each // max(1, sum(wide)) for each in wide]


def _needed(cells: Sequence[str], heading: str) -> int:
    """How wide a column must be, in widths of a digit: Chinese breaks anywhere, other words nowhere."""
    words = [
        min(columns_of(word), _WIDEST_HEADING) if columns_of(word) > len(word) else len(word)
        for word in heading.split()
    ]
    longest = max((columns_of(cell) for cell in cells), default=0)
    return max(min(longest, _WIDEST_NAME), *words, 1) + 2


def _row(cells: Sequence[str], widths: Sequence[int], style: str) -> str:
    kept = f"<w:trPr><w:cantSplit/>{'<w:tblHeader/>' if style == 'TableHead' else ''}</w:trPr>"
    inner = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f"{_paragraph(_run(cell), style, right=place > 0)}</w:tc>"
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"<w:tr>{kept}{inner}</w:tr>"


def _style(name: str, paragraph: str, letters: str, called: str = "") -> str:
    """A style of paragraphs in Word's own words."""
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{called or name}"/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{letters}</w:rPr></w:style>"
    )


def _styles() -> str:
    title = f'<w:rFonts {_LATIN} w:eastAsia="宋体"/><w:b/><w:sz w:val="44"/>'
    spaced = '<w:spacing w:after="60" w:line="360" w:lineRule="auto"/>'
    close = '<w:spacing w:before="20" w:after="20"/>'
    return (
        f'{_HEAD}<w:styles xmlns:w="{_MAIN}"><w:docDefaults><w:rPrDefault><w:rPr>{_FONT}<w:sz w:val="28"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        f"<w:pPr>{spaced}</w:pPr></w:style>"
        + _style(
            "Heading1",
            '<w:keepNext/><w:spacing w:after="120"/><w:jc w:val="center"/><w:outlineLvl w:val="0"/>',
            title,
            "heading 1",
        )
        + _style(
            "Heading2",
            '<w:keepNext/><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="1"/>',
            f'{_BOLD}<w:sz w:val="30"/>',
            "heading 2",
        )
        + _style(INDENTED, f'{spaced}<w:ind w:firstLineChars="200" w:firstLine="560"/>', "")
        + _style(CENTRED, f'{spaced}<w:jc w:val="center"/>', "")
        + _style(NOTE, '<w:spacing w:after="40"/>', '<w:sz w:val="21"/>')
        + _style("TableHead", f"<w:keepNext/>{close}", f'{_BOLD}<w:sz w:val="18"/>', "Table Head")
        + _style("TableCell", close, f'{_TABLE_FONT}<w:sz w:val="21"/>', "Table Cell")
        + '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr>'
        '<w:color w:val="0C5158"/><w:u w:val="single"/></w:rPr></w:style></w:styles>'
    )


def _relations(links: Sequence[str]) -> str:
    styles = (
        f'<Relationship Id="styles" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="footer" Type="{_OFFICE}/footer" Target="footer.xml"/>'
    )
    outside = "".join(
        f'<Relationship Id="link{number}" Type="{_OFFICE}/hyperlink" Target={quoteattr(href)} TargetMode="External"/>'
        for number, href in enumerate(links, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{styles}{outside}</Relationships>'
