"""Verifying a paper by the code on it: whether it is ours and still counts; never what it says or about whom."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext

from linli.base.errors import NotFound
from linli.base.text import half_width
from linli.documents.making import CODE_LENGTH
from linli.documents.models import Document, Printed, State
from linli.documents.setting import grouped
from linli.documents.signing import missing, standing
from linli.documents.wordings import Template, kind_label, template_named
from linli.ledger.models import Entry


@dataclass(frozen=True)
class Verdict:
    """What anybody may learn about a document of ours; `waits`: it binds once all have signed and it is sealed."""

    code: str
    title: str
    kind: str
    made_at: datetime
    place: str
    version: int
    state: str
    replaced_at: datetime | None
    signatures: int
    waits: bool
    digests: tuple[str, ...]

    @property
    def replaced(self) -> bool:
        """Whether a later version holds in its stead."""
        return self.state == State.REPLACED

    def matches(self, content: bytes) -> bool:
        """Whether a file is, bit by bit, a PDF that was made of this document."""
        return hashlib.sha256(content).hexdigest() in self.digests


def plain_code(typed: str) -> str:
    """A code as it is stored, from any way of typing it."""
    return half_width(typed).upper().replace("-", "").replace(" ", "")[: CODE_LENGTH + 1]


def verdict_on(typed: str) -> Verdict:
    """What is known of the document with this code; NotFound for a code that is none of ours."""
    code = plain_code(typed)
    rows = Document.objects.select_related("case__division").defer("case__division__outline")
    found = rows.filter(code=code).first() if code.isascii() and len(code) == CODE_LENGTH else None
    if found is None:
        raise NotFound
    template = template_named(found.template)
    printed = Printed.objects.filter(document=found).values_list("digest", flat=True)
    return Verdict(
        grouped(found.code),
        str(template.label),
        kind_label(template),
        found.made_at,
        settings.PLACE_NAME or gettext("Linli"),
        found.version,
        found.state,
        found.replaced_at,
        found.signatures.filter(denied_at=None).count(),
        _waits(found, template),
        tuple(printed),
    )


def _waits(document: Document, template: Template) -> bool:
    """Whether nobody has sealed it, or a signature that it was sealed with has been denied or made anew since."""
    if not template.sealed_by:
        return False
    name, facts = f"{template.kind}.{template.sealed_by}", {"facts__document": str(document.pk)}
    seals = Entry.objects.filter(about=document.case_id, name=name, **facts)
    if signed := standing(document):
        seals = seals.filter(at__gte=signed[-1].at)
    return bool(missing(document)) or not seals.exists()
