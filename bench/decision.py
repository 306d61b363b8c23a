"""How long one decision takes, against Django's own `has_perm` with its permissions already in memory.

    python bench/decision.py [decisions]

The questions are those of the oracle test: every row of every table, all kinds of actor, four positions. `may` is the
post rule alone; `allows` is a step of a case with its tasks and parties. Neither asks the database. The first decision
of an actor also finds its area; those are told apart too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from time import perf_counter_ns

import _ground  # noqa: F401  the environment is laid first
from django.contrib.auth.backends import ModelBackend

from linli.cases.kinds import kind_of
from linli.cases.permission import allows
from linli.posts.may import may
from linli.posts.models import Account
from tests.questions import Question, questions

WANTED, BAR = 200_000, 5.0


def timed(acts: Sequence[Callable[[], object]]) -> list[int]:
    """Nanoseconds of each, one by one, the clock's own cost taken off."""
    empty = sorted(-perf_counter_ns() + perf_counter_ns() for _turn in range(10_000))[5_000]
    found = []
    for act in acts:
        begun = perf_counter_ns()
        act()
        found.append(perf_counter_ns() - begun - empty)
    return sorted(found)


def told(name: str, times: list[int]) -> float:
    """Print median, 99th and 99.9th of a hundred; give the 99th in microseconds."""
    parts = [times[int(len(times) * part)] / 1000 for part in (0.5, 0.99, 0.999)]
    print(f"  {name:44} p50 {parts[0]:7.2f}   p99 {parts[1]:7.2f}   p99.9 {parts[2]:7.2f} µs")
    return parts[1]


def of_steps(each: Question) -> Callable[[], object]:
    """Asking whether somebody may take a step of a case."""
    step, tasks = kind_of(each.matter.kind).procedure.steps[each.name], list(each.tasks)
    return lambda: allows(step, each.case, tasks, by=each.actor)


def of_powers(each: Question) -> Callable[[], object]:
    """Asking whether a post may use a power at a place."""
    return lambda: may(each.actor, each.name, within=each.case.code_now)


class InMemory(ModelBackend):
    """Django's backend, with an account's permissions read before."""

    def get_all_permissions(self, user_obj: Account, obj: object = None) -> set[str]:
        """What `ModelBackend` keeps on the account after its first question."""
        del obj
        return user_obj.kept


def peer() -> list[Callable[[], object]]:
    """Django's way: a set of permission names kept on the account, a backend asked for one of them."""
    backend, account = InMemory(), Account(pk=1, username="x")
    account.kept = {f"matters.step_{number}" for number in range(80)}
    names = [f"matters.step_{number}" for number in range(160)]
    return [lambda name=name: backend.has_perm(account, name) for name in names] * (WANTED // 160)


def main() -> int:
    """Measure all three in one run; fails above the bar."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else WANTED
    asked = list(questions(wanted, seed=3))
    first = [of_powers(each) for each in {id(each.actor): each for each in asked}.values()]
    powers = [of_powers(each) for each in asked]
    steps = [of_steps(each) for each in asked if not each.about.startswith(("core.", "reading."))]
    print(f"{len(powers):,} + {len(steps):,} decisions (bar: p99 {BAR} µs)")
    told("may: the first question of each actor", timed(first))
    worst = max(told("may: the post rules", timed(powers)), told("allows: a step of a case", timed(steps)))
    told("peer: Django's has_perm, no area, no case", timed(peer()))
    print("ok" if worst <= BAR else "too slow")
    return int(worst > BAR)


if __name__ == "__main__":
    sys.exit(main())
