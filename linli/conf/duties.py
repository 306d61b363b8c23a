"""What `doctor` says about impact assessments: what runs on grace, what ends soon, what has stopped."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.conf.findings import Finding, Level
from linli.exchange.handling import feed_runs
from linli.exchange.models import Feed
from linli.residents.activities import all_activities
from linli.residents.openings import State, standing_of


def assessments_hold() -> Iterator[Finding]:
    """What needs an impact assessment has one that holds for some time yet."""
    standings = [(each, standing_of(each)) for each in all_activities()]
    soon = 0
    for activity, standing in standings:
        if standing.until and standing.state in {State.GRACE, State.REVIEW}:
            soon += 1
            said = {"activity": activity.label(), "day": f"{timezone.localdate(standing.until):%Y-%m-%d}"}
            words = (
                _("“%(activity)s” runs without an impact assessment and stops on %(day)s.")
                if standing.state == State.GRACE
                else _("The impact assessment of “%(activity)s” holds until %(day)s.")
            )
            yield Finding(
                Level.WARN,
                words % said,
                _("Make one at the desk under “Personal data”, and let somebody else approve it."),
            )
    going = Feed.objects.filter(until=None, source__until=None).select_related("source")
    resting = [feed.source.name for feed in going if not feed_runs(feed)]
    if resting:
        yield Finding(
            Level.WARN,
            _("Feeds rest without an impact assessment that covers them: %(names)s.")
            % {"names": _(", ").join(resting)},
            _("Make one at the desk under “Personal data”; each goes on from where it stopped."),
        )
    if not soon and not resting:
        yield Finding(Level.OK, _("Impact assessments hold for what runs here."))
