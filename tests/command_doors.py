"""Who may open which address of the command centre; part of the table in tests/doors.py."""

from __future__ import annotations

from tests.answers import AREA_AND_POWER, OWN_AREA_AND_POWER, Answer, Door
from tests.scenes import a_case, a_shift, an_alert, an_alert_rule

WATCH = {"wrong_division": "liuhe_dispatcher", "right_power": "chengguan_dispatcher"}
COMMAND = {
    "wrong_division": "liuhe_dispatcher",
    "missing_power": "county_clerk",
    "right_power": "county_dispatcher",
}

COMMAND_DOORS: dict[str, Door] = {
    "command/": Door(AREA_AND_POWER, data=(("place", "990101001"),), **WATCH),
    "command/joint/": Door(AREA_AND_POWER, data=(("place", "990101001"),), **WATCH),
    "command/questions/": Door(AREA_AND_POWER, data=(("place", "990101001"),), **WATCH),
    "command/cases/<str:number>/": Door(AREA_AND_POWER, fill=a_case, **WATCH),
    "command/outline/<str:number>/": Door(AREA_AND_POWER, fill=a_case, **WATCH),
    "command/cases/<str:number>/decide/": Door(AREA_AND_POWER, fill=a_case, method="post", **WATCH),
    "command/cases/<str:number>/<slug:step>/": Door(
        AREA_AND_POWER, fill=lambda world: {**a_case(world), "step": "supervise"}, method="post", **WATCH
    ),
    "command/trends/": Door(AREA_AND_POWER, data=(("place", "990101001"),), **WATCH),
    "command/trends/file/": Door(AREA_AND_POWER, data=(("place", "990101001"),), **WATCH),
    "command/briefing/": Door(AREA_AND_POWER, data=(("place", "990101001"),), **WATCH),
    "command/briefing/file/": Door(AREA_AND_POWER, data=(("place", "990101001"),), **WATCH),
    "command/alerts/": Door(OWN_AREA_AND_POWER, **COMMAND),
    "command/alerts/<int:key>/seen/": Door(AREA_AND_POWER, fill=an_alert, method="post", **COMMAND),
    "command/alerts/rules/<int:key>/end/": Door(
        (Answer.SIGN_IN, Answer.REFUSED, Answer.REFUSED, Answer.OPEN),
        fill=an_alert_rule,
        method="post",
        **{**COMMAND, "right_power": "county_head"},
    ),
    "command/shifts/": Door(OWN_AREA_AND_POWER, **COMMAND),
    "command/shifts/hand-over/": Door(OWN_AREA_AND_POWER, method="post", **COMMAND),
    "command/shifts/<uuid:key>/take-over/": Door(AREA_AND_POWER, fill=a_shift, method="post", **COMMAND),
}
