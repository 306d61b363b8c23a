"""The demo county's residents with a record: a household of three generations, a neighbour, and a likely double."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import NamedTuple

from linli.divisions.codes import Level
from linli.divisions.models import Division
from linli.portals.demo.world import FOUNDER, World
from linli.registers.actions.inhabitants import Living, enter_inhabitants
from linli.residents.people.registering import GivenResident, register

COUNTED_ON, SOURCE = date(2025, 12, 31), "演示数据"
HOME = "东门社区第一网格"


class Settled(NamedTuple):
    """An invented resident: called, address, telephone, relation to the head, since, registered where."""

    called: str
    address: str
    phone: str
    relation: str
    since: date
    region: str = ""


FAMILY = "东门街12号3单元501"
RESIDENTS = (
    Settled("唐秀英", FAMILY, "12000003301", "head", date(2024, 3, 1)),
    Settled("陆建国", FAMILY, "12000003302", "spouse", date(2024, 3, 1)),
    Settled("陆小满", FAMILY, "", "child", date(2024, 3, 1)),
    Settled("唐福来", FAMILY, "", "parent", date(2025, 10, 8), "990101"),
    Settled("马尔江", "东门街12号3单元502", "12000003303", "head", date(2026, 2, 16), "650102"),
    # The same neighbour once more, as he told it on another day: a pair for the clerk to decide on.
    Settled("马尔江", "东门街12号5单元502", "12000003303", "head", date(2026, 3, 2)),
)


def settle_some(world: World) -> int:
    """Register the residents of the demo at the grid worker's window; how many there are."""
    if HOME not in world.actors:  # a demo of a place of its own
        return 0
    by = world.by(HOME)
    for each in RESIDENTS:
        given = GivenResident(
            each.called,
            world.place(HOME),
            each.address,
            phone=each.phone,
            relation=each.relation,
            since=each.since,
            region=each.region,
            language="zh-hans",
        )
        register(given, by=by, sure=True)
    return len(RESIDENTS)


def count_people(world: World) -> None:
    """Invented numbers of inhabitants: of each village, and what they come to for its town and the county."""
    living: Counter[Division] = Counter()
    for village in (place for place in world.places.values() if place.level == Level.VILLAGE):
        people = 1800 + village.code // 100_000 * 37 % 2600
        place: Division | None = village
        while place and place.level >= Level.COUNTY:
            living[place] += people
            place = place.parent
    given = [Living(place, count, COUNTED_ON, SOURCE) for place, count in living.items()]
    enter_inhabitants(given, by=FOUNDER)
