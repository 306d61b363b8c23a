"""A party who lost the phone: who carries the case through puts another number in, and the old code opens nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.base.ids import uuid7
from linli.base.text import tidy
from linli.base.writing import writing
from linli.cases.channels import NEW_NUMBER, OLD_NUMBER
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Notice, Party
from linli.cases.parties import refuse_same_number, reporter_stands, rows_of_parties, stands
from linli.cases.procedure import REPORTER
from linli.cases.quiet import next_moment
from linli.cases.reading import require_whole
from linli.ledger.names import Redaction, register
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import require_holding
from linli.residents.keeping import plain_phone, renumbered
from linli.residents.models import Contact

RENUMBER = "cases.renumber"
ACTS = ("acts_for", "basis", "special", "acts_from", "acts_until")  # by what somebody acts goes along
LEAST_PROOF = 4  # characters: "核对身份证" fits, "ok" does not


def register_entries() -> None:
    """Make the name known; called when the app starts."""
    register(RENUMBER, label=lambda: gettext("Another number put in for a party"), redaction=Redaction.ERASE)


@dataclass(frozen=True)
class NewNumber:
    """For which party, by its number in the case; the number; how the person was proven; the contact it replaces."""

    nr: int
    phone: str
    proof: str
    instead_of: UUID | None


def may_renumber(by: PostActor, case: Case) -> bool:
    """Whether a post has the case to carry through, and the kind knows parties."""
    return kind_of(case.kind).procedure.has_parties and case.is_carried_by(by.post.pk)


def renumber(case: Case, new: NewNumber, *, by: PostActor) -> None:
    """Reach a party at another number from now on; told on both numbers, the old code and open pages end at once.

    Raises Conflict where somebody else was faster or the number is another party's, Invalid without number or proof.
    """
    new = replace(new, phone=plain_phone(new.phone), proof=tidy(new.proof))
    if not new.phone:
        raise _wrong("phone", _("Enter the new telephone number."))
    if len(new.proof) < LEAST_PROOF:
        raise _wrong(
            "proof", _("Say how you made sure that it is this party, such as the document you were shown.")
        )
    require_holding(by)
    with writing():
        locked = Case.everywhere.select_for_update(of=("self",)).select_related("reporter").get(pk=case.pk)
        require_whole(locked, by=by)
        if not may_renumber(by, locked):
            raise NotYours(_("Only the post that carries the case through may do this."))
        _put_in(locked, new, by)


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, fields={field: [sentence]})


def _put_in(case: Case, new: NewNumber, by: PostActor) -> None:
    rows = rows_of_parties(case)
    present = [each for each in rows if stands(each)]
    row = next((each for each in present if each.nr == new.nr), None)
    if row is None and (new.nr or not reporter_stands(rows)):
        raise NotFound
    old = row.contact if row else case.reporter
    if (old.pk if old else None) != new.instead_of:
        raise Conflict(_("Somebody else has just put a number in for this party. Look at it first."))
    refuse_same_number(case, new.phone, present)
    now = timezone.now()
    fresh = renumbered(old, new.phone)
    fresh.save(force_insert=True)
    if row:
        Party.objects.filter(pk=row.pk).update(left_at=now)
    elif old:  # from now on the reporter has rows: the first says by which contact they came
        Party.objects.create(case=case, role=REPORTER, nr=0, contact=old, joined_at=case.at, left_at=now)
    role = row.role if row else REPORTER
    acts = {name: getattr(row, name) for name in ACTS} if row else {}
    Party.objects.create(case=case, role=role, nr=new.nr, contact=fresh, joined_at=now, **acts)
    if new.nr == 0:
        Case.everywhere.filter(pk=case.pk).update(reporter=fresh)
    record(
        Line(RENUMBER, by.by(), case.code_now, case.pk, facts={"party": new.nr}, words={"note": new.proof})
    )
    _tell(case, old, fresh)


def _tell(case: Case, old: Contact | None, fresh: Contact) -> None:
    now = timezone.now()
    told = [(OLD_NUMBER, old), (NEW_NUMBER, fresh)]
    Notice.objects.bulk_create(
        Notice(
            id=uuid7(now),
            case=case,
            step=step,
            channel="sms",
            contact=contact,
            next_try=next_moment("sms", now, at_once=True),
        )
        for step, contact in told
        if contact and contact.phone_sealed
    )
