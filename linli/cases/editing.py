"""Writing the catalogue: proposals, edits of single rows and of whole workbooks, and taking them back."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext

from linli.base.generations import bump
from linli.base.writing import writing
from linli.cases.catalogue import suggestion
from linli.cases.clocks import Term, term_of
from linli.cases.models import Case, Category, Responsibility
from linli.cases.models.catalogue import RowState
from linli.divisions.models import Division
from linli.ledger.names import Redaction, register
from linli.ledger.records import Line, record
from linli.posts.actor import Actor
from linli.posts.models import Post


def propose(
    kind: str, category: Category, division: Division, post: Post, *, source: str, case: Case, by: Actor
) -> Responsibility:
    """Make a proposed row of an arbitration ruling (裁定): who deals with this category in this area from now on.

    It suggests nothing until an administrator adopts it; then it is cited with the case's number. Limits are those
    of the row that holds there now, else the kind's own.
    """
    today = timezone.localdate()
    known = suggestion(category, division.code, today)
    term = known.term if known else _own_limit(kind)
    with writing():
        row = Responsibility.objects.create(
            category=category,
            division=division,
            post=post,
            condition=known.row.condition if known else "",
            closing=known.row.closing if known else "",
            unit=term.unit,
            amount=term.amount,
            milestones=known.row.milestones if known else [],
            source=source,
            valid_from=today,
            state=RowState.PROPOSED,
            ruling=case,
        )
        bump("catalogue")
        facts = {"row": row.pk, "category": category.code, "post": post.pk}
        record(Line("catalogue.propose", by.by(), division.code, case.pk, facts=facts))
    return row


def _own_limit(kind: str) -> Term:
    return term_of(kind, "promise", timezone.localdate())


def register_entries() -> None:
    """Make this module's ledger names known; called when the app starts."""
    for name, label in (
        ("catalogue.propose", lambda: gettext("Catalogue row proposed by a ruling")),
        ("catalogue.edit", lambda: gettext("Catalogue edited")),
        ("catalogue.undo", lambda: gettext("Catalogue edit taken back")),
    ):
        register(name, label=label, redaction=Redaction.NO_WORDS)
