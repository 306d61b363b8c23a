"""What a list of disputes that goes to the justice system may say of each: never a party, never a mediator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from django.utils import timezone

from linli.cases.kinds import kind_of
from linli.cases.models import Case
from linli.cases.returns import Value
from linli.kinds.disputes.models import AtCourt, Dispute, Form, Source

COUNTED = "ended"  # the figure whose cases are listed
AT_ONCE = 500


def _day(moment: datetime | None) -> Value:
    return Value(f"{timezone.localtime(moment):%Y-%m-%d}" if moment else "")


def _category(dispute: Dispute) -> Value:
    category = dispute.case.category
    return Value(str(category), category.code) if category else Value("")


def _office(dispute: Dispute) -> Value:
    post = dispute.handler or dispute.chair
    return Value(post.organisation.name if post else "")


def _outcome(dispute: Dispute) -> Value:
    words = kind_of("disputes").procedure.outcomes.get(dispute.case.outcome)
    return Value(str(words or ""), dispute.case.outcome)


VALUES: Mapping[str, Callable[[Dispute], Value]] = {
    "number": lambda each: Value(each.case.number),
    "category": _category,
    "office": _office,
    "place": lambda each: Value(each.case.division.trimmed),
    "raised": lambda each: _day(each.case.at),
    "agreed": lambda each: _day(each.effective_at),
    "ended": lambda each: _day(each.case.closed_at),
    "form": lambda each: Value(str(Form(each.form).label) if each.form else "", each.form),
    "source": lambda each: Value(str(Source(each.source).label), each.source),
    "outcome": _outcome,
    "at_court": lambda each: Value(str(AtCourt(each.at_court).label) if each.at_court else "", each.at_court),
}


def details(cases: Iterable[Case]) -> Iterator[Dispute]:
    """The disputes of these cases with what the list says of them, the earliest first."""
    rows = Dispute.objects.filter(pk__in=[case.pk for case in cases]).order_by("pk")
    rows = rows.select_related(
        "case__category", "case__division", "handler__organisation", "chair__organisation"
    )
    return rows.defer("case__division__outline").iterator(AT_ONCE)
