"""A checker of histories, after Elle: from what transactions appended to lists and saw of them, find what cannot be.

Each transaction appends things nobody else appends, and tells what each list held just before. As lists only grow,
what was seen gives the order of all appends; an order of transactions that fits must exist, or something was lost,
seen before it was committed, or seen though it was taken back.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass(frozen=True)
class Transaction:
    """What one transaction saw of each list, then appended; `committed` is what its caller was told."""

    name: str
    saw: dict[str, list[str]] = field(default_factory=dict)
    appended: dict[str, str] = field(default_factory=dict)
    committed: bool = True


def anomalies(transactions: list[Transaction], last: dict[str, list[str]]) -> list[str]:
    """Everything that is wrong with a history, given how the lists ended; empty when an order of it exists."""
    committed = [each for each in transactions if each.committed]
    wrong = []
    for each in committed:
        for key, seen in each.saw.items():
            if last.get(key, [])[: len(seen)] != seen:
                wrong.append(f"{each.name} saw {seen} of {key}, which never was")
        for key, thing in each.appended.items():
            if last.get(key, []).count(thing) != 1:
                wrong.append(
                    f"{thing}, appended to {key} by {each.name}, is there {last[key].count(thing)} times"
                )
    for each in transactions:
        if not each.committed:
            wrong += [f"{thing} of {each.name} was refused and is there" for key, thing in each.appended.items()
                      if thing in last.get(key, [])]  # fmt: skip
    return wrong or [f"a circle: {' < '.join(circle)}" for circle in _circles(committed, last)]


def _circles(committed: list[Transaction], last: dict[str, list[str]]) -> list[list[str]]:
    """Sets of transactions each of which must come before the next."""
    writer = {(key, thing): each.name for each in committed for key, thing in each.appended.items()}
    before: dict[str, set[str]] = defaultdict(set)
    for key, things in last.items():
        names = [writer[key, thing] for thing in things if (key, thing) in writer]
        for one, next_one in pairwise(names):
            before[one].add(next_one)  # written after it was written
    for each in committed:
        for key, seen in each.saw.items():
            if seen and (key, seen[-1]) in writer:
                before[writer[key, seen[-1]]].add(each.name)  # seen after it was written
            things = last.get(key, [])
            if len(seen) < len(things) and (key, things[len(seen)]) in writer:
                before[each.name].add(writer[key, things[len(seen)]])  # written after it was not seen
    return _going_round({name: later - {name} for name, later in before.items()})


def _going_round(before: dict[str, set[str]]) -> list[list[str]]:
    """What is left when those that come first are taken away again and again, if anything is."""
    left = {name: set(later) for name, later in before.items()}
    while True:
        awaited = set().union(*left.values()) if left else set()
        ready = [name for name in left if name not in awaited or not left[name] & set(left)]
        if not ready:
            return [sorted(left)] if left else []
        for name in ready:
            del left[name]
