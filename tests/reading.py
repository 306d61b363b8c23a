"""The source as the tests about the codebase read it."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = REPOSITORY / "linli"
LAYERS = (
    "base",
    "ledger",
    "divisions",
    "posts",
    "residents",
    "cases",
    "web",
    "documents",
    "registers",
    "kinds",
    "exchange",
    "analytics",
    "portals",
    "conf",
)
ABOVE_RESIDENTS = LAYERS[LAYERS.index("residents") + 1 :]


def short(path: Path) -> str:
    """The path from `linli/` on."""
    return path.relative_to(PACKAGE).as_posix()


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the product: no tests, no migrations, no skeleton of a kind."""
    return {
        short(path): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
        if not path.name.startswith(("test_", "conftest"))
        and "migrations" not in path.parts
        and not any(part.startswith("_skeleton") for part in path.parts)
    }


@cache
def migrations() -> dict[str, ast.Module]:
    """Every migration."""
    return {
        short(path): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("migrations/[0-9]*.py"))
    }


def apps() -> list[Path]:
    """The folder of every Django app of ours."""
    return sorted(path.parent for path in PACKAGE.rglob("apps.py") if "_skeleton" not in str(path))


def kinds() -> list[Path]:
    """The folder of every kind."""
    return sorted(
        path.parent for path in PACKAGE.glob("kinds/*/__init__.py") if not path.parent.name.startswith("_")
    )


def committed() -> list[Path]:
    """Every file git knows or would take in; in a copy without git, every file."""
    if not (REPOSITORY / ".git").exists():
        return [
            path
            for path in REPOSITORY.rglob("*")
            if path.is_file() and path.suffix not in {".pyc", ".mo", ".sqlite3"}
        ]
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    paths = (REPOSITORY / name for name in listed.stdout.decode().split("\0") if name)
    return [path for path in paths if path.is_file()]
