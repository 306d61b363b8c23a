"""The register of processing activities (个人信息处理活动): what is done with people's data, why, and for how long.

Standing ones are registered when an app starts; those that come and go, such as feeds, are listed by who keeps them.
One that is `assessed` runs only while an approved impact assessment holds (PIPL 55-56, `residents.openings`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext

from linli.base.errors import NotFound

Text = Callable[[], str]


class Sort(StrEnum):
    """What an activity is: one that proposes (`SUGGESTER`) never decides, a person does."""

    HANDLING = "handling"
    REGISTER = "register"
    SOURCE = "source"
    FEED = "feed"
    SUGGESTER = "suggester"


@dataclass(frozen=True)
class Activity:
    """One activity. `name` is a slug; `categories`: kinds of data; `code`: the place it belongs to (0: the whole).

    `sensitive`: why sensitive data is needed and what it means for people; empty where none is handled.
    `parts`: what an assessment says it covers, as codes and words, such as the kinds of case of a feed.
    `why`: what of article 55 asks for an assessment, or that this platform does, or why none is needed.
    `tables`: sealed tables it keeps people's data in; each sealed table belongs to one activity.
    """

    name: str
    label: Text
    purpose: Text
    categories: Text
    basis: str
    retention: Text
    recipients: Text = lambda: gettext("Nobody outside")
    sensitive: Text = lambda: ""
    assessed: bool = False
    code: int = 0
    parts: tuple[tuple[str, str], ...] = ()
    sort: Sort = Sort.HANDLING
    why: Text = lambda: ""
    tables: tuple[str, ...] = ()

    @property
    def proposes(self) -> bool:
        """Whether it proposes something to a person out of people's data."""
        return self.sort == Sort.SUGGESTER


Lister = Callable[[], Iterable[Activity]]
_standing: dict[str, Activity] = {}
_listers: list[Lister] = []


def register_activity(activity: Activity) -> None:
    """Make an activity known; called when an app starts."""
    _standing[activity.name] = activity


def register_lister(lister: Lister) -> None:
    """Make known who lists the activities of a sort that come and go."""
    if lister not in _listers:
        _listers.append(lister)


def all_activities() -> list[Activity]:
    """Every activity there is now, those of the platform itself first."""
    return [*_standing.values(), *(each for lister in _listers for each in lister())]


def activity_named(name: str) -> Activity:
    """One of them; NotFound for any other name."""
    found = next((each for each in all_activities() if each.name == name), None)
    if found is None:
        raise NotFound
    return found
