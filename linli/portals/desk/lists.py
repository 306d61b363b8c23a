"""The three lists of the desk: to do (待办), done (已办), and the cases of the area (辖区)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from linli.base.text import half_width, tidy
from linli.cases import lists
from linli.cases.kinds import all_kinds
from linli.cases.narrowing import Narrowing
from linli.cases.walking import Turn
from linli.portals.desk.hats import seated
from linli.portals.desk.rows import CaseRow, rows_of_cases, rows_of_tasks
from linli.posts.actor import PostActor

_NUMBER = re.compile(r"\d{6}-\d{2}-\d+-\d")


@dataclass(frozen=True)
class Listing:
    """A page of a list: its rows, the key of the next page, its title, and what its moments are."""

    rows: list[CaseRow]
    next_key: str
    title: str
    moment: str


class AreaFilter(forms.Form):
    """The filter row of the area: by kind, stage and words; there is no way to ask for a person."""

    words = forms.CharField(label=gettext_lazy("Number or words"), max_length=100, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].widget = forms.TextInput(attrs={"type": "search"})
        kinds = [(kind.name, str(kind.procedure.label)) for kind in all_kinds()]
        self.fields["kind"].choices = [("", _("All")), *kinds]  # type: ignore[attr-defined]
        self.fields["stage"].choices = [("", _("All")), *_stages()]  # type: ignore[attr-defined]


def _stages() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (
            str(kind.procedure.label),
            [(f"{kind.name}.{stage.name}", str(stage.label)) for stage in kind.procedure.stages.values()],
        )
        for kind in all_kinds()
    ]


@require_safe
@seated
def to_do(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The open tasks of the hat, the most pressing first."""
    page = lists.to_do(by, turn=Turn(request.GET.get("after", "")))
    return _shown(
        request,
        by,
        Listing(rows_of_tasks(page.rows), page.next_key, pgettext("desk", "To do"), _("Handed to you")),
    )


@require_safe
@seated
def done(request: HttpRequest, by: PostActor) -> HttpResponse:
    """What this post finished last."""
    page = lists.done(by)
    return _shown(
        request,
        by,
        Listing(rows_of_tasks(page.rows), page.next_key, pgettext("desk", "Done"), _("Finished by you")),
    )


@require_safe
@seated
def area(request: HttpRequest, by: PostActor) -> HttpResponse:
    """All cases of the hat's area, newest first; a whole number in the search box opens its case."""
    form = AreaFilter(request.GET)
    form.is_valid()  # what cannot be read narrows nothing, and the field says so
    words = tidy(form.cleaned_data.get("words", ""))
    number = half_width(words)
    if _NUMBER.fullmatch(number):
        return redirect("desk:case", number)
    kind, _dot, stage = form.cleaned_data.get("stage", "").rpartition(".")
    wanted = Narrowing(kind=kind or form.cleaned_data.get("kind", ""), stage=stage, words=words)
    page = lists.in_area(by, wanted, Turn(request.GET.get("before", "")))
    listing = Listing(rows_of_cases(page.rows), page.next_key, pgettext("desk", "Area"), _("Reported"))
    return _shown(request, by, listing, form)


def _shown(
    request: HttpRequest, by: PostActor, listing: Listing, form: forms.Form | None = None
) -> HttpResponse:
    name = request.resolver_match.url_name if request.resolver_match else ""
    here = request.GET.copy()
    here["list"] = str(name)
    export = f"{reverse('desk:exports')}?{here.urlencode()}"
    context = {"page": listing, "form": form, "export": export, "list": name, "by": by}
    return render(request, "desk/list.html", context)
