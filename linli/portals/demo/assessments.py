"""The demo county's impact assessments: everything that needs one has one, made by one post and approved by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linli.residents.activities import Activity, all_activities
from linli.residents.assessing import Findings, assess, decide
from linli.residents.openings import standing_of

if TYPE_CHECKING:
    from linli.portals.demo.world import World

NECESSITY = (
    "处理目的明确，依据是{basis}。能不采集的不采集，能用编号、代码代替的不用姓名和号码；不这样做，就只能让群众重复填报，"
    "或者由工作人员逐件翻找。"
)
IMPACT = (
    "涉及的数据是：{categories}。如果泄露或者被滥用，当事人可能被打扰、被追问，甚至被冒用身份。本平台不对个人打分、排名，"
    "也不提供按人检索和导出。"
)
MEASURES = (
    "字段加密保存，密钥分版本管理；查看必须有列明的事由，每次查看都留痕，本人可以看到并追问；系统只给出建议，由人决定；"
    "到期自动清除并留下证明。措施合法、有效，与风险程度相适应。"
)


def assess_everything(world: World) -> None:
    """Make and approve an assessment of each activity that may not run yet."""
    for each in all_activities():
        if not standing_of(each).runs:
            _assessed(world, each)


def _assessed(world: World, activity: Activity) -> None:
    said = {"basis": activity.basis, "categories": activity.categories()}
    findings = Findings(
        NECESSITY.format(**said),
        IMPACT.format(**said),
        MEASURES,
        covers=[part for part, _words in activity.parts],
    )
    made = assess(activity, findings, by=world.by("administrator"))
    decide(made.pk, approved=True, reason="已核对，措施到位。", by=world.by("county_head"))
