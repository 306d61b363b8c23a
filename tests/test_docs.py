"""What the documents name exists: files, functions, tests, commands, layers; and what is drawn is up to date."""

from __future__ import annotations

import ast
import csv
import re
import shlex
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class
from django.core.management.base import CommandError

from linli.cases.kinds import all_kinds
from tests.reading import LAYERS, REPOSITORY

pytestmark = pytest.mark.once

NAMES = ["README.md", "README.zh.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
DOCUMENTS = [REPOSITORY / name for name in NAMES] + sorted((REPOSITORY / "docs").rglob("*.md"))
READMES = [REPOSITORY / "README.md", REPOSITORY / "README.zh.md"]
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
IMAGE = re.compile(r"<img src=\"([^\"]+)\"")
PATH = re.compile(
    r"`((?:linli|tests|docs|bench|scripts)/[\w./*-]+|(?!uv\.)[\w-]+\.(?:md|toml|lock|yml)|\.ci/run|Makefile)`"
)
MADE_LATER = re.compile(r"linli/kinds/(?:lostfound|disputes)/")  # examples of kinds nobody has made yet
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
each_readme = pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)


def _text(document: Path) -> str:
    return document.read_text(encoding="utf-8")


@cache
def _defined(path: Path) -> frozenset[str]:
    """Every name a module defines: functions, classes, Class.method, constants."""
    found: set[str] = set()
    for node in ast.parse(_text(path)).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
        if isinstance(node, ast.Assign):
            found |= {each.id for each in node.targets if isinstance(each, ast.Name)}
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return frozenset(found)


def _targets(document: Path, text: str) -> list[tuple[str, Path]]:
    """The links of a text that lead to files here: their words, and the file."""
    return [
        (words, (document.parent / target.partition("#")[0]).resolve())
        for words, target in [*LINK.findall(text), *(("", source) for source in IMAGE.findall(text))]
        if not re.match(r"\w+:|#", target)
    ]


def _tests_named(document: Path, text: str) -> list[str]:
    return [words for words, path in _targets(document, text) if path.name.startswith("test_")]


@each_document
def test_every_link_leads_to_a_file_that_is_there(document: Path) -> None:
    assert [str(path) for _words, path in _targets(document, _text(document)) if not path.exists()] == []


@each_document
def test_every_path_that_is_named_is_there(document: Path) -> None:
    paths = [path for path in PATH.findall(_text(document)) if not MADE_LATER.match(path)]
    assert [path for path in paths if not list(REPOSITORY.glob(path.rstrip("/")))] == []


@each_document
def test_every_function_that_is_named_is_in_its_file(document: Path) -> None:
    """Links such as [`taking()`](linli/cases/taking.py)."""
    named = [
        (words.strip("`").removesuffix("()"), path)
        for words, path in _targets(document, _text(document))
        if path.suffix == ".py" and path.is_file() and words.startswith("`") and "/" not in words
    ]
    assert [f"{name} in {path.name}" for name, path in named if name not in _defined(path)] == []


@each_document
def test_lines_are_not_counted(document: Path) -> None:
    """A reference to a line is wrong after the next change; a function's name lasts."""
    assert re.findall(r"\.py:\d+|\.py#L\d+", _text(document)) == []


@each_document
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^([\w$().-]+):", _text(REPOSITORY / "Makefile"), re.MULTILINE))
    named = re.findall(
        r"(?:^|`|[=;] |\w )make ((?:\.venv/)?[a-z]+)(?=[`\s,;]|$)", _commands(document), re.MULTILINE
    )
    assert set(named) - targets == set()


def _commands(document: Path) -> str:
    """What stands in code: blocks and inline."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", _text(document), re.DOTALL | re.MULTILINE)
    return "\n".join([*blocks, *re.findall(r"`[^`\n]+`", _text(document))])


@each_document
def test_every_linli_command_that_is_named_can_be_given_like_that(document: Path) -> None:
    wrong = []
    for line in re.findall(
        r"(?:^|[`/] ?|&& |-u linli )linli ([a-z]+[^`\n]*)", _commands(document), re.MULTILINE
    ):
        typed = line.partition(" #")[0].partition(" && ")[0]
        verb, *arguments = shlex.split(typed)
        if verb in {"help", "version"}:
            continue
        if verb not in get_commands():
            wrong.append(typed)
        elif arguments and verb.isalpha():
            wrong += _refused(verb, arguments)
    assert wrong == []


def _refused(verb: str, arguments: list[str]) -> list[str]:
    command = load_command_class(get_commands()[verb], verb)
    arguments = [each for each in arguments if each not in {"VERB", "..."}]
    if any(each.isupper() for each in arguments):
        return []  # spoken of, not typed
    try:
        command.create_parser("linli", verb).parse_args(arguments)
    except (CommandError, SystemExit) as trouble:
        return [f"{verb} {' '.join(arguments)}: {trouble}"]
    return []


@each_readme
def test_the_readmes_layers_are_those_the_arrows_are_checked_by(readme: Path) -> None:
    picture = re.search(r"^```text\n(conf .*?)^```", _text(readme), re.DOTALL | re.MULTILINE)
    assert picture
    drawn = re.findall(r"^([a-z]+) ", picture.group(1), re.MULTILINE)
    assert tuple(reversed(drawn)) == LAYERS


def test_both_readmes_give_the_same_commands() -> None:
    english, chinese = (
        re.findall(r"^```sh\n(.*?)^```", _text(readme), re.DOTALL | re.MULTILINE) for readme in READMES
    )
    assert [re.sub(r"\s*#.*", "", block) for block in english] == [
        re.sub(r"\s*#.*", "", block) for block in chinese
    ]


@each_readme
def test_every_promise_names_its_test(readme: Path) -> None:
    promises = _section(readme, "Promises" if readme.name == "README.md" else "承诺")
    rows = [row for row in promises.splitlines() if row.startswith("| **")]
    assert len(rows) >= 4
    assert [row for row in rows if not _tests_named(readme, row)] == []


def _section(document: Path, head: str) -> str:
    found = re.search(rf"^## {head}.*?(?=^## |\Z)", _text(document), re.DOTALL | re.MULTILINE)
    assert found, f"{document.name} has no section {head}"
    return found.group(0)


THREATS = REPOSITORY / "docs" / "threats.md"


def _threats() -> list[list[str]]:
    """The rows of threats as cells: nr, threat, control, default, what remains, tests."""
    rows = [row for row in _text(THREATS).splitlines() if re.match(r"\| \d+ \|", row)]
    return [[cell.strip() for cell in row.strip().strip("|").split(" |")] for row in rows]


def test_every_threat_has_its_control_its_default_and_a_test_that_exists() -> None:
    assert len(_threats()) >= 15
    assert [cells[0] for cells in _threats() if len(cells) != 6 or not all([*cells[:4], cells[5]])] == []
    assert [cells[0] for cells in _threats() if not _tests_named(THREATS, cells[5])] == []
    assert [cells[0] for cells in _threats() if not re.match(r"(On|Off)\b", cells[3])] == []


def test_no_threat_has_the_number_of_another() -> None:
    numbers = [int(cells[0]) for cells in _threats()]
    assert numbers == sorted(set(numbers))


def test_every_asvs_item_names_a_test_that_exists_or_a_person_who_looks() -> None:
    with (REPOSITORY / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["item"] for row in rows}) == len(rows) >= 50
    wrong = []
    for row in rows:
        module, _colons, name = row["check"].partition("::")
        human = row["check"].startswith("human: ")
        wrong += [] if human or name in _defined(REPOSITORY / module) else [row]
    assert wrong == []


def test_every_step_of_every_procedure_is_in_the_procedures() -> None:
    text = _text(REPOSITORY / "docs" / "procedures.md")
    steps = [step.name for kind in all_kinds() for step in kind.procedure.steps.values()]
    assert [name for name in steps if f"| `{name}` |" not in text] == []


def test_what_is_drawn_from_the_code_is_up_to_date() -> None:
    program = REPOSITORY / "scripts" / "documents.py"
    done = subprocess.run(
        [sys.executable, str(program), "--check"], capture_output=True, text=True, cwd=REPOSITORY, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), f"run `make docs`: {done.stdout}{done.stderr[-2000:]}"


def test_version_and_licence_are_the_same_everywhere() -> None:
    project = tomllib.loads(_text(REPOSITORY / "pyproject.toml"))["project"]
    published = yaml.safe_load(_text(REPOSITORY / "publiccode.yml"))
    assert published["softwareVersion"] == project["version"]
    assert published["legal"]["license"] == project["license"]
    assert f"## [{project['version']}]" in _text(REPOSITORY / "CHANGELOG.md")


def test_pictures_are_few_and_small() -> None:
    pictures = list((REPOSITORY / "docs" / "images").glob("*.png"))
    assert 1 <= len(pictures) <= 12
    assert [path.name for path in pictures if path.stat().st_size > 150_000] == []
