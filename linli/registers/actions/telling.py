"""What the posts of a centre are told by e-mail when an alert was raised: notices like all others, in one outbox."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.cases.channels import CHANNELS, Letter, Message, addresses_of, nothing
from linli.cases.kinds import kind_of
from linli.cases.models import Notice
from linli.posts.lookup import wants_mail
from linli.posts.models import Post
from linli.posts.powers import kinds_with
from linli.registers.centres import Alert, AlertRule

READ = "command.read"
ALERT = "alert"  # the channel


def register_channel() -> None:
    """Let the outbox know how an alert is told; called when the app starts."""
    CHANNELS[ALERT] = _letters


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


def tell(alert: Alert, rule: AlertRule) -> None:
    """Put notices into the outbox for the posts of the centre that watch over the rule's area; with what is raised."""
    low, high = rule.division.span
    posts = Post.objects.filter(organisation=rule.centre_id, kind__in=kinds_with(READ), until=None)
    seats = [(post.pk, post.division.span) for post in posts.select_related("division")]
    told = [key for key, (first, last) in seats if first <= low and high <= last and wants_mail(key)]
    now = timezone.now()
    Notice.objects.bulk_create(
        Notice(channel=ALERT, step=ALERT, about=alert.pk, post_id=post, next_try=now) for post in told
    )


def _letters(notices: Sequence[Notice]) -> list[Message]:
    """A letter for each post that is told; none about what was seen to, or is over, meanwhile."""
    standing = Alert.objects.filter(cleared_at=None, seen_at=None)
    standing = standing.select_related("rule__division", "rule__body", "rule__centre")
    found = standing.defer("rule__division__outline").in_bulk([notice.about for notice in notices])
    addresses = addresses_of(notices)
    letters: list[Message] = []
    with override(settings.LANGUAGE_CODE):
        for notice in notices:
            alert, to = found.get(notice.about or 0), addresses.get(notice.post_id)
            letters.append(Letter(*_written(alert), to) if alert and to else nothing)
    return letters


def _written(alert: Alert) -> tuple[str, str]:
    said = {"words": words_of(alert.rule), "count": alert.counted, "centre": alert.rule.centre.name}
    text = _(
        "%(words)s. There are %(count)d now. Sign in at the command centre of %(centre)s to see and acknowledge it."
    )
    return _("Alert: %(words)s") % said, text % said
