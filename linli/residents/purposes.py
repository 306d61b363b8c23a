"""The register of processing purposes: why people's data may be read, by whom, and which fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext

from linli.base.errors import Invalid
from linli.posts.models import PostKind


@dataclass(frozen=True)
class Purpose:
    """A listed reason; `basis` is the article that allows it."""

    name: str
    label: Callable[[], str]
    basis: str
    fields: tuple[str, ...]
    posts: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    systems: frozenset[str] = frozenset()


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


def purposes_for(post_kind: str) -> list[Purpose]:
    """The purposes a kind of post may give."""
    return [purpose for purpose in _purposes.values() if post_kind in purpose.posts]
