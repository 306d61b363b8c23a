"""Rating how a case was handled: its reporter, after the end, for thirty days; read by nobody but pooled.

Neither the entry nor any page of staff says what was said of a case; afterwards the row forgets which case it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotYours
from linli.base.worktime import PLACE_TIME
from linli.base.writing import writing
from linli.cases.forgetting import Part, forget_with
from linli.cases.models import Case, Rating, Said, Wish, areas_see
from linli.cases.models.case import Unindexed
from linli.divisions.codes import SIZES, Level
from linli.ledger.names import Redaction, register
from linli.ledger.records import Line, record
from linli.posts.actor import PartyActor
from linli.residents.activities import Activity, register_activity

WINDOW = timedelta(days=30)
BATCH = 500
RATE = "cases.rate"


def register_ratings() -> None:
    """Make the entry, the activity and what goes with a file known; called when the app starts."""
    register(RATE, label=lambda: gettext("Handling rated"), redaction=Redaction.NO_WORDS)
    forget_with(Part("rating", lambda case: Rating.objects.filter(case=case).count(), _cut_from))
    register_activity(
        Activity(
            "ratings",
            lambda: gettext("Ratings of how cases were handled"),
            lambda: gettext(
                "To see, by kind and body and never by person, where handling is not good enough"
            ),
            lambda: gettext("One of three answers and what could have been better; no words, no name"),
            "个人信息保护法 13(3)",
            lambda: gettext(
                "With the case for thirty days, to be changed; afterwards as a number of no case"
            ),
        )
    )


def may_rate(case: Case, by: PartyActor) -> bool:
    """Whether this party may rate now: whoever raised it, nobody in their place, while it can still be changed.

    Kinds that area gives no sight of are left out: of a complaint about a post the number alone would say too much.
    """
    own = by.relation == by.role == "reporter" and not by.nr
    return own and areas_see(case.kind) and case.whose is not None and _is_open(case)


def _is_open(case: Case) -> bool:
    return case.closed_at is not None and timezone.now() < case.closed_at + WINDOW


def last_day(case: Case) -> datetime:
    """Until when a rating of a closed case can be given and changed."""
    return (case.closed_at or timezone.now()) + WINDOW


def rating_of(case: Case) -> Rating | None:
    """What was said of a case, for its reporter alone."""
    return Rating.objects.filter(case=case).first()


def rate(case: Case, *, by: PartyActor, said: str, wishes: Sequence[str] = ()) -> None:
    """Say how a closed case was handled, or say it anew; the entry tells that somebody did, not what or of which."""
    if said not in Said.values or set(wishes) - set(Wish.values):
        raise Invalid(_("Please choose one of the answers."))
    with writing():
        now = Case.everywhere.select_for_update(of=("self",)).select_related("lead").get(pk=case.pk)
        if not _is_open(now):
            raise Conflict(
                _(
                    "A rating can be given and changed within thirty days after the end, while the case is closed."
                )
            )
        if not may_rate(now, by):
            raise NotYours(_("Only whoever raised it can rate how it was handled."))
        county = now.code_now // SIZES[Level.COUNTY] * SIZES[Level.COUNTY]
        values = {
            "kind": now.kind,
            "code": county,
            "body_id": now.lead.organisation_id if now.lead else None,
            "quarter": _quarter(now.closed_at or timezone.now()),
            "said": said,
            "wishes": ",".join(each for each in Wish.values if each in wishes),
        }
        Rating.objects.update_or_create(case=now, defaults=values)
        record(Line(RATE, by.by(), county, facts={"kind": now.kind}))


def _quarter(moment: datetime) -> int:
    day = moment.astimezone(PLACE_TIME)
    return day.year * 10 + (day.month + 2) // 3


def _cut_from(case: Case) -> None:
    Rating.objects.filter(case=case).update(case=None)


def let_go(limit: int = BATCH) -> int:
    """Cut ratings that stand for good from their cases (the worker loop calls this); return how many."""
    ended = Unindexed(F("case__closed_at"))  # from the few ratings to their cases, not from all that ended
    due = Rating.objects.alias(_ended=ended).filter(_ended__lt=timezone.now() - WINDOW).order_by("id")
    keys = list(due.values_list("pk", flat=True)[:limit])
    with writing():
        return Rating.objects.filter(pk__in=keys).update(case=None)
