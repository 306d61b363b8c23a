"""The rule table (时限规则) as readers see it: each row about time with its article, in force on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linli.cases.kinds import all_kinds
from linli.cases.models import Limit

TOPICS = {
    "petition": _("Petitions"),
    "info": _("Open government information"),
    "recon": _("Administrative reconsideration"),
    "mediation": _("Mediation"),
    "court": _("Judicial confirmation"),
    "admin_mediation": _("Mediation by authorities"),
    "hotline": _("12345 hotline"),
    "permit": _("Permits"),
    "punish": _("Administrative penalties"),
    "decision": _("Major decisions"),
    "ngo": _("Social organisations"),
    "charity": _("Charities"),
    "breach": _("Personal information"),
    "pia": _("Personal information"),
    "community": _("Tasks sent down to communities"),
}


@dataclass(frozen=True)
class Rule:
    """A row in words; `unit` is empty for a rule that has no clock."""

    key: str
    topic: str
    begins: str
    ends: str
    unit: str
    amount: int
    extra: int
    backwards: bool
    approver: str
    lapse: str
    note: str
    source: str
    confirmed: bool
    valid_from: date
    valid_to: date | None


def rules_on(day: date, *, topic: str = "", unconfirmed_only: str = "") -> list[Rule]:
    """The rules in force on a day in the order of their keys, the clocks of the installed kinds first."""
    rows = Limit.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)
    if unconfirmed_only:
        rows = rows.filter(confirmed=False)
    newest = {(row.key, row.kind, row.clock): row for row in rows.order_by("valid_from", "pk")}
    found = [_shown(row) for row in sorted(newest.values(), key=lambda row: (row.key, row.pk))]
    return [rule for rule in found if not topic or rule.topic == topic]


def topics() -> dict[str, str]:
    """What rules can be filtered by: the kinds with clocks, then the topics; alike ones under one name."""
    kinds = {str(kind.procedure.label): str(kind.procedure.label) for kind in all_kinds()}
    return kinds | {str(label): str(label) for label in TOPICS.values()}


def _shown(row: Limit) -> Rule:
    told = row.told.get("en" if (get_language() or "zh").startswith("en") else "zh", {})
    kinds = {kind.name: kind.procedure for kind in all_kinds()}
    procedure = kinds.get(row.kind)
    clock = procedure.clocks.get(row.clock) if procedure else None
    topic = procedure.label if procedure else TOPICS.get(row.key.partition(".")[0], "")
    return Rule(
        key=row.key or f"{row.kind}.{row.clock}",
        topic=str(topic),
        begins=told.get("from", ""),
        ends=told.get("to", str(clock.label) if clock else ""),
        unit=row.unit,
        amount=row.amount or 0,
        extra=row.extra or 0,
        backwards=row.backwards,
        approver=told.get("approver", ""),
        lapse=told.get("lapse", ""),
        note=told.get("note", ""),
        source=row.source,
        confirmed=row.confirmed,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
