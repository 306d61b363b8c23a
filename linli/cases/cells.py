"""What a cell of the catalogue's tables means: from what somebody typed, or Excel made of it, to a value.

A cell that cannot be read as meant raises Fault with a sentence for the person; what can be mended without a doubt
is mended.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from linli.base.text import half_width, tidy
from linli.base.workbooks import Value
from linli.base.worktime import Unit
from linli.cases.models import Category
from linli.divisions.models import Division
from linli.posts.models import Post, PostKind

UNIT_WORDS: dict[str, Any] = {
    Unit.WORKING_DAYS.value: gettext_lazy("working days"),
    Unit.WORKING_HOURS.value: gettext_lazy("working hours"),
    Unit.CALENDAR_DAYS.value: gettext_lazy("calendar days"),
    Unit.HOURS.value: gettext_lazy("hours"),
}
MOST = {
    Unit.WORKING_DAYS.value: 750,
    Unit.WORKING_HOURS.value: 2_000,
    Unit.CALENDAR_DAYS.value: 1_100,
    Unit.HOURS.value: 2_000,
}
_EARLIEST, _LATEST = date(1949, 10, 1), date(2100, 1, 1)
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0{1,2}:00(?::00)?)?")
_MANGLED = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_SAFE_NUMBER = 10**15  # what Excel keeps of a number: 15 digits
_SPLIT = re.compile(r"[;；\n]+")
BETWEEN = "、"  # everyday words, as they are stored
_BETWEEN = re.compile(r"[、,，;；\n]+")
_MOST_WORDS, _LONGEST_WORD, NO_WORDS = 400, 40, {"-", "—"}


class Fault(Exception):  # noqa: N818  it is said to the person, not logged
    """What is wrong with one cell, in a sentence."""


@dataclass
class Ground:
    """What readers of cells may look up: the kind's categories, the posts, the places. Asked once per table."""

    kind: str
    first_day: date = date(1899, 12, 30)
    coming: set[str] = field(default_factory=set)
    _places: dict[str, Division | None] = field(default_factory=dict)

    @cached_property
    def categories(self) -> dict[str, Category]:
        """The kind's categories by code."""
        return {each.code: each for each in Category.objects.filter(kind=self.kind)}

    @cached_property
    def posts(self) -> dict[str, list[Post]]:
        """Posts, also those given up, by what people call them: title, title with body, or the body alone."""
        found: dict[str, list[Post]] = {}
        for post in _posts():
            names = {post.with_body, post.title}
            if post.kind == PostKind.HANDLER:
                names.add(post.organisation.name)
            for name in names:
                found.setdefault(plain_name(name), []).append(post)
        return found

    def place(self, code: str) -> Division | None:
        """The current division with a trimmed code."""
        if code not in self._places:
            known = code.isdecimal() and len(code) in {2, 4, 6, 9, 12, 15, 17}
            self._places[code] = Division.objects.current().coded(code).first() if known else None
        return self._places[code]


def _posts() -> QuerySet[Post]:
    return Post.objects.select_related("organisation", "division").defer("division__outline").order_by("pk")


def plain_name(text: str) -> str:
    """A name for comparing: half-width, without blanks, one kind of bracket."""
    plain = half_width(tidy(text)).replace("(", "（").replace(")", "）")
    return re.sub(r"\s", "", plain)


def text_of(value: Value) -> str:
    """A cell as text: numbers without a fraction as whole ones; Fault where Excel has lost digits."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        if abs(value) >= _SAFE_NUMBER:
            raise Fault(_mangled())
        return str(int(value)) if value == int(value) else str(value)
    if isinstance(value, date):
        return value.isoformat()
    return tidy(value)


def _mangled() -> str:
    return _(
        "Excel has turned this code into a number and lost its last digits. Format the column as text and type the "
        "code again, or begin with the downloaded table."
    )


def read_code(value: Value, _ground: Ground) -> str:
    """A code of digits or letters."""
    text = half_width(text_of(value)).replace(" ", "")
    if _MANGLED.fullmatch(text):
        raise Fault(_mangled())
    return text


def read_new_code(value: Value, ground: Ground) -> str:
    """A category's own code: short, without blanks or signs."""
    code = read_code(value, ground)
    if len(code) > 20 or not re.fullmatch(r"[0-9A-Za-z._-]+", code):
        raise Fault(_("A code has at most 20 letters, digits, dots or hyphens."))
    if isinstance(value, int | float) and code not in ground.categories:
        _say_lost_zeros(code, ground)
    return code


def _say_lost_zeros(code: str, ground: Ground) -> None:
    for width in range(len(code) + 1, len(code) + 4):
        if known := ground.categories.get(code.zfill(width)):
            said = {"code": code, "full": known.code, "name": str(known)}
            raise Fault(
                _(
                    "“%(code)s” has lost its leading zeros; is it %(full)s %(name)s? Format the column as text."
                )
                % said
            )


def words(longest: int) -> Callable[[Value, Ground], str]:
    """A reader of text up to a length; emoji stay, control characters go."""

    def read(value: Value, _ground: Ground) -> str:
        text = text_of(value)
        if len(text) > longest:
            raise Fault(
                _("This has %(there)d characters; at most %(most)d fit.")
                % {"there": len(text), "most": longest}
            )
        return text

    return read


def read_everyday(value: Value, _ground: Ground) -> str:
    """What people call a category: words, each once, in the order given; a hyphen alone takes all of them away."""
    text = half_width(text_of(value))
    found = [tidy(word) for word in _BETWEEN.split("" if text in NO_WORDS else text)]
    given = list(dict.fromkeys(word for word in found if word))
    if too_long := [word for word in given if len(word) > _LONGEST_WORD]:
        said = {"word": too_long[0], "most": _LONGEST_WORD}
        raise Fault(_("“%(word)s” is too long: a word has at most %(most)d characters.") % said)
    if len(given) > _MOST_WORDS:
        raise Fault(
            _("These are %(there)d words; at most %(most)d fit.") % {"there": len(given), "most": _MOST_WORDS}
        )
    return BETWEEN.join(given)


def read_day(value: Value, ground: Ground) -> date:
    """A day: a date cell, a bare number of days, or text such as 2024-1-5, 2024/1/5, 2024年1月5日, 20240105."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 10_000 < value < 80_000:
        value = date.fromordinal(ground.first_day.toordinal() + int(value))
    text = half_width(text_of(value))
    found = _DAY.fullmatch(text)
    digits = (
        found.groups() if found else (text[:4], text[4:6], text[6:]) if re.fullmatch(r"\d{8}", text) else None
    )
    try:
        day = datetime(*(int(each) for each in digits or ())).date()  # type: ignore[arg-type]
    except (TypeError, ValueError) as trouble:
        raise Fault(_("This is not a date. Write it as 2026-11-24.")) from trouble
    if not _EARLIEST <= day <= _LATEST:
        raise Fault(_("This date cannot be right: it lies before 1949 or after 2100."))
    return day


def read_amount(value: Value, _ground: Ground) -> int:
    """A whole number above nought; how large it may be depends on the unit."""
    text = half_width(text_of(value))
    if not re.fullmatch(r"-?\d{1,12}(\.0+)?", text):
        raise Fault(_("This must be a whole number, such as 5."))
    amount = int(float(text))
    if amount < 1:
        raise Fault(_("A limit is at least 1."))
    if amount > max(MOST.values()):
        raise Fault(
            _("%(amount)d is too long for a limit. Check the number and its unit.") % {"amount": amount}
        )
    return amount


def check_amount(amount: int, unit: str) -> None:
    """Fault for a limit of several years."""
    if amount > MOST[unit]:
        said = {"amount": amount, "unit": UNIT_WORDS[unit], "most": MOST[unit]}
        raise Fault(_("%(amount)d %(unit)s is too long for a limit; at most %(most)d.") % said)


def among(choices: dict[str, Any]) -> Callable[[Value, Ground], str]:
    """A reader of one of some words, in either language; Fault names them and the likeliest one."""

    def read(value: Value, _ground: Ground) -> str:
        text = half_width(text_of(value)).strip().lower()
        known = _in_every_language(choices)
        if text in known:
            return known[text]
        allowed = _(", ").join(str(label) for label in choices.values())
        near = get_close_matches(text, list(known), 1, 0.5)
        if near:
            said = {"text": text, "near": choices[known[near[0]]], "allowed": allowed}
            raise Fault(
                _("“%(text)s” is not known; did you mean “%(near)s”? Possible are: %(allowed)s.") % said
            )
        raise Fault(
            _("“%(text)s” is not known. Possible are: %(allowed)s.") % {"text": text, "allowed": allowed}
        )

    return read


def _in_every_language(choices: dict[str, Any]) -> dict[str, str]:
    known = {name: name for name in choices}
    for language, _name in settings.LANGUAGES:
        with override(language):
            known |= {str(label).lower(): name for name, label in choices.items()}
    return known


YES_NO: dict[str, Any] = {"1": gettext_lazy("yes"), "0": gettext_lazy("no")}


def read_yes(value: Value, ground: Ground) -> bool:
    """Yes or no."""
    return among(YES_NO)(value, ground) == "1"


def read_category(value: Value, ground: Ground) -> Category:
    """A category of the kind by its code, with or without its name behind it."""
    code = read_code(value if isinstance(value, int | float) else text_of(value).split(" ")[0], ground)
    found = ground.categories.get(code)
    if found is None:
        _say_lost_zeros(code, ground)
        raise Fault(_("There is no category with the code “%(code)s”.") % {"code": code})
    return found


def read_parent(value: Value, ground: Ground) -> str:
    """The code of the category above, which may be a new one of the same table."""
    code = read_code(value if isinstance(value, int | float) else text_of(value).split(" ")[0], ground)
    if code not in ground.categories and code not in ground.coming:
        _say_lost_zeros(code, ground)
        raise Fault(_("There is no category with the code “%(code)s”.") % {"code": code})
    return code


def read_place(value: Value, ground: Ground) -> Division:
    """A division by its trimmed code, with or without its name behind it."""
    code = read_code(value if isinstance(value, int | float) else text_of(value).split(" ")[0], ground)
    found = ground.place(code)
    if found is None:
        raise Fault(_("There is no place with the code “%(code)s” here.") % {"code": code})
    return found


def read_post(value: Value, ground: Ground) -> Post:
    """A post in force, by title and body, by title, or by a body that has one handling post."""
    text = text_of(value)
    found = ground.posts.get(plain_name(text), [])
    current = [post for post in found if post.until is None]
    if len(current) == 1:
        return current[0]
    if current:
        listed = _(", ").join(post.with_body for post in current[:4])
        raise Fault(_("Several posts are called “%(text)s”: %(listed)s.") % {"text": text, "listed": listed})
    if found:
        raise Fault(
            _("“%(text)s” was given up. Name the post that has taken over its work.") % {"text": text}
        )
    near = get_close_matches(plain_name(text), list(ground.posts), 1, 0.6)
    hint = _(" Did you mean “%(near)s”?") % {"near": ground.posts[near[0]][0].with_body} if near else ""
    raise Fault(_("There is no post called “%(text)s”.") % {"text": text} + hint)


def read_posts(value: Value, ground: Ground) -> list[Post]:
    """Several posts, separated by semicolons."""
    found = [read_post(each, ground) for each in _parts(value)]
    if len({post.pk for post in found}) < len(found):
        raise Fault(_("The same post is named twice."))
    return found


def read_milestones(value: Value, _ground: Ground) -> list[dict[str, Any]]:
    """What must be reached on the way: “停工 4 工作小时；罚款 7 工作日”."""
    return [_milestone(each) for each in _parts(value)]


def _milestone(text: str) -> dict[str, Any]:
    units = _in_every_language(UNIT_WORDS)
    found = re.fullmatch(
        rf"(.+?)\s*(\d{{1,5}})\s*({'|'.join(map(re.escape, units))})", half_width(text), re.IGNORECASE
    )
    if not found:
        raise Fault(
            _(
                "“%(text)s” is not a milestone. Write its name, a number and a unit: stop the work 4 working hours."
            )
            % {"text": text}
        )
    label, amount, unit = found[1].strip(), int(found[2]), units[found[3].lower()]
    if not 0 < len(label) <= 40 or amount < 1:
        raise Fault(_("A milestone has a name of at most 40 characters and a number above nought."))
    check_amount(amount, unit)
    return {"label": label, "unit": unit, "amount": amount}


def _parts(value: Value) -> list[str]:
    return [part.strip() for part in _SPLIT.split(text_of(value)) if part.strip()]


def milestone_words(milestones: Iterable[dict[str, Any]]) -> str:
    """Milestones as a table shows them."""
    return "；".join(f"{each['label']} {each['amount']} {UNIT_WORDS[each['unit']]}" for each in milestones)


def posts_words(posts: Sequence[Post]) -> str:
    """Several posts as a table shows them."""
    return "；".join(post.with_body for post in posts)
