"""The kinds that residents may open, and the form for one, as people fill it in on a page."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from linli.base.errors import NotFound, Refusal
from linli.cases.forms import PersonFields, PlaceField, SameAsField, StepForm
from linli.cases.kinds import Kind, all_kinds, kind_of
from linli.cases.opening import Origin
from linli.cases.procedure import ANYONE
from linli.posts.actor import PartyActor
from linli.web.forms import Decoy, FrameForm
from linli.web.places import PlaceSelect

LONGEST_LINKED = 60
POSITION = ("longitude", "latitude", "datum")
CHECK, AGAIN = "check", "again"
SAME, PICKED = "same_as", "picked"
NOT_SAID = {
    "csrfmiddlewaretoken",
    "own",
    "photos_kept",
    "photos_dropped",
    CHECK,
    AGAIN,
}  # what a page adds to what a person says


class Envelope(FrameForm):
    """What goes round every public form: the decoy, and the mark that makes two clicks one report."""

    website = Decoy()
    mark = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


def open_kinds() -> list[Kind]:
    """The kinds whose opening step anybody may take."""
    return [kind for kind in all_kinds() if ANYONE in kind.procedure.opening.parties]


def openable(name: str) -> Kind:
    """One of them; NotFound for a kind that only staff may open."""
    kind = kind_of(name)
    if ANYONE not in kind.procedure.opening.parties:
        raise NotFound
    return kind


def linked_in(kind: Kind, request: HttpRequest) -> dict[str, str]:
    """What a link to the form filled in, as far as the kind lets links do so."""
    fields = kind.form(kind.procedure.opening).from_link
    return {key: str(value)[:LONGEST_LINKED] for key, value in request.GET.items() if key in fields}


def new_envelope() -> Envelope:
    """An envelope with a fresh mark."""
    return Envelope(initial={"mark": secrets.token_urlsafe(16)})


def opening_form(
    kind: Kind, data: QueryDict | None = None, files: Any = None, *, by: PartyActor, **more: Any
) -> StepForm:
    """The kind's opening form, bound when there is data; what it arrived by is ours to say. `more`: `initial`."""
    if data is not None:
        data = data.copy()
        data["channel"] = "web"
        picked = data.get(PICKED)
        if picked and not data.get(SAME):  # what is the same as another goes by that one's category
            data["category"] = picked
    form: StepForm = kind.form(kind.procedure.opening)(data, files, by=by, **more)
    for field in form.fields.values():
        if isinstance(field, PlaceField):
            field.widget = PlaceSelect()
        elif isinstance(field, forms.DateTimeField):
            field.widget = forms.DateTimeInput({"type": "datetime-local"})
    return form


@dataclass(frozen=True)
class Sections:
    """How a page lays an opening form out: what it is about, where, and how to reach whoever says it."""

    main: list[BoundField]
    contact: list[BoundField]
    folded: list[BoundField]
    position_before: str = (
        ""  # the field above which the position button stands, if the form takes a position
    )

    @property
    def open_fold(self) -> bool:
        """Whether something folded away was filled in, or is wrong."""
        return any(bound.value() or bound.errors for bound in self.folded)


def sections_of(form: StepForm) -> Sections:
    """The same sections for every kind; a kind that needs others has its own `open.html`."""
    visible = [bound for bound in form.visible_fields() if not isinstance(bound.field, SameAsField)]
    shown = [bound for bound in visible if bound.name not in POSITION]
    main = [bound for bound in shown if bound.name not in {*PersonFields.base_fields, *form.folded}]
    order = {name: place for place, name in enumerate(form.residents_order)}
    main.sort(key=lambda bound: order.get(bound.name, len(order)))
    places = [bound.name for bound in main if isinstance(bound.field, PlaceField)]
    takes_position = {"longitude", "latitude"} <= set(form.fields)
    return Sections(
        main=main,
        contact=[bound for bound in shown if bound.name in PersonFields.base_fields],
        folded=[bound for bound in shown if bound.name in form.folded],
        position_before=next(iter(places), main[-1].name) if takes_position and main else "",
    )


def origin_of(request: HttpRequest, envelope: Envelope, files: Sequence[str]) -> Origin | None:
    """The same mark with the same words is the same report; changed words are a new one, so nothing is lost.

    `files` as `file_lines` gives them, of the request that brought them.
    """
    mark = envelope.cleaned_data.get("mark")
    if not mark:
        return None
    said = [f"{name}={value}" for name, value in what_was_said(request)]
    body = "\n".join([*said, *files]).encode()
    return Origin.of("web", f"{mark}/{hashlib.sha256(body).hexdigest()}", body)


def what_was_said(request: HttpRequest) -> list[tuple[str, str]]:
    """Every name and value that was sent, without what the page adds by itself."""
    sent = sorted(request.POST.lists())
    return [(name, str(value)) for name, values in sent if name not in NOT_SAID for value in values]


def file_lines(request: HttpRequest) -> list[str]:
    """The files that were sent, each as its field and digest."""
    return [f"{name}:{_digest(file)}" for name, files in sorted(request.FILES.lists()) for file in files]


def _digest(file: UploadedFile[Any]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def tell(form: StepForm, refusal: Refusal) -> None:
    """Put a refusal's sentences beside the fields they are about."""
    fields = refusal.facts.get("fields")
    placed = False
    for name, sentences in fields.items() if isinstance(fields, dict) else ():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, str(sentence))
            placed = True
    if not placed:
        form.add_error(None, refusal.sentence)


def without_position(kind: Kind, form: StepForm) -> StepForm:
    """The form again with the position left out, if that was what could not be used: nobody can see its fields."""
    troubled = [name for name in POSITION if form.errors.get(name)]
    if not troubled:
        return form
    for name in troubled:
        for error in form.errors.pop(name).as_data():
            if not error.code:  # a sentence of the kind's own, not that a number is expected
                form.add_error(None, error)
    form.add_error(
        None, _("Your position was left out. Send it again as it is, or describe the place in words.")
    )
    form.data = {**form.data.dict(), **dict.fromkeys(POSITION, "")}  # type: ignore[attr-defined]
    return form
