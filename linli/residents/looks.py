"""Who looked at my data: the access rows of a contact in plain words. Posts are named, their holders never."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.base.errors import Invalid
from linli.posts.models import Post
from linli.residents.models import Access
from linli.residents.purposes import purpose_named

MOST = 200


@dataclass(frozen=True)
class Look:
    """One reading as its subject sees it."""

    at: datetime
    who: str
    organisation: str
    purpose: str
    fields: str
    about: UUID | None
    key: UUID | None = None


def look_with(key: UUID) -> Look | None:
    """One reading, as its subject sees it."""
    row = Access.objects.filter(pk=key).first()
    if row is None:
        return None
    return _look(row, Post.objects.select_related("organisation").filter(pk=row.post or 0).first())


def looks_at(contacts: Iterable[UUID]) -> list[Look]:
    """The newest readings of these contacts, newest first (two statements)."""
    newest = Access.objects.filter(contact__in=list(contacts)).order_by("-at", "-id")[:MOST]
    rows = sorted(newest, key=lambda row: row.at, reverse=True)  # ids order milliseconds only
    posts = Post.objects.select_related("organisation").in_bulk({row.post for row in rows if row.post})
    return [_look(row, posts.get(row.post or 0)) for row in rows]


def _look(row: Access, post: Post | None) -> Look:
    return Look(
        at=row.at,
        who=post.title if post else _who(row.actor),
        organisation=post.organisation.name if post else "",
        purpose=_purpose(row.purpose),
        fields=pgettext("between items of a list", ", ").join(
            _field(name) for name in row.fields.split(",") if name
        ),
        about=row.about,
        key=row.pk,
    )


def _who(actor: str) -> str:
    return {"party": _("You yourself"), "system": _("Linli, automatically")}.get(actor, _("A post"))


def _purpose(name: str) -> str:
    try:
        return purpose_named(name).label()
    except Invalid:  # a purpose that has since left the register
        return name


def _field(name: str) -> str:
    return {
        "name": pgettext("personal data", "name"),
        "phone": pgettext("personal data", "telephone number"),
        "address": pgettext("personal data", "address"),
        "matters": pgettext("personal data", "what you raised and how it stands"),
    }.get(name, name)
