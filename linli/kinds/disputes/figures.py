"""What is counted of disputes: how they ended, what was agreed and kept, and what came again (by case links only)."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.cases.counted import Condition, Counted, Group, Span
from linli.cases.duplicates import DUPLICATE
from linli.cases.kinds import kind_of
from linli.cases.models import Link
from linli.cases.narrowing import least_key
from linli.divisions.codes import Level
from linli.kinds.disputes.models import AtCourt, Dispute, Form, Obligation
from linli.ledger.models import Entry

STANDS_AFTER = timedelta(days=30)  # settled counts only when it was not taken up again for so long
KEPT, BROKEN = Obligation.State.KEPT, (Obligation.State.BROKEN, Obligation.State.CONTESTED)
OTHER_ENDS = (
    *("agreed", "failed", "refused", "unanswered", "stopped"),
    *("withdrawn", "court", "unfit", "referred", "heirless"),
)


def _within(path: str) -> Condition:
    return lambda span: Q((f"{path}__gte", span.begin), (f"{path}__lt", span.end))


def _keys(span: Span) -> Q:
    return Q(pk__gte=least_key(span.begin), pk__lt=least_key(span.end))


def _always(condition: Q) -> Condition:
    return lambda _span: condition


def _ended(span: Span) -> Q:
    return _within("closed_at")(span) & ~Q(outcome="merged")


def _stands(span: Span) -> Q:
    return Q(outcome="settled", closed_at__lte=span.now - STANDS_AFTER)


def _at_home(span: Span) -> Q:
    return _stands(span) & Q(lead__division__level__gte=Level.TOWN)


def _may_still_turn(span: Span) -> Q:
    return Q(outcome="settled", closed_at__gt=span.now - STANDS_AFTER)


def _reopened(span: Span) -> Q:
    return Q(pk__in=Entry.objects.filter(_keys(span), name="disputes.reopen").values("about"))


def _due() -> QuerySet[Obligation]:
    """What is due under the agreement that is in force in a case."""
    return Obligation.objects.filter(dispute=OuterRef("pk"), turn=OuterRef("dispute__turn"))


def _agreed(span: Span) -> Q:
    """By way of the agreements: nothing leads from all cases to the few that have one."""
    return Q(pk__in=Dispute.objects.filter(_within("effective_at")(span)).values("pk"))


def _planned(_span: Span) -> Q:
    return Q(Exists(_due()))


def _performed(_span: Span) -> Q:
    return Q(Exists(_due())) & ~Q(Exists(_due().exclude(state=KEPT)))


def _broken(_span: Span) -> Q:
    return Q(Exists(_due().filter(state__in=BROKEN)))


def _repeated(_span: Span) -> Q:
    """Linked with an earlier dispute, or grown out of the same case as one. Who the sides are is not asked."""
    before = OuterRef(OuterRef("pk"))
    earlier = Dispute.objects.filter(pk__lt=before).values("pk")
    links = Link.objects.exclude(relation=DUPLICATE)
    grown = links.filter(target__in=Dispute.objects.filter(pk__lt=OuterRef(before)).values("pk"))
    tied = (
        links.filter(source=OuterRef("pk"), target__in=earlier),
        links.filter(target=OuterRef("pk"), source__in=earlier),
        links.filter(target=OuterRef("pk"), source__in=grown.values("source")),
    )
    return Q(Exists(tied[0])) | Q(Exists(tied[1])) | Q(Exists(tied[2]))


ENDED = Group("ended", _("How they ended"), _ended)
AGREED = Group("agreements", _("What was agreed and kept"), _agreed)
RAISED = Group("raised", _("Applications"), _keys)
AGAIN = Group("reopened", _("Taken up again"), _reopened)

FIGURES = (
    Counted(
        "ended",
        ENDED,
        _("Disputes ended"),
        _(
            "Disputes that ended in the period and are not open again. One that was merged into another is not "
            "counted twice."
        ),
    ),
    Counted(
        "settled",
        ENDED,
        _("Settled"),
        _(
            "Of those ended: every side has confirmed that it is settled, all that was due is kept, and it was not "
            "taken up again within 30 days."
        ),
        _stands,
        divides=True,
        timed=True,
    ),
    Counted(
        "settled_at_home",
        ENDED,
        _("Settled where it arose"),
        _("Of those ended: settled, with a mediation body of the town or below leading."),
        _at_home,
    ),
    Counted(
        "settled_lately",
        ENDED,
        _("Settled, the 30 days still run"),
        _(
            "Of those ended: every side has confirmed, but 30 days have not passed yet. Not counted as settled."
        ),
        _may_still_turn,
        divides=True,
    ),
    *(
        Counted(
            f"ended_{name}",
            ENDED,
            kind_of("disputes").procedure.outcomes[name],
            _("Of those ended: those with this outcome."),
            _always(Q(outcome=name)),
            divides=True,
        )
        for name in OTHER_ENDS
    ),
    Counted(
        "agreements",
        AGREED,
        _("Agreements"),
        _(
            "Disputes whose agreement took effect in the period; one that was taken up again since is left out."
        ),
    ),
    Counted(
        "written",
        AGREED,
        _("In writing"),
        _("Of the agreements: those in writing."),
        _always(Q(dispute__form=Form.WRITTEN)),
        divides=True,
    ),
    Counted(
        "oral",
        AGREED,
        _("By word of mouth"),
        _("Of the agreements: those by word of mouth."),
        _always(Q(dispute__form=Form.ORAL)),
        divides=True,
    ),
    Counted(
        "planned",
        AGREED,
        _("With something due"),
        _("Of the agreements: something is due by a day."),
        _planned,
    ),
    Counted(
        "performed",
        AGREED,
        _("Performed"),
        _("Of the agreements: all that is due by a day was kept, as both sides say."),
        _performed,
    ),
    Counted(
        "broken",
        AGREED,
        _("Not kept"),
        _("Of the agreements: something was reported as not kept, or the sides do not agree whether it was."),
        _broken,
    ),
    Counted(
        "confirmed",
        AGREED,
        _("Confirmed by the court"),
        _("Of the agreements: the court has confirmed it."),
        _always(Q(dispute__at_court=AtCourt.CONFIRMED)),
    ),
    Counted(
        "unconfirmed",
        AGREED,
        _("Not confirmed by the court"),
        _("Of the agreements: the court was asked and did not confirm it."),
        _always(Q(dispute__at_court=AtCourt.REJECTED)),
    ),
    Counted(
        "raised", RAISED, _("Mediation asked for"), _("Disputes for which mediation was asked in the period.")
    ),
    Counted(
        "repeated",
        RAISED,
        _("Linked with an earlier one"),
        _(
            "Of those asked for: linked with an earlier dispute, or grown out of the same case as one. Only links "
            "between cases count; who the sides are is not compared."
        ),
        _repeated,
    ),
    Counted(
        "reopened",
        AGAIN,
        _("Taken up again"),
        _("Disputes that a side asked in the period to take up again after they had ended."),
    ),
)
