"""Steps of many at once, on several cases in one transaction: there is an order in which they happened."""

from __future__ import annotations

import threading
from random import Random
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections

from linli.base.errors import Refusal
from linli.base.writing import writing
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact
from tests.faults.elle import Transaction, anomalies

LISTS, THREADS, EACH, MANY = 3, 6, 25, 120


def _seen(case: Any) -> list[str]:
    """The list of a case: what it was asked, in the order of its versions."""
    asked = Entry.objects.filter(about=case, name="matters.supervise").select_related("detail")
    return [each.detail.words["question"] for each in sorted(asked, key=lambda entry: entry.facts["version"])]


class Run:
    """Threads that press on cases, one or two of them in a transaction, and remember what they saw and were told."""

    def __init__(self, world: Any, each: int) -> None:
        self.by, self.each = world.by("chengguan_dispatcher"), each
        self.cases = [self._reported(world) for _list in range(LISTS)]
        self.transactions: list[Transaction] = []
        self.surprises: list[Exception] = []

    def _reported(self, world: Any) -> Any:
        said, grid = GivenContact("李小芳", "13912345678"), world.place("东门社区第一网格")
        return actions.report(by=PartyActor("reporter"), text="路灯坏了", division=grid, contact=said).case

    def go(self) -> list[str]:
        """Let all run; what is wrong with what happened."""
        threads = [threading.Thread(target=self._press, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert self.surprises == []
        return anomalies(self.transactions, {str(case): _seen(case) for case in self.cases})

    def _press(self, number: int) -> None:
        chance = Random(number)
        for turn in range(self.each):
            chosen = sorted(chance.sample(self.cases, chance.choice([1, 2])))
            self.transactions.append(self._one(f"{number}.{turn}", chosen))
        connections.close_all()

    def _one(self, name: str, chosen: list[Any]) -> Transaction:
        saw: dict[str, list[str]] = {}
        wanted = {str(case): f"{name} on {case}" for case in chosen}
        try:
            with writing():
                for case in chosen:
                    matter = Matter.objects.select_related("case").get(pk=case)
                    saw[str(case)] = _seen(case)
                    version = matter.case.version
                    actions.supervise(matter, by=self.by, seen=version, question=wanted[str(case)], hours=2)
        except Refusal:
            return Transaction(name, saw, wanted, committed=False)
        except DatabaseError as trouble:
            self.surprises.append(trouble)
            return Transaction(name, saw, wanted, committed=False)
        return Transaction(name, saw, wanted)


def test_steps_of_many_at_once_have_an_order(committed_world: Any) -> None:
    run = Run(committed_world, EACH)
    assert run.go() == []
    done = sum(each.committed for each in run.transactions)
    print(f"{connection.vendor}: {done} of {len(run.transactions)} went through, {LISTS} lists")
    assert done > THREADS


@pytest.mark.nightly
def test_very_many_steps_at_once_have_an_order(committed_world: Any) -> None:
    assert Run(committed_world, MANY).go() == []


# --- the checker itself -------------------------------------------------------------------------------------


def test_an_append_that_is_gone_is_found() -> None:
    both = [Transaction("a", {"x": []}, {"x": "1"}), Transaction("b", {"x": []}, {"x": "2"})]
    assert anomalies(both, {"x": ["2"]}) == ["1, appended to x by a, is there 0 times"]


def test_two_that_overlooked_each_other_are_a_circle() -> None:
    skewed = [
        Transaction("a", {"x": [], "y": []}, {"x": "1"}),
        Transaction("b", {"x": [], "y": []}, {"y": "2"}),
    ]
    assert anomalies(skewed, {"x": ["1"], "y": ["2"]}) == ["a circle: a < b"]


def test_what_was_refused_and_is_there_is_found() -> None:
    refused = [Transaction("a", {"x": []}, {"x": "1"}, committed=False)]
    assert anomalies(refused, {"x": ["1"]}) == ["1 of a was refused and is there"]


def test_a_reading_that_never_was_is_found() -> None:
    dirty = [Transaction("a", {"x": []}, {"x": "1"}), Transaction("b", {"x": ["0"]})]
    assert anomalies(dirty, {"x": ["1"]}) == ["b saw ['0'] of x, which never was"]


def test_one_after_the_other_is_in_order() -> None:
    fine = [
        Transaction("a", {"x": [], "y": []}, {"x": "1", "y": "2"}),
        Transaction("b", {"x": ["1"], "y": ["2"]}, {"x": "3"}),
        Transaction("c", {"x": ["1", "3"]}),
    ]
    assert anomalies(fine, {"x": ["1", "3"], "y": ["2"]}) == []
