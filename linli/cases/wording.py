"""What a text is likely about, by words people use: no model, no network, and whoever reads it decides.

Everyday words stand with each category and are edited there; they begin with a kind's `seeds/words.csv`. The names of
the catalogue count as words too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.generations import Cached
from linli.base.text import half_width
from linli.cases.catalogue import categories_of, category_by_key, in_force, is_sensitive
from linli.cases.cells import BETWEEN
from linli.cases.models import Category
from linli.cases.models.catalogue import Audience
from linli.residents.openings import proposes
from linli.residents.own_activities import SORTS

MOST = 2  # more would be the list again
_PART_OF_A_NAME = re.compile(r"[^与和、，,()（）\s]{2,}")
_SAYS_NOTHING = frozenset({"其他", "公共", "设施", "管理", "问题", "咨询"})
# After a word: it says where something is, not what it is.
_WHERE = ("门口", "门前", "旁", "边上", "附近", "对面", "后面", "前面", "路口")
_LETTER = re.compile(r"[a-z]")


@dataclass(frozen=True)
class Likely:
    """A category that a text may be about, and the words in it that say so."""

    category: Category
    because: tuple[str, ...]

    @property
    def why(self) -> str:
        """The reason, for whoever is to choose."""
        words = _(", ").join(self.because)
        return _("because of: %(words)s") % {"words": words}

    @property
    def covers(self) -> int:
        """How many characters of the text speak for it; a word that comes again counts once."""
        return sum(map(len, self.because))


@dataclass(frozen=True)
class _Words:
    """Each word with the keys of the categories it speaks for; and by first character the words, longest first."""

    speak_for: dict[str, list[int]]
    beginning: dict[str, list[str]]

    def found_in(self, text: str) -> list[str]:
        """The words in a text, from left to right: at each place the longest, each named once, none that says where."""
        found, at = dict[str, None](), 0
        while at < len(text):
            word = next((each for each in self.beginning.get(text[at], ()) if _stands(each, text, at)), "")
            if word and not text.startswith(_WHERE, at + len(word)):
                found[word] = None
            at += len(word) or 1
        return list(found)


@proposes(SORTS, closed=list)
def likely_sorts(kind: str, text: str, *, sensitive: bool = True) -> list[Likely]:
    """At most two categories that residents may choose, the likelier first, each with its reason.

    `sensitive`: also those that only whoever raises it is to be asked about.
    """
    return [each for each in _likely(kind, text) if sensitive or not is_sensitive(each.category)][:MOST]


def likely_category(kind: str, text: str) -> Category | None:
    """For a draft of staff: the category that more of a text speaks for than for any other; None in doubt.

    None for a sensitive one: that a report is of that sort, whoever raises it says, or whoever takes it on.
    """
    found = _likely(kind, text)
    best = [each for each in found if each.covers == found[0].covers]
    return best[0].category if len(best) == 1 and not is_sensitive(best[0].category) else None


def _likely(kind: str, text: str) -> list[Likely]:
    words, because = _words(kind), defaultdict[int, list[str]](list)
    for word in words.found_in(half_width(text).lower()):
        for key in words.speak_for[word]:
            because[key].append(word)
    today = timezone.localdate()
    rows = [(category_by_key(kind, key), said) for key, said in because.items()]
    found = [Likely(row, tuple(said)) for row, said in rows if row and in_force(row, today)]
    return sorted(found, key=lambda each: (-each.covers, each.category.code))


def _stands(word: str, text: str, at: int) -> bool:
    """Whether a word stands at a place in a text; one in Latin letters not in the middle of another, save a plural."""
    if not text.startswith(word, at):
        return False
    if not word[0].isascii():
        return True
    end = at + len(word)
    end += text[end : end + 1] == "s"
    return not any(_LETTER.fullmatch(each) for each in (text[at - 1 : at], text[end : end + 1]))


def _read_words(kind: str) -> _Words:
    speak_for = defaultdict[str, list[int]](list)
    for row in categories_of(kind):
        if row.audience == Audience.EVERYONE:
            named = set(_PART_OF_A_NAME.findall(row.name_zh)) - _SAYS_NOTHING
            everyday = {half_width(word).lower() for word in row.words.split(BETWEEN) if word}
            for word in sorted(named | everyday):
                speak_for[word.lower()].append(row.pk)
    ordered = sorted(speak_for, key=lambda word: (word[0], -len(word), word))
    beginning = {first: list(words) for first, words in groupby(ordered, key=lambda word: word[0])}
    return _Words(dict(speak_for), beginning)


_words: Cached[_Words] = Cached("catalogue", _read_words)
