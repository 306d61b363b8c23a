"""How complete the net is, as figures of places: each counts places among places, as of now, and opens them by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.base.errors import NotFound
from linli.divisions.codes import Level
from linli.divisions.models import GRID_KINDS, Division, Kind
from linli.posts.models import Holding, Post, PostKind
from linli.registers.models import Body, BodyKind, Mediator

NATIONAL = "人民调解法 8"
ONE_HEAD = "中国共产党农村基层组织工作条例 19"


@dataclass(frozen=True)
class PlaceFigure:
    """A number of places: `test` picks them among those of `among`."""

    name: str
    label: str | Promise
    meaning: str | Promise
    whole: str | Promise
    among: Callable[[], Q]
    test: Callable[[], Q]
    source: str = ""

    def places(self, here: Division, *, lacking: bool = False) -> QuerySet[Division]:
        """The places counted, or those that lack it, in the order of their codes."""
        return self.of(here).filter(~self.test() if lacking else self.test())

    def counted(self, here: Division) -> tuple[int, int]:
        """How many places have it, and of how many (one statement)."""
        rows = self.of(here).order_by()
        found = rows.aggregate(having=Count("pk", filter=self.test()), whole=Count("pk"))
        return found["having"], found["whole"]

    def of(self, here: Division) -> QuerySet[Division]:
        """The places it is counted among, in the order of their codes."""
        return Division.objects.within(here.trimmed).current().filter(self.among()).order_by("code", "level")


def _grids() -> Q:
    return Q(kind__in=GRID_KINDS)


def _villages() -> Q:
    return Q(level=Level.VILLAGE, kind=Kind.REAL)


def _held() -> Q:
    """Somebody holds the post of the grid's worker now."""
    workers = Holding.objects.current().filter(post__kind=PostKind.GRID_WORKER)
    return Q(pk__in=workers.values("post__division"))


def _divided() -> Q:
    return Q(Exists(Division.objects.current().filter(parent=OuterRef("pk"), kind__in=GRID_KINDS)))


def _with_committee() -> Q:
    bodies = Body.objects.filter(kind=BodyKind.PEOPLES, unit=None, until=None)
    return Q(pk__in=bodies.values("organisation__division"))


def _with_mediator() -> Q:
    """A mediator of a body of this place is in office, and the appointment is in force."""
    in_office = Mediator.objects.filter(until__gte=timezone.localdate(), body__until=None)
    held = in_office.filter(holding__in=Holding.objects.current())
    return Q(pk__in=held.values("body__organisation__division"))


def _leading() -> QuerySet[Post]:
    """The leading posts there are now, held or not: of the party branch, the committee, the collective economy."""
    now = timezone.now()
    return Post.objects.filter(Q(until=None) | Q(until__gt=now), kind=PostKind.HEAD, since__lte=now)


def _with_leading() -> Q:
    """A village in which there are at least two leading posts."""
    other = _leading().filter(division=OuterRef("division")).exclude(pk=OuterRef("pk"))
    return _villages() & Q(Exists(_leading().filter(Exists(other), division=OuterRef("pk"))))


def _one_head() -> Q:
    """Somebody holds every one of them in their own right; whoever stands in for a while does not count."""
    held = Holding.objects.current().filter(post__kind=PostKind.HEAD, acting=False)
    same = held.filter(post=OuterRef("pk"), account=OuterRef(OuterRef("account")))
    missing = _leading().filter(~Exists(same), division=OuterRef("post__division"))
    return Q(Exists(held.filter(~Exists(missing), post__division=OuterRef("pk"))))


PLACE_FIGURES = {
    each.name: each
    for each in (
        PlaceFigure(
            name="grids_held",
            label=_("Grids with a worker"),
            meaning=_(
                "Of the grids: somebody holds the post of its grid worker now, in their own right or acting."
            ),
            whole=_("Grids"),
            among=_grids,
            test=_held,
        ),
        PlaceFigure(
            name="villages_divided",
            label=_("Villages divided into grids"),
            meaning=_("Of the villages and communities: at least one grid lies in it."),
            whole=_("Villages and communities"),
            among=_villages,
            test=_divided,
        ),
        PlaceFigure(
            name="villages_with_committee",
            label=_("Villages with a mediation committee"),
            meaning=_(
                "Of the villages and communities: a people's mediation committee of its own is registered."
            ),
            whole=_("Villages and communities"),
            among=_villages,
            test=_with_committee,
            source=NATIONAL,
        ),
        PlaceFigure(
            name="villages_with_mediator",
            label=_("Villages with a mediator in office"),
            meaning=_("Of the villages and communities: a mediator of a body of its own is in office today."),
            whole=_("Villages and communities"),
            among=_villages,
            test=_with_mediator,
        ),
        PlaceFigure(
            name="one_head",
            label=_("Leading posts of a village held by one person"),
            meaning=_(
                "Of the villages and communities with at least two leading posts (secretary of the party branch, "
                "director of the committee, head of the collective economic organisation): one person holds all that "
                "there are, in their own right. Where one of them is vacant, in other hands or only stood in for, the "
                "village does not count. A village with one leading post, or none, is not asked about."
            ),
            whole=_("Villages with several leading posts"),
            among=_with_leading,
            test=_one_head,
            source=ONE_HEAD,
        ),
    )
}


def place_figure_named(name: str) -> PlaceFigure:
    """One figure of places; NotFound for any other name."""
    if name not in PLACE_FIGURES:
        raise NotFound
    return PLACE_FIGURES[name]
