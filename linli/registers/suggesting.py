"""For a dispute: which mediators can be offered, each with its reason in words, and which lawful ways there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from linli.cases.models import Task
from linli.registers.actions.mediators import tie_index
from linli.registers.handling import OFFERS
from linli.registers.models import DisputeKind, Language, Mediator, Tie, Way
from linli.residents.openings import proposes


@dataclass(frozen=True)
class Offer:
    """A mediator who can be offered, and why, in words that parties may read."""

    mediator: Mediator
    reason: str


@proposes(OFFERS, closed=list)
def offered(
    place: int, *, languages: Collection[str] = (), skills: Collection[str] = (), apart: Iterable[str] = ()
) -> list[Offer]:
    """The mediators whose area a place (17-digit code) lies in, the best suited first. Parties choose or refuse.

    Who cannot speak one of the `languages` is not offered, nor who is called by one of the words in `apart` (names,
    telephone numbers, employers of the parties) or declared one, nor whose term or appointment has ended.
    """
    found = [
        each
        for each in _serving()
        if _covers(each, place) and set(languages) <= set(each.languages) and not _apart(each, apart)
    ]
    load = open_now([each.holding.post_id for each in found])
    found.sort(key=lambda each: _rank(each, skills, load.get(each.holding.post_id, 0)))
    return [
        Offer(each, _reason(each, languages, skills, load.get(each.holding.post_id, 0))) for each in found
    ]


def _serving() -> list[Mediator]:
    today, now = timezone.localdate(), timezone.now()
    rows = Mediator.objects.filter(until__gte=today, body__until=None, holding__account__is_active=True)
    rows = rows.filter(Q(holding__until=None) | Q(holding__until__gt=now), holding__post__until=None)
    return list(
        rows.select_related("holding__post__division", "holding__account", "body__organisation__division")
        .defer("holding__post__division__outline", "body__organisation__division__outline")
        .order_by("pk")
    )


def _covers(mediator: Mediator, place: int) -> bool:
    low, high = mediator.holding.post.division.span
    return low <= place < high


def _apart(mediator: Mediator, words: Iterable[str]) -> bool:
    """Whether the mediator declared any of these, or is called so; the answer is all that leaves the table."""
    indexes = [tie_index(each) for each in words if each]
    if tie_index(mediator.holding.account.called) in indexes:
        return True
    return bool(indexes) and Tie.objects.filter(mediator=mediator, index__in=indexes).exists()


def open_now(posts: Collection[int]) -> dict[int, int]:
    """How many tasks each of these posts has open at this moment; nothing of the past is counted."""
    rows = (
        Task.objects.filter(post__in=list(posts), closed_at=None).values("post").annotate(count=Count("pk"))
    )
    return {row["post"]: row["count"] for row in rows}


def _rank(mediator: Mediator, skills: Collection[str], load: int) -> tuple[int, int, int, int]:
    low, high = mediator.holding.post.division.span
    lacking = len(set(skills) - set(mediator.skills))
    return lacking, high - low, load, mediator.pk


def _reason(mediator: Mediator, languages: Collection[str], skills: Collection[str], load: int) -> str:
    comma = pgettext("between items of a list", ", ")
    said = [_("serves %(place)s") % {"place": mediator.holding.post.division.name}]
    if able := [str(DisputeKind(each).label) for each in skills if each in mediator.skills]:
        said.append(_("experienced in: %(skills)s") % {"skills": comma.join(able)})
    if spoken := [str(Language(each).label) for each in languages]:
        said.append(_("speaks %(languages)s") % {"languages": comma.join(spoken)})
    said.append(ngettext("%(count)d case open now", "%(count)d cases open now", load) % {"count": load})
    return pgettext("between reasons", "; ").join(said)


@dataclass(frozen=True)
class LawfulWay:
    """A way a party may go instead of, or after, mediation: in words, with the article and whom to ask."""

    sort: str
    words: str
    article: str
    confirmed: bool
    organisation: str
    telephone: str
    located: str


def lawful_ways(kind_of_dispute: str, place: int) -> list[LawfulWay]:
    """The ways for a kind of dispute at a place (17-digit code), a place's own contact with the national rule.

    Nothing is left out because mediation is going on: the ways stand on every page (人民调解法 3, 26).
    """
    today = timezone.localdate()
    rows = Way.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), valid_from__lte=today)
    rows = rows.filter(dispute__in=["", kind_of_dispute]).select_related("division", "organisation")
    near = [
        row for row in rows if row.division is None or row.division.span[0] <= place < row.division.span[1]
    ]
    best: dict[tuple[str, str], Way] = {}
    for row in sorted(near, key=lambda row: 0 if row.division is None else row.division.level):
        best[row.sort, row.article] = row
    order = list(Way.Sort.values)
    return [_way(row) for row in sorted(best.values(), key=lambda row: (order.index(row.sort), row.pk))]


def _way(row: Way) -> LawfulWay:
    english = (get_language() or "zh").startswith("en")
    body = row.organisation
    return LawfulWay(
        str(Way.Sort(row.sort).label),
        row.words_en if english else row.words_zh,
        row.article,
        row.confirmed,
        body.name if body else "",
        body.telephone if body else "",
        row.located,
    )
