"""The picture of an area as it stands now: the one place where the command centre's numbers are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.analytics.beside import AWAITED
from linli.analytics.counting import count
from linli.analytics.definition import FEWEST_FOR_SHARE
from linli.analytics.figures import all_figures
from linli.analytics.parts import REST, Part, by_place
from linli.analytics.questions import Question
from linli.analytics.rollups import BY_KIND
from linli.analytics.standing import Standing
from linli.cases.kinds import Kind, all_kinds
from linli.cases.models import areas_see
from linli.cases.narrowing import State
from linli.divisions.codes import Level
from linli.divisions.coverage import grids_by_part
from linli.divisions.models import Division
from linli.ledger.models import Position
from linli.posts.actor import PostActor
from linli.posts.may import watches
from linli.posts.tree import Node, parted_at
from linli.registers.inhabitants import Inhabitants, inhabitants_by_part

FREE = "free"  # the figures' own word for days that are chosen freely
STANDS = ("open", "overdue", "soon")
FAR = datetime.max.replace(tzinfo=UTC)  # what has no limit comes last


@dataclass(frozen=True)
class Tile:
    """A number that opens exactly what it counts; by kind as well, where it counts cases."""

    name: str
    label: str
    count: int
    address: str
    kinds: tuple[Tile, ...] = ()


@dataclass(frozen=True)
class Area:
    """A part of the place with its counts; `percent` is the share of the open ones that are overdue.

    `grids`: how many lie in it; of parts of very different size a number for each grid tells more than a number.
    """

    name: str
    code: str
    open: int
    overdue: int
    soon: int
    place: Division | None = None
    listed: Mapping[str, str] = field(default_factory=dict)
    grids: int = 0
    inhabitants: int = 0

    @property
    def per_ten_thousand(self) -> int | None:
        """How many are open for every ten thousand people; None where that is not known or too few are open to say."""
        if not self.inhabitants or self.open < FEWEST_FOR_SHARE:
            return None
        return round(10_000 * self.open / self.inhabitants)

    @property
    def per_ten_grids(self) -> int | None:
        """How many are open for every ten grids; None where there is no grid."""
        return round(10 * self.open / self.grids) if self.grids else None

    @property
    def percent(self) -> int | None:
        """How many of a hundred open cases are overdue; None where none is open."""
        return round(100 * self.overdue / self.open) if self.open else None


def mark() -> int:
    """How many steps had their place in the one order of the ledger when this was asked (one statement)."""
    return Position.objects.order_by("-number").values_list("number", flat=True).first() or 0


@dataclass(frozen=True)
class Picture:
    """An area now. Every number is a figure of the analytics or the length of a list of the core."""

    node: Node
    now: datetime
    by: PostActor
    stands: Standing | None = None

    @property
    def place(self) -> str:
        """The trimmed code of the area."""
        return self.node.here.trimmed

    @property
    def question(self) -> Question:
        """What is asked of the figures: this area, today."""
        return Question.of_today(self.place, self.now, self.stands)

    @cached_property
    def by_kind(self) -> Mapping[str, Mapping[str, int]]:
        """What stands and what came today, by kind."""
        figures = [*(all_figures()[name] for name in (*STANDS, "opened")), AWAITED]
        return count(self.question, BY_KIND, figures)

    @cached_property
    def tiles(self) -> list[Tile]:
        """What a duty officer looks at first."""
        today = self.question.period.since.isoformat()
        rows: list[tuple[str, str, dict[str, str]]] = [
            ("overdue", _("Overdue"), {"state": State.OVERDUE}),
            ("soon", str(all_figures()["soon"].label), {"state": State.SOON}),
            ("opened", _("New today"), {"opened_since": today, "opened_until": today}),
            ("open", _("Still open"), {"state": State.OPEN}),
        ]
        return [self._tile(*row) for row in rows] + [self._questions()]

    def _tile(self, name: str, label: str, choices: dict[str, str]) -> Tile:
        kinds = tuple(
            Tile(
                name,
                str(kind.procedure.label),
                self.by_kind.get(kind.name, {}).get(name, 0),
                self.listed({**choices, "stage": kind.name}),
            )
            for kind in seen_kinds()
        )
        return Tile(name, label, sum(each.count for each in kinds), self.listed(choices), kinds)

    def _questions(self) -> Tile:
        address = f"{reverse('command:questions')}?{urlencode({'place': self.place})}"
        waiting = sum(counted.get(AWAITED.name, 0) for counted in self.by_kind.values())
        return Tile("questions", _("Answers awaited"), waiting, address)

    def listed(self, choices: Mapping[str, str], place: str = "") -> str:
        """The list of the desk that holds exactly the cases counted, as far as the post may open them."""
        return list_behind({**choices, "place": place or self.place}, by=self.by)

    @cached_property
    def parted(self) -> Node:
        """The place whose parts are shown."""
        return parted_at(self.node, self.by)

    @cached_property
    def areas(self) -> list[Area]:
        """The parts, in the order of their codes; empty at the lowest level."""
        if not self.parted.below or self.parted.here.level >= Level.GRID:
            return []
        figures = [all_figures()[name] for name in STANDS]
        parts = by_place(self.question, self.parted.here, self.parted.below, figures)
        return [self._area(part) for part in parts]

    def _area(self, part: Part) -> Area:
        name = part.place.name if part.place else pgettext("rest", "The rest") if part.rest == REST else ""
        code = part.place.trimmed if part.place else ""
        still, overdue, soon = (part.counted.get(each, 0) for each in STANDS)
        listed = {each: self._listed_of(each, part, code) for each in STANDS}
        grids = self._grids.get(part.place.code, 0) if part.place else 0
        living = self._inhabitants.get(part.place.code) if part.place else None
        people = living.count if living else 0
        return Area(name, code, still, overdue, soon, part.place, listed, grids, people)

    def _listed_of(self, state: str, part: Part, code: str) -> str:
        if part.rest == REST:
            return counted_by(figure=state, place=self.parted.here.trimmed, rest=REST)
        return self.listed({"state": state}, code)

    @cached_property
    def _inhabitants(self) -> Mapping[int, Inhabitants]:
        return inhabitants_by_part(self.parted.here.trimmed, self.parted.below[0].level)

    @cached_property
    def has_people(self) -> bool:
        """Whether it is known of any of the parts how many people live there."""
        return any(area.inhabitants for area in self.areas)

    @cached_property
    def _grids(self) -> Mapping[int, int]:
        return grids_by_part(self.parted.here.trimmed, self.parted.below[0].level)


def list_behind(choices: Mapping[str, str], *, by: PostActor) -> str:
    """The list of an area with these choices; for a level that sees its part alone, the one that says of others."""
    if not watches(by):
        return f"{reverse('desk:area')}?{urlencode(choices)}"
    day = choices.get("opened_since", "")
    return counted_by(
        figure=choices.get("state", "opened"),
        about=choices.get("stage", ""),
        body=choices.get("body", ""),
        place=choices["place"],
        **({"period": FREE, "since": day, "until": day} if day else {}),
    )


def counted_by(**asked: str) -> str:
    """The list of what a figure counts; what is empty is not asked."""
    return f"{reverse('desk:figure_list')}?{urlencode({name: each for name, each in asked.items() if each})}"


def seen_kinds() -> list[Kind]:
    """The kinds that area gives sight of; the others are counted nowhere here."""
    return [kind for kind in all_kinds() if areas_see(kind.name)]
