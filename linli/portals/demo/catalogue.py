"""The demo county's catalogue: who deals with what within which time, and what may be sent down to a community."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from linli.base.generations import bump
from linli.base.worktime import Unit
from linli.cases.models import Admission, Category, Responsibility
from linli.cases.models.catalogue import Rule
from linli.divisions.models import Division
from linli.posts.models import Post

SINCE = date(2004, 1, 1)  # as old as the calendar, so that a replayed day finds its rows
SOURCE = "云溪县网格事项清单（演示）"
DAYS, HOURS = Unit.WORKING_DAYS.value, Unit.WORKING_HOURS.value


class Row(NamedTuple):
    """One row: a category, the key of the sitter who leads, how long, and what else is known."""

    category: str
    key: str
    amount: int
    unit: str = DAYS
    condition: str = ""
    milestones: tuple[tuple[str, int, str], ...] = ()
    closing: str = ""


ROWS = [
    Row("0105", "city_management", 2), Row("0106", "city_management", 2), Row("0107", "city_management", 5),
    Row("0201", "power", 3), Row("0202", "housing", 5), Row("0203", "water", 2), Row("0204", "power", 3),
    Row("0205", "housing", 7), Row("0206", "housing", 7), Row("0207", "city_management", 2), Row("0301", "fire", 2),
    Row("0302", "housing", 3), Row("0303", "market", 5), Row("0401", "city_management", 5), Row("0501", "civil", 5),
]  # fmt: skip

# Two published tables as examples that nobody has confirmed for this place (domain-rules.md 1.4).
JIYUAN = "济源市公布的处置时限表（示例，未核实）"
COUNTY_EXAMPLES = [
    Row("0101", "city_management", 1, closing="垃圾清除，地面干净"),
    Row("0102", "city_management", 5, HOURS),
    Row("0104", "city_management", 15, closing="违法建设停止或拆除"),
    Row("0108", "water", 15),
]
CITY_A = "某市公布的立案条件与处置时限表（示例，未核实）"
TOWN_EXAMPLES = [
    Row("0101", "city_management", 4, HOURS, closing="垃圾清除，地面干净"),
    Row("0101", "city_management", 4, HOURS, "渣土"),
    Row("0101", "city_management", 2, DAYS, "渣土成堆"),
    Row("0102", "city_management", 2, HOURS),
    Row("0102", "city_management", 4, HOURS, "积水"),
    Row("0104", "city_management", 20, DAYS, "", (("责令停工", 4, HOURS), ("罚款", 7, DAYS)), "违法建设拆除"),
    Row("0107", "city_management", 4, HOURS, "绿地有垃圾"),
    Row("0107", "city_management", 5, DAYS, "缺株补植"),
]

# What may be sent down to a community; the first document asks for such lists.
BASIS = "中发〔2017〕13号（减轻社区负担；示例，未核实）"
ADMISSIONS = [
    ("JZ-01", "拆迁拆违、违法建设处置", Rule.FORBIDDEN, "0104", BASIS),
    ("JZ-02", "河道环境整治", Rule.FORBIDDEN, "0108", BASIS),
    ("JZ-03", "占道经营等城市管理执法", Rule.FORBIDDEN, "0105", BASIS),
    ("SQ-01", "消防隐患排查", Rule.APPLICATION, "0301", "云溪县社区工作事项准入办法（演示）"),
    ("ZR-01", "邻里纠纷调解", Rule.ALLOWED, "0402", "人民调解法第8条"),
]


def fill_catalogue(county: Division, posts: dict[str, Post]) -> None:
    """Write the county's rows, those of one town that has its own, and the admission list; the rest has none."""
    categories = {category.code: category for category in Category.objects.filter(kind="matters")}
    town = Division.objects.filter(parent=county, name="青石镇").first()
    written = [_row(each, county, categories, posts, source=SOURCE) for each in ROWS]
    written += [_row(each, county, categories, posts, source=JIYUAN) for each in COUNTY_EXAMPLES]
    if town:
        written += [_row(each, town, categories, posts, source=CITY_A) for each in TOWN_EXAMPLES]
    Responsibility.objects.bulk_create(written)
    Admission.objects.bulk_create(
        Admission(
            key=key,
            title=title,
            rule=rule,
            category=categories[code],
            division=county,
            source=basis,
            valid_from=SINCE,
        )
        for key, title, rule, code, basis in ADMISSIONS
    )
    bump("catalogue")


def _row(
    row: Row, area: Division, categories: dict[str, Category], posts: dict[str, Post], *, source: str
) -> Responsibility:
    said: dict[str, Any] = {
        "milestones": [
            {"label": label, "amount": amount, "unit": unit} for label, amount, unit in row.milestones
        ]
    }
    return Responsibility(
        category=categories[row.category],
        division=area,
        condition=row.condition,
        closing=row.closing,
        post=posts[row.key],
        unit=row.unit,
        amount=row.amount,
        source=source,
        confirmed=source == SOURCE,
        valid_from=SINCE,
        **said,
    )
