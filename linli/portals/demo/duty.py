"""A shift of the demo's command centre: two alert rules, a note, and the hand-over that the duty officer signed for."""

from __future__ import annotations

from django.utils import timezone

from linli.analytics.gauges import handed_over
from linli.cases.joint import joint_in
from linli.portals.demo.world import World
from linli.registers.actions.alerting import About, set_rule
from linli.registers.actions.shifts import Said, hand_over, take_over, write
from linli.registers.models import AlertRule

CALLS_AT = {AlertRule.Stands.OVERDUE: 20, AlertRule.Stands.SOON: 60}
NOTED = "超期最久的两件联动处置件已催过牵头单位，今天下班前要有回音，没有回音就再督办。"
HANDED = "夜间没有新的跨乡镇事项。请接班后先看督办是否答复，再看今天到期的办件。"
NAMED = 2


def keep_watch(world: World) -> None:
    """Let the head set the rules, write a note and hand over; the duty officer takes the shift over."""
    head, officer = world.by("county_head"), world.by("county_dispatcher")
    for stands, number in CALLS_AT.items():
        set_rule(About(world.county, stands, number, "", None), by=head)
    oldest = joint_in(world.county.span, late=True, most=NAMED).values_list("number", flat=True)
    write(Said(NOTED, list(oldest)), by=head)
    standing = handed_over(world.county, timezone.now())
    take_over(hand_over(Said(HANDED), standing, by=head).pk, by=officer)
