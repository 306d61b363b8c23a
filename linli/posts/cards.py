"""What residents read of the posts that serve a place: title, telephone, and a name only where a card says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from linli.posts.models import Card, Holding, Post


@dataclass(frozen=True)
class Given:
    """What a card says: `telephone` of the post, whether its holder is `named`, what for, and until when."""

    telephone: str = ""
    named: bool = False
    purpose: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Shown:
    """A post as anybody may read it. `names` is empty where the post does not publish them; `held`: not vacant."""

    title: str
    body: str
    place: str
    telephone: str
    names: Sequence[str]
    held: bool


def card_of(post: int) -> Card | None:
    """The card of a post that is in force now."""
    return cards_of([post]).get(post)


def cards_of(posts: Iterable[int]) -> dict[int, Card]:
    """The cards in force now, by post (one statement)."""
    now = timezone.now()
    in_force = Card.objects.filter(Q(until=None) | Q(until__gt=now), post__in=list(posts), since__lte=now)
    return {card.post_id: card for card in in_force.order_by("since")}


def serving_posts(kind: str, span: tuple[int, int]) -> list[Shown]:
    """The posts of a kind whose area begins in a span (three statements)."""
    low, high = span
    rows = Post.objects.filter(kind=kind, until=None).select_related("organisation", "division")
    rows = rows.defer("division__outline").order_by("division__code", "title")
    posts = list(rows.filter(division__code__gte=low, division__code__lt=high))
    cards = cards_of(post.pk for post in posts)
    held: dict[int, list[str]] = {}
    current = Holding.objects.current().filter(post__in=[post.pk for post in posts])
    for each in current.select_related("account").order_by("acting", "pk"):
        held.setdefault(each.post_id, []).append(each.account.get_full_name())
    return [_shown(post, cards.get(post.pk), held.get(post.pk, [])) for post in posts]


def _shown(post: Post, card: Card | None, holders: Sequence[str]) -> Shown:
    return Shown(
        title=post.title,
        body=post.organisation.name,
        place=post.division.name,
        telephone=(card.telephone if card else "") or post.organisation.telephone,
        names=holders if card and card.named else (),
        held=bool(holders),
    )
