"""Alert rules of a centre: setting and ending them, looking whether one calls, and acknowledging what was called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound
from linli.base.writing import writing
from linli.cases.models import Case, areas_see
from linli.cases.narrowing import SOON
from linli.divisions.models import Division
from linli.divisions.successions import successors_of
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor, SystemActor
from linli.posts.lookup import FEWEST_HOLDERS, Body, body_of
from linli.posts.may import covers, require
from linli.posts.models import Organisation
from linli.registers.actions.telling import READ, tell
from linli.registers.centres import Alert, AlertRule
from linli.registers.entries import CLEARED, END_RULE, RAISED, RULE, SEEN

SET = "command.alerts"
CLOCK = SystemActor("alerts")
MOST_RULES = 30  # of one centre: what calls all the time is heard by nobody
AT_ONCE = 50  # rules counted in one statement
STAYS = timedelta(minutes=10)  # an alert is not cleared sooner
RESTS = timedelta(minutes=30)  # nor raised again sooner
CALMS = 0.8  # of the rule's count: between the two nothing changes, so that nothing flickers


@dataclass(frozen=True)
class About:
    """What a rule is about, all it can say: kind, area, body, how cases stand against their clock, and how many."""

    division: Division
    stands: str
    count: int
    kind: str = ""
    body: Organisation | None = None


def set_rule(about: About, *, by: PostActor) -> AlertRule:
    """Have the own centre told when a rule holds."""
    require(by, SET, within=by.post.division.code)
    _check(about, by)
    with writing():
        centre = Organisation.objects.select_for_update().get(pk=by.post.organisation_id)
        standing = AlertRule.objects.filter(centre=centre, until=None)
        if standing.count() >= MOST_RULES:
            raise Conflict(_("A centre has at most thirty alert rules. End one that nobody needs any more."))
        same = {"division": about.division, "kind": about.kind, "body": about.body, "stands": about.stands}
        if standing.filter(**same).exists():
            raise Conflict(_("There is such a rule already. End it first, then set the new number."))
        rule = AlertRule.objects.create(centre=centre, **same, count=about.count, since=timezone.now())
        facts = {"rule": rule.pk, "kind": about.kind, "stands": about.stands, "count": about.count}
        more = {"body": about.body.pk if about.body else None}
        record(Line(RULE, by.by(), about.division.code, facts={**facts, **more}))
    return rule


def _check(about: About, by: PostActor) -> None:
    if not covers(by, about.division.code):
        raise NotFound
    if about.kind and not areas_see(about.kind):
        raise Invalid(_("Choose a kind from the list."))
    if about.stands not in AlertRule.Stands.values or about.count < 1:
        raise Invalid(_("Say how cases stand against their limit, and how many, at least one."))
    body = body_of(about.body.pk) if about.body else None
    if about.body and (body is None or body.holders < FEWEST_HOLDERS):
        raise Invalid(_("A body with fewer than three holders of posts is not watched by itself."))


def end_rule(key: int, *, by: PostActor) -> None:
    """End a rule of the own centre; what it called stays in the history."""
    require(by, SET, within=by.post.division.code)
    with writing():
        rule = AlertRule.objects.select_for_update(of=("self",)).select_related("division")
        found = rule.filter(pk=key, centre=by.post.organisation_id).first()
        if found is None or not covers(by, found.division.code):
            raise NotFound
        if found.until is not None:
            raise Conflict(_("This rule has ended already."))
        now = timezone.now()
        AlertRule.objects.filter(pk=found.pk).update(until=now)
        Alert.objects.filter(rule=found, cleared_at=None).update(cleared_at=now)
        record(Line(END_RULE, by.by(), found.division.code, facts={"rule": found.pk}))


def acknowledge(key: int, *, by: PostActor) -> None:
    """Say for the own post that an alert of the own centre was seen; the first post that says so stands there."""
    require(by, READ, within=by.post.division.code)
    with writing():
        alerts = Alert.objects.select_for_update(of=("self",)).select_related("rule__division")
        found = alerts.filter(pk=key, rule__centre=by.post.organisation_id).first()
        if found is None or not covers(by, found.rule.division.code):
            raise NotFound
        if found.seen_at is not None:
            raise Conflict(_("This alert has been acknowledged already."))
        Alert.objects.filter(pk=found.pk).update(seen_at=timezone.now(), seen_by=by.post)
        record(Line(SEEN, by.by(), found.rule.division.code, facts={"alert": found.pk}))


def look_at_rules() -> int:
    """Count what every rule asks, some rules in one statement, and raise or clear what has changed; how many did."""
    _follow_areas()
    rules = AlertRule.objects.filter(until=None).select_related("division").defer("division__outline")
    standing = list(rules.order_by("pk"))
    some = [standing[start : start + AT_ONCE] for start in range(0, len(standing), AT_ONCE)]
    return sum(_look(each, timezone.now()) for each in some)


def _follow_areas() -> None:
    """A rule goes with its area when that is merged or divided (区划调整); of a divided one each part gets it."""
    for rule in AlertRule.objects.filter(until=None, division__valid_to__isnull=False).select_related(
        "division"
    ):
        with writing():
            for number, place in enumerate(successors_of(rule.division)):
                rule.pk = rule.pk if number == 0 else None
                rule.division = place
                rule.save(force_insert=rule.pk is None)
                facts = {"rule": rule.pk, "kind": rule.kind, "stands": rule.stands, "count": rule.count}
                record(Line(RULE, CLOCK.by(), place.code, facts={**facts, "body": rule.body_id}))


def _look(rules: Sequence[AlertRule], now: datetime) -> int:
    counted = counts_of(rules, now)
    raised = {each.rule_id: each for each in Alert.objects.filter(rule__in=rules, cleared_at=None)}
    cleared_late = Alert.objects.filter(rule__in=rules, cleared_at__gt=now - RESTS)
    resting = set(cleared_late.values_list("rule", flat=True))
    changed = 0
    for rule in rules:
        alert, count = raised.get(rule.pk), counted[rule.pk]
        if alert is None and count >= rule.count and rule.pk not in resting:
            changed += _raise(rule, count, now)
        elif alert is not None and count <= rule.count * CALMS and alert.raised_at <= now - STAYS:
            changed += _clear(alert, rule, count, now)
        elif alert is not None and count > alert.most:
            with writing():
                Alert.objects.filter(pk=alert.pk, most__lt=count).update(most=count)
    return changed


def counts_of(rules: Sequence[AlertRule], now: datetime) -> Mapping[int, int]:
    """How many cases each rule counts now (one statement, over the open cases of all their areas)."""
    if not rules:
        return {}
    spans = [rule.division.span for rule in rules]
    around = (min(low for low, _high in spans), max(high for _low, high in spans))
    counts = {f"rule_{rule.pk}": Count("pk", filter=_condition(rule, now)) for rule in rules}
    found = Case.objects.within(around).filter(closed_at=None).aggregate(**counts)
    return {rule.pk: found[f"rule_{rule.pk}"] for rule in rules}


def _condition(rule: AlertRule, now: datetime) -> Q:
    low, high = rule.division.span
    found = Q(code_now__gte=low, code_now__lt=high)
    if rule.kind:
        found &= Q(kind=rule.kind)
    if rule.body_id:
        body: Body | None = body_of(rule.body_id)
        found &= Q(lead__in=body.posts if body else ())
    if rule.stands == AlertRule.Stands.OVERDUE:
        found &= Q(due__lt=now)
    elif rule.stands == AlertRule.Stands.SOON:
        found &= Q(due__gte=now, due__lt=now + SOON)
    return found


def _raise(rule: AlertRule, count: int, now: datetime) -> int:
    with writing():
        raised, new = Alert.objects.get_or_create(
            rule=rule, cleared_at=None, defaults={"raised_at": now, "counted": count, "most": count}
        )
        if new:
            facts = {"rule": rule.pk, "alert": raised.pk, "count": count}
            record(Line(RAISED, CLOCK.by(), rule.division.code, facts=facts))
            tell(raised, rule)
    return int(new)


def _clear(alert: Alert, rule: AlertRule, count: int, now: datetime) -> int:
    with writing():
        cleared = Alert.objects.filter(pk=alert.pk, cleared_at=None).update(cleared_at=now)
        if cleared:
            facts = {"rule": rule.pk, "alert": alert.pk, "count": count}
            record(Line(CLEARED, CLOCK.by(), rule.division.code, facts=facts))
    return cleared
