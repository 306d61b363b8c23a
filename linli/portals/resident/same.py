"""The question in between: is it one of these that are open nearby? All that was typed goes round, photos included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.cases.attachments import keep, path_of
from linli.cases.forms import PhotosField, StepForm
from linli.cases.kinds import Kind
from linli.cases.nearby import Nearby
from linli.portals.resident.opening import file_lines, what_was_said

SAME, OWN, KEPT = "same_as", "own", "photos_kept"


@dataclass(frozen=True)
class Photos:
    """The photos of a report as they go round: their digests on our disk, and what was sent, for telling it again."""

    digests: Sequence[str]
    sent: Sequence[str]

    @property
    def token(self) -> str:
        """Both, signed: only what this server has kept comes back; empty without photos."""
        return _signer().sign_object([self.digests, self.sent]) if self.digests else ""

    @staticmethod
    def of(request: HttpRequest) -> Photos:
        """Those that came with the request: now, or before the question. Invalid when they are not here any more."""
        token = request.POST.get(KEPT, "")
        if not token:
            return Photos([], file_lines(request))
        try:
            photos = Photos(*_signer().unsign_object(token))
        except (BadSignature, ValueError, TypeError) as trouble:
            raise Invalid(_gone()) from trouble
        if not all(path_of(digest).is_file() for digest in photos.digests):
            raise Invalid(_gone())
        return photos

    def put_into(self, form: StepForm) -> None:
        """Give a valid form the photos that were kept for it."""
        name = _photos_field(form)
        if name and self.digests:
            form.cleaned_data[name] = [path_of(digest).read_bytes() for digest in self.digests]


def _signer() -> Signer:
    return Signer(salt="photos of a report")


def _gone() -> str:
    return _("The photos were kept for too short a time. Please choose them again.")


def _photos_field(form: StepForm) -> str:
    return next((name for name, field in form.fields.items() if isinstance(field, PhotosField)), "")


def answered(request: HttpRequest) -> bool:
    """Whether the person has already said that it is one of them, or another one."""
    return bool(request.POST.get(SAME) or request.POST.get(OWN))


def question(
    request: HttpRequest, kind: Kind, form: StepForm, shown: tuple[list[Nearby], Photos]
) -> HttpResponse:
    """The page that asks, with what is open nearby and everything that was typed."""
    found, photos = shown
    pictures = form.cleaned_data.get(_photos_field(form)) or []
    kept = Photos([keep(picture).digest for picture in pictures], photos.sent)
    content = {
        "kind": kind,
        "found": found,
        "said": [(name, value) for name, value in what_was_said(request) if name != SAME],
        "token": kept.token,
        "photos": len(pictures),
    }
    return render(request, "resident/same.html", content)
