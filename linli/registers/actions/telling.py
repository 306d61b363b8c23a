"""Telling the posts of a centre by e-mail that an alert was raised: the alert is its own row of the outbox.

Whoever watches and gave an address is told, once; outside any transaction, and again with pauses if it cannot be sent.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.base.writing import writing
from linli.cases.kinds import kind_of
from linli.cases.notices import CLAIM, WAITS
from linli.posts.models import Holding
from linli.posts.powers import kinds_with
from linli.registers.actions.alerting import READ
from linli.registers.centres import Alert, AlertRule

log = logging.getLogger("linli.alerts")
AT_ONCE = 20


def words_of(rule: AlertRule) -> str:
    """What a rule says."""
    kind = str(kind_of(rule.kind).procedure.label) if rule.kind else _("cases of all kinds")
    words = {"place": rule.division.name, "count": rule.count, "kind": kind}
    words["stands"] = str(AlertRule.Stands(rule.stands).label)
    if rule.body:
        return _("%(place)s: %(stands)s, %(kind)s, led by %(body)s, from %(count)d on") % {
            **words,
            "body": rule.body.name,
        }
    return _("%(place)s: %(stands)s, %(kind)s, from %(count)d on") % words


def tell_raised() -> int:
    """Send what was raised and not told yet (the worker loop calls this); how many alerts went out."""
    return sum(_told(alert) for alert in _claimed(timezone.now()))


def _claimed(now: datetime) -> list[Alert]:
    """Alerts to be told, put off so that no other sender takes them; a dead sender's claim runs out."""
    untold = Alert.objects.filter(cleared_at=None, seen_at=None, told_at=None, tell_from__lte=now)
    if not untold.exists():
        return []
    with writing():
        keys = list(
            untold.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
        )
        Alert.objects.filter(pk__in=keys).update(tell_from=now + CLAIM, tries=F("tries") + 1)
    found = Alert.objects.filter(pk__in=keys).select_related("rule__division", "rule__body", "rule__centre")
    return list(found.defer("rule__division__outline"))


def _told(alert: Alert) -> int:
    try:
        _send(alert)
    except Exception as trouble:  # noqa: BLE001  a gateway can fail in any way; the row remembers and tries again
        log.warning("Alert %s not told: %s", alert.pk, type(trouble).__name__)
        with writing():
            Alert.objects.filter(pk=alert.pk).update(tell_from=_later(alert.tries))
        return 0
    with writing():
        Alert.objects.filter(pk=alert.pk).update(told_at=timezone.now())
    return 1


def _later(tries: int) -> datetime | None:
    """When to try again; never after as many tries as a notice has."""
    return timezone.now() + WAITS[tries - 1] if tries <= len(WAITS) else None


def _send(alert: Alert) -> None:
    addresses = addresses_of(alert.rule)
    if not addresses:
        return
    with override(settings.LANGUAGE_CODE):
        subject = _("Alert: %(words)s") % {"words": words_of(alert.rule)}
        said = {"words": words_of(alert.rule), "count": alert.counted, "centre": alert.rule.centre.name}
        text = _(
            "%(words)s. There are %(count)d now. Sign in at the command centre of %(centre)s to see and acknowledge it."
        )
        send_mail(subject, text % said, settings.DEFAULT_FROM_EMAIL, addresses)


def addresses_of(rule: AlertRule) -> list[str]:
    """Of those who watch over the rule's area in its centre now, and gave an address."""
    low, high = rule.division.span
    watching = Holding.objects.current().filter(
        post__organisation=rule.centre_id, post__kind__in=kinds_with(READ)
    )
    rows = watching.exclude(account__email="").select_related("post__division", "account")
    areas = [(each.account.email, each.post.division.span) for each in rows]
    return sorted({email for email, (first, last) in areas if first <= low and high <= last})
