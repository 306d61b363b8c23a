"""The register of processing activities (个人信息处理活动): what is done with people's data, why, and for how long.

Static ones stand here or are registered when an app starts; those that come and go, such as feeds, are listed by who
keeps them. One that is `assessed` does not open before somebody else has approved its impact assessment (PIPL 55-56).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from linli.base.errors import NotFound

Text = Callable[[], str]


@dataclass(frozen=True)
class Activity:
    """One activity. `name` is a slug; `categories`: kinds of data; `code`: the place it belongs to (0: the whole).

    `sensitive`: why sensitive data is needed and what it means for people; empty where none is handled.
    `parts`: what an assessment says it covers, as codes and words, such as the kinds of case of a feed.
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


def register_own() -> None:
    """What the platform itself does with people's data; called when the app starts."""
    for each in (*_of_reports(), *_of_the_platform()):
        register_activity(each)


def _of_reports() -> Iterable[Activity]:
    """What is done with the data of people who raise something."""
    yield Activity(
        "contacts",
        lambda: gettext("Name and number with a report"),
        lambda: gettext(
            "To ask back, to tell how it goes on, and to let whoever raised it have the last word"
        ),
        lambda: gettext("Name, telephone number, address, as far as somebody gives them"),
        "个人信息保护法 13(3)",
        lambda: gettext(
            "While the case is open or can be reopened; afterwards until the person wants it gone, at the latest "
            "with the case's file"
        ),
    )
    yield Activity(
        "notices",
        lambda: gettext("Text messages about one's own case"),
        lambda: gettext("To tell whoever raised a case what happens in it"),
        lambda: gettext("Telephone number"),
        "个人信息保护法 13(3)",
        lambda: gettext("The number is read at the moment of sending and kept nowhere else"),
        recipients=lambda: gettext("The operator that sends text messages for this place, by contract"),
    )
    yield Activity(
        "accounts",
        lambda: gettext("Signing in with a telephone number"),
        lambda: gettext("To see all that one raised in one place; nobody has to"),
        lambda: gettext("Telephone number"),
        "个人信息保护法 13(2)",
        lambda: gettext("Until the account is closed"),
    )


def _of_the_platform() -> Iterable[Activity]:
    """What is done so that the rest can be shown, answered for and typed less."""
    yield Activity(
        "looks",
        lambda: gettext("List of who looked at whose data"),
        lambda: gettext("To show people each look at their data, and to prove it"),
        lambda: gettext("Time, post, purpose, kinds of data; no contents"),
        "个人信息保护法 51、54",
        lambda: gettext("At least three years"),
    )
    yield Activity(
        "guardians",
        lambda: gettext("Parents and other guardians"),
        lambda: gettext(
            "To know who by law acts for a child, or for somebody a court has found unable to act alone"
        ),
        lambda: gettext(
            "Name and telephone number of the guardian, day of birth of the ward, which paper was seen (no copy)"
        ),
        "民法典 27-39；个人信息保护法 31",
        lambda: gettext("Until three years after the guardianship; its telephone number for six months"),
        sensitive=lambda: gettext(
            "Data of children under fourteen are sensitive, and so is a court's finding that somebody cannot act "
            "alone. They are needed so that the right person agrees and asks; they are sealed, stand in no list, and "
            "each look at them is shown."
        ),
    )
    yield Activity(
        "datarequests",
        lambda: gettext("Requests about one's own data"),
        lambda: gettext(
            "To answer requests to see, copy, correct or delete, and to show that they were answered"
        ),
        lambda: gettext(
            "What is asked, the answer, which kind of identity document was seen (not its number)"
        ),
        "个人信息保护法 50",
        lambda: gettext("Three years; a number that is to be deleted goes with the close of the request"),
    )
    yield Activity(
        "drafts",
        lambda: gettext("Reading a pasted chat into a draft (suggester)"),
        lambda: gettext(
            "To save a clerk from typing: rules propose the fields of a report, a person decides"
        ),
        lambda: gettext("What stands in the chat"),
        "个人信息保护法 13(3)",
        lambda: gettext("Nothing is kept before somebody saves the report"),
    )
