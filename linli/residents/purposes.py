"""The register of processing purposes: why people's data may be read, by whom, and which fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext

from linli.base.errors import Invalid
from linli.posts.models import PostKind


@dataclass(frozen=True)
class Purpose:
    """A listed reason; `basis` is the article that allows it. `many`: for lists that a second post approved.

    `look_up`: for finding somebody's matters by a number typed whole; nothing is unsealed for it. `by_consent`: only
    while the person's own yes to it, in this case and for this body, holds.
    """

    name: str
    label: Callable[[], str]
    basis: str
    fields: tuple[str, ...]
    posts: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    systems: frozenset[str] = frozenset()
    many: bool = False
    look_up: bool = False
    by_consent: bool = False


INTAKE = "intake"
_DUTY = "个人信息保护法 13(3)"  # needed for a statutory duty
_purposes = {
    purpose.name: purpose
    for purpose in (
        Purpose(
            "call_back",
            lambda: gettext("To ask whether it was solved, or for details only you know"),
            _DUTY,
            ("name", "phone"),
            posts=frozenset({PostKind.CLERK, PostKind.CALL_TAKER}),
        ),
        Purpose(
            "call_back_many",
            lambda: gettext("To call back several people from a list that a second post approved"),
            _DUTY,
            ("name", "phone"),
            posts=frozenset({PostKind.CLERK, PostKind.CALL_TAKER}),
            many=True,
        ),
        Purpose(
            INTAKE,
            lambda: gettext("You called: to find what you had raised, so that you need not say it again"),
            _DUTY,
            ("matters",),
            posts=frozenset({PostKind.CLERK, PostKind.CALL_TAKER}),
            look_up=True,
        ),
        Purpose(
            "reach",
            lambda: gettext("To speak with you about this case, as you agreed"),
            "个人信息保护法 13(1)",
            ("name", "phone"),
            posts=frozenset({PostKind.HANDLER, PostKind.GRID_WORKER}),
            by_consent=True,
        ),
        Purpose(
            "notice",
            lambda: gettext("To send you a notice"),
            _DUTY,
            ("phone",),
            systems=frozenset({"notices"}),
        ),
        Purpose(
            "own",
            lambda: gettext("You looked at it yourself"),
            "个人信息保护法 45",
            ("name", "phone", "address"),
            parties=frozenset({"reporter"}),
        ),
    )
}


def purpose_named(name: str) -> Purpose:
    """The purpose; raises Invalid for one that is not in the register."""
    if name not in _purposes:
        raise Invalid(gettext("Say why you need to see this: choose one of the listed purposes."))
    return _purposes[name]


def purposes_for(post_kind: str, *, many: bool = False) -> list[Purpose]:
    """The purposes a kind of post may give, for one contact or for a list of them."""
    fitting = (each for each in _purposes.values() if each.many == many and not each.look_up)
    return [each for each in fitting if post_kind in each.posts]
