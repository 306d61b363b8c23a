"""Who looked at my data: the access rows of a person in plain words. Posts are named, their holders never."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from linli.posts.models import Post
from linli.residents.access import names_of
from linli.residents.models import Access, How, Reader
from linli.residents.purposes import (
    ACTING,
    BETWEEN,
    GUARDIAN,
    OWN,
    all_purposes,
    purpose_named,
    purpose_numbered,
)

PAGE = 50
# The newest first, in words that no index answers: for `-id` PostgreSQL would rather walk through everybody's rows by
# key than sort one's own, and whoever has few of them would wait longest.
_BY_KEY = Coalesce("id", "id").desc()
TOGETHER = timedelta(minutes=10)  # what one reader opens of one matter within this is one line


@dataclass(frozen=True)
class Look:
    """One reading as its subject sees it. `key` names the line; `about` is the matter it was read in, if any."""

    key: UUID
    at: datetime
    who: str
    organisation: str
    purpose: str
    fields: str
    how: str
    about: UUID | None


@dataclass(frozen=True)
class Looks:
    """A page of them, the newest first; `older` is the key to go on from, None at the end."""

    lines: Sequence[Look]
    older: UUID | None = None


@dataclass(frozen=True)
class Whose:
    """Whose rows: of these contacts, of these residents' records, and of matters that were raised without a contact.

    `but`: cases whose readings are left out, because they are kept from whoever asks.
    """

    contacts: Collection[UUID] = ()
    people: Collection[UUID] = ()
    nameless: Collection[UUID] = ()
    but: Collection[UUID] = ()


def looks_at(
    whose: Whose, *, before: UUID | None = None, own: bool = False, about: UUID | None = None
) -> Looks:
    """One page of the readings that may be shown by now; one's own only where they are wanted (two statements).

    Readings of an activity with a published delay are left out until it is over; they appear by themselves.
    """
    rows = shown_by_now(_rows(whose), timezone.now())
    if not own:
        rows = rows.exclude(activity=purpose_named(OWN).nr)
    if about:
        rows = rows.filter(about=about)
    if before:
        rows = rows.filter(id__lt=before)
    found = list(rows.order_by(_BY_KEY)[: PAGE + 1])
    older = found[PAGE - 1].pk if len(found) > PAGE else None
    return Looks(_told(found[:PAGE]), older)


def look_with(key: UUID) -> Look | None:
    """One reading, as its subject sees it."""
    found = _told(list(Access.objects.filter(pk=key)))
    return found[0] if found else None


def _rows(whose: Whose) -> QuerySet[Access]:
    """Each part walks an index of its own; a part that is always false must not be among them: it walks through all."""
    wanted = Q(pk__in=[])
    if whose.contacts:
        wanted |= Q(contact__in=list(whose.contacts))
    if whose.people:
        wanted |= Q(person__in=list(whose.people))
    if whose.nameless:
        wanted |= Q(contact=None, person=None, about__in=list(whose.nameless))
    return Access.objects.filter(wanted & (Q(about=None) | ~Q(about__in=list(whose.but))))


def shown_by_now(rows: QuerySet[Access], now: datetime) -> QuerySet[Access]:
    """Without those whose activity's published delay is not over yet. There is no other way to hide a reading."""
    for purpose in all_purposes():
        if purpose.delay:
            hidden = Q(activity=purpose.nr, at__gt=now - timedelta(days=purpose.delay.days))
            rows = rows.exclude(hidden & Q(at__date__gte=purpose.delay.since))
    return rows


def _told(rows: Sequence[Access]) -> list[Look]:
    posts = Post.objects.select_related("organisation").in_bulk({row.post for row in rows if row.post})
    return [_look(those, posts.get(those[0].post or 0)) for those in _together(rows)]


def _together(rows: Iterable[Access]) -> list[list[Access]]:
    """A row of a list, the page and its photos are one line: same reader, reason and matter, within some minutes."""
    lines: list[list[Access]] = []
    newest: dict[tuple[object, ...], list[Access]] = {}
    for row in rows:
        same = (row.reader, row.holding, row.relation, row.activity, row.about, row.contact_id, row.person_id)
        line = newest.get(same)
        if line and abs(line[0].at - row.at) <= TOGETHER:
            line.append(row)
        else:
            newest[same] = [row]
            lines.append(newest[same])
    return lines


def _look(rows: Sequence[Access], post: Post | None) -> Look:
    first, classes = rows[0], 0
    for row in rows:
        classes |= row.classes
    ways = dict.fromkeys(how_words(row.how) for row in reversed(rows))
    return Look(
        key=first.pk,
        at=first.at,
        who=post.title if post else who_words(first),
        organisation=post.organisation.name if post else "",
        purpose=purpose_words(first.activity),
        fields=classes_words(classes),
        how=pgettext("between items of a list", ", ").join(ways),
        about=first.about,
    )


def who_words(row: Access) -> str:
    """Who it was, where it was no post."""
    if row.relation == GUARDIAN:
        return _("A parent or other guardian")
    if row.activity == purpose_named(ACTING).nr:
        return _("Who represents you")
    if row.reader == Reader.PARTY and row.activity == purpose_named(BETWEEN).nr:
        return _("Another party of the case")
    return str(_WHO.get(Reader(row.reader)) or _("A post"))


def purpose_words(nr: int) -> str:
    """Why, by the register."""
    found = purpose_numbered(nr)
    return found.label() if found else _("For a reason that is no longer in the register")


def classes_words(classes: int) -> str:
    """Which kinds of data."""
    return pgettext("between items of a list", ", ").join(str(_CLASSES[each]) for each in names_of(classes))


def how_words(how: int) -> str:
    """In which way."""
    return str(_WAYS[How(how)])


# Translated when they are shown, and only those that are: a page has fifty lines.
_WHO = {
    Reader.PARTY: gettext_lazy("You yourself"),
    Reader.SYSTEM: gettext_lazy("Linli, automatically"),
}
_CLASSES = {
    "name": pgettext_lazy("personal data", "name"),
    "phone": pgettext_lazy("personal data", "telephone number"),
    "address": pgettext_lazy("personal data", "address"),
    "words": pgettext_lazy("personal data", "what you wrote"),
    "photos": pgettext_lazy("personal data", "your photos"),
    "matters": pgettext_lazy("personal data", "what you raised and how it stands"),
    "readings": pgettext_lazy("personal data", "who looked at your data"),
    "document": pgettext_lazy("personal data", "identity document"),
    "birth": pgettext_lazy("personal data", "date of birth"),
    "language": pgettext_lazy("personal data", "language"),
    "relation": pgettext_lazy("personal data", "place in the household"),
    "region": pgettext_lazy("personal data", "registered residence"),
    "end": pgettext_lazy("personal data", "why the record ended"),
    "guardians": pgettext_lazy("personal data", "your guardians"),
}
_WAYS = {
    How.VIEW: pgettext_lazy("reading", "opened"),
    How.LIST: pgettext_lazy("reading", "as one row of a list"),
    How.HIT: pgettext_lazy("reading", "among what a search found"),
    How.ANSWER: pgettext_lazy("reading", "asked by a program"),
    How.EXPORT: pgettext_lazy("reading", "in a file"),
    How.PRINT: pgettext_lazy("reading", "printed"),
    How.MESSAGE: pgettext_lazy("reading", "sent a message"),
    How.DEVICE: pgettext_lazy("reading", "taken along on a telephone, to work without signal"),
}
