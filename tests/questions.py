"""Random questions about rights: each put to the product's own code, with the answer of the slow reading beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from linli.base.errors import NotFound, NotYours
from linli.cases.books import Book, taken_up
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Task
from linli.cases.permission import require_step
from linli.divisions.models import Division
from linli.posts.actor import Actor, PartyActor, PostActor, Side, SystemActor
from linli.posts.may import may
from linli.posts.models import Holding, Post
from linli.residents import reading
from linli.residents.purposes import purpose_named
from tests import oracle
from tests.oracle import Matter, Who

WIDTHS = (2, 4, 6, 9, 12, 15)
ROLES = ("next", "lead", "helps", "asked")


@dataclass(frozen=True)
class Question:
    """One question; `about` names the row of the tables it is about (`matters.dispatch`, `reading.call_back`)."""

    about: str
    who: Who
    actor: Actor
    name: str
    matter: Matter
    case: Case
    tasks: tuple[Task, ...]
    expected: str

    def answered(self) -> str:
        """What the product says now."""
        try:
            if self.about.startswith("reading."):
                contact = SimpleNamespace(pk=self.case.reporter_id)
                reading._check(contact, purpose_named(self.name), self.case, self.actor)  # type: ignore[arg-type]
            elif self.about.startswith("core."):
                return str(may(self.actor, self.name, within=self.case.code_now))
            else:
                steps = kind_of(self.matter.kind).procedure.steps
                require_step(steps[self.name], self.case, list(self.tasks), by=self.actor)
        except NotFound:
            return oracle.OUTSIDE
        except NotYours:
            return oracle.LACKING
        return oracle.ALLOWED

    @property
    def wrong(self) -> bool:
        """Whether the two readings differ."""
        with taken_up(Paper(self.matter)):
            return self.answered() != self.expected


class Paper(Book):
    """What the database would be asked, from the question itself."""

    def __init__(self, matter: Matter) -> None:
        self.matter = matter

    def require_holding(self, by: PostActor) -> None:
        """Every appointment holds; ended ones have tests of their own."""

    def require_party(self, case: Case, by: PartyActor) -> None:
        """Every code holds; those that do not any more have tests of their own."""

    def who_took(self, case: Case, steps: Sequence[str]) -> frozenset[int]:
        """The actor's account, if it took any of these."""
        return frozenset({1}) if self.matter.took.intersection(steps) else frozenset()

    def sees(self, case: Case, by: PostActor) -> bool:
        """As the question says."""
        return self.matter.seen


def questions(turns: int, seed: int) -> Iterator[Question]:
    """So many turns over all rows of all tables, most of the questions near a border between yes and no.

    Before the random ones every row is asked once for each kind of post where nothing but the kind decides.
    """
    chance = Random(seed)
    steps = [(kind, name) for kind, rules in oracle.procedures().items() for name in rules["steps"]]
    rows = [("step", *each) for each in steps] * 4
    rows += [("core", "", name) for name in [*oracle.core_rules(), "core.nobody"]]
    rows += [("reading", "", name) for name in oracle.purposes()] * 4
    pool = [_somebody(chance, number) for number in range(1, 400)]
    yield from _plain(pool, dict.fromkeys(rows))
    for what, kind, name in rows * turns:
        who, actor = _asker(chance, pool, _entitled(what, kind, name))
        matter = _matter(chance, who, kind or chance.choice(list(oracle.procedures())), name)
        if who.type == "party" and chance.random() < 0.75:
            who, actor = _party(who.name, matter.key)
        yield _question(what, name, (who, actor), matter)


def _plain(pool: list[tuple[Who, Actor]], rows: Iterable[tuple[str, str, str]]) -> Iterator[Question]:
    """Each row for a post of each kind in its own area, with no past, no task but to read, and the person's yes."""
    of_kind = {who.kind: (who, actor) for who, actor in pool}
    for what, kind, name in rows:
        for who, actor in of_kind.values():
            place = who.area.ljust(17, "1")
            matter = Matter(1, kind or "matters", place, opened_by=900, agreed=True, named=True)
            if what == "reading":
                matter = replace(matter, tasks=((who.post, "next", ""),))
            yield _question(what, name, (who, actor), matter)


def _entitled(what: str, kind: str, name: str) -> frozenset[str]:
    """The kinds of post a row names."""
    if what == "step":
        return frozenset(oracle.procedures()[kind]["steps"][name].get("posts", ()))
    return oracle.core_rules().get(name, frozenset()) if what == "core" else oracle.purposes()[name]["posts"]


def _asker(chance: Random, pool: list[tuple[Who, Actor]], entitled: frozenset[str]) -> tuple[Who, Actor]:
    """Mostly a post, and every other time one of a kind that the row names."""
    if chance.random() > 0.85:
        return _nobody(chance)
    some = [each for each in chance.sample(pool, 12) if each[0].kind in entitled]
    return chance.choice(some) if some and chance.random() < 0.5 else chance.choice(pool)


def _question(what: str, name: str, by: tuple[Who, Actor], matter: Matter) -> Question:
    who, actor = by
    if what == "core":
        about, expected = f"core.{name}", oracle.power(who, name, matter.place)
    elif what == "reading":
        about, expected = f"reading.{name}", oracle.reading(who, name, matter)
    else:
        about, expected = f"{matter.kind}.{name}", oracle.step(who, name, matter)
    case = Case(
        id=UUID(int=matter.key),
        kind=matter.kind,
        code_now=int(matter.place),
        opened_by_id=matter.opened_by or None,
        reporter_id=UUID(int=7) if matter.reporter or what == "reading" else None,
    )
    tasks = tuple(Task(post_id=post, role=role, asks=asks) for post, role, asks in matter.tasks)
    return Question(about, who, actor, name, matter, case, tasks, expected)


def _digits(chance: Random, count: int) -> str:
    return "".join(chance.choice("123") for _place in range(count))


def _somebody(chance: Random, number: int) -> tuple[Who, Actor]:
    width = chance.choice(WIDTHS[1:])
    who = Who("post", number, chance.choice(oracle.KINDS_OF_POST), f"99{_digits(chance, width - 2)}")
    area = Division(code=int(who.area.ljust(17, "0")), level=WIDTHS.index(width) + 1)
    post = Post(pk=number, kind=who.kind, division=area)
    return who, PostActor(Holding(pk=number, post=post, account_id=1))


def _nobody(chance: Random) -> tuple[Who, Actor]:
    if chance.random() < 0.3:
        name = chance.choice(["clock", "notices", "import", "ties"])
        return Who("system", name=name), SystemActor(name)
    return _party(chance.choice(["reporter", "anyone", *oracle.roles()]), chance.randrange(1, 9))


def _party(name: str, key: int) -> tuple[Who, Actor]:
    side = Side(UUID(int=key), name, 1) if name in oracle.roles() else None
    return Who("party", name=name, case=key), PartyActor(name, UUID(int=key), side=side)


def _matter(chance: Random, who: Who, kind: str, name: str) -> Matter:
    """A case at, in, above or beside the actor's area, with tasks and a past that make the rules bite."""
    area = who.area or "990101"
    where = chance.random()
    place = area + _digits(chance, 17 - len(area))
    if where < 0.2:
        place = area[:-1] + ("1" if area[-1] != "1" else "2") + _digits(chance, 17 - len(area))
    elif where < 0.25:
        place = area[: -min(3, len(area) - 2)].ljust(17, "0")
    rule: dict[str, Any] = oracle.procedures()[kind]["steps"].get(name, {})
    return Matter(
        key=chance.randrange(1, 9),
        kind=kind,
        place=place,
        opened_by=chance.choice([0, who.post, 900]),
        reporter=chance.random() < 0.6,
        tasks=tuple(_task(chance, who, kind, rule) for _number in range(chance.choice([0, 0, 1, 1, 2]))),
        took=_took(chance, kind, rule),
        seen=chance.random() < 0.8,
        agreed=chance.random() < 0.6,
        named=chance.random() < 0.6,
    )


def _task(chance: Random, who: Who, kind: str, rule: dict[str, Any]) -> tuple[int, str, str]:
    asks = chance.choice([*list(rule.get("settles", ())) * 3, *list(oracle.procedures()[kind]["steps"])[:3]])
    role = chance.choice([*rule.get("tasked", ()), *ROLES])
    return who.post if chance.random() < 0.7 else 901, role, asks if role == "asked" else ""


def _took(chance: Random, kind: str, rule: dict[str, Any]) -> frozenset[str]:
    """None, or one, so that each row of `apart_from` decides alone; mostly one that stands there or might, however many
    steps the kind has.
    """
    if chance.random() < 0.5:
        return frozenset()
    names = list(oracle.procedures()[kind]["steps"])
    near = [*rule.get("apart_from", ()), *names[:2]]
    return frozenset({chance.choice(near if chance.random() < 0.8 else names)})
