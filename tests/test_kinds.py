"""Kinds of case look alike: the same entries in the folder, one name per step everywhere."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.urls import get_resolver

from linli.cases.kinds import all_kinds, kind_of, power
from linli.cases.procedure import REPORTER
from linli.ledger.names import known
from linli.posts.powers import kinds_with
from tests import rules
from tests.reading import kinds

NEEDED = {
    "__init__.py",
    "apps.py",
    "procedure.yaml",
    "models.py",
    "actions.py",
    "forms.py",
    "migrations",
    "locale",
}
ALLOWED = {
    *(
        "placing.py",
        "rounds.py",
        "carrying_out.py",
        "routing.py",
        *("sums.py", "clauses.py", "contents.py", "earlier.py", "plain.py", "legal_words.py"),
        "wording.py",
        "api.py",
        "drafting.py",
        "demo.py",
        "demo.yaml",
        "conftest.py",
    ),
    # What an agreement is made of: sums, clauses, their words plain and legal, and what each paper says.
    *("sums.py", "clauses.py", "plain.py", "legal_words.py", "contents.py"),
    "outlook.py",  # what comes next, as those it is about read it
    # What is counted of it, and what lists in another authority's form say of it.
    *("figures.py", "returned.py", "returns"),
    "conditions.py",  # what keeps a step from being taken now
    "unnamed.py",  # what tells of a case without its people
    *("templates", "papers", "static", "seeds", "management", "__pycache__"),
}
each_kind = pytest.mark.parametrize("folder", kinds(), ids=lambda folder: folder.name)


@each_kind
def test_a_kind_has_the_entries_of_every_kind(folder: Path) -> None:
    entries = {path.name for path in folder.iterdir() if not path.name.startswith("test_")}
    # Where the steps fill more than one module, these two are folders.
    entries = {f"{name}.py" if name in {"actions", "forms"} else name for name in entries}
    assert NEEDED - entries == set(), "missing"
    assert entries - NEEDED - ALLOWED == set(), "not an entry of a kind"


@each_kind
def test_a_kind_introduces_itself_in_chinese_too(folder: Path) -> None:
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert any("\u4e00" <= letter <= "\u9fff" for letter in text)
    assert len(text.splitlines()) >= 3


def public_functions(folder: Path) -> list[ast.FunctionDef]:
    """Of actions.py, or of the modules of actions/ where the steps fill more than one."""
    paths = sorted((folder / "actions").glob("*.py")) or [folder / "actions.py"]
    nodes = [node for path in paths for node in ast.parse(path.read_text(encoding="utf-8")).body]
    return [node for node in nodes if isinstance(node, rules.Function) and not node.name.startswith("_")]


@each_kind
def test_actions_are_the_steps_and_nothing_else(folder: Path) -> None:
    names = [node.name for node in public_functions(folder)]
    assert sorted(names) == sorted(kind_of(folder.name).procedure.steps)


@each_kind
def test_every_action_names_who_acts(folder: Path) -> None:
    """`by` is keyword-only and has no default."""
    for node in public_functions(folder):
        spare = dict(zip([each.arg for each in node.args.kwonlyargs], node.args.kw_defaults, strict=True))
        assert spare.get("by", "missing") is None, node.name


@each_kind
def test_every_step_is_in_the_ledger_and_has_somebody_to_take_it(folder: Path) -> None:
    for step in kind_of(folder.name).procedure.steps.values():
        name = power(folder.name, step)
        assert str(known(name).label())
        assert kinds_with(name) or step.parties or step.tasked or step.system or step.opens, name


@each_kind
def test_every_step_a_person_takes_has_a_form(folder: Path) -> None:
    kind = kind_of(folder.name)
    for step in kind.procedure.steps.values():
        assert step.system or kind.form(step), step.name


@each_kind
def test_every_stage_can_be_reached_and_left_or_is_an_end(folder: Path) -> None:
    procedure = kind_of(folder.name).procedure
    entered = {stage for step in procedure.steps.values() for stage in step.targets}
    for stage in procedure.stages.values():
        assert stage.name in entered
        assert stage.ends or any(step.targets for step in procedure.leaving(stage.name))


@each_kind
def test_the_reporter_hears_of_every_end_that_is_not_their_own_word(folder: Path) -> None:
    procedure = kind_of(folder.name).procedure
    ends = {stage.name for stage in procedure.stages.values() if stage.ends}
    silent = [
        step.name
        for step in procedure.steps.values()
        if ends & step.targets and not step.notice and REPORTER not in step.parties
    ]
    assert silent == []


@each_kind
def test_labels_are_in_both_languages(folder: Path) -> None:
    procedure = kind_of(folder.name).procedure
    for each in [
        procedure,
        *procedure.steps.values(),
        *procedure.stages.values(),
        *procedure.clocks.values(),
    ]:
        assert each.label.en.isascii()
        assert any("\u4e00" <= letter <= "\u9fff" for letter in each.label.zh)


@each_kind
def test_no_step_has_an_address_of_its_own_in_python(folder: Path) -> None:
    """Steps get their addresses from the procedure; no kind is named in the urls of another folder."""
    assert f"kinds.{folder.name}" not in str(get_resolver().url_patterns)


def test_every_folder_with_a_procedure_is_installed() -> None:
    assert sorted(kind.name for kind in all_kinds()) == [folder.name for folder in kinds()]
