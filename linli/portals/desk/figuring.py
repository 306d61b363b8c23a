"""What the figures page can be narrowed by, and the addresses of the lists behind its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.analytics.parts import NOBODY, OTHERS, REST, Bodies, Part, beside, bodies_of
from linli.analytics.periods import Period, recent
from linli.analytics.questions import Question
from linli.base.errors import Invalid
from linli.cases.kinds import all_kinds
from linli.cases.models import areas_see
from linli.cases.narrowing import Narrowing
from linli.portals.desk.narrowing import categories_below, category_choices, flat
from linli.posts.tree import Node

FREE = "free"
BY_PLACE, BY_BODY = "place", "body"


class FigureRow(forms.Form):
    """The choices of a figures page: when, what about, and which body leads. There is no way to ask for a person."""

    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False)
    since = forms.DateField(label=gettext_lazy("First day"), required=False)
    until = forms.DateField(label=gettext_lazy("Last day"), required=False)
    about = forms.ChoiceField(label=gettext_lazy("Kind and category"), required=False)
    body = forms.ChoiceField(label=gettext_lazy("Lead body"), required=False)

    def __init__(self, query: QueryDict, node: Node) -> None:
        self.node, self.query, self.now = node, query, timezone.now()
        self.periods = list(recent(timezone.localdate()))
        super().__init__(query.copy())
        if not self.data.get("period"):
            self.data["period"] = FREE if query.get("since") else self.periods[0][0]  # type: ignore[index]
        choices: dict[str, Any] = {
            "period": [*self._periods(), (FREE, _("Free choice of days"))],
            "about": [("", _("All")), *_abouts()],
            "body": [("", _("All")), *self._bodies()],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def _periods(self) -> list[tuple[str, str]]:
        """Those offered, and an older one that the address asks for."""
        asked = self.query.get("period", "")
        known = asked in {FREE, "", *dict(self.periods)}
        return self.periods if known or not _is_period(asked) else [*self.periods, (asked, asked)]

    def _bodies(self) -> list[tuple[str, str]]:
        found = [(str(body.organisation), body.called) for body in self.bodies.shown]
        return [*found, (OTHERS, words_of(OTHERS)), (NOBODY, words_of(NOBODY))]

    @cached_property
    def bodies(self) -> Bodies:
        """The bodies that may be asked for one by one."""
        return bodies_of(self.node.here.span)

    def clean(self) -> dict[str, Any]:
        """The days that are meant, with a sentence on whichever choice does not give any."""
        given = self.cleaned_data
        try:
            if given.get("period") == FREE:
                if not {"since", "until"} & set(self.errors):
                    self.period_meant = Period.between(given.get("since"), given.get("until"))
            elif given.get("period"):
                self.period_meant = Period.named(given["period"])
        except Invalid as refusal:
            self.add_error("until" if given.get("period") == FREE else "period", refusal.sentence)
        return given

    @property
    def question(self) -> Question:
        """What is asked, once the form is valid."""
        given = self.cleaned_data
        kind, _dot, _key = given["about"].partition(".")
        posts = {str(body.organisation): body.posts for body in self.bodies.shown}
        narrowing = Narrowing(
            kind=kind,
            place=self.node.here.trimmed,
            categories=categories_below(given["about"]),
            leads=posts.get(given["body"], ()),
        )
        asked = Question(narrowing, self.period_meant, self.now, unled=given["body"] == NOBODY)
        if given["body"] == OTHERS:
            asked = replace(asked, led_beside=self.bodies.posts)
        if self.query.get("rest") == REST and self.node.below:
            asked = beside(asked, self.node.here, self.node.below)
        return asked

    @property
    def always(self) -> list[Any]:
        """The fields that are always in sight."""
        return [self[name] for name in ("period", "about", "body")]

    @property
    def further(self) -> list[Any]:
        """The two days of a free choice."""
        return [self["since"], self["until"]]

    @property
    def is_free(self) -> bool:
        """Whether the days are chosen freely."""
        return bool(self.data.get("period") == FREE)

    @property
    def inside(self) -> str:
        """The address of the same choices for another place, which is added to it."""
        left = {name: value for name, value in self.chosen.items() if name not in {"place", "rest"}}
        return f"?{urlencode({**left, 'by': self.by})}"

    @property
    def narrowed(self) -> list[tuple[str, str]]:
        """The choices beyond place and period, as label and words."""
        apart = self.query.get("rest") == REST and self.node.below
        found = [(_("Area"), words_of(REST))] if apart else []
        for name in ("about", "body"):
            words = dict(flat(self.fields[name].choices))  # type: ignore[attr-defined]
            if value := self.cleaned_data.get(name):
                found.append((str(self[name].label), str(words[value])))
        return found

    @property
    def by(self) -> str:
        """What the table's rows are: places one level down, or bodies."""
        return BY_BODY if self.query.get("by") == BY_BODY else BY_PLACE

    @cached_property
    def chosen(self) -> dict[str, str]:
        """The choices in force as parameters of an address."""
        given: Mapping[str, Any] = {
            **{name: self.data.get(name, "") for name in self.fields},
            "place": self.node.here.trimmed,
            "rest": self.query.get("rest", ""),
        }
        free = given["period"] == FREE
        return {
            name: value for name, value in given.items() if value and (free or name not in {"since", "until"})
        }

    def address(self, figure: str) -> str:
        """Where the cases behind a number of the whole are listed."""
        return f"{self._list}?{urlencode({**self.chosen, 'figure': figure})}"

    def listed(self, part: Part) -> str:
        """Where the cases behind the numbers of a part are listed; which number is added to it."""
        if part.place:
            own = {"place": part.place.trimmed}
        elif part.rest == REST:
            own = {"rest": REST}
        else:
            own = {"body": str(part.body.organisation) if part.body else part.rest}
        return f"{self._list}?{urlencode({**self.chosen, **own})}"

    @cached_property
    def _list(self) -> str:
        return reverse("desk:figure_list")


def words_of(rest: str) -> str:
    """What a row without a place or body of its own is called."""
    return {
        REST: _("Not placed below"),
        OTHERS: _("All other bodies together"),
        NOBODY: _("Nobody leads yet"),
    }[rest]


def _is_period(name: str) -> bool:
    try:
        return bool(Period.named(name))
    except Invalid:
        return False


def _abouts() -> list[tuple[str, list[tuple[str, str]]]]:
    """Each kind that area gives sight of, as a whole and by category."""
    categories = dict(category_choices())
    found = []
    for kind in all_kinds():
        if not areas_see(kind.name):
            continue
        label = str(kind.procedure.label)
        whole = (kind.name, _("%(kind)s: all categories") % {"kind": label})
        found.append((label, [whole, *categories.get(label, [])]))
    return found
