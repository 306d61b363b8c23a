"""From what a report says to a matter that can be opened: by itself, or together with many others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.utils import timezone

from linli.base.rows import fresh
from linli.cases.attachments import keep
from linli.cases.catalogue import suggestion
from linli.cases.models import Category
from linli.cases.nearby import offered
from linli.cases.opening import Draft, Origin
from linli.divisions.models import Division
from linli.kinds.matters.models import Matter
from linli.kinds.matters.placing import placed
from linli.posts.actor import Actor
from linli.residents.keeping import GivenContact


class Report(TypedDict, total=False):
    """What a report may say; only `text` must be there. Coordinates in degrees, in `datum` (wgs84, gcj02, bd09).

    `same_as`: the number of an open matter nearby that it is the same as.
    `placing`: how the place became known, by whoever knows that better than the point and the division tell.
    """

    text: str
    category: Category | None
    longitude: float | None
    latitude: float | None
    datum: str
    landmark: str
    division: Division | None
    happened_at: datetime | None
    contact: GivenContact
    photos: Sequence[bytes]
    channel: str
    same_as: str
    placing: str


def draft(
    *, by: Actor, origin: Origin | None = None, at: datetime | None = None, **given: Unpack[Report]
) -> Draft:
    """A matter about to be opened; Invalid for a point far from every grid."""
    point = given.get("longitude"), given.get("latitude")
    place = placed(*point, given.get("datum") or "wgs84", given.get("division"), by=by)
    placing = given.get("placing") or place.placing
    category = given.get("category")
    matter = fresh(
        Matter,
        text=given["text"],
        longitude=place.longitude,
        latitude=place.latitude,
        landmark=given.get("landmark", ""),
        placing=placing,
        happened_at=given.get("happened_at"),
    )
    number = given.get("same_as", "")
    original = offered(place.spot(category, matter.text), number) if number else None
    found = suggestion(category, place.division.code, (at or timezone.now()).date())
    return Draft(
        kind="matters",
        by=by,
        division=place.division,
        detail=matter,
        category=category,
        summary=matter.text,
        at=at,
        origin=origin,
        same_as=original,
        channel=given.get("channel", "web"),
        contact=given.get("contact") or GivenContact(),
        terms={"promise": found.term} if found else {},
        facts={"placing": str(placing)},
        photos=[keep(photo) for photo in given.get("photos", ())],
    )
