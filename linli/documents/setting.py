"""Setting documents as PDF: outside every write transaction, once per set of signatures, sealed and with its digest."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.base.errors import NotFound, Unavailable
from linli.base.writing import writing
from linli.documents.entries import READ, SET
from linli.documents.making import data_of
from linli.documents.models import Document, Manner, Printed, Signature
from linli.documents.signing import mark_of, standing, witnessed
from linli.documents.wordings import template_named
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor, SystemActor
from linli.residents.crypto import seal_bytes, unseal_bytes
from linli.web.qr import picture
from linli.web.typesetting import Made, Sheet, Unsettable, can_set, made_of

log = logging.getLogger("linli.documents")
_ENDINGS = {Manner.STROKES: "svg", Manner.SCAN: "jpg"}


class Unset(Unavailable):
    """The PDF cannot be made now; what the document says is kept and can be read and printed as a page."""

    code = "unset"
    sentence = _(
        "The PDF cannot be made at the moment. The document itself is kept; you can print it as a page."
    )


class Erased(NotFound):
    """What the document said was erased; that it existed, and when, is still known."""

    sentence = _("What this document said was erased when its time of keeping ended.")


def paper_of(document: Document, address: str) -> bytes:
    """The PDF of a document with the signatures it has now; made and kept at the first asking.

    `address` is where it can be verified, for the QR code. Raises Unset and Erased.
    """
    signatures = standing(document)
    marks = _marks(signatures)
    kept = Printed.objects.filter(document=document, marks=marks).first()
    if kept is None:
        kept = _kept(document, marks, _made(document, signatures, address))
    if not kept.content_sealed:
        raise Erased
    return unseal_bytes(bytes(kept.content_sealed), _place_of(kept))


def opened(document: Document, *, by: PostActor) -> None:
    """Record that a post opened a document with personal data; others leave no entry."""
    if not template_named(document.template).personal:
        return
    with writing():
        facts = {"document": str(document.pk)}
        record(Line(READ, by.by(), document.case.code_now, document.case_id, facts=facts))


def _made(document: Document, signatures: Sequence[Signature], address: str) -> Made:
    data = data_of(document)
    if not data:
        raise Erased
    if not can_set():
        raise Unset
    try:
        return made_of(sheet_of(document.wording.text, data, _Verified(document, address), signatures))
    except Unsettable as trouble:
        log.warning("document %s could not be set: %s", document.pk, trouble)
        raise Unset from trouble


class _Verified:
    """What a sheet says of how it can be verified."""

    def __init__(self, document: Document, address: str) -> None:
        self.address = address
        self.code = grouped(document.code)
        self.version = document.version


def sheet_of(text: str, data: dict[str, Any], verified: Any, signatures: Sequence[Signature] = ()) -> Sheet:
    """A document ready to be set: template, data, QR code, and the marks of those who signed."""
    pictures = {"qr.svg": picture(verified.address)}
    signed = []
    for number, signature in enumerate(signatures):
        ending = _ENDINGS.get(Manner(signature.manner), "")
        name = f"mark{number}.{ending}" if ending else ""
        if name:
            pictures[name] = mark_of(signature)
        at = timezone.localtime(signature.at)
        day = f"{at.year}年{at.month}月{at.day}日"
        place = {"relation": signature.relation, "seat": signature.seat, "agent": signature.agent is not None}
        beside = _beside(signature, number, pictures)
        signed.append({**place, "picture": name, "day": day, "witness": beside})
    shown = {**data, "signed": signed, "code": verified.code, "version": verified.version}
    return Sheet(text.encode(), shown, pictures)


def _beside(signature: Signature, number: int, pictures: dict[str, bytes]) -> dict[str, str] | None:
    found = witnessed(signature)
    if found is None:
        return None
    name = f"beside{number}.{_ENDINGS[found.manner]}"
    pictures[name] = found.mark
    return {"name": found.name, "picture": name}


def grouped(code: str) -> str:
    """A verification code as people read it out: in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _kept(document: Document, marks: str, made: Made) -> Printed:
    """Keep a PDF and its entry; whoever was faster made it first, and theirs is the one."""
    now = timezone.now()
    digest = hashlib.sha256(made.content).hexdigest()
    printed = Printed(
        document=document,
        marks=marks,
        digest=digest,
        size=len(made.content),
        archival=made.archival,
        made_at=now,
    )
    printed.content_sealed = seal_bytes(made.content, _place_of(printed))
    facts = {
        "document": str(document.pk),
        "version": document.version,
        "pdf": digest,
        "archival": made.archival,
    }
    try:
        with writing():
            printed.save(force_insert=True)
            by = SystemActor("documents").by()
            record(Line(SET, by, document.case.code_now, document.case_id, now, facts))
    except IntegrityError:
        return Printed.objects.get(document=document, marks=marks)
    return printed


def _marks(signatures: Sequence[Signature]) -> str:
    """Which signatures these are, in one short text; empty for none."""
    if not signatures:
        return ""
    return hashlib.sha256("".join(sorted(each.pk.hex for each in signatures)).encode()).hexdigest()


def _place_of(printed: Printed) -> str:
    return f"documents_printed/{printed.pk}/content"
