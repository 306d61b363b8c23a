"""Separation of duties (职责分离) as one readable table: who never does what, why, and where it is refused.

The rows of procedures are read from them (`apart_from`); the others name the function that raises the refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext

from linli.cases.kinds import all_kinds


@dataclass(frozen=True)
class Constraint:
    """Whoever did `one` never does `other` in the same matter, on whatever post; refused in `where`."""

    name: str
    one: str
    other: str
    why: str
    where: str


_Words = Callable[[], str]
_TABLE: tuple[tuple[str, _Words, _Words, _Words, str], ...] = (
    (
        "appoint",
        lambda: gettext("Appoints to a post"),
        lambda: gettext("Holds it through that appointment"),
        lambda: gettext("Nobody gives themselves power."),
        "linli.posts.actions.appoint",
    ),
    (
        "give_up",
        lambda: gettext("Works as a post"),
        lambda: gettext("Gives that post up"),
        lambda: gettext("What it has open is looked at by somebody else."),
        "linli.cases.handover.give_up_post",
    ),
    (
        "deputy",
        lambda: gettext("Is away, or stands in"),
        lambda: gettext("Confirms the absence"),
        lambda: gettext("Power is not passed on between two people alone."),
        "linli.posts.absences.confirm",
    ),
    (
        "export",
        lambda: gettext("Asks for a file with names and telephone numbers"),
        lambda: gettext("Approves it"),
        lambda: gettext("A list of people leaves the office with two people's knowledge only."),
        "linli.cases.exports.answer",
    ),
    (
        "fetch",
        lambda: gettext("Approves a file with names and telephone numbers"),
        lambda: gettext("Fetches it"),
        lambda: gettext("Nobody gets people's data by their own yes."),
        "linli.cases.exports._check_fetching",
    ),
    (
        "ruling",
        lambda: gettext("Rules whose duty it is, and so proposes a row of the catalogue"),
        lambda: gettext("Decides on that proposal"),
        lambda: gettext("What holds for everybody is not settled by one person."),
        "linli.cases.editing.decide",
    ),
    (
        "complaint",
        lambda: gettext("Is the post of a complaint, or its superior"),
        lambda: gettext("Sees it before the post is heard, or deals with it"),
        lambda: gettext("Nobody is judge in their own cause."),
        "linli.cases.sight._by_tasks",
    ),
    (
        "emergency",
        lambda: gettext("Reads a contact in an emergency"),
        lambda: gettext("Reviews that reading"),
        lambda: gettext("Nobody is judge in their own cause."),
        "linli.kinds.emergencyreads.actions._found",
    ),
)


def constraints() -> list[Constraint]:
    """Every constraint: those of the core, then those of each procedure's steps."""
    core = [Constraint(name, one(), other(), why(), where) for name, one, other, why, where in _TABLE]
    return core + list(_of_procedures())


def _of_procedures() -> Iterator[Constraint]:
    for kind in all_kinds():
        steps = kind.procedure.steps
        for step in steps.values():
            if step.apart_from:
                one = gettext(", ").join(str(steps[name].label) for name in step.apart_from)
                why = gettext("Whoever did it does not say that it was done well.")
                name = f"{kind.name}.{step.name}"
                yield Constraint(name, one, str(step.label), why, "linli.cases.permission.require_step")
