"""The house rules hold in every module. The lists of exceptions are short: add to them with a reason."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from statistics import median, quantiles

import grimp
import pytest
from importlinter.cli import lint_imports

from tests import rules
from tests.contracts import ProductLayers
from tests.reading import ABOVE_RESIDENTS, LAYERS, PACKAGE, REPOSITORY, committed, migrations, modules

pytestmark = pytest.mark.once

# Where importing late is the point: before settings are named, a build-time need, Django's app registry.
LATE_IMPORTS = re.compile(r"conf/cli\.py|base/catalogues\.py|.*apps\.py")
# Below the kinds, the modules whose one job is to write their layer's tables.
WRITERS = re.compile(
    r"""base/(generations|rows)\.py
    |ledger/(records|sequencing|triggers)\.py
    |divisions/\w+\.py | divisions/management/commands/\w+\.py
    |posts/(accounts|actions|models|tokens|absences)\.py
    |residents/(reading|reads|showing|keeping|accounts|second_factor|rotating|sessions|tables|rights|consents|assessing|mandates)\.py
    |residents/people/(registering|changing|merging|pairs|erasing|fields|involving|guarding|mandating|attending|old_looks)\.py
    |cases/(copying|filters|ratings|books|taking|handover|moving|opening|replaying|steps|duplicates)\.py
    |cases/(clocks|lapses|devices|calendar_edits|reckoning|editing|uploads|exports|replies)\.py
    |cases/(notices|new_numbers|receiving|search|seeding|attachments|scans|sight|touched|forgetting|holding_files)\.py
    |analytics/(anew|folding|tallies)\.py
    |documents/(making|setting|signing|overriding)\.py
    |registers/actions/\w+\.py
    |kinds/\w+/(actions|actions/\w+|demo)\.py
    |exchange/(sources|sheets/\w+|feeds/\w+)\.py
    |portals/demo/\w+\.py
    |conf/condition\.py  # doctor's probe, taken back at once
    |conf/management/commands/init\.py  # a place's first organisation, before anybody could act""",
    re.VERBOSE,
)
# Text of a matter's place, not of a person; checked by hand.
PLACES_NOT_PEOPLE = {("kinds/matters/models.py", "address")}
# Names of things in addresses and filters, checked by hand.
THINGS_NOT_PEOPLE: set[tuple[str, str]] = set()


def _broken(rule: object, trees: dict[str, ast.Module], spared: re.Pattern[str] | None = None) -> list[str]:
    return [
        f"{path}:{line}: {problem}"
        for path, tree in trees.items()
        if not (spared and spared.fullmatch(path))
        for line, problem in rule(tree)  # type: ignore[operator]
    ]


def test_arrows_point_down_and_neighbours_do_not_know_each_other() -> None:
    assert lint_imports(config_filename=str(REPOSITORY / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("linli.base.text", "linli.cases.models"),
        ("linli.cases.models", "linli.web.forms"),
        ("linli.kinds.matters.models", "linli.portals.desk.apps"),
    ],
)
def test_an_arrow_that_points_up_is_noticed(importer: str, imported: str) -> None:
    graph = grimp.build_graph("linli", cache_dir=None)
    graph.add_import(importer=importer, imported=imported)
    options = {"containers": ["linli"], "layers": list(reversed(LAYERS)), "exhaustive": "true"}
    assert not ProductLayers("arrows", {"root_packages": ["linli"]}, options).check(graph, verbose=False).kept


def test_every_folder_is_a_layer() -> None:
    assert {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()} == set(LAYERS)


def test_imports_stand_at_the_top_of_the_file() -> None:
    assert _broken(rules.hidden_imports, modules(), LATE_IMPORTS) == []


def test_texts_can_be_translated() -> None:
    assert _broken(rules.untranslatable, modules()) == []


def test_only_the_listed_modules_write() -> None:
    assert _broken(rules.orm_writes, modules(), WRITERS) == []


def test_everything_has_its_types() -> None:
    assert _broken(rules.unhinted, modules()) == []


def test_everything_public_says_what_it_is_for() -> None:
    assert _broken(rules.undocumented, modules(), re.compile(r".*apps\.py")) == []


def test_no_list_address_or_filter_finds_people() -> None:
    found = _broken(rules.finding_people, modules())
    assert [
        each for each in found if not any(path in each and name in each for path, name in THINGS_NOT_PEOPLE)
    ] == []


def test_no_form_that_reads_asks_for_a_person() -> None:
    """Templates: <form method="get"> with an input named after a person's data."""
    found = []
    for path in PACKAGE.rglob("templates/**/*.html"):
        for form in re.findall(
            r"<form[^>]*method=\"get\".*?</form>", path.read_text(encoding="utf-8"), re.S | re.I
        ):
            names = re.findall(r"name=\"(\w+)\"", form)
            found += [f"{path.name}: {name}" for name in names if set(name.split("_")) & rules.PERSON_WORDS]
    assert found == []


def test_people_live_only_in_residents() -> None:
    above = {path: tree for path, tree in modules().items() if path.startswith(ABOVE_RESIDENTS)}
    found = _broken(rules.personal_fields, above)
    assert [
        each
        for each in found
        if not any(each.startswith(p) and name in each for p, name in PLACES_NOT_PEOPLE)
    ] == []


def test_migrations_stand_on_their_own() -> None:
    assert _broken(rules.imports_of_ours, migrations()) == []


def _lengths() -> dict[str, int]:
    return {
        f"{path}:{function.lineno} {function.name}": rules.length(function)
        for path, tree in modules().items()
        for function in rules.functions(tree)
    }


def test_functions_fit_a_screen() -> None:
    lengths = _lengths()
    assert {name: lines for name, lines in lengths.items() if lines > 60} == {}
    assert median(lengths.values()) <= 7
    assert quantiles(lengths.values(), n=20)[-1] <= 30


def test_modules_fit_one_sitting() -> None:
    lines = {
        str(path.relative_to(REPOSITORY)): len(path.read_text(encoding="utf-8").splitlines())
        for folder in (PACKAGE, REPOSITORY / "tests")
        for path in folder.rglob("*.py")
        if "migrations" not in path.parts
    }
    assert {name: count for name, count in lines.items() if count > 400} == {}


def test_functions_do_not_branch_more_than_ten_times() -> None:
    branching = {
        f"{path}:{function.lineno} {function.name}": rules.branches(function)
        for path, tree in modules().items()
        for function in rules.functions(tree)
    }
    assert {name: count for name, count in branching.items() if count > 10} == {}


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "service", "misc", "common"])
def test_no_module_is_named_after_nothing(word: str) -> None:
    assert [
        path for path in modules() if word in path.replace("_", "/").split("/")[-1].removesuffix(".py")
    ] == []


# Written in pieces, so that this file does not hold what it looks for.
MACHINE = re.compile("/" + r"(?:work|root|home/\w+|opt/wheels|Users)/[\w.]")
REGISTRY = re.compile(
    "py" + r"pi\.org|python" + r"hosted\.org|npm" + r"js\.(?:org|com)|deb\.debian" + r"\.org"
)


def test_nothing_of_a_machine_or_a_registry_is_committed() -> None:
    found = []
    for path in committed():
        if path.suffix in {".png", ".xz", ".gz", ".parquet", ".woff2", ".ico", ".jpg"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [
            f"{path.name}: {hit.group()}" for hit in (MACHINE.search(text), REGISTRY.search(text)) if hit
        ]
    assert found == []


def test_nothing_that_is_made_is_committed() -> None:
    """Compiled catalogues and modules, and databases by whatever name: benches and tests leave some when killed."""
    made = (".mo", ".pyc", ".sqlite3", "-wal", "-shm")
    assert [path for path in committed() if path.name.endswith(made) or _is_database(path)] == []


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(15) == b"SQLite format 3"


EVERYWHERE = re.compile(
    r"(cases|portals/demo|portals/resident)/.*|analytics/(populations|counting|folding|happened|shares|spans)\.py"
)  # residents: by follow code or their own number; figures: a question always says where, or each case by its key


def test_only_the_core_reads_cases_without_saying_where() -> None:
    readers = [name for name, tree in modules().items() if "Case.everywhere" in ast.unparse(tree)]
    assert [name for name in readers if not EVERYWHERE.match(name)] == []


# Who opens what is sealed: the doors that leave a row, what makes digests of it anew, what is not of people.
OPENS = re.compile(
    r"residents/(crypto|reading|sealing|sessions|accounts|second_factor|rights)\.py"
    r"|residents/keeping\.py|residents/people/(reading|involving|warding)\.py|documents/making\.py|registers/actions/mediators\.py"
    r"|exchange/(feeds/keeping|sheets/parcels)\.py"
    r"|cases/devices\.py"  # where a browser is told; it says nothing of whose it is
)


def test_only_the_doors_open_what_is_sealed() -> None:
    opening = [
        name
        for name, tree in modules().items()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"unseal", "unsealed"}
    ]
    assert [name for name in opening if not OPENS.fullmatch(name)] == []
