"""A dispute without its people, for whoever heads the body: what kind of dispute, what was agreed in kind, how far.

Nothing that anybody wrote is told: who is meant could be known by it. Sums are told by their size only.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from linli.cases.models import Case
from linli.cases.parties import parties_of
from linli.kinds.disputes.clauses import Sort, clause_from, plan_of
from linli.kinds.disputes.models import AtCourt, Dispute, Form, Obligation, Safety, Session, Source
from linli.web.times import day_words

COLUMNS = ("source", "safety", "crime", "reported_at", "turn", "form", "clauses", "effective_at", "at_court")
YUAN = 100
SIZES = (1_000, 10_000, 50_000, 200_000)


def unnamed(case: Case) -> list[tuple[str, str]]:
    """Labels and values; those without a value are left out."""
    told = Dispute.objects.filter(pk=case.pk).values(*COLUMNS).get()
    clauses = [clause_from(each) for each in told["clauses"]]
    rows = [
        (_("What it is about"), str(case.category or "")),
        (_("Where it came from"), str(Source(told["source"]).label)),
        (_("Sides"), str(1 + len(parties_of(case)))),
        (_("Safety"), str(Safety(told["safety"]).label)),
        (_("A possible crime"), _crime(told)),
        (_("Attempt"), str(told["turn"]) if told["turn"] > 1 else ""),
        (_("Sessions"), _sessions(case)),
        (_("Form of the agreement"), str(Form(told["form"]).label) if told["form"] else ""),
        (
            _("What was agreed, in kind"),
            _(", ").join(dict.fromkeys(str(each.sort.label) for each in clauses)),
        ),
        (_("Sum"), size_of(sum(each.fen for each in clauses if each.sort == Sort.MONEY))),
        (_("Parts in which it is due"), str(len(plan_of(clauses)) or "")),
        (_("In force since"), day_words(told["effective_at"]) if told["effective_at"] else ""),
        (_("How it is kept"), _kept(case, told["turn"])),
        (_("The court's confirmation"), str(AtCourt(told["at_court"]).label) if told["at_court"] else ""),
    ]
    return [(label, value) for label, value in rows if value]


def size_of(fen: int) -> str:
    """How large a sum is, roughly: an exact one is known to those who agreed on it."""
    if not fen:
        return ""
    below = next((size for size in SIZES if fen < size * YUAN), None)
    if below is None:
        return _("%(yuan)s yuan or more") % {"yuan": f"{SIZES[-1]:,}"}
    return _("less than %(yuan)s yuan") % {"yuan": f"{below:,}"}


def _crime(told: dict[str, Any]) -> str:
    if not told["crime"]:
        return ""
    return _("reported to the police") if told["reported_at"] else _("not reported to the police yet")


def _sessions(case: Case) -> str:
    found = Session.objects.filter(dispute=case.pk).order_by("at")
    return _(", ").join(f"{day_words(each.at)} {each.get_how_display()}" for each in found)


def _kept(case: Case, turn: int) -> str:
    """How many of the things that are due stand how; no side is told from the other."""
    states = list(Obligation.objects.filter(dispute=case.pk, turn=turn).values_list("state", flat=True))
    counted = [(state, states.count(state)) for state in Obligation.State if state in states]
    return _(", ").join(f"{state.label} {count}" for state, count in counted)
