"""The register of processing purposes: why people's data may be read, by whom, and which fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from linli.base.errors import Invalid
from linli.posts.models import PostKind


@dataclass(frozen=True)
class Delay:
    """For how long readings of an activity are not shown yet: so much must be public before the first of them.

    `law` allows it, `authority` decided it, and it holds for readings since a day. It ends by itself; nobody can hide
    a single reading, or lengthen it.
    """

    days: int
    law: str
    authority: str
    since: date


@dataclass(frozen=True)
class Purpose:
    """A listed reason; `basis` is the article that allows it. `many`: for lists that a second post approved.

    `nr` stands in the access rows: never given twice, and a purpose that nobody may use any more stays listed.
    `look_up`: for finding somebody's matters by a number typed whole; nothing is unsealed for it.
    `by_consent`: only while the person's own yes to it, in this case and for this body, holds.
    `of`: whether contacts of cases are read or residents' records; of these, `pairs` are looked at as they are, also
    merged ones, and `wide` is for posts above a town too.
    `review`: the kind of case in which another post reviews each such reading afterwards (紧急查阅).
    `shows`: for what pages and files show of what people raised; no contact is unsealed for it.
    `of_named`: only of parties whose role is named to the others, for its parties or who carries the case through.
    `parties`: relations to the case; `reporter` stands for every party itself, for what is its own.
    """

    nr: int
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
    of: str = "contact"
    pairs: bool = False
    wide: bool = False
    review: str = ""
    shows: bool = False
    of_named: bool = False
    delay: Delay | None = None


INTAKE, OWN, LIFE_AT_RISK, TIES = "intake", "own", "life_at_risk", "ties"
CARRY, BETWEEN, ACTING = "carry", "between", "acting"
GUARDIAN, GUARDIANS, GUARDIAN_ASKS = "guardian", "guardians", "guardian_asks"
GUARDIAN_CAME = "guardian_came"
WORK, OVERSEE, TOLD, SEARCH, FIGURES = "work", "oversee", "told", "search", "figures"
COMPARE, TAKE_OUT, FILE, EXCHANGE, PRINTOUT = "compare", "take_out", "file", "exchange", "printout"
LONGEST_DELAY = 90  # days
_DUTY = "个人信息保护法 13(3)"  # needed for a statutory duty
_RAISED = ("words", "photos", "matters")
_RECORD = ("name", "phone", "document", "birth", "language", "address", "region")
_AT_HOME = frozenset({PostKind.GRID_WORKER, PostKind.CLERK})


def _showing(nr: int, name: str, label: Callable[[], str]) -> Purpose:
    return Purpose(nr, name, label, _DUTY, _RAISED, shows=True)


_purposes: dict[str, Purpose] = {}
_by_nr: dict[int, Purpose] = {}


def add_purpose(purpose: Purpose) -> None:
    """Put a purpose into the register; a number or a name that is taken, or a delay above the longest, is refused."""
    if purpose.nr in _by_nr or purpose.name in _purposes:
        raise ValueError(f"{purpose.nr} or {purpose.name} is in the register already.")
    if purpose.delay and purpose.delay.days > LONGEST_DELAY:
        raise ValueError(f"{purpose.name} would be hidden for more than {LONGEST_DELAY} days.")
    _purposes[purpose.name] = _by_nr[purpose.nr] = purpose


for _each in (
    Purpose(
        1,
        "call_back",
        lambda: gettext("To ask whether it was solved, or for details only you know"),
        _DUTY,
        ("name", "phone"),
        posts=frozenset({PostKind.CLERK, PostKind.CALL_TAKER}),
    ),
    Purpose(
        2,
        "call_back_many",
        lambda: gettext("To call back several people from a list that a second post approved"),
        _DUTY,
        ("name", "phone"),
        posts=frozenset({PostKind.CLERK, PostKind.CALL_TAKER}),
        many=True,
    ),
    Purpose(
        3,
        INTAKE,
        lambda: gettext("You called: to find what you had raised, so that you need not say it again"),
        _DUTY,
        ("matters",),
        posts=frozenset({PostKind.CLERK, PostKind.CALL_TAKER}),
        look_up=True,
    ),
    Purpose(
        4,
        "notice",
        lambda: gettext("To send you a notice"),
        _DUTY,
        ("phone",),
        systems=frozenset({"notices"}),
    ),
    Purpose(
        5,
        OWN,
        lambda: gettext("You looked at it yourself"),
        "个人信息保护法 45",
        ("name", "phone", "address"),
        parties=frozenset({"reporter"}),
    ),
    Purpose(
        6,
        LIFE_AT_RISK,
        lambda: gettext(
            "Because somebody's life or health was in danger; another post reviews whether it was"
        ),
        "个人信息保护法 13(4)、18",
        ("name", "phone", "address"),
        posts=frozenset(PostKind.values) - {PostKind.ADMINISTRATOR, PostKind.MEDIATOR},
        review="emergencyreads",
    ),
    Purpose(
        7,
        "reach",
        lambda: gettext("To speak with you about this case, as you agreed"),
        "个人信息保护法 13(1)",
        ("name", "phone"),
        posts=frozenset({PostKind.HANDLER, PostKind.GRID_WORKER}),
        by_consent=True,
    ),
    Purpose(
        8,
        CARRY,
        lambda: gettext("You are a party of this case: to invite you, to hear you and to write its papers"),
        _DUTY,
        ("name", "phone", "address"),
        posts=frozenset(PostKind.values) - {PostKind.ADMINISTRATOR},
        of_named=True,
    ),
    Purpose(
        9,
        BETWEEN,
        lambda: gettext("Another party of the same case saw who it is with, and how it goes on"),
        _DUTY,
        ("name",),
        parties=frozenset({"reporter", "representative"}),
        of_named=True,
    ),
    Purpose(
        21,
        ACTING,
        lambda: gettext("Whoever acts for you in this case saw it, as you can yourself"),
        "民法典 23、161",
        ("name",),
        parties=frozenset({"representative"}),
        of_named=True,
    ),
    Purpose(
        20,
        TIES,
        lambda: gettext("To see, without anybody reading it, that the mediator has declared no tie with you"),
        _DUTY,
        ("name", "phone"),
        systems=frozenset({"ties"}),
    ),
    _showing(10, WORK, lambda: gettext("It is this post's to deal with, or it dealt with it")),
    _showing(11, OVERSEE, lambda: gettext("It lies in the area that this post looks after")),
    _showing(12, TOLD, lambda: gettext("This post was told of it by another one")),
    _showing(13, SEARCH, lambda: gettext("The post searched for words, and yours were among what was found")),
    _showing(14, FIGURES, lambda: gettext("To see which cases are behind a figure")),
    _showing(15, COMPARE, lambda: gettext("To see whether several people reported the same thing")),
    _showing(16, TAKE_OUT, lambda: gettext("A list of cases was taken out as a file")),
    _showing(17, FILE, lambda: gettext("The file of the case was printed")),
    _showing(18, EXCHANGE, lambda: gettext("To answer the system through which it came")),
    Purpose(
        19,
        PRINTOUT,
        lambda: gettext("You asked at a service window for a printout of who looked at your data"),
        "个人信息保护法 45",
        ("readings",),
        posts=frozenset({PostKind.CLERK}),
        look_up=True,
    ),
    Purpose(
        30,
        "window",
        lambda: gettext(
            "You came in, called or were visited: to go by what is known instead of asking again"
        ),
        _DUTY,
        _RECORD,
        posts=_AT_HOME,
        of="person",
    ),
    Purpose(
        31,
        "household",
        lambda: gettext("To see who lives in the household of somebody who came in"),
        _DUTY,
        ("name", "relation"),
        posts=_AT_HOME,
        of="person",
    ),
    Purpose(
        32,
        "upkeep",
        lambda: gettext("To register you, to correct your record, or to note that you have moved"),
        "个人信息保护法 8、46",
        _RECORD,
        posts=_AT_HOME,
        of="person",
    ),
    Purpose(
        33,
        "rights",
        lambda: gettext("You asked to see, copy, correct or delete your data"),
        "个人信息保护法 45-47",
        (*_RECORD, "end"),
        posts=frozenset({PostKind.CLERK}),
        of="person",
    ),
    Purpose(
        34,
        "pairs",
        lambda: gettext("To see whether two records are of one person"),
        "个人信息保护法 8",
        ("name", "phone", "document", "birth", "address"),
        posts=frozenset({PostKind.CLERK}),
        of="person",
        pairs=True,
        wide=True,
    ),
    Purpose(
        35,
        GUARDIANS,
        lambda: gettext("To see or note who may act for you, as your guardian or because you said so"),
        "民法典 27-39、161-173",
        ("guardians", "birth"),
        posts=frozenset({PostKind.CLERK}),
        of="person",
    ),
    Purpose(
        36,
        GUARDIAN,
        lambda: gettext("Your parent or other guardian looked after your data for you"),
        "民法典 34；个人信息保护法 31、44、45",
        (*_RECORD, "readings"),
        parties=frozenset({GUARDIAN}),
        of="person",
    ),
    Purpose(
        37,
        GUARDIAN_ASKS,
        lambda: gettext("Your parent or other guardian asked for something in your name"),
        "民法典 34；个人信息保护法 31、45-47",
        ("guardians",),
        parties=frozenset({GUARDIAN}),
        of="person",
    ),
    Purpose(
        38,
        GUARDIAN_CAME,
        lambda: gettext(
            "Your parent or other guardian came to a window and did something in your name there"
        ),
        "民法典 23、34；个人信息保护法 31、45-47",
        ("guardians",),
        posts=frozenset({PostKind.CLERK}),
        of="person",
    ),
):
    add_purpose(_each)


def purpose_named(name: str) -> Purpose:
    """The purpose; raises Invalid for one that is not in the register."""
    if name not in _purposes:
        raise Invalid(gettext("Say why you need to see this: choose one of the listed purposes."))
    return _purposes[name]


def purpose_numbered(nr: int) -> Purpose | None:
    """The purpose behind the number of an access row."""
    return _by_nr.get(nr)


def all_purposes() -> list[Purpose]:
    """The whole register, by number."""
    return [_by_nr[nr] for nr in sorted(_by_nr)]


def purposes_for(post_kind: str, *, many: bool = False) -> list[Purpose]:
    """The purposes a kind of post may give, for one contact or for a list of them."""
    usual = (
        each
        for each in _purposes.values()
        if each.of == "contact" and not (each.look_up or each.review or each.shows)
    )
    return [each for each in usual if each.many == many and post_kind in each.posts]
