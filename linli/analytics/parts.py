"""The parts a place's figures are shown by: what lies below it, or the bodies that lead; never a post or a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from linli.analytics.counting import Counted, count, total
from linli.analytics.definition import Figure
from linli.analytics.questions import Question
from linli.analytics.rollups import BY_LEAD
from linli.divisions.codes import SIZES
from linli.divisions.models import Division
from linli.posts.lookup import FEWEST_HOLDERS, Body, bodies_for

MOST_PARTS = 300


@dataclass(frozen=True)
class Part:
    """A row of the table. `place`, `body` and `rest` are how it is asked for alone: REST, OTHERS, NOBODY or a key."""

    counted: Counted
    place: Division | None = None
    body: Body | None = None
    rest: str = ""


REST, OTHERS, NOBODY = "rest", "others", "nobody"


@dataclass(frozen=True)
class Bodies:
    """The bodies with rows of their own, and that all others are pooled."""

    shown: Sequence[Body]

    @property
    def posts(self) -> tuple[int, ...]:
        """The posts of all bodies with a row of their own."""
        return tuple(post for body in self.shown for post in body.posts)


def bodies_of(span: tuple[int, int]) -> Bodies:
    """The bodies of an area that have enough holders; where the others together have too few, more are pooled.

    It depends on who holds posts, not on what is counted, so a pooled row is the same for every figure.
    """
    known = [body for body in bodies_for(span) if body.holders]
    shown = [body for body in known if body.holders >= FEWEST_HOLDERS]
    pooled = [body for body in known if body.holders < FEWEST_HOLDERS]
    for body in sorted(shown, key=lambda each: each.holders):
        if not pooled or (len(pooled) > 1 and sum(each.holders for each in pooled) >= FEWEST_HOLDERS):
            break
        shown.remove(body)
        pooled.append(body)
    return Bodies(shown[:MOST_PARTS])


def by_place(
    asked: Question, here: Division, below: Sequence[Division], figures: Iterable[Figure] | None = None
) -> list[Part]:
    """A row for each place one level down, in the order of their codes, and one for what lies in none of them."""
    return parts_of(here, below, count(asked, divisor_below(here), figures))


def parts_of(here: Division, below: Sequence[Division], counted: Mapping[int, Counted]) -> list[Part]:
    """The same of what is counted already, by the codes of the level below."""
    left, divisor = dict(counted), divisor_below(here)
    parts = [
        Part(left.pop(place.code // divisor, {}), place=place)
        for place in below
        if place.level == here.level + 1
    ]
    return [*parts, *_rest(left.values())]


def _rest(counted: Iterable[Counted]) -> list[Part]:
    left = total(counted)
    return [Part(left, rest=REST)] if any(left.values()) else []


def divisor_below(here: Division) -> int:
    """What cuts a code to the level below a place."""
    return SIZES[here.level + 1]


def by_body(asked: Question, bodies: Bodies) -> list[Part]:
    """A row for each body that leads some of the cases; small ones together, and what nobody leads yet."""
    counted: Mapping[Any, Counted] = count(asked, BY_LEAD)
    left = dict(counted)
    parts = []
    for body in bodies.shown:
        own = total(left.pop(post, {}) for post in body.posts)
        parts += [Part(own, body=body)] if any(own.values()) else []
    unled = left.pop(None, {})
    others = total(left.values())
    parts += [Part(others, rest=OTHERS)] if any(others.values()) else []
    return parts + ([Part(unled, rest=NOBODY)] if any(unled.values()) else [])


def beside(asked: Question, here: Division, below: Sequence[Division]) -> Question:
    """The same asked of what lies in none of the places one level down."""
    divisor = divisor_below(here)
    keys = tuple(place.code // divisor for place in below if place.level == here.level + 1)
    return replace(asked, beside=keys, divisor=divisor)
