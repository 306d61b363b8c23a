"""docs/settings.md lists every variable the product reads, and no other."""

from __future__ import annotations

import re

from tests.reading import PACKAGE, REPOSITORY

VARIABLE = re.compile(r"[\"'](LINLI_[A-Z_]+|DATABASE_URL|PORT)[\"']")
DOCUMENT = REPOSITORY / "docs" / "settings.md"


def _read() -> set[str]:
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if not path.name.startswith(("test_", "conftest")):
            found |= set(VARIABLE.findall(path.read_text(encoding="utf-8")))
    return found


def _documented() -> set[str]:
    found = re.findall(r"^\| `([A-Z_]+)` \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(found) == len(set(found)), "each is documented once"
    return set(found)


def test_every_variable_is_documented() -> None:
    assert _read() - _documented() == set()


def test_nothing_documented_is_unknown_to_the_code() -> None:
    assert _documented() - _read() == set()


def test_no_secret_has_a_default() -> None:
    text = (PACKAGE / "conf" / "settings.py").read_text(encoding="utf-8")
    assert re.findall(r"env[.\w]*\(\"LINLI_\w*(?:KEY|PASSWORD|TOKEN)\w*\", default=\"[^\"]", text) == []
