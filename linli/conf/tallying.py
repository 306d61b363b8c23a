"""What `doctor` says about the rollups of figures: whether a recount agrees with them, and how they lag."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.analytics.checking import held_against_a_recount
from linli.analytics.standing import standing
from linli.conf.findings import Finding, Level

LATE = timedelta(minutes=10)


def figures_hold() -> Iterator[Finding]:
    """The rollups of some villages, drawn by lot, are what a recount gives; and nothing has waited for long."""
    now = timezone.now()
    stands = standing(now)
    checked = held_against_a_recount()
    if checked.wrong:
        yield Finding(
            Level.FAIL,
            _("Figures differ from a recount in: %(codes)s.") % {"codes": _(", ").join(checked.wrong)},
            _("Run `linli refold`: figures are counted live until it is done. Then tell the developers."),
        )
    elif stands.oldest and stands.oldest < now - LATE:
        yield Finding(
            Level.WARN,
            _("Steps have been waiting to be counted for more than ten minutes."),
            _("Is `linli serve` or `linli worker` running? It folds them into the figures."),
        )
    else:
        yield Finding(
            Level.OK, _("Figures agree with a recount of %(count)d villages.") % {"count": checked.places}
        )
