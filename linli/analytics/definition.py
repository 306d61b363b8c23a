"""What a figure is: a number of cases by one condition, what it is a share of, which way it should go, its source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q
from django.utils.functional import Promise

from linli.analytics.populations import Population
from linli.analytics.questions import Question
from linli.cases.procedure import Words

Text = str | Promise | Words

FEWEST_FOR_SHARE = 10  # of fewer a percentage or a rate says more than is known


class Better(StrEnum):
    """Which way a figure should go; most only say how much there is."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = ""


class Block(StrEnum):
    """Where a figure stands on a page."""

    PROMISE = "promise"
    DISPATCH = "dispatch"
    FLOW = "flow"
    WORD = "word"
    OUTCOME = "outcome"
    TROUBLE = "trouble"
    NOW = "now"


@dataclass(frozen=True)
class Figure:
    """A number of cases. `test` picks them among a population; `among` names the figure that a share is taken of."""

    name: str
    block: Block
    population: Population
    label: Text
    meaning: Text
    test: Callable[[Question], Q] = lambda _asked: Q()
    among: str = ""
    better: Better = Better.NEITHER
    source: str = ""

    @property
    def stands(self) -> bool:
        """Whether it counts what stands at this moment, whatever period is asked for."""
        return self.block is Block.NOW


def always(condition: Q) -> Callable[[Question], Q]:
    """A test that asks for neither period nor moment."""
    return lambda _asked: condition
