"""What the product says, collected from its sources as `make messages` does, and its catalogues."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

LOCALE = "zh_Hans"
KEYWORDS = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)|(?<!\{)\{(\w+)\}(?!\})")
Key = tuple[str | None, str]  # context, text


def collected(app: Path) -> dict[Key, str]:
    """Every translatable text of one app, with the file it stands in."""
    found: dict[Key, str] = {}
    for path in sorted(app.rglob("*")):
        if path.suffix in {".py", ".html", ".txt"} and not _of_another(app, path):
            text = path.read_text(encoding="utf-8")
            source = text if path.suffix == ".py" else _flush_left(templatize(text, origin=str(path)))
            for key in _texts(source):
                found[key] = path.relative_to(app).as_posix()
    return found


def _flush_left(source: str) -> str:
    """Python reads indentation as meaning; a template's has none."""
    return "\n".join(line.lstrip() for line in source.splitlines())


def _of_another(app: Path, path: Path) -> bool:
    inside = path.relative_to(app).parts
    nested = any(
        (app.joinpath(*inside[: depth + 1]) / "apps.py").exists() for depth in range(len(inside) - 1)
    )
    return (
        nested
        or path.name.startswith(("test_", "conftest"))
        or {"migrations", "seeds"} & set(inside) != set()
    )


def _texts(source: str) -> list[Key]:
    messages = extract("python", BytesIO(source.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
    return [
        (context, text if isinstance(text, str) else text[0]) for _line, text, _comments, context in messages
    ]


def text_of(app: Path) -> str:
    """The Chinese catalogue of an app as it stands in its file; empty without one."""
    path = app / "locale" / LOCALE / "LC_MESSAGES" / "django.po"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def catalogue_of(app: Path) -> Catalog | None:
    """The Chinese catalogue of an app, if it has one."""
    text = text_of(app)
    return read_po(BytesIO(text.encode()), locale=LOCALE) if text else None


def gaps(wanted: dict[Key, str], catalogue: Catalog | None) -> list[str]:
    """What is missing, empty, fuzzy or has lost a placeholder."""
    return [problem for key, where in wanted.items() if (problem := _gap(key, where, catalogue))]


def _gap(key: Key, where: str, catalogue: Catalog | None) -> str:
    context, text = key
    message = catalogue.get(text, context=context) if catalogue else None
    if message is None or not message.id:
        return f"{where}: not in the catalogue: {text!r}"
    answers = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if not all(answers):
        return f"{where}: not translated: {text!r}"
    if message.fuzzy:
        return f"{where}: fuzzy: {text!r}"
    if any(_names(answer) - _names(text) for answer in answers) or _names(text) - _names(answers[-1]):
        return f"{where}: other placeholders: {text!r}"
    return ""


def _names(text: str) -> set[str]:
    return {one or other for one, other in PLACEHOLDER.findall(text)}
