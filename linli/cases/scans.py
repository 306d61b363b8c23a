"""Papers of a case that come as a scan: one PDF, kept as the scanner made it, to be saved and never shown in a page."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from linli.cases.attachments import store
from linli.cases.models import Attachment, Case
from linli.cases.models.attachment import SCAN
from linli.ledger.models import EntryDetail
from linli.residents.access import PHOTOS, Seen
from linli.residents.showing import show

# 300 pages in grey at 200 dpi; the proxy that the README sets up lets 64 MB through.
MAX_BYTES = 60 * 1024 * 1024
_BEGINS, _WITHIN_FIRST = b"%PDF-", 1024
_ENDS, _WITHIN_LAST = b"%%EOF", 2048


@dataclass(frozen=True)
class Scan:
    """A PDF that is safely on disk: its digest and its size in bytes; a row may now refer to it."""

    digest: str
    size: int


class ScanField(forms.FileField):
    """One PDF of at most 60 MB. It is looked at from outside only: what is inside meets no parser of ours."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.ClearableFileInput(attrs={"accept": SCAN}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The upload; a sentence for what is too large, no PDF, or one that broke off on its way."""
        upload = super().clean(data, initial)
        if upload and upload.size > MAX_BYTES:
            raise forms.ValidationError(
                _(
                    "A scan may have at most 60 MB. Scan it in grey at 200 dpi, or send it in several parts, one "
                    "after the other."
                )
            )
        if upload and not _whole_pdf(upload):
            raise forms.ValidationError(
                _("This is no PDF, or only a part of one. Save it as PDF on the scanner and send it again.")
            )
        return upload


def _whole_pdf(upload: UploadedFile[bytes]) -> bool:
    upload.seek(0)
    begins = _BEGINS in upload.read(_WITHIN_FIRST)
    upload.seek(-min(_WITHIN_LAST, upload.size or 0), os.SEEK_END)
    return begins and _ENDS in upload.read(_WITHIN_LAST)


def keep_scan(upload: UploadedFile[bytes]) -> Scan:
    """Store it by its content, in parts and durable before this returns; Unavailable when the disk does not take it."""
    digest = hashlib.sha256()
    for part in upload.chunks():
        digest.update(part)
    store(digest.hexdigest(), upload.chunks())
    return Scan(digest.hexdigest(), upload.size or 0)


def enclose_scan(case: Case, scan: Scan, *, step: str, at: datetime) -> None:
    """Tie a kept scan to a case, inside the step's transaction."""
    Attachment.objects.create(
        case=case, digest=scan.digest, media_type=SCAN, size=scan.size, step=step, added_at=at
    )


def titled(case: Case, scans: Sequence[Attachment]) -> list[tuple[Attachment, str]]:
    """Scans, each with what it is in the words of whoever put it in; nothing where these were erased.

    The same file may have been put in twice under two names: what tells them apart is the moment.
    """
    names = {f"{case.kind}.{each.step}" for each in scans}
    rows = EntryDetail.objects.filter(entry__about=case.pk, entry__name__in=names)
    said = {
        (facts.get("digest"), at): (words or {}).get("note", "")
        for facts, at, words in rows.values_list("entry__facts", "entry__at", "words")
    }
    return [(each, said.get((each.digest, each.added_at), "")) for each in scans]


def show_everybody_in(case: Case) -> None:
    """Put on the sheet all whose papers a scan may hold: whoever raised the case, and its parties."""
    show(case.whose, PHOTOS)
    for contact in case.parties.filter(left_at=None).values_list("contact", flat=True):
        show(Seen(contact, case.pk), PHOTOS)
