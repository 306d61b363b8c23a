"""From what a reporter gave (a point, a chosen place, nothing) to the division a matter belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.base.coordinates import Datum, to_wgs84
from linli.base.errors import Invalid, Unavailable
from linli.cases.models import Category
from linli.cases.nearby import Spot
from linli.cases.placing import unplaced
from linli.divisions.locating import locate
from linli.divisions.models import Division
from linli.kinds.matters.models import Placing
from linli.posts.actor import Actor
from linli.posts.lookup import widest
from linli.posts.models import PostKind


@dataclass(frozen=True)
class Place:
    """Where: the division, the point in WGS-84 if there is one, and how it became known."""

    division: Division
    placing: Placing
    longitude: float | None = None
    latitude: float | None = None

    def spot(self, category: Category | None, text: str) -> Spot:
        """A matter about to be reported here, as one looks for others that are the same."""
        known = self.longitude is not None and self.latitude is not None
        point = (float(self.longitude or 0), float(self.latitude or 0)) if known else None
        return Spot("matters", self.division, point, category, text)


def placed(
    longitude: float | None, latitude: float | None, datum: str, chosen: Division | None, *, by: Actor | None
) -> Place:
    """Find the place; Invalid, with what to do, for a point far from every grid."""
    if longitude is None or latitude is None:
        return Place(chosen, Placing.CHOSEN) if chosen else Place(home(by), Placing.UNKNOWN)
    east, north = to_wgs84(longitude, latitude, Datum(datum))
    longitude, latitude = float(east), float(north)
    found = locate(longitude, latitude)
    if found.grid is None:
        sentence = _(
            "This point is outside the area served here. Move it, or leave it out and describe the place."
        )
        raise Invalid(sentence, fields={"longitude": [sentence]})
    placing = Placing.INSIDE if found.how == "inside" else Placing.NEAREST
    return Place(found.grid, placing, longitude, latitude)


def home(by: Actor | None) -> Division:
    """Where a matter goes whose place nobody knows yet; what is served is the widest area that has an intake clerk."""
    served = widest(PostKind.CLERK)
    if served is None:
        raise Unavailable(_("This place is not set up yet: there is no intake clerk. Please call instead."))
    return unplaced(by, served)
