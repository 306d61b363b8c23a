"""Cases that staff open for somebody who called, came in or was met outside: which kinds, and by which form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from linli.base.errors import NotYours
from linli.cases.forms import StepForm
from linli.cases.kinds import Kind, all_kinds, kind_of, power
from linli.cases.procedure import Step
from linli.divisions.codes import Level
from linli.divisions.models import Division
from linli.posts.actor import PostActor
from linli.posts.models import PostKind
from linli.posts.powers import kinds_with

MOST_CHOICES = 600  # more places than this are typed as a code
_CHANNELS = {PostKind.CALL_TAKER: "telephone", PostKind.GRID_WORKER: "grid", PostKind.CLERK: "window"}


class TakesNone(NotYours):
    """The post takes nothing in for others, or not this."""

    def __init__(self) -> None:
        super().__init__(_("Your post takes no reports in."))


@dataclass(frozen=True)
class Offer:
    """The kinds a post may take in by typing, and whether it may from a chat."""

    kinds: Sequence[Kind]
    chats: bool

    @property
    def only(self) -> Kind | None:
        """The one way there is, where there is nothing to choose."""
        return self.kinds[0] if len(self.kinds) == 1 and not self.chats else None


def offered_to(by: PostActor) -> Offer:
    """What this actor chooses from; refused where there is nothing."""
    kinds = kinds_to_open(by)
    if not kinds:
        raise TakesNone
    return Offer(kinds, chats=bool(worded(kinds)))


def openable(kind: str, by: PostActor) -> Kind:
    """A kind of which this actor may open cases; NotFound where there is none of the name."""
    found = kind_of(kind)
    if found not in kinds_to_open(by):
        raise TakesNone
    return found


def kinds_to_open(by: PostActor) -> list[Kind]:
    """The kinds of case this actor may open for somebody who called, came in or was met outside."""
    offered = (kind for kind in all_kinds() if kind.procedure.offered)
    return [kind for kind in offered if by.post.kind in kinds_with(power(kind.name, kind.procedure.opening))]


def worded(kinds: Sequence[Kind]) -> list[Kind]:
    """Those of which a case begins with the words of somebody who is told how it goes on, as a chat has them."""
    return [
        kind for kind in kinds if {"text", "phone"} <= kind.form(kind.procedure.opening).base_fields.keys()
    ]


def channel_of(by: PostActor) -> str:
    """By which way a case comes in that this post opens."""
    return _CHANNELS.get(PostKind(by.post.kind), "window")


def opening_form(
    kind: Kind, by: PostActor, data: Any = None, files: Any = None, *, step: Step | None = None
) -> StepForm:
    """The opening form as a member of staff fills it in for somebody else, with that of a step that goes with it."""
    shape = kind.whole_form(step) if step else kind.form(kind.procedure.opening)
    form: StepForm = shape(data, files, by=by)
    _offer_places(form, by)
    if step:
        return form
    for name, label in (("name", _("Name of who raised it")), ("phone", _("Their telephone number"))):
        if name in form.fields:
            form.fields[name].label = label
    if "phone" in form.fields:
        form.fields["phone"].help_text = _(
            "Only to tell them how it goes on. Those who deal with it do not see it."
        )
    for field in form.fields.values():
        if isinstance(field, forms.DateTimeField):
            field.widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return form


def _offer_places(form: StepForm, by: PostActor) -> None:
    """Let the place be picked from the hat's own area instead of typed as a code."""
    if "division" not in form.fields:
        return
    area = by.post.division
    below = Division.objects.within(area.trimmed).current()
    if area.level >= Level.VILLAGE:
        choices = [(place.trimmed, place.name) for place in below.order_by("code")[:MOST_CHOICES]]
        form.fields["division"].widget = forms.Select(choices=choices)
        form.fields["division"].initial = area.trimmed
        return
    villages = below.filter(level=Level.VILLAGE).select_related("parent").order_by("code")
    found = list(villages[: MOST_CHOICES + 1])
    if not found or len(found) > MOST_CHOICES:
        return
    form.fields["division"].widget = forms.Select(choices=[("", _("Not known yet")), *_by_town(found)])


def _by_town(villages: list[Division]) -> list[tuple[str, list[tuple[str, str]]]]:
    towns: dict[str, list[tuple[str, str]]] = {}
    for village in villages:
        town = village.parent.name if village.parent else ""
        towns.setdefault(town, []).append((village.trimmed, village.name))
    return list(towns.items())
