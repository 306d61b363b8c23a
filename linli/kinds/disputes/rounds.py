"""What several steps of a dispute share: which sides there are, what each has said yes to, and who goes on with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict
from linli.base.worktime import PLACE_TIME
from linli.cases.clocks import live_clocks
from linli.cases.models import Case
from linli.cases.parties import parties_in, reporter_stands, role_words, rows_of_parties
from linli.cases.taking import Taking
from linli.kinds.disputes.models import Dispute, Obligation, Said, Yes
from linli.kinds.disputes.routing import chair, mediators_for, told_apart
from linli.posts.actor import PartyActor, PostActor
from linli.posts.models import Post

APPLICANT, RESPONDENT, HEIR_OF_APPLICANT = "reporter", "respondent", "applicant"
REMINDED_BEFORE = timedelta(days=3)
REMINDED_AT = time(9)


@dataclass(frozen=True, order=True)
class Side:
    """One side of a dispute: its number in the case (the applicant's is 0), and its relation to it."""

    nr: int
    relation: str = APPLICANT


def sides_of(case: Case) -> list[Side]:
    """The sides of a dispute, the applicant first."""
    rows = rows_of_parties(case)
    first = [Side(0)] if reporter_stands(rows) else []
    return first + [Side(each.nr, each.role) for each in parties_in(rows)]


def side_of(by: PartyActor) -> int:
    """The number of the side that takes a step; whoever acts for a side speaks for it."""
    return by.nr


def succeeded(dispute: Dispute, nr: int | None) -> int | None:
    """In the place of which side somebody stands, by its number: an heir in that of who died, else in their own."""
    while str(nr) in dispute.heirs:
        nr = dispute.heirs[str(nr)]
    return nr


def said(dispute: Dispute, to: Said) -> frozenset[int]:
    """The sides that have said yes to something in this attempt."""
    rows = Yes.objects.filter(dispute=dispute, turn=dispute.turn, to=to)
    return frozenset(rows.values_list("side", flat=True))


def all_said(dispute: Dispute, to: Said) -> bool:
    """Whether every side has said yes, and there are two."""
    sides = sides_of(dispute.case)
    return _two(sides) and {side.nr for side in sides} <= said(dispute, to)


def _two(sides: list[Side]) -> bool:
    return len({side.relation for side in sides}) > 1


def require_two(case: Case) -> None:
    """Raise Conflict while only one side is known: nobody mediates with one."""
    if not _two(sides_of(case)):
        raise Conflict(_("Enter the other side first: who it is, and how they can be reached."))


def carry_on(now: Taking, *posts: Post | None) -> None:
    """Let the next step be that of the first of these posts that there is; failing one, of whoever takes this one."""
    own = now.by.post if isinstance(now.by, PostActor) else None
    now.hand_to(next((post for post in (*posts, own) if post), None))


def head_of(dispute: Dispute) -> Post | None:
    """Who heads the body: the post that looked at it first, else the head of the nearest body."""
    return dispute.chair or chair(dispute.case.code_now)


def refuse_unreported(dispute: Dispute) -> None:
    """Raise Conflict while a possible crime has not been reported (人民调解法 25)."""
    if dispute.crime and dispute.reported_at is None:
        raise Conflict(
            _(
                "This may be a crime. First report it to the police and note that here "
                "(People's Mediation Law, article 25); then go on."
            )
        )


def remind_of_next(now: Taking) -> None:
    """Let the reminder run until three days before the next thing that is due; not at all where nothing is."""
    owed = Obligation.objects.filter(dispute=now.detail, turn=now.detail.turn, reminded_at=None)
    first = owed.filter(state=Obligation.State.OPEN, on__gte=now.at.astimezone(PLACE_TIME).date()).first()
    if first is None:  # the clock that ran out has to stop all the same, or it would remind without end
        now.run_until("due", None)
        return
    day = datetime.combine(first.on - REMINDED_BEFORE, REMINDED_AT, PLACE_TIME)
    now.run_until("due", max(day, now.at))


def may_ask_court(dispute: Dispute) -> bool:
    """Whether the court can still be asked: it confirms such an agreement, has not been asked, and there is time."""
    if not dispute.confirmable or dispute.at_court:
        return False
    running = [clock for clock in live_clocks(dispute.case) if clock.name == "confirm" and clock.running]
    return any(clock.due_at >= timezone.now() for clock in running)


def called(case: Case) -> dict[int, str]:
    """What each side is called, by its number."""
    rows = rows_of_parties(case)
    return {side.nr: role_words(case, side.nr, rows) for side in sides_of(case)}


def obligations_of(case: Case) -> list[Obligation]:
    """What is due under the agreement that is in force, the earliest first."""
    turn = Dispute.objects.filter(pk=case.pk).values("turn")
    return list(Obligation.objects.filter(dispute=case.pk, turn__in=turn))


def require_fit(now: Taking, to: Post) -> None:
    """Raise Conflict for a mediator who may not take it: refused by a side, ended, of another place, or tied."""
    if to.pk in now.detail.refused:
        raise Conflict(
            _("A side has asked for another mediator than this one, or they stepped aside. Choose another.")
        )
    offers = mediators_for(now.case, apart=told_apart(now.case))
    if to.pk not in {each.mediator.holding.post_id for each in offers}:
        raise Conflict(
            _(
                "This mediator cannot take it: the term has ended, the place is not theirs, or they declared a tie "
                "with one side. Choose another."
            )
        )
