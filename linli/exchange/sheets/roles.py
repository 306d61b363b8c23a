"""What a column of another system's sheet can be, and what its name suggests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.cases.cells import plain_name


@dataclass(frozen=True)
class Role:
    """One thing a column can be. `field` is the opening form's name for it; `private` columns are never shown."""

    name: str
    label: Any
    suggested_by: tuple[str, ...]
    field: str = ""
    needed: bool = False
    private: bool = False


# The more telling words come first: “办理时限” is no “时间” of the call.
INCOMING = (
    Role("number", _("Number over there"), ("工单编号", "工单号", "编号", "单号", "流水号"), needed=True),
    Role("deadline", _("Deadline over there"), ("办理时限", "截止", "办结时限", "时限", "要求办结")),
    Role(
        "called",
        _("When it was reported"),
        ("来电时间", "受理时间", "诉求时间", "登记时间", "创建时间", "时间"),
    ),
    Role("phone", _("Telephone"), ("联系电话", "来电号码", "手机", "电话"), "phone", private=True),
    Role("name", _("Name"), ("联系人", "来电人", "诉求人", "市民姓名", "姓名"), "name", private=True),
    Role(
        "division",
        _("Area"),
        ("所属区域", "所属社区", "所属街道", "行政区划", "区域", "辖区", "社区"),
        "division",
    ),
    Role(
        "landmark",
        _("Place of the matter"),
        ("诉求地址", "事发地址", "事发地点", "地址", "地点", "位置"),
        "landmark",
    ),
    Role("category", _("Category"), ("诉求类别", "诉求类型", "事项分类", "类别", "分类"), "category"),
    Role("longitude", _("Longitude"), ("经度", "longitude", "lng", "lon"), "longitude"),
    Role("latitude", _("Latitude"), ("纬度", "latitude", "lat"), "latitude"),
    Role("text", _("What was said"), ("诉求内容", "诉求描述", "内容", "描述", "标题"), "text", needed=True),
)
OUTGOING = (
    Role("number", _("Number over there"), ("工单编号", "工单号", "编号", "单号", "流水号"), needed=True),
    Role("row", _("Running number"), ("序号", "行号")),
    Role("ours", _("Our number"), ("办件编号", "本地编号", "承办编号")),
    Role("answered_at", _("When it was answered"), ("办结时间", "答复时间", "回复时间", "办理时间", "时间")),
    Role("body", _("Who dealt with it"), ("承办单位", "办理单位", "责任单位", "单位", "部门")),
    Role("state", _("How it stands"), ("办理状态", "办结类型", "状态", "办结情况")),
    Role(
        "text",
        _("Result"),
        ("办理结果", "答复内容", "回复内容", "处理结果", "办理情况", "结果", "答复"),
        needed=True,
    ),
)


def proposed(headings: Sequence[str], roles: Sequence[Role]) -> dict[str, str]:
    """A role for each heading that tells one, none twice: the most telling words are looked for first."""
    found: dict[str, str] = {}
    names = [(heading, plain_name(heading).lower()) for heading in headings if heading]
    for exactly in (True, False):
        for role in roles:
            for word in role.suggested_by:
                fitting = [
                    heading
                    for heading, name in names
                    if heading not in found and (name == word if exactly else word in name)
                ]
                if fitting and role.name not in found.values():
                    found[fitting[0]] = role.name
    return found


def role_named(name: str, roles: Sequence[Role] = INCOMING) -> Role:
    """A role by its name."""
    return next(each for each in roles if each.name == name)
