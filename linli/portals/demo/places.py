"""The demo on a real place's tree: its towns and villages are real, everybody on a post is invented."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.generations import bump, refresh
from linli.base.writing import writing
from linli.cases.seeding import seed
from linli.divisions.codes import Level, level_of
from linli.divisions.grids import lay_out
from linli.divisions.importing import plant
from linli.divisions.models import FAMILY, Division
from linli.portals.demo import people
from linli.portals.demo.catalogue import fill_catalogue
from linli.portals.demo.outline import invented_outline
from linli.portals.demo.people import Sitter
from linli.portals.demo.world import FOUNDER, SINCE, World, name_next_owners, seat, shape
from linli.posts.models import PostKind
from linli.registers.actions.seeding import seed_ways

# No outline ships with the national list, so an invented one is drawn around China's geodetic origin.
SOMEWHERE = (108.92, 34.54)
VILLAGE_SQUARE_KILOMETRES = 5.0
MOST_GRIDS = 900


def build_place(code: str) -> World:
    """Plant a county, town or village from the national list and seat invented people in it."""
    if level_of(code) < Level.COUNTY:
        raise Invalid(_("The demo shows one county, town or village. Give its code, such as 320831."))
    refresh()
    with writing():
        seed()
        seed_ways()
        plant(code, by=FOUNDER.by())
        root = Division.objects.current().coded(code).get()
        _draw(root)
        world = World(root)
        for sitter, place in _sitters(root):
            seat(world, sitter, place)
        name_next_owners(world)
        fill_catalogue(root, world.posts)
    return world


def _draw(root: Division) -> None:
    villages = Division.objects.within(root.trimmed).current().filter(level=Level.VILLAGE).count()
    shape(root, invented_outline(SOMEWHERE, VILLAGE_SQUARE_KILOMETRES * max(1, villages), turn=root.code % 7))
    root.save(update_fields=["outline", "schematic", "longitude", "latitude"])
    bump(FAMILY)
    each = max(1, min(people.GRIDS_PER_VILLAGE, MOST_GRIDS // max(1, villages)))
    lay_out(root, by=FOUNDER.by(), on=SINCE, count_for=lambda _village: each)


def _sitters(root: Division) -> Iterator[tuple[Sitter, Division]]:
    yield from ((sitter, root) for sitter in people.county_sitters(root.name))
    places = Division.objects.within(root.trimmed).current().select_related("parent").order_by("code")
    for number, place in enumerate(places.exclude(pk=root.pk)):
        yield from ((sitter, place) for sitter in _of_place(place, number))


def _of_place(place: Division, number: int) -> Iterable[Sitter]:
    key, called = place.trimmed, people.somebody(number)
    if place.level == Level.TOWN:
        for step, (role, kind, title) in enumerate(people.TOWN_ROLES):
            name = people.somebody(number + 11 * step + 3)
            yield Sitter(f"{key}_{role}", name, kind, f"{place.name}{title}", place.name, place.name)
    elif place.level == Level.VILLAGE:
        yield Sitter(f"head_{key}", called, PostKind.HEAD, f"{place.name}负责人", place.name, place.name)
    elif place.level == Level.GRID and place.parent:
        yield Sitter(key, called, PostKind.GRID_WORKER, f"{place.name}网格员", place.parent.name, place.name)
