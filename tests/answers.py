"""What somebody gets who comes to an address, and the usual answers to four visitors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.http import HttpResponse


class Answer(Enum):
    """What a visitor gets."""

    OPEN = "opens"
    SIGN_IN = "must sign in first"
    HIDDEN = "looks as if it did not exist"
    REFUSED = "is refused"

    @classmethod
    def of(cls, response: HttpResponse) -> Answer:
        """Read an answer; a redirect to sign-in or to number and code is like 401; bad input has got in."""
        if response.status_code == 401:
            return cls.SIGN_IN
        if response.status_code in {301, 302, 303} and (
            "/login" in (to := response["Location"]) or "/follow/?" in to
        ):
            return cls.SIGN_IN
        return {404: cls.HIDDEN, 403: cls.REFUSED}.get(response.status_code, cls.OPEN)


VISITORS = ("signed_out", "wrong_division", "missing_power", "right_power")


@dataclass(frozen=True)
class Door:
    """One address: who of the demo county is sent to it, and what each must get.

    `fill(world)` gives the address's parameters, for something in the area of `right_power`.
    """

    answers: tuple[Answer, Answer, Answer, Answer]
    wrong_division: str = "liuhe_clerk"
    missing_power: str = "chengguan_team"
    right_power: str = "chengguan_clerk"
    fill: Callable[[Any], dict[str, Any]] = lambda _world: {}
    method: str = "get"
    data: tuple[tuple[str, str], ...] = ()


EVERYONE = (Answer.OPEN,) * 4
STAFF = (Answer.SIGN_IN, Answer.OPEN, Answer.OPEN, Answer.OPEN)
AREA_AND_POWER = (Answer.SIGN_IN, Answer.HIDDEN, Answer.REFUSED, Answer.OPEN)
POWER = (Answer.SIGN_IN, Answer.REFUSED, Answer.REFUSED, Answer.OPEN)
OWN_AREA_AND_POWER = (Answer.SIGN_IN, Answer.OPEN, Answer.REFUSED, Answer.OPEN)
NOT_STAFF = (Answer.SIGN_IN, Answer.REFUSED, Answer.REFUSED, Answer.REFUSED)
CODE_FIRST = (Answer.SIGN_IN,) * 4
NOBODY = (Answer.HIDDEN,) * 4
NOT_LOOKED_UP = (Answer.SIGN_IN, Answer.HIDDEN, Answer.REFUSED, Answer.HIDDEN)
AREA = (Answer.SIGN_IN, Answer.HIDDEN, Answer.OPEN, Answer.OPEN)
