"""The question in between: is it one of these that are open nearby? All that was typed goes round, photos included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.cases.attachments import MAX_PER_STEP, keep, path_of
from linli.cases.forms import PhotosField, StepForm
from linli.cases.kinds import Kind
from linli.cases.nearby import Nearby
from linli.portals.resident.opening import SAME, file_lines, what_was_said

OWN, KEPT, DROPPED = "own", "photos_kept", "photos_dropped"


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
        """Those that came with the request, now and before. Invalid when earlier ones are not here any more."""
        token = "" if request.POST.get(DROPPED) else request.POST.get(KEPT, "")
        if not token:
            return Photos([], file_lines(request))
        try:
            photos = Photos(*_signer().unsign_object(token))
        except (BadSignature, ValueError, TypeError) as trouble:
            raise Invalid(_gone()) from trouble
        if not all(path_of(digest).is_file() for digest in photos.digests):
            raise Invalid(_gone())
        return Photos(photos.digests, [*photos.sent, *file_lines(request)])

    def put_into(self, form: StepForm) -> None:
        """Give a valid form the photos that were kept for it, before those it has; Invalid for too many together."""
        name = _photos_field(form)
        if not (name and self.digests):
            return
        together = [path_of(digest).read_bytes() for digest in self.digests] + list(form.cleaned_data[name])
        if len(together) > MAX_PER_STEP:
            sentence = _("At most %(most)s photos at once.") % {"most": MAX_PER_STEP}
            raise Invalid(sentence, fields={name: [sentence]})
        form.cleaned_data[name] = together

    def keeping(self, form: StepForm) -> Photos:
        """These and the ones the form has, kept on disk, so that they go round."""
        new = getattr(form, "cleaned_data", {}).get(_photos_field(form)) or []
        return Photos([*self.digests, *(keep(picture).digest for picture in new)], self.sent)


def kept_photos(request: HttpRequest, form: StepForm) -> Photos:
    """What goes round when a form is shown again: nothing of it is lost, save what is no photo or too many."""
    try:
        found = Photos.of(request).keeping(form)
    except Invalid:
        return Photos([], [])
    return found if len(found.digests) <= MAX_PER_STEP else Photos([], [])


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
    kept = photos.keeping(form)
    content = {
        "kind": kind,
        "found": found,
        "said": [(name, value) for name, value in what_was_said(request) if name != SAME],
        "token": kept.token,
        "photos": len(kept.digests),
    }
    return render(request, "resident/same.html", content)
