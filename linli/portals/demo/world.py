"""Build the demo county: an invented place with towns, villages, schematic grids, posts and named people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from linli.base.generations import refresh
from linli.base.writing import writing
from linli.cases.seeding import seed
from linli.divisions.models import Division, Kind
from linli.divisions.shapes import Area, partition, stored
from linli.portals.demo import people
from linli.portals.demo.assessments import assess_everything
from linli.portals.demo.catalogue import fill_catalogue
from linli.portals.demo.mediation import fill_mediation
from linli.portals.demo.outline import invented_outline
from linli.portals.demo.people import Sitter
from linli.posts.actions import appoint, found
from linli.posts.actor import PostActor, SystemActor
from linli.posts.models import Account, Holding, Organisation, Post, PostKind

FOUNDER = SystemActor("demo")
SINCE = date(2024, 1, 1)
BEGUN = datetime(2024, 1, 1, tzinfo=UTC)  # past steps of the demo happened while the posts were held
NUMERALS = "一二三四五六七八九"
CENTRE = (119.06, 33.55)
SQUARE_KILOMETRES = 420.0
INVENTED_AREA = "0000"  # no telephone has such a number


@dataclass
class World:
    """The demo county by name: `by("county_clerk")`, `place("东门社区第一网格")`."""

    county: Division
    places: dict[str, Division] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    actors: dict[str, PostActor] = field(default_factory=dict)

    def by(self, key: str) -> PostActor:
        """The holder of a post as an actor; keys are in people.py, grid workers go by their grid's name."""
        return self.actors[key]

    def place(self, name: str) -> Division:
        """A division by its name."""
        return self.places[name]


def build_world() -> World:
    """Build the whole county in one transaction; the same every time."""
    refresh()
    with writing():
        seed()
        world = World(_plant_county())
        world.places[world.county.name] = world.county
        _plant_towns(world)
        for sitter in _sitters(world):
            seat(world, sitter, world.places[sitter.place])
        name_next_owners(world)
        assess_everything(world)
        fill_catalogue(world.county, world.posts)
        fill_mediation(world.county, world.places)
    return world


def _plant_county() -> Division:
    parent = None
    for code, level, name in ((99, 1, "示例省"), (9901, 2, "示例市"), (990101, 3, people.COUNTY)):
        parent = Division(
            code=int(f"{code:0<17}"), level=level, name=name, parent=parent, valid_from=SINCE, source="demo"
        )
        parent.longitude, parent.latitude = CENTRE
        if level == 3:
            shape(parent, invented_outline(CENTRE, SQUARE_KILOMETRES))
        parent.save()
    assert parent is not None  # noqa: S101
    return parent


def _plant_towns(world: World) -> None:
    """Towns, villages and grids, each drawn as a schematic part of what it belongs to."""
    towns = partition(invented_outline(CENTRE, SQUARE_KILOMETRES), [2.0, 3.0, 3.0], seed=5)
    for number, ((town, villages), area) in enumerate(zip(people.TOWNS.items(), towns, strict=True), start=1):
        planted = _planted(world, world.county, (town, f"{number:03d}"), area)
        parts = partition(area, [1.0] * len(villages), seed=number)
        for order, (village, part) in enumerate(zip(villages, parts, strict=True), start=1):
            home = _planted(world, planted, (village, f"{order:03d}"), part)
            cells = partition(part, [1.0] * people.GRIDS_PER_VILLAGE, seed=order)
            for grid, cell in enumerate(cells, start=1):
                name = f"{village}第{NUMERALS[grid - 1]}网格"
                _planted(world, home, (name, f"{grid:03d}"), cell, kind=Kind.GRID)


def _planted(
    world: World, parent: Division, named: tuple[str, str], area: Area, *, kind: str = Kind.REAL
) -> Division:
    name, digits = named
    code = int(f"{parent.trimmed}{digits}".ljust(17, "0"))
    division = Division(
        code=code,
        level=parent.level + 1,
        name=name,
        kind=kind,
        parent=parent,
        valid_from=SINCE,
        source="demo",
    )
    shape(division, area)
    division.save()
    world.places[name] = division
    return division


def shape(division: Division, area: Area) -> None:
    """Give a division an invented outline; it is marked as schematic wherever it is shown."""
    middle = area.representative_point()
    division.outline, division.schematic = stored(area), True
    division.longitude, division.latitude = round(middle.x, 6), round(middle.y, 6)


def standing_world() -> World:
    """The demo county as it stands in the database; for tests, the tour and the simulator."""
    refresh()
    world = World(Division.objects.get(name=people.COUNTY, source="demo"))
    places = Division.objects.within(world.county.trimmed).select_related("parent").order_by("code")
    world.places = {place.name: place for place in places}
    holdings = Holding.objects.current().select_related("account", "post__division", "post__organisation")
    by_title = {holding.post.title: holding for holding in holdings}
    for sitter in _sitters(world):
        if sitter.title in by_title:
            world.actors[sitter.key] = PostActor(by_title[sitter.title])
            world.posts[sitter.key] = by_title[sitter.title].post
    return world


def _sitters(world: World) -> list[Sitter]:
    return [*people.SITTERS, *people.town_sitters(), *_village_heads(), *_grid_workers(world)]


def _village_heads() -> Iterable[Sitter]:
    villages = [village for villages in people.TOWNS.values() for village in villages]
    for village, called in zip(villages, people.HEADS, strict=True):
        yield Sitter(
            f"head_{village}", called, PostKind.HEAD, f"{village}书记", f"{village}居民委员会", village
        )


def _grid_workers(world: World) -> Iterable[Sitter]:
    grids = [place for place in world.places.values() if place.kind == Kind.GRID]
    for number, grid in enumerate(grids):
        village = grid.parent.name if grid.parent else ""
        called = people.grid_worker_called(number)
        yield Sitter(
            grid.name, called, PostKind.GRID_WORKER, f"{grid.name}网格员", f"{village}居民委员会", grid.name
        )


def seat(world: World, sitter: Sitter, place: Division) -> None:
    """Found a post, make an account that nobody can sign in to by password, and appoint it."""
    body, _new = Organisation.objects.get_or_create(
        name=sitter.organisation,
        division=place.parent if place.kind == Kind.GRID else place,
        defaults={"telephone": f"{INVENTED_AREA}-{8_000_000 + 13 * len(world.posts)}"},
    )
    post = found(sitter.title, kind=sitter.kind, organisation=body, division=place, by=FOUNDER)
    post.since = BEGUN
    post.save(update_fields=["since"])
    number = Account.objects.filter(username__startswith="demo-").count() + 1
    account = Account.objects.create_user(f"demo-{number:03d}", called=sitter.called)
    holding = appoint(account, post, by=FOUNDER, since=BEGUN)
    holding.post = post
    world.posts[sitter.key] = post
    world.actors[sitter.key] = PostActor(holding)


def name_next_owners(world: World) -> None:
    """The bodies that matters can be referred on to."""
    names = [f"{world.county.name}{body}" for body in people.NEXT_OWNERS]
    Organisation.objects.bulk_create(Organisation(name=name, division=world.county) for name in names)
