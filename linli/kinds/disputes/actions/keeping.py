"""Keeping what was agreed: what is due, what each side says of it, following up, and taking it up again."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound
from linli.base.worktime import PLACE_TIME
from linli.cases.taking import Taking, Version, taking
from linli.documents.making import make
from linli.kinds.disputes.actions.saying import Statement
from linli.kinds.disputes.clauses import wrong_day
from linli.kinds.disputes.contents import Owing, reminder
from linli.kinds.disputes.models import AtCourt, Dispute, Form, Obligation, Said
from linli.kinds.disputes.rounds import (
    REMINDED_BEFORE,
    all_said,
    carry_on,
    head_of,
    remind_of_next,
    sides_of,
    succeeded,
)
from linli.kinds.disputes.wording import file_of
from linli.posts.actor import Actor

State = Obligation.State
SAYING = {State.SAID, State.PARTLY, State.BROKEN}


class Owed(TypedDict, total=False):
    """Something that is due: what, by which day, how much (in fen), which side owes it to which."""

    act: str
    on: date
    fen: int
    who: int | None
    whom: int | None


def plan(
    dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None, **given: Unpack[Owed]
) -> None:
    """Enter something more that is due under the agreement (登记履行计划), with its day."""
    with taking("plan", dispute, by=by, seen=seen, at=at) as now:
        _check_plan(now, given["on"], given.get("who"), given.get("whom"))
        rows = Obligation.objects.filter(dispute=now.detail, turn=now.detail.turn)
        last = rows.order_by("-number").values_list("number", flat=True).first()
        number = (last or 0) + 1
        Obligation.objects.create(dispute=now.detail, turn=now.detail.turn, number=number, **given)
        remind_of_next(now)
        now.facts(obligation=number, on=given["on"].isoformat(), fen=given.get("fen", 0))
        now.words(act=given["act"])


def _check_plan(now: Taking, on: date, who: int | None, whom: int | None) -> None:
    known = {None, *(side.nr for side in sides_of(now.case))}
    if who not in known or whom not in known or (who is not None and who == whom):
        sentence = _("Choose one side that owes it and another that it is owed to.")
        raise Invalid(sentence, fields={"whom": [sentence]})
    if sentence := wrong_day(on, _day(now)):
        raise Invalid(sentence, fields={"on": [sentence]})


def _day(now: Taking) -> date:
    return now.at.astimezone(PLACE_TIME).date()


def remind_due(dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """Something is due soon (提醒履行); the next reminder waits for what is due after it."""
    with taking("remind_due", dispute, by=by, seen=seen, at=at) as now:
        rows = Obligation.objects.filter(dispute=now.detail, turn=now.detail.turn, state=State.OPEN)
        rows.filter(reminded_at=None, on__lte=_day(now) + REMINDED_BEFORE).update(reminded_at=now.at)
        remind_of_next(now)


def urge(
    dispute: Dispute, *, by: Actor, seen: Version, number: int, note: str = "", at: datetime | None = None
) -> None:
    """Remind whoever owes it, in writing, of something that is due or overdue (督促履行, 人民调解法 31)."""
    with taking("urge", dispute, by=by, seen=seen, at=at) as now:
        row = _row(now, number)
        if row.state == State.KEPT:
            raise Conflict(_("Both sides have said that this was kept. Nothing was changed."))
        if row.on > _day(now) + REMINDED_BEFORE:
            raise Conflict(_("This is not due yet. Remind of it in its last three days, or when it is past."))
        owing = Owing(number, row.on, act=row.act, fen=row.fen, who=row.who)
        make(now, "reminder", reminder(file_of(now), owing))
        now.facts(obligation=number, late=row.on < _day(now))
        now.words(note=note)


def report_performance(
    dispute: Dispute,
    *,
    by: Actor,
    seen: Version,
    number: int,
    state: str,
    note: str = "",
    at: datetime | None = None,
) -> None:
    """A side says how something was kept (登记履行情况): kept, in part, or not; the other side answers."""
    with taking("report_performance", dispute, by=by, seen=seen, at=at) as now:
        row = _row(now, number)
        if state not in SAYING:
            raise Invalid(_("Say whether it was kept, kept in part, or not kept."))
        if row.state == State.KEPT:
            raise Conflict(_("Both sides have said that this was kept. Nothing was changed."))
        row.state, row.said_by = state, Statement.of(now).side
        row.save(update_fields=["state", "said_by"])
        now.facts(obligation=number, state=state, side=row.said_by)
        now.words(note=note)


def check_performance(
    dispute: Dispute,
    *,
    by: Actor,
    seen: Version,
    number: int,
    right: bool,
    note: str = "",
    at: datetime | None = None,
) -> None:
    """The other side says whether that is right (核对履行情况)."""
    with taking("check_performance", dispute, by=by, seen=seen, at=at) as now:
        row, side = _row(now, number), Statement.of(now).side
        if row.state not in SAYING or row.said_by is None:
            raise Conflict(_("Nobody has reported on this yet, so there is nothing to check."))
        if succeeded(now.detail, row.said_by) == succeeded(now.detail, side):
            raise Conflict(_("You reported this yourself. The other side says whether it is right."))
        if not right:
            row.state = State.CONTESTED
        elif row.state == State.SAID:
            row.state = State.KEPT
        row.save(update_fields=["state"])
        remind_of_next(now)
        now.facts(obligation=number, state=row.state, side=side, right=right)
        now.words(note=note)


def _row(now: Taking, number: int) -> Obligation:
    found = Obligation.objects.select_for_update().filter(
        dispute=now.detail, turn=now.detail.turn, number=number
    )
    row = found.first()
    if row is None:
        raise NotFound(_("There is nothing with this number in the plan."))
    return row


def confirm_settled(dispute: Dispute, *, by: Actor, seen: Version, at: datetime | None = None) -> None:
    """A side says that it is settled (确认已化解)."""
    with taking("confirm_settled", dispute, by=by, seen=seen, at=at) as now:
        Statement.of(now).keep(now, Said.SETTLED)


def follow_up(
    dispute: Dispute, *, by: Actor, seen: Version, finding: str, at: datetime | None = None
) -> None:
    """Follow up (回访): it ends as settled where all is kept and every side has said so; else it goes on."""
    with taking("follow_up", dispute, by=by, seen=seen, at=at) as now:
        now.words(finding=finding)
        if all_said(now.detail, Said.SETTLED) and not _owed(now):
            now.let_be("follow")
            return
        now.enter("performing")
        carry_on(now, now.detail.handler)


def _owed(now: Taking) -> bool:
    rows = Obligation.objects.filter(dispute=now.detail, turn=now.detail.turn)
    return rows.exclude(state=State.KEPT).exists()


def conclude(dispute: Dispute, *, by: Actor, seen: Version, reason: str, at: datetime | None = None) -> None:
    """Close it though not every side has confirmed (结案); never counted as settled. Not before the follow-up's day."""
    with taking("conclude", dispute, by=by, seen=seen, at=at) as now:
        waiting = [clock for clock in now.clocks if clock.name == "follow" and clock.running]
        if any(clock.due_at > now.at for clock in waiting):
            raise Conflict(
                _("The day of the follow-up has not come yet. Follow up then, and close it after that.")
            )
        if all_said(now.detail, Said.SETTLED) and not _owed(now):
            raise Conflict(
                _("Everything is kept and both sides have confirmed. Follow up, and it ends as settled.")
            )
        now.words(reason=reason)


def reopen(dispute: Dispute, *, by: Actor, seen: Version, note: str = "", at: datetime | None = None) -> None:
    """A side wants it taken up again (要求重新调解): looked at for safety anew, and nobody's earlier yes counts."""
    with taking("reopen", dispute, by=by, seen=seen, at=at) as now:
        detail = now.detail
        detail.turn += 1
        detail.safety, detail.crime, detail.reported_at, detail.advice = "", False, None, ""
        detail.handler = now.case.lead = None
        detail.form, detail.agreed, detail.clauses, detail.document = Form.NONE, "", [], None
        detail.effective_at, detail.confirmable = None, False
        detail.at_court, detail.why_ended, detail.next_owner = AtCourt.NONE, "", None
        detail.wishes, detail.rested_in = {}, ""
        now.facts(turn=detail.turn, side=Statement.of(now).side)
        now.words(note=note)
        carry_on(now, head_of(detail))
