"""Making documents: a row inside the step that makes it, whatever becomes of the PDF."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.base.errors import Conflict
from linli.base.ids import READABLE, uuid7
from linli.base.writing import writing
from linli.cases.books import in_hand
from linli.cases.models import Case
from linli.cases.taking import Taking
from linli.documents.contents import Contents
from linli.documents.models import Document, Printed, Signature, State, Witness, Wording
from linli.documents.wordings import template_named, wording_for
from linli.residents.crypto import seal, unseal

CODE_LENGTH = 12  # 54 bits: a code is on the paper, and guesses are counted


def make(now: Taking, name: str, contents: Contents, *, state: State = State.FINAL) -> Document:
    """Make the next version of a document inside a step; the one before, of the same part, is replaced.

    Facts go into the step's entry.

    `name` is the template's, without its kind. Raises NotFound for an unknown template. A step of the past, which is
    only written down now, made its paper elsewhere: nothing is kept, and nothing claims to be a document of ours.
    """
    template = template_named(f"{now.case.kind}.{name}")
    wording = wording_for(template, now.case.code_now)
    past = in_hand().is_past
    last = 0 if past else _replaced(now, template.name, contents.part)
    document = Document(
        id=uuid7(now.at),
        case=now.case,
        template=template.name,
        wording=wording,
        part=contents.part,
        version=last + 1,
        only=list(contents.only),
        state=state,
        salt=secrets.token_hex(16),
        code="".join(secrets.choice(READABLE) for _place in range(CODE_LENGTH)),
        made_at=now.at,
        made_by_id=now.by_post,
    )
    data = contents.as_data()
    document.data_sealed = seal(json.dumps(data, ensure_ascii=False), _place_of(document))
    document.digest = digest_of(document, data)
    if past:
        return document
    _keep(wording)
    document.save(force_insert=True)
    now.facts(document=str(document.pk), document_version=document.version, document_digest=document.digest)
    return document


def count_as(now: Taking, document: Document, state: State) -> None:
    """Let a version count, or not, from this step on; its words stay the same, so what was signed stays signed.

    Raises Conflict for one that was replaced, is void, or counts so already.
    """
    open_states = [each for each in State if each.open and each != state]
    changed = Document.objects.filter(pk=document.pk, case=now.case, state__in=open_states).update(
        state=state
    )
    if not changed:
        raise Conflict(_("This draft has been replaced or finished already. Please open the newest version."))
    now.facts(document=str(document.pk), document_version=document.version, document_digest=document.digest)


def void_drafts(case: Case) -> None:
    """What never came into force cannot any more: the case has ended. Inside a step."""
    Document.objects.filter(case=case, state=State.DRAFT).update(state=State.VOID)


def replace_others(now: Taking, key: UUID, names: Collection[str]) -> None:
    """Let the document with this key hold in the stead of all others of the case made of these templates."""
    templates = [f"{now.case.kind}.{name}" for name in names]
    others = Document.objects.filter(case=now.case, template__in=templates, state=State.FINAL)
    others.exclude(pk=key).update(state=State.REPLACED, replaced_at=now.at)


def void_others(now: Taking, names: Collection[str]) -> None:
    """Let documents made of these templates count no more, whose ground is gone. Inside a step."""
    templates = [f"{now.case.kind}.{name}" for name in names]
    rows = Document.objects.filter(case=now.case, template__in=templates)
    rows.filter(state__in=[each for each in State if each.open]).update(state=State.VOID)


def _keep(wording: Wording) -> None:
    if wording._state.adding:
        Wording.objects.bulk_create([wording], ignore_conflicts=True)


def _replaced(now: Taking, template: str, part: int) -> int:
    """Mark what was in force as replaced; the number of the newest version so far."""
    earlier = Document.objects.filter(case=now.case, template=template, part=part)
    earlier.exclude(state=State.REPLACED).update(state=State.REPLACED, replaced_at=now.at)
    newest = earlier.order_by("-version").values_list("version", flat=True).first()
    return newest or 0


def data_of(document: Document) -> dict[str, Any]:
    """What the document says; empty once it was erased. Raises Conflict when it is not what was recorded."""
    if not document.data_sealed:
        return {}
    data: dict[str, Any] = json.loads(unseal(bytes(document.data_sealed), _place_of(document)))
    if digest_of(document, data) != document.digest:
        raise Conflict(_("This document is not what was recorded. Please tell the administrator."))
    return data


def digest_of(document: Document, data: Mapping[str, Any]) -> str:
    """The salted SHA-256 (hex) that binds template, version and data."""
    whole = [document.template, document.wording_id, document.version, data]
    canonical = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(bytes.fromhex(document.salt) + canonical.encode()).hexdigest()


def documents_of(case: Case) -> QuerySet[Document]:
    """Every version of every document of a case, the newest first, without what they say."""
    return Document.objects.filter(case=case).defer("data_sealed").order_by("-made_at", "-id")


def erase(case: Case) -> int:
    """Erase what the documents of a case say, their PDF files and signatures' marks; return how many.

    Digests, versions and times stay. For retention and for a person's request; the caller records it.
    """
    with writing():
        documents = Document.objects.filter(case=case)
        Printed.objects.filter(document__case=case).update(content_sealed=b"")
        Signature.objects.filter(document__case=case).update(mark_sealed=b"")
        Witness.objects.filter(signature__document__case=case).update(name_sealed=b"", mark_sealed=b"")
        return documents.exclude(data_sealed=b"").update(data_sealed=b"", salt="")


def _place_of(document: Document) -> str:
    return f"documents_document/{document.pk}/data"


def written_in(case: Case) -> int:
    """How many rows of a case's documents still say something."""
    documents = Document.objects.filter(case=case).exclude(data_sealed=b"").count()
    printed = Printed.objects.filter(document__case=case).exclude(content_sealed=b"").count()
    signed = Signature.objects.filter(document__case=case).exclude(mark_sealed=b"").count()
    beside = Witness.objects.filter(signature__document__case=case).exclude(name_sealed=b"", mark_sealed=b"")
    return documents + printed + signed + beside.count()
