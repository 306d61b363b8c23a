"""Which places a screening asks, and which post answers for each; who has no holder is a hole."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from linli.base.errors import Invalid
from linli.divisions.codes import SIZES, Level
from linli.divisions.models import Division, Kind
from linli.posts.lookup import nearest_each
from linli.posts.models import PostKind


class Asked(TextChoices):
    """What is asked: each grid, or each village and community as a whole."""

    GRIDS = "grids", gettext_lazy("Each grid")
    VILLAGES = "villages", gettext_lazy("Each village and community")


MOST = 5000  # places of one screening: more than the largest counties have grids
ANSWER_FOR = {
    Asked.GRIDS: (PostKind.GRID_WORKER,),
    Asked.VILLAGES: (PostKind.HEAD, PostKind.CLERK, PostKind.GRID_WORKER),
}
_LEVELS = {Asked.GRIDS: Level.GRID, Asked.VILLAGES: Level.VILLAGE}
_COMMUNITY = SIZES[Level.VILLAGE]  # a post above the community answers for no place in it


@dataclass(frozen=True)
class Layout:
    """The places asked, in the order of their codes, and the posts that answer, by code; a hole has none."""

    places: list[Division]
    posts: dict[int, int]

    @property
    def holes(self) -> list[Division]:
        """The places that nobody answers for."""
        return [place for place in self.places if place.code not in self.posts]

    @property
    def held(self) -> int:
        """How many places somebody answers for."""
        return len(self.places) - len(self.holes)


def laid_out(area: Division, asked: str) -> Layout:
    """What a screening of an area would ask (one statement); Invalid where that is nothing, or too much at once."""
    level = _LEVELS[Asked(asked)]
    rows = Division.objects.within(area.trimmed).current().filter(level=level)
    places = list(rows.exclude(kind__in=[Kind.STATISTICAL, Kind.PLACEHOLDER]).order_by("code")[: MOST + 1])
    if not places:
        raise _refused(
            _("There is nothing of this sort in %(area)s. Choose another area, or whom to ask."), area
        )
    if len(places) > MOST:
        sentence = ngettext(
            "%(area)s has more than %(most)s place. Send one screening to each part of it.",
            "%(area)s has more than %(most)s places. Send one screening to each part of it.",
            MOST,
        )
        raise _refused(sentence, area)
    codes = [place.code for place in places]
    return Layout(places, nearest_each(ANSWER_FOR[Asked(asked)], codes, widest=_COMMUNITY))


def _refused(sentence: str, area: Division) -> Invalid:
    told = sentence % {"area": area.name, "most": MOST}
    return Invalid(told, fields={"area": [told]})
