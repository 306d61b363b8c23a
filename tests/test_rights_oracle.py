"""The fast decisions held against a slow reading of the same tables; and each row of the tables mutated.

A mutant that no question notices would mean that the row could be lost without a test failing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from linli.cases.books import in_hand
from linli.cases.kinds import all_kinds, kind_of, power
from linli.cases.models import Case
from linli.cases.models import case as cases
from linli.cases.procedure import ANYONE, REPORTER, REPRESENTATIVE, ROLES, Procedure, Step
from linli.posts import powers
from linli.posts.powers import post_rules
from linli.residents import purposes, reading
from linli.residents.purposes import GUARDIAN, Purpose, all_purposes
from tests import oracle
from tests.questions import Question, questions

pytestmark = pytest.mark.once

TURNS = 300
DEPUTIES = (GUARDIAN, REPRESENTATIVE)
Mutant = tuple[str, str, Callable[[], Any]]  # what it is, whose questions are asked, what makes it


@pytest.fixture(scope="module", autouse=True)
def _a_yes_is_said_by_the_question() -> Iterator[None]:
    """A yes is a row of the database, which these questions never ask."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "in_force", lambda *_asked: in_hand().matter.agreed)  # type: ignore[attr-defined]
        patch.setattr(Case, "names_to_parties", lambda *_asked: in_hand().matter.named)  # type: ignore[attr-defined]
        patch.setattr(Case, "opens_to", _opens_to)
        patch.setattr(Case, "contacts_of_party", lambda case, nr: set() if nr else {case.reporter_id})
        yield


def _opens_to(_case: Case, _contact: object, post: int) -> bool:
    matter = in_hand().matter  # type: ignore[attr-defined]
    return matter.named and any(each == post and role != "asked" for each, role, _asks in matter.tasks)


@pytest.fixture(scope="module")
def asked() -> list[Question]:
    """The questions of this run."""
    return list(questions(TURNS, seed=5))


@pytest.mark.thorough
def test_a_hundred_thousand_decisions_agree_with_the_slow_reading(asked: list[Question]) -> None:
    wrong = [(each.about, each.who, each.matter, each.expected) for each in asked if each.wrong]
    assert wrong[:3] == []


def test_the_questions_meet_every_row_with_a_yes_and_a_no(asked: list[Question]) -> None:
    """Rows that nobody may take by right alone are told apart by the refusals."""
    met: dict[str, set[str]] = defaultdict(set)
    for each in asked:
        met[each.about].add(each.expected)
    one_sided = {about for about, answers in met.items() if not {oracle.ALLOWED} < answers}
    shown = {
        f"reading.{each.name}" for each in all_purposes() if each.shows
    }  # no contact is unsealed for them
    deputies = {f"reading.{each.name}" for each in all_purposes() if {*DEPUTIES} >= each.parties > set()}
    assert one_sided == {"core.core.nobody"} | shown | deputies  # one is that by a row, not by right


def test_the_slow_reading_knows_every_row_of_the_tables() -> None:
    steps = {power(kind.name, step) for kind in all_kinds() for step in kind.procedure.steps.values()}
    assert set(post_rules()) - steps == set(oracle.core_rules())
    assert {each.name for each in all_purposes()} == set(oracle.purposes())
    assert {kind.name for kind in all_kinds()} == set(oracle.procedures())


# --- mutants ------------------------------------------------------------------------------------------------


@contextmanager
def _put(table: Any, key: Any, value: Any) -> Iterator[None]:
    kept = table[key]
    table[key] = value
    try:
        yield
    finally:
        table[key] = kept


def _toggled(values: frozenset[str], each: str) -> frozenset[str]:
    return values ^ {each}


def _of_posts() -> Iterator[Mutant]:
    steps = {power(kind.name, step) for kind in all_kinds() for step in kind.procedure.steps.values()}
    for name, rule in post_rules().items():
        for kind in oracle.KINDS_OF_POST:
            changed = replace(rule, kinds=_toggled(rule.kinds, kind))
            about = name if name in steps else f"core.{name}"
            yield f"post rule {name} x {kind}", about, _maker(powers._rules, name, changed)


def _maker(table: Any, key: str, value: Any) -> Callable[[], Any]:
    return lambda: _put(table, key, value)


def _of_steps() -> Iterator[Mutant]:
    for kind in all_kinds():
        steps: Any = kind.procedure.steps
        for step in list(steps.values()):
            for words, changed in _changed(step, kind.procedure):
                yield (
                    f"{kind.name}.{step.name}: {words}",
                    f"{kind.name}.{step.name}",
                    _maker(steps, step.name, changed),
                )


def _changed(step: Step, procedure: Procedure) -> Iterator[tuple[str, Step]]:
    names = list(procedure.steps)
    for relation in {REPORTER, ANYONE, *procedure.roles}:
        yield f"party {relation}", replace(step, parties=_toggled(step.parties, relation))
    for role in sorted(ROLES):
        if role != "asked" or step.settles:
            yield f"task {role}", replace(step, tasked=_toggled(step.tasked, role))
    yield "system", replace(step, system=not step.system)
    for other in step.apart_from:
        yield f"apart from {other}", replace(step, apart_from=tuple(set(step.apart_from) - {other}))
    more = next(name for name in names if name not in step.apart_from)
    if step.posts or step.tasked or REPORTER in step.parties:  # else no post could take it anyway
        yield f"apart from {more} too", replace(step, apart_from=(*step.apart_from, more))
    if step.posts and not step.opens and procedure.sight == "area":
        yield "from above", replace(step, from_above=not step.from_above)
    if "asked" in step.tasked:
        for asked in step.settles:
            yield f"answers {asked}", replace(step, settles=tuple(set(step.settles) - {asked}))


def _of_purposes() -> Iterator[Mutant]:
    for rule in all_purposes():
        for words, changed in _other_purposes(rule):
            yield (
                f"purpose {rule.name}: {words}",
                f"reading.{rule.name}",
                _maker(purposes._purposes, rule.name, changed),
            )


def _other_purposes(rule: Purpose) -> Iterator[tuple[str, Purpose]]:
    for kind in oracle.KINDS_OF_POST:
        yield kind, replace(rule, posts=_toggled(rule.posts, kind))
    if rule.by_consent:
        yield "without a yes", replace(rule, by_consent=False)
    yield "reporter", replace(rule, parties=_toggled(rule.parties, "reporter"))
    yield "notices", replace(rule, systems=_toggled(rule.systems, "notices"))


def mutants() -> list[Mutant]:
    """Every row of every table, dropped or added."""
    return [*_of_posts(), *_of_steps(), *_of_purposes()]


def test_each_row_dropped_or_added_is_noticed(asked: list[Question]) -> None:
    by_row: dict[str, list[Question]] = defaultdict(list)
    for each in asked:
        by_row[each.about].append(each)
    alive = []
    for words, about, mutate in mutants():
        with mutate():
            if not any(each.wrong for each in by_row[about]):
                alive.append(words)
    assert alive == [], str(alive)


@pytest.mark.parametrize("kind", [kind.name for kind in all_kinds()])
def test_the_sight_of_a_kind_turned_round_is_noticed(
    kind: str, asked: list[Question], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "_seen_by_area", cases._seen_by_area ^ {kind})
    assert any(each.wrong for each in asked[:20_000] if each.matter.kind == kind and "." in each.about)


def test_a_mutant_is_undone_afterwards() -> None:
    words, _about, mutate = mutants()[0]
    before = dict(powers._rules)
    with mutate():
        assert dict(powers._rules) != before, words
    assert dict(powers._rules) == before
    assert kind_of("matters").procedure.steps["dispatch"].posts == {"dispatcher"}
