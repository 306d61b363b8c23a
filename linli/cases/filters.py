"""Saved filters: a post's own, and those that somebody in charge gives to all posts of a body or an area."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.base.generations import Cached, bump
from linli.base.writing import writing
from linli.cases.lists import LISTS
from linli.cases.models import SavedFilter
from linli.posts.actor import PostActor
from linli.posts.may import Decision, may, require_holding

FAMILY = "filters"
SHARE = "filters.share"
MOST = 30


def filters_for(by: PostActor) -> list[SavedFilter]:
    """The filters a post may use: its own first, then those it was given (kept until one changes)."""
    low, high = by.post.division.span
    own, given = [], []
    for each in _standing():
        if each.owner_id == by.post.pk:
            own.append(each)
        elif each.organisation_id == by.post.organisation_id or (
            each.area and each.area.span[0] <= low and high <= each.area.span[1]
        ):
            given.append(each)
    return own + given


def _read() -> list[SavedFilter]:
    found = SavedFilter.objects.filter(deleted_at=None).select_related("area").defer("area__outline")
    return list(found.order_by("title"))


_standing: Cached[list[SavedFilter]] = Cached(FAMILY, _read)


def save_filter(
    title: str, listed: str, choices: Mapping[str, str], *, by: PostActor, share: str = ""
) -> SavedFilter:
    """Keep a list's choices under a name; `share` gives it to the own `organisation` or `area`."""
    require_holding(by)
    if listed not in LISTS:
        raise NotFound
    if share and may(by, SHARE, within=by.post.division.code) is not Decision.ALLOWED:
        raise NotYours(_("Only heads and administrators share filters with other posts."))
    if len([each for each in _standing() if each.owner_id == by.post.pk]) >= MOST:
        raise Conflict(_("Your post has thirty filters. Delete one that is not used any more."))
    kept = SavedFilter(
        title=_title(title),
        listed=listed,
        choices={name: str(value)[:200] for name, value in choices.items() if value},
        owner=by.post,
        organisation=by.post.organisation if share == "organisation" else None,
        area=by.post.division if share == "area" else None,
        made_at=timezone.now(),
    )
    _store(kept)
    return kept


def rename_filter(key: int, title: str, *, by: PostActor) -> None:
    """Give an own filter another name."""
    found = own_filter(key, by=by)
    found.title = _title(title)
    _store(found)


def delete_filter(key: int, *, by: PostActor) -> SavedFilter:
    """Put an own filter away; it can be taken back."""
    found = own_filter(key, by=by)
    found.deleted_at = timezone.now()
    _store(found)
    return found


def restore_filter(key: int, *, by: PostActor) -> SavedFilter:
    """Take back an own filter that was deleted."""
    found = own_filter(key, by=by)
    found.deleted_at = None
    _store(found)
    return found


def own_filter(key: int, *, by: PostActor) -> SavedFilter:
    """A filter of the actor's post; NotFound for those of others."""
    require_holding(by)
    found = SavedFilter.objects.filter(pk=key, owner=by.post).first()
    if found is None:
        raise NotFound
    return found


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title or len(title) > 40:
        raise Invalid(_("Give the filter a name of at most forty characters."))
    return title


def _store(kept: SavedFilter) -> None:
    try:
        with writing():
            kept.save(force_insert=kept.pk is None)
            bump(FAMILY)
    except IntegrityError as taken:
        raise Conflict(_("Your post has a filter of this name already. Choose another name.")) from taken
