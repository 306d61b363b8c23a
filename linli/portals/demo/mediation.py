"""The demo county's mediation: committees, studios, mediators, two holes, and whom to ask about other ways."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from linli.divisions.models import Division
from linli.posts.actor import SystemActor
from linli.posts.models import Account, Organisation
from linli.registers.actions.bodies import About, enter, enter_unit
from linli.registers.actions.mediators import Office, enter_mediator
from linli.registers.actions.seeding import enter_contact, seed_ways
from linli.registers.models import Body, BodyKind, Station, Way

FOUNDER = SystemActor("demo")
BARE = {"石塘村", "南坡村"}  # so that coverage has something to say
HOURS = "周一至周五 9:00-17:00"


class Seat(NamedTuple):
    """A mediator of the demo: called, at which body, skills, languages."""

    called: str
    body: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]


MEDIATORS = (
    Seat("范德顺", "东门社区人民调解委员会", ("neighbours", "family", "property"), ("mandarin", "dialect")),
    Seat("石慧", "城关街道人民调解委员会", ("labour", "contract"), ("mandarin", "sign")),
    Seat("毛长江", "云溪县道路交通事故人民调解委员会", ("traffic", "damage"), ("mandarin",)),
    Seat("崔兰", "驻云溪县人民法院调解工作室", ("contract", "consumer", "family"), ("mandarin", "dialect")),
)


def fill_mediation(county: Division, places: dict[str, Division]) -> None:
    """Enter bodies, units, mediators and contacts; in other places than the demo county only the national ways."""
    seed_ways()
    bodies: dict[str, Body] = {}
    for number, place in enumerate(_served(places)):
        telephone = f"0000-{8_700_000 + 7 * number}"
        title = f"{place.name}人民调解委员会"
        about = About(
            title,
            BodyKind.PEOPLES,
            f"{place.name}综合服务中心一楼",
            Station.OWN,
            telephone,
            HOURS,
            members=5,
            women=2,
        )
        bodies[title] = enter(about, place, by=FOUNDER)
    for about in _of_the_county():
        bodies[about.title] = enter(about, county, by=FOUNDER)
    enter_unit("云溪县人民医院", county, by=FOUNDER)
    for number, seat in enumerate(MEDIATORS, start=1):
        body = bodies[seat.body]
        account = Account.objects.create_user(f"demo-m{number:02d}", called=seat.called)
        until = timezone.localdate() + timedelta(days=2 * 365)
        enter_mediator(account, body, body.division, Office(seat.skills, seat.languages, until), by=FOUNDER)
    _contacts(county)


def _served(places: dict[str, Division]) -> list[Division]:
    """Towns and villages, but those that lack a committee."""
    return [place for place in places.values() if place.level in {4, 5} and place.name not in BARE]


def _of_the_county() -> list[About]:
    def about(title: str, kind: str, located: str, station: str, **more: Any) -> About:
        return About(title, kind, located, station, hours=HOURS, **more)

    return [
        about("云溪县医疗纠纷人民调解委员会", BodyKind.SECTOR, "云溪县卫生健康委员会东楼二楼", Station.OWN),
        about(
            "云溪县道路交通事故人民调解委员会", BodyKind.SECTOR, "云溪县公安局交警大队一楼", Station.POLICE
        ),
        about("驻云溪县人民法院调解工作室", BodyKind.PEOPLES, "云溪县人民法院诉讼服务中心", Station.COURT),
        about("云溪县农贸市场调解室", BodyKind.PEOPLES, "云溪县农贸市场管理处", Station.MARKET),
        about(
            "云溪县住房和城乡建设局行政调解室", BodyKind.ADMINISTRATIVE, "云溪县住房和城乡建设局", Station.OWN
        ),
        about(
            "云溪纺织集团人民调解委员会",
            BodyKind.PEOPLES,
            "云溪纺织集团工会",
            Station.OWN,
            unit="云溪纺织集团",
        ),
    ]


def _contacts(county: Division) -> None:
    for sort, dispute, body, located in (
        ("court", "", "云溪县人民法院", "云溪县法院路1号"),
        ("arbitration", "labour", "云溪县劳动人事争议仲裁委员会", "云溪县人力资源和社会保障局三楼"),
        ("review", "official", "云溪县司法局（行政复议）", "云溪县司法局一楼"),
    ):
        organisation, _new = Organisation.objects.get_or_create(name=body, division=county)
        way = Way.objects.get(sort=sort, dispute=dispute, division=None)
        enter_contact(way, organisation, located, by=FOUNDER)
