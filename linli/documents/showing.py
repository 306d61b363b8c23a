"""The documents of a case as doors list them, and one of them for whoever may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.base.errors import NotFound
from linli.cases.models import Case
from linli.cases.sight import Sight, sight_of
from linli.documents.making import data_of, documents_of
from linli.documents.models import Document, Signature, State
from linli.documents.setting import grouped
from linli.documents.signing import missing, own_places, standing, wanted_from, witnessed
from linli.documents.wordings import template_named
from linli.posts.actor import Actor, PartyActor, PostActor


@dataclass(frozen=True)
class Shown:
    """A version of a document, for a list."""

    document: Document
    title: str
    state: str

    @property
    def code(self) -> str:
        """The code by which the paper is verified."""
        return grouped(self.document.code)

    @property
    def replaced(self) -> bool:
        """Whether a later version holds."""
        return self.document.state == State.REPLACED

    @property
    def open(self) -> bool:
        """Whether it can still be signed."""
        return State(self.document.state).open

    @property
    def light(self) -> str:
        """How its state is marked in a list."""
        return {State.DRAFT: "soon", State.FINAL: "good"}.get(State(self.document.state), "still")


def papers_of(case: Case, *, by: Actor) -> list[Shown]:
    """The documents of a case that the actor may read, the newest first."""
    return [_shown(each) for each in documents_of(case) if _may_read(each, case, by)]


def to_sign(papers: Sequence[Shown], *, by: Actor) -> Shown | None:
    """The newest of these documents, if the actor has a place on it in which nobody has signed yet."""
    newest = next(iter(papers), None)
    if newest is None or newest.replaced:
        return None
    if isinstance(by, PostActor):
        return newest if own_places(newest.document, by) else None
    return newest if isinstance(by, PartyActor) and wanted_from(newest.document, by) else None


def paper_for(case: Case, key: UUID, *, by: Actor) -> Document:
    """One of them; NotFound for any other."""
    rows = Document.objects.select_related("case", "wording").filter(case=case, pk=key)
    found = rows.first()
    if found is None or not _may_read(found, case, by):
        raise NotFound(_("There is no such document here."))
    return found


def _may_read(document: Document, case: Case, by: Actor) -> bool:
    if isinstance(by, PostActor):
        return sight_of(case, by=by) is Sight.WHOLE
    if not isinstance(by, PartyActor) or by.case != case.pk:
        return False
    if document.only and by.nr not in document.only:
        return False
    return by.role in template_named(document.template).audience  # whoever acts for a party reads what it may


def _shown(document: Document) -> Shown:
    title = str(template_named(document.template).label)
    title = f"{title} {document.part}" if document.part > 1 else title
    return Shown(document, title, str(State(document.state).label))


def page_of(document: Document) -> dict[str, Any]:
    """What the printable page of a document shows: the same data as the PDF, and who signed."""
    signatures = standing(document)
    return {
        "shown": _shown(document),
        "data": data_of(document),
        "signatures": signatures,
        "beside": _named(signatures),
        "missing": missing(document),
    }


def _named(signatures: Sequence[Signature]) -> dict[UUID, str]:
    """Who stood beside whom, by the key of the signature; the paper names them, so its readers know them."""
    found = {each.pk: witnessed(each) for each in signatures}
    return {key: each.name for key, each in found.items() if each}
