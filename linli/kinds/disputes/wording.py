"""From a step to what its papers name: the body, the mediator, and the sides by the names they gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import override

from linli.base.worktime import PLACE_TIME
from linli.cases.models import Basis, Party
from linli.cases.parties import agents_in, parties_in, reporter_stands
from linli.cases.taking import Taking
from linli.documents.making import data_of, make, void_drafts
from linli.documents.models import Document
from linli.kinds.disputes.contents import File, Person, ending
from linli.kinds.disputes.earlier import names_before
from linli.kinds.disputes.legal_words import day_of
from linli.kinds.disputes.models import Dispute
from linli.kinds.disputes.rounds import APPLICANT, called, sides_of, succeeded
from linli.kinds.disputes.routing import ways_of
from linli.posts.actor import PartyActor, PostActor, SystemActor
from linli.registers.models import Mediator, Way
from linli.residents.models import Contact
from linli.residents.purposes import BETWEEN, CARRY
from linli.residents.reading import read

UNNAMED = "（姓名待补）"
ON_PAPER = "zh-hans"  # whatever language whoever makes it reads


def file_of(now: Taking) -> File:
    """What every paper of a dispute has on it; that names are read for it is written down."""
    detail: Dispute = now.detail
    post = detail.handler or (now.by.post if isinstance(now.by, PostActor) else None) or detail.chair
    return File(
        number=now.case.number,
        body=post.organisation.name if post else "",
        people=people_of(now),
        former=_former(detail),
        on=now.at.astimezone(PLACE_TIME).date(),
        mediator=_called(detail),
    )


def people_of(now: Taking) -> list[Person]:
    """The sides by name and by nothing else: what reaches one of them is not the other's to know."""
    with override(ON_PAPER):
        words = called(now.case)
    rows = now.rows
    contacts = [(0, APPLICANT, now.case.reporter)] if now.case.reporter and reporter_stands(rows) else []
    contacts += [(each.nr, each.role, each.contact) for each in parties_in(rows)]
    heir_of = {int(nr): succeeded(now.detail, int(nr)) for nr in now.detail.heirs}
    return [
        Person(
            nr,
            role,
            words[nr],
            _name(now, contact),
            agent="、".join(_acting(now, each) for each in agents_in(rows, nr) if _holds(now, each)),
            heir_of=heir_of.get(nr),
        )
        for nr, role, contact in contacts
    ]


def _name(now: Taking, contact: Contact) -> str:
    why = BETWEEN if isinstance(now.by, PartyActor) else CARRY
    return read(contact, why, now.case, by=now.by, fields=["name"]).name or UNNAMED


def _holds(now: Taking, row: Party) -> bool:
    return row.agency is not None and row.agency.holds_on(now.at.astimezone(PLACE_TIME).date())


def _acting(now: Taking, row: Party) -> str:
    """Who acts for a party, with how far and until when, as papers name them (民事诉讼法 62)."""
    if row.basis == Basis.GUARDIAN:
        return f"{_name(now, row.contact)}（法定代理人）"
    scope = "特别授权" if row.special else "一般授权"
    until = f"，代理期限至{day_of(row.acts_until)}" if row.acts_until else ""
    return f"{_name(now, row.contact)}（委托代理人，{scope}{until}）"


def _former(detail: Dispute) -> dict[int, str]:
    """Names of the sides that died, as the agreement has them: what was agreed with them names them still."""
    found = Document.objects.filter(pk=detail.document).first() if detail.died and detail.document else None
    names = names_before(data_of(found)) if found else {}
    return {nr: name for nr, name in names.items() if nr in detail.died}


def _called(detail: Dispute) -> str:
    if detail.handler is None:
        return ""
    found = Mediator.objects.filter(holding__post=detail.handler, holding__until=None).select_related(
        "holding__account"
    )
    mediator = found.first()
    return mediator.holding.account.called if mediator else ""


def subject_of(now: Taking) -> str:
    """What it is about, by its class, as papers say it."""
    with override(ON_PAPER):
        return str(now.case.category or "")


def show_ways(now: Taking, *without: Way.Sort) -> None:
    """Keep the other lawful ways as they are shown now, in the language of papers; not those of these sorts."""
    with override(ON_PAPER):
        left_out = {str(each.label) for each in without}
        ways = [each for each in ways_of(now.case) if each.sort not in left_out]
    now.detail.ways = [
        {
            "sort": each.sort,
            "words": each.words,
            "article": each.article,
            "whom": " ".join(filter(None, (each.organisation, each.telephone, each.located))),
        }
        for each in ways
    ]
    now.detail.ways_at = now.at
    now.facts(ways=len(ways))


def lines_of(ways: Sequence[Mapping[str, str]]) -> list[str]:
    """The ways as lines of a paper: what, by which article, whom to ask."""
    return [f"{way['words']}（{way['article']}）{'：' + way['whom'] if way['whom'] else ''}" for way in ways]


def tell_ending(now: Taking, reason: str = "") -> None:
    """Make the notice that it ended, with the lawful ways (人民调解法 26); not where the clock ends it by itself."""
    void_drafts(now.case)
    show_ways(now, Way.Sort.CONFIRM)  # there is no agreement that a court could confirm
    if len(sides_of(now.case)) > 1 and not isinstance(now.by, SystemActor):
        make(now, "ending", ending(file_of(now), reason, lines_of(now.detail.ways)))
