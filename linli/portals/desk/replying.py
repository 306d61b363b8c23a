"""Reply templates at the desk: offering them in a step's form, and the page that keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linli.base.errors import NotYours, Refusal
from linli.base.text import tidy
from linli.cases.forms import StepForm, TidyText
from linli.cases.models import Case
from linli.cases.procedure import Step
from linli.cases.replies import POWER, add, filled, kept_by, label_of, offered, retire, targets
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.posts.actor import PostActor
from linli.web.times import day_words

LONGEST_GIVEN = 200


@dataclass(frozen=True)
class Reply:
    """A template, filled in for one case."""

    key: int
    title: str
    field: str
    text: str


def replies_for(step: Step, case: Case, *, by: PostActor) -> list[Reply]:
    """What may be inserted into this step's form."""
    found = offered(case.kind, step, by=by)
    values = values_of(case) if found else {}
    return [Reply(each.pk, each.title, each.field, filled(each.text, values)) for each in found]


def values_of(case: Case) -> dict[str, str]:
    """What stands for the placeholders."""
    return {
        "number": case.number,
        "category": str(case.category or ""),
        "place": case.division.name,
        "due": day_words(case.due) if case.due else "",
    }


def prefill(form: StepForm, given: QueryDict, replies: list[Reply]) -> None:
    """Fill a form from its address: plain fields by name, and the chosen template into its field."""
    for name, value in given.items():
        field = form.fields.get(name)
        if isinstance(field, forms.CharField) and not field.widget.is_hidden:
            form.initial[name] = tidy(str(value))[:LONGEST_GIVEN]
    for reply in replies:
        if str(reply.key) == given.get("template") and reply.field in form.fields:
            form.initial[reply.field] = reply.text


class TemplateForm(forms.Form):
    """A new template."""

    target = forms.ChoiceField(label=gettext_lazy("Step and field"))
    title = forms.CharField(label=gettext_lazy("Name of the template"), max_length=60)
    text = TidyText(
        label=gettext_lazy("Text"),
        max_length=2000,
        help_text=gettext_lazy("{number}, {category}, {place} and {due} are replaced by those of the case."),
    )
    own_body = forms.BooleanField(label=gettext_lazy("Only for posts of my own body"), required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        choices = [("", _("Please choose")), *((each.key, each.label) for each in targets())]
        self.fields["target"].choices = choices  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def templates(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The templates of the hat's area, and adding one."""
    if not has(by, POWER):
        raise NotYours
    form = TemplateForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            add(given["target"], tidy(given["title"]), given["text"], own_body=given["own_body"], by=by)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The template is kept and offered from now on."))
            return redirect("desk:templates")
    context = {"form": form, "kept": [(each, label_of(each)) for each in kept_by(by)], "by": by}
    return render(request, "desk/templates.html", context, status=422 if form.is_bound else 200)


@require_POST
@seated
def retire_template(request: HttpRequest, by: PostActor, key: int) -> HttpResponse:
    """Stop offering a template."""
    retire(key, by=by)
    messages.success(request, _("The template is retired."))
    return redirect("desk:templates")
