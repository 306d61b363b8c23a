"""Paper: a typst template set with data, as PDF. What people wrote is data and never becomes markup.

typst and the Chinese font are the optional extra `docs`; without it `can_set()` is False and pages offer to print
themselves.
"""

from __future__ import annotations

import base64
import json
import re
import resource
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from linli.base.processors import anywhere

try:
    import typst
    from pylopdf_fonts_zh_cn import sans_path
except ImportError:  # the extra `docs` is not installed
    typst = None  # type: ignore[assignment]

ARCHIVAL = "a-2u"  # PDF/A-2u (GB/T 33190 knows OFD; archives take PDF/A, ISO 19005-2)
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # would turn around what stands beside them
_LONG_WORD = re.compile(r"[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]{24}")
_ZERO_WIDTH_SPACE = "\u200b"
MOST_MEMORY = 2 * 1024**3  # of a process that tries a template


@dataclass(frozen=True)
class Sheet:
    """What is to be set: a template (a file, or its text), plain values for `data.json`, and pictures by file name."""

    template: Path | bytes
    data: Mapping[str, Any]
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def can_set() -> bool:
    """Whether this installation can make PDF files."""
    return typst is not None


@dataclass(frozen=True)
class Made:
    """A PDF, and whether it is fit for an archive."""

    content: bytes
    archival: bool


class Unsettable(Exception):  # noqa: N818  says what it is
    """The template could not be set with these data; carries typst's own words, for whoever keeps the template."""


def as_pdf(sheet: Sheet) -> bytes:
    """The sheet as PDF/A; as plain PDF where a sign (an emoji, a rare script) has no font here."""
    return made_of(sheet).content


def made_of(sheet: Sheet) -> Made:
    """The same, and whether it became PDF/A; Unsettable when typst refuses the template."""
    try:
        return Made(_compiled(sheet, "pdf", pdf_standards=[ARCHIVAL])[0], archival=True)
    except typst.TypstError as trouble:
        if "could not be displayed" not in trouble.message:
            raise Unsettable(trouble.message) from trouble
        return Made(_compiled(sheet, "pdf")[0], archival=False)


def as_sent(sheet: Sheet) -> bytes:
    """A sheet for another process, which sets it by `python -m linli.web.typesetting OUT` from its input."""
    text = sheet.template if isinstance(sheet.template, bytes) else sheet.template.read_bytes()
    pictures = {name: base64.b64encode(content).decode() for name, content in sheet.pictures.items()}
    return json.dumps({"template": text.decode(), "data": sheet.data, "pictures": pictures}).encode()


def _set_apart() -> None:
    """Set the sheet on standard input into the file that is named, with what the machine gives one document."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    sent = json.loads(sys.stdin.buffer.read())
    pictures = {name: base64.b64decode(content) for name, content in sent["pictures"].items()}
    try:
        made = made_of(Sheet(sent["template"].encode(), sent["data"], pictures))
    except Unsettable as trouble:
        sys.exit(str(trouble))
    Path(sys.argv[1]).write_bytes(made.content)


def as_pictures(sheet: Sheet) -> list[bytes]:
    """Every page as PNG, for whoever wants to look at it before printing, and for tests."""
    return _compiled(sheet, "png", ppi=96.0)


def _compiled(sheet: Sheet, form: str, **options: Any) -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        text = sheet.template if isinstance(sheet.template, bytes) else sheet.template.read_bytes()
        (root / "main.typ").write_bytes(text)
        (root / "data.json").write_text(json.dumps(_breakable(sheet.data)), encoding="utf-8")
        for name, content in sheet.pictures.items():
            (root / name).write_bytes(content)
        with anywhere():
            compiler: Any = typst.Compiler(root / "main.typ", root=root, font_paths=_fonts())
            made = compiler.compile(format=form, **options)
    return made if isinstance(made, list) else [made]


@cache
def _fonts() -> Any:
    """The font of the extra first; what this machine has helps out with signs it lacks."""
    return typst.Fonts(include_embedded_fonts=False, font_paths=[str(sans_path().parent)])


def _breakable(value: Any) -> Any:
    """The same values with texts that cannot run off the page or turn the line around."""
    if isinstance(value, str):
        plain = _TURNING.sub("", value)
        return _LONG_WORD.sub(lambda found: found.group() + _ZERO_WIDTH_SPACE, plain)
    if isinstance(value, Mapping):
        return {key: _breakable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_breakable(each) for each in value]
    return value


if __name__ == "__main__":
    _set_apart()
