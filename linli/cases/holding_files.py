"""Putting a hold on a case's file (暂缓清除), and letting it go; and the proofs that an area's auditors read."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound
from linli.base.text import tidy
from linli.base.writing import writing
from linli.cases.forgetting import FORGET, verify
from linli.cases.models import Case, Forgetting, Hold
from linli.cases.sight import in_sight, sees
from linli.ledger.names import Redaction, register
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import covers, require
from linli.posts.models import PostKind
from linli.posts.powers import allow

HOLD, LET_GO, PROOFS = "cases.hold", "cases.let_go", "cases.read_proofs"
LONGEST = 30  # years
SHORTEST_BASIS = 4  # characters


def register_entries() -> None:
    """Make the entries and powers known; called when the app starts."""
    for name, label in (
        (FORGET, lambda: gettext("File erased after its period")),
        (HOLD, lambda: gettext("File kept beyond its period")),
        (LET_GO, lambda: gettext("File no longer kept beyond its period")),
    ):
        register(name, label=label, redaction=Redaction.NO_WORDS)
    allow(
        HOLD,
        {PostKind.HEAD, PostKind.INSPECTOR},
        label=lambda: gettext("Keep a case's file beyond its period, and let it go"),
    )
    allow(
        PROOFS,
        {PostKind.HEAD, PostKind.INSPECTOR, PostKind.ADMINISTRATOR},
        label=lambda: gettext("Read and check proofs of what was erased"),
    )


def hold(case: Case, basis: str, until: date, *, by: PostActor) -> Hold:
    """Keep a file until a day: for a court, an archive, an inquiry. `basis` names the duty."""
    require(by, HOLD, within=case.code_now)
    today, fields = timezone.localdate(), {}
    if len(tidy(basis)) < SHORTEST_BASIS:
        fields["basis"] = [_("Name the law, the court or the authority that wants it kept.")]
    if not today < until <= today.replace(year=today.year + LONGEST, day=min(today.day, 28)):
        fields["until"] = [_("Choose a day after today, within %(years)d years.") % {"years": LONGEST}]
    if fields:
        raise Invalid(fields=fields)
    with writing():
        if Forgetting.objects.filter(case=case).exists():
            raise Conflict(_("This file has been erased already."))
        if Hold.objects.filter(case=case, ended_at=None, until__gte=today).exists():
            raise Conflict(_("This file is being kept already. Let it go first, to name another day."))
        made = Hold.objects.create(
            case=case, basis=tidy(basis)[:200], until=until, post=by.post, holding=by.holding
        )
        record(
            Line(HOLD, by.by(), case.code_now, case.pk, facts={"hold": made.pk, "until": until.isoformat()})
        )
    return made


def let_go(key: UUID, *, by: PostActor) -> None:
    """End a hold: the file goes with its period again."""
    found = Hold.objects.select_related("case").filter(pk=key).first()
    if found is None or not (covers(by, found.case.code_now) and sees(found.case, by=by)):
        raise NotFound
    require(by, HOLD, within=found.case.code_now)
    with writing():
        if not Hold.objects.filter(pk=key, ended_at=None).update(ended_at=timezone.now()):
            raise Conflict(_("This hold has ended already."))
        record(Line(LET_GO, by.by(), found.case.code_now, found.case_id, facts={"hold": found.pk}))


def proofs_in(by: PostActor) -> QuerySet[Forgetting]:
    """Proofs of the files of the actor's area, the newest first; of shielded kinds none is listed."""
    require(by, PROOFS, within=by.post.division.code)
    cases = in_sight(by, Case.objects.within(by.area))
    return Forgetting.objects.filter(case__in=cases).select_related("case").order_by("-id")


def holds_in(by: PostActor) -> QuerySet[Hold]:
    """Files that are kept beyond their period in the actor's area."""
    cases = in_sight(by, Case.objects.within(by.area))
    rows = Hold.objects.filter(case__in=cases, ended_at=None, until__gte=timezone.localdate())
    return rows.select_related("case", "post__organisation").order_by("until", "id")


def proof_of(case: Case) -> Forgetting | None:
    """The proof that a case's file was erased, if it was."""
    return Forgetting.objects.select_related("case").filter(case=case).first() if case.closed_at else None


def forgotten(case: Case) -> dict[str, Any]:
    """For a case's page: its proof, held against the ledger at this moment; nothing where its file is there."""
    proof = proof_of(case)
    return {"proof": proof, "verdict": verify(proof)} if proof else {}
