"""What a step takes, read from its function, and how a word of a file becomes it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.generations import Cached
from linli.cases.catalogue import suggestion
from linli.cases.kinds import kind_of, step_of
from linli.cases.models import Case, Category
from linli.cases.opening import Origin
from linli.cases.replaying import History, seat
from linli.posts.lookup import nearest
from linli.posts.models import Organisation, Post, PostKind

CATALOGUE = "catalogue"  # in place of a post: the one that the catalogue names, else the nearest that handles
_OF_EVERY_STEP = {"by", "seen", "at", "origin"}
_PLAIN = {str: str, int: int, datetime: datetime}


@dataclass(frozen=True)
class Parameter:
    """A value that a step takes: its type, and whether it has to be given."""

    type: type
    needed: bool


@cache
def parameters_of(kind: str, step: str) -> dict[str, Parameter]:
    """What a map may give to a step, by name; photos and people are not brought in from files."""
    rule = step_of(kind, step)
    function = kind_of(kind).function(rule)
    hints = get_type_hints(function)
    if rule.opens:
        fields = kind_of(kind).form(rule).base_fields
        given = get_type_hints(get_args(hints["given"])[0])
        return {
            name: Parameter(_plain(hint), needed=name in fields and fields[name].required)
            for name, hint in given.items()
            if _plain(hint) in _readable()
        }
    found = list(inspect.signature(function).parameters.values())[1:]
    return {
        each.name: Parameter(_plain(hints[each.name]), needed=each.default is each.empty)
        for each in found
        if each.name not in _OF_EVERY_STEP and _plain(hints[each.name]) in _readable()
    }


def _plain(hint: Any) -> Any:
    """The type itself where it may also be None."""
    if get_origin(hint) in (Union, UnionType):
        return next((each for each in get_args(hint) if each is not type(None)), hint)
    return hint


def _readable() -> set[Any]:
    return {*_PLAIN, Category, Post, Organisation, Case}


# --- words become things ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """What words can name here, of one kind of case."""

    categories: Mapping[str, Category]
    posts: Mapping[str, Post]
    bodies: Mapping[str, Organisation]


def _read_known(kind: str) -> Known:
    posts = Post.objects.filter(until=None).select_related("division", "organisation")
    posts = posts.defer("division__outline").order_by("pk")
    return Known(
        {each.code: each for each in Category.objects.filter(kind=kind)},
        {**{each.title: each for each in posts}, **{each.with_body: each for each in posts}},
        {each.name: each for each in Organisation.objects.order_by("-pk")},
    )


_known: Cached[Known] = Cached("history", _read_known)


def forget() -> None:
    """Read anew what words can name; called as an import begins."""
    _known.forget()


def lacking(kind: str, of: type, word: str) -> str:
    """What is wrong with a word that a map writes for a value; empty when it can be read."""
    if not word:
        return ""
    try:
        read(kind, of, word, source="")
    except Invalid as trouble:
        return str(trouble.sentence)
    return ""


def read(kind: str, of: type, word: str, *, source: str) -> Any:
    """A word as a step takes it; a function of the history where that can only be known then (posts, originals)."""
    if not word:
        return "" if of is str else None
    return _READERS[of](kind, word, source)


def _category(kind: str, word: str, _source: str) -> Any:
    return _found(_known(kind).categories, word, _("There is no category %(word)s here."))


def _post(kind: str, word: str, _source: str) -> Any:
    if word == CATALOGUE:
        return _by_catalogue
    return _found(_known(kind).posts, word, _("There is no post %(word)s here."))


def _body(kind: str, word: str, _source: str) -> Any:
    return _found(_known(kind).bodies, word, _("There is no body %(word)s here."))


def _found(known: Mapping[str, Any], word: str, sentence: str) -> Any:
    if word not in known:
        raise Invalid(sentence % {"word": word[:40]})
    return known[word]


def _number(_kind: str, word: str, _source: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise Invalid(_("“%(word)s” is not a number.") % {"word": word[:40]}) from None


def _original(_kind: str, word: str, source: str) -> Callable[[History], Case]:
    return lambda history: history.known(Origin.of(source, word, b"").key, word)


def _by_catalogue(history: History) -> Post:
    case = history.rows.case
    found = suggestion(case.category, case.code_now, case.at.date())
    key = found.post.pk if found else nearest(PostKind.HANDLER, case.code_now)
    if key is None:
        raise Invalid(_("No post here could deal with this."))
    return seat(key).post


_READERS: dict[type, Callable[[str, str, str], Any]] = {
    str: lambda _kind, word, _source: word,
    int: _number,
    Category: _category,
    Post: _post,
    Organisation: _body,
    Case: _original,
}
