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

    `look_up`: for finding somebody's matters by a number typed whole; nothing is unsealed for it.
    `of`: whether contacts of cases are read or residents' records; of these, `pairs` are looked at as they are, also
    merged ones, and `wide` is for posts above a town too.
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
    of: str = "contact"
    pairs: bool = False
    wide: bool = False


INTAKE = "intake"
_DUTY = "个人信息保护法 13(3)"  # needed for a statutory duty
_WINDOW = frozenset({PostKind.GRID_WORKER, PostKind.CLERK})
_RECORD = ("name", "phone", "document", "birth", "language", "address", "region")
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
        Purpose(
            "window",
            lambda: gettext(
                "You came in, called or were visited: to go by what is known instead of asking again"
            ),
            _DUTY,
            _RECORD,
            posts=_WINDOW,
            of="person",
        ),
        Purpose(
            "household",
            lambda: gettext("To see who lives in the household of somebody who came in"),
            _DUTY,
            ("name", "relation"),
            posts=_WINDOW,
            of="person",
        ),
        Purpose(
            "upkeep",
            lambda: gettext("To correct your record, or to note that you have moved"),
            "个人信息保护法 8、46",
            _RECORD,
            posts=_WINDOW,
            of="person",
        ),
        Purpose(
            "rights",
            lambda: gettext("You asked to see, copy, correct or delete your data"),
            "个人信息保护法 45-47",
            (*_RECORD, "end"),
            posts=frozenset({PostKind.CLERK}),
            of="person",
        ),
        Purpose(
            "pairs",
            lambda: gettext("To see whether two records are of one person"),
            "个人信息保护法 8",
            ("name", "phone", "document", "birth", "address"),
            posts=frozenset({PostKind.CLERK}),
            of="person",
            pairs=True,
            wide=True,
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
    fitting = (
        each for each in _purposes.values() if each.many == many and not each.look_up and each.of == "contact"
    )
    return [each for each in fitting if post_kind in each.posts]
