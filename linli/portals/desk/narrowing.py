"""The filter row above the lists of the desk: every choice a parameter of the address, all of them together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from linli.base.text import tidy
from linli.cases.catalogue import categories_of, with_all_below
from linli.cases.kinds import all_kinds
from linli.cases.narrowing import Days, Narrowing, State
from linli.exchange.sources import sources_in
from linli.posts.actor import PostActor
from linli.posts.lookup import bodies_for, body_of

STATES: list[tuple[str, str | Promise]] = [
    (State.OPEN, gettext_lazy("Still open")),
    (State.OVERDUE, gettext_lazy("Overdue")),
    (State.SOON, gettext_lazy("Due within three days")),
    (State.SUSPENDED, gettext_lazy("Suspended")),
    (State.PARKED, gettext_lazy("Parked")),
    (State.FINISHED, gettext_lazy("Finished")),
]
CHANNELS: list[tuple[str, str | Promise]] = [
    ("web", pgettext_lazy("channel", "Web")),
    ("telephone", pgettext_lazy("channel", "Telephone")),
    ("window", pgettext_lazy("channel", "Counter")),
    ("grid", pgettext_lazy("channel", "Grid worker")),
    ("paper", pgettext_lazy("channel", "Paper")),
    ("api", pgettext_lazy("channel", "Other platform")),
]
PAGE_KEYS = frozenset({"after", "before"})
KEPT = frozenset({"place", "list", "at", "export", "language"})
MOST_BODIES = 300


class FilterRow(forms.Form):
    """What a list can be narrowed by. There is no way to ask for a person."""

    words = forms.CharField(label=gettext_lazy("Number or words"), max_length=100, required=False)
    stage = forms.ChoiceField(label=gettext_lazy("Kind and stage"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("Time limit"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    body = forms.ChoiceField(label=gettext_lazy("Lead body"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    opened_since = forms.DateField(label=gettext_lazy("Reported from"), required=False)
    opened_until = forms.DateField(label=gettext_lazy("Reported until"), required=False)
    closed_since = forms.DateField(label=gettext_lazy("Finished from"), required=False)
    closed_until = forms.DateField(label=gettext_lazy("Finished until"), required=False)
    due_since = forms.DateField(label=gettext_lazy("Due from"), required=False)
    due_until = forms.DateField(label=gettext_lazy("Due until"), required=False)
    place = forms.CharField(widget=forms.HiddenInput(), max_length=17, required=False)

    ALWAYS = ("words", "stage", "state")

    def __init__(self, query: QueryDict, *, by: PostActor) -> None:
        super().__init__(query)
        self.by, self.query = by, query
        self.fields["words"].widget = forms.TextInput(attrs={"type": "search"})
        for name, field in self.fields.items():
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            elif isinstance(field, forms.ChoiceField):
                field.choices = [("", _("All")), *self._choices(name)]
        self.is_valid()  # what cannot be read narrows nothing, and its field says so

    def _choices(self, name: str) -> list[Any]:
        span = self.by.post.division.span
        found: dict[str, Any] = {
            "stage": _stages,
            "state": lambda: STATES,
            "channel": lambda: [
                *CHANNELS,
                *((each.code, each.name) for each in sources_in(self.by, ended=True)),
            ],
            "category": _categories,
            "body": lambda: [
                (str(each.organisation), each.called) for each in bodies_for(span)[:MOST_BODIES]
            ],
        }
        return list(found[name]())

    @property
    def narrowing(self) -> Narrowing:
        """The choices as the lists understand them."""
        given = self.cleaned_data
        kind, _dot, stage = (given.get("stage") or "").partition(".")
        return Narrowing(
            kind=kind,
            stage=stage,
            state=given.get("state") or "",
            place=given.get("place") or "",
            categories=_below(given.get("category") or ""),
            leads=_posts(given.get("body") or ""),
            channel=given.get("channel") or "",
            opened=Days(given.get("opened_since"), given.get("opened_until")),
            closed=Days(given.get("closed_since"), given.get("closed_until")),
            due=Days(given.get("due_since"), given.get("due_until")),
            words=tidy(given.get("words") or ""),
        )

    @property
    def always(self) -> list[Any]:
        """The fields that are always in sight."""
        return [self[name] for name in self.ALWAYS]

    @property
    def further(self) -> list[Any]:
        """Those behind “more filters”."""
        return [bound for bound in self.visible_fields() if bound.name not in self.ALWAYS]

    @property
    def further_used(self) -> bool:
        """Whether one of those is in use or wrong."""
        return any(self.cleaned_data.get(bound.name) or bound.errors for bound in self.further)

    @property
    def unknown(self) -> list[str]:
        """Parameters of the address that no list knows."""
        return [name[:40] for name in self.data if name not in self.fields and name not in PAGE_KEYS | KEPT]

    def chips(self) -> Iterator[Chip]:
        """The choices in force, each with the address without it."""
        colon = pgettext("between a label and its value", ": ")
        for bound in self.visible_fields():
            value = self.cleaned_data.get(bound.name)
            if not value:
                continue
            shown = dict(_flat(getattr(bound.field, "choices", ()))).get(str(value), value)
            words = f"{bound.label}{colon}{shown.isoformat() if isinstance(shown, date) else shown}"
            yield Chip(words, self._without(bound.name))

    def _without(self, name: str) -> str:
        left = self.query.copy()
        for each in (name, *PAGE_KEYS):
            left.pop(each, None)
        return f"?{left.urlencode()}"


@dataclass(frozen=True)
class Chip:
    """One choice in words, and where the list without it is."""

    words: str
    address: str


def _stages() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for kind in all_kinds():
        label, stages = str(kind.procedure.label), kind.procedure.stages.values()
        whole = (kind.name, _("%(kind)s: all stages") % {"kind": label})
        yield label, [whole, *((f"{kind.name}.{stage.name}", str(stage.label)) for stage in stages)]


def _categories() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for kind in all_kinds():
        if rows := categories_of(kind.name):
            yield str(kind.procedure.label), [(f"{kind.name}.{row.pk}", f"{row.code} {row}") for row in rows]


def _below(choice: str) -> tuple[int, ...]:
    kind, _dot, key = choice.partition(".")
    return tuple(below for row in categories_of(kind) if str(row.pk) == key for below in with_all_below(row))


def _posts(choice: str) -> tuple[int, ...]:
    """The posts of a body; where it has none, a post that nobody has, so that nothing fits."""
    body = body_of(int(choice)) if choice else None
    return body.posts if body else ()


def _flat(choices: Any) -> Iterator[tuple[str, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield str(value), label
