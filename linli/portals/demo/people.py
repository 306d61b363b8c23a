"""The people of the demo county, all invented. Tests know them by these names too.

Each row: key, what the person is called, kind of post, title of the post, organisation, where (a division's name).
"""

from __future__ import annotations

from typing import NamedTuple

from linli.divisions.codes import Level
from linli.posts.models import PostKind


class Sitter(NamedTuple):
    """Somebody and the post to put them on."""

    key: str
    called: str
    kind: str
    title: str
    organisation: str
    place: str


COUNTY = "云溪县"
CENTRE = "云溪县社会治理现代化指挥中心"
INSPECTION = "云溪县人民政府督查室"
CITY_MANAGEMENT = "云溪县城市管理局"
HOUSING = "云溪县住房和城乡建设局"
WATER = "云溪县水务公司"
POWER = "云溪县供电公司"
MARKET = "云溪县市场监督管理局"
CIVIL = "云溪县民政局"
FIRE = "云溪县消防救援大队"

SITTERS = [
    Sitter("administrator", "周正明", PostKind.ADMINISTRATOR, "系统管理员", CENTRE, COUNTY),
    Sitter("appointer", "葛云", PostKind.ADMINISTRATOR, "人事管理员", CENTRE, COUNTY),
    Sitter("county_head", "沈静", PostKind.HEAD, "中心主任", CENTRE, COUNTY),
    Sitter("call_taker", "林晓雨", PostKind.CALL_TAKER, "热线话务员", CENTRE, COUNTY),
    Sitter("county_clerk", "何敏", PostKind.CLERK, "县级受理员", CENTRE, COUNTY),
    Sitter("county_dispatcher", "陈立", PostKind.DISPATCHER, "县级派遣员", CENTRE, COUNTY),
    Sitter("county_checker", "吴桐", PostKind.CHECKER, "县级核查员", CENTRE, COUNTY),
    Sitter("inspector", "严正", PostKind.INSPECTOR, "县督查员", INSPECTION, COUNTY),
    Sitter("city_management", "方海", PostKind.HANDLER, "城管处置岗", CITY_MANAGEMENT, COUNTY),
    Sitter("housing", "罗建", PostKind.HANDLER, "住建处置岗", HOUSING, COUNTY),
    Sitter("water", "江源", PostKind.HANDLER, "供水抢修岗", WATER, COUNTY),
    Sitter("power", "雷亮", PostKind.HANDLER, "路灯维护岗", POWER, COUNTY),
    Sitter("market", "秦芳", PostKind.HANDLER, "市场监管岗", MARKET, COUNTY),
    Sitter("civil", "温馨", PostKind.HANDLER, "民政救助岗", CIVIL, COUNTY),
    Sitter("fire", "高峰", PostKind.HANDLER, "消防安全岗", FIRE, COUNTY),
]
# On duty in the centres of the city and the province, by their level; the body's name follows the place's.
WATCHERS = {
    Level.CITY: Sitter(
        "city_officer", "汪洋", PostKind.DISPATCHER, "市级值班员", "社会治理现代化指挥中心", ""
    ),
    Level.PROVINCE: Sitter(
        "province_officer", "乔岚", PostKind.DISPATCHER, "省级值班员", "社会治理现代化指挥中心", ""
    ),
}

TOWNS = {
    "城关街道": ["文昌社区", "东门社区", "河滨社区", "新华社区"],
    "柳河镇": ["柳河社区", "杨庄村", "双桥村", "石塘村"],
    "青石镇": ["青石社区", "茶亭村", "上湾村", "南坡村"],
}
TOWN_STAFF = {
    "城关街道": ("马莉", "孙浩", "许文", "丁强"),
    "柳河镇": ("郑洁", "钱伟", "蒋丽", "韩刚"),
    "青石镇": ("冯雪", "朱宁", "魏兰", "彭勇"),
}
HEADS = [
    "顾志远",
    "董秀英",
    "袁国庆",
    "邓梅",
    "曹建国",
    "彭玉兰",
    "曾庆海",
    "苏红",
    "卢永福",
    "蔡淑华",
    "贾春生",
    "余桂芳",
]
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅"
GIVEN = ["晓东", "丽娟", "建平", "海燕", "国强", "玉梅", "志刚", "春花", "永红", "小军", "秀兰", "文斌"]

GRIDS_PER_VILLAGE = 3
# Bodies without a post here: matters can be referred on to them.
NEXT_OWNERS = ("人力资源和社会保障局", "医疗保障局", "公安局", "教育局", "司法局")
TOWN_ROLES = (
    ("clerk", PostKind.CLERK, "受理员"),
    ("dispatcher", PostKind.DISPATCHER, "派遣员"),
    ("checker", PostKind.CHECKER, "核查员"),
    ("team", PostKind.HANDLER, "综合处置队"),
)


def town_sitters() -> list[Sitter]:
    """Each town's clerk, dispatcher, checker and handling team."""
    return [
        Sitter(
            f"{_KEYS[town]}_{key}",
            called,
            kind,
            f"{town}{title}",
            f"{town}办事处" if town.endswith("街道") else f"{town}人民政府",
            town,
        )
        for town, names in TOWN_STAFF.items()
        for (key, kind, title), called in zip(TOWN_ROLES, names, strict=True)
    ]


_KEYS = {"城关街道": "chengguan", "柳河镇": "liuhe", "青石镇": "qingshi"}


def grid_worker_called(number: int) -> str:
    """The name of the `number`-th grid worker (from 0)."""
    return SURNAMES[number % len(SURNAMES)] + GIVEN[number % len(GIVEN)]


def county_sitters(place: str) -> list[Sitter]:
    """The centre's and the departments' people, in whatever place the demo stands."""
    return [
        sitter._replace(organisation=sitter.organisation.replace(COUNTY, place), place=place)
        for sitter in SITTERS
    ]


def somebody(number: int) -> str:
    """An invented name; the same for the same number."""
    return SURNAMES[number * 7 % len(SURNAMES)] + GIVEN[number * 5 % len(GIVEN)]
