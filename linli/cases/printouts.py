"""At a service window: who looked at somebody's data, printed for a person whose identity was checked."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, TextChoices
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from linli.base.errors import Invalid, NotFound
from linli.base.writing import writing
from linli.cases.models import Case, Party, areas_see
from linli.cases.parties import given_with
from linli.cases.reading import case_for
from linli.ledger.names import Redaction, register
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.residents.accounts import contacts_with
from linli.residents.looks import Look, Whose, looks_at
from linli.residents.models import Contact, How
from linli.residents.purposes import PRINTOUT as BY_PRINTOUT
from linli.residents.reading import log_look_up

PRINTOUT, POWER = "cases.printout", "looks.print"
MOST = 100  # matters of one person
MOST_LINES = 500


class Document(TextChoices):
    """How somebody showed who they are."""

    ID_CARD = "id_card", gettext_lazy("Identity card")
    RESIDENCE = "residence", gettext_lazy("Residence permit")
    SOCIAL = "social", gettext_lazy("Social security card")
    OTHER = "other", gettext_lazy("Another official document with a photo")


@dataclass(frozen=True)
class Asked:
    """Whose readings: by the number of one matter, or by the whole telephone number given with them."""

    number: str
    phone: str
    document: str


@dataclass(frozen=True)
class Printout:
    """The matters and who looked, without what only the person themselves may see elsewhere."""

    cases: list[Case]
    lines: list[Look]


def register_entries() -> None:
    """Make the name known; called when the app starts."""
    register(PRINTOUT, label=lambda: gettext("Printout of who looked at data"), redaction=Redaction.NO_WORDS)


def printout(asked: Asked, *, by: PostActor) -> Printout:
    """Collect it; that it was printed, after which document, is an entry and a line of the list itself.

    Kinds that area gives no sight of are left out: the clerk must not learn of them. NotFound where there is nothing.
    """
    require(by, POWER, within=by.post.division.code)
    if asked.document not in Document.values:
        raise Invalid(_("Say which document you saw."))
    with writing():
        cases = _cases(asked, by)
        raised: list[tuple[Contact | None, Case]] = [(case.reporter, case) for case in cases]
        pairs = raised if asked.number else [*given_with(asked.phone, cases)]
        log_look_up(pairs, by=by, purpose=BY_PRINTOUT, how=How.PRINT)
        facts = {"found": len(cases), "document": asked.document}
        record(Line(PRINTOUT, by.by(), by.post.division.code, facts=facts))
        whose = Whose(
            [contact.pk for contact, _case in pairs if contact],
            [case.pk for case in cases if not case.reporter_id],
        )
        return Printout(cases, _every_line(whose))


def _cases(asked: Asked, by: PostActor) -> list[Case]:
    if asked.number:
        cases = [case_for(by, asked.number)]
    else:
        low, high = by.post.division.span
        rows = Case.everywhere.select_related("reporter").filter(code_now__gte=low, code_now__lt=high)
        contacts = contacts_with(asked.phone).values("pk")
        party = Party.objects.filter(contact__in=contacts, left_at=None).values("case")
        cases = list(rows.filter(Q(reporter__in=contacts) | Q(pk__in=party)).order_by("-id")[:MOST])
    found = [case for case in cases if areas_see(case.kind) and case.whose]
    if not found:
        raise NotFound(_("Nothing was raised in your area with this number. Check it for typing mistakes."))
    return found


def _every_line(whose: Whose) -> list[Look]:
    page = looks_at(whose)
    lines = list(page.lines)
    while page.older and len(lines) < MOST_LINES:
        page = looks_at(whose, before=page.older)
        lines += page.lines
    return lines
