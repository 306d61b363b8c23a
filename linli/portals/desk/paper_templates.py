"""Templates of documents: what each kind puts on paper, and the place's own text in its stead."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.errors import Conflict, Invalid, TooLarge
from linli.documents.overriding import POWER, own_part, replace, take_back, tried, versions_of
from linli.documents.wordings import Template, all_templates, kind_label, template_named, wording_for
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.web.forms import FrameForm

TRY = "try"


class TextForm(FrameForm):
    """A template's text: typed, or as a .typ file."""

    text = forms.CharField(
        label=gettext_lazy("Text of the template"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a .typ file"),
        required=False,
        help_text=gettext_lazy("It takes the place of what stands above."),
        widget=forms.ClearableFileInput(attrs={"accept": ".typ,text/plain"}),
    )

    def clean(self) -> dict[str, object]:
        """The file, where there is one; else what was typed."""
        given = super().clean() or {}
        if file := given.get("file"):
            try:
                given["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError as trouble:
                raise forms.ValidationError(
                    _("This file is not text in UTF-8. Save it as UTF-8.")
                ) from trouble
        given["text"] = str(given.get("text") or "").replace("\r\n", "\n")
        return given


@require_safe
@seated
def paper_templates(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Every template, kind by kind."""
    require(by, POWER, within=by.post.division.code)
    rows = [(each, kind_label(each), _own(each, by)) for each in all_templates()]
    return render(request, "desk/paper_templates.html", {"rows": rows, "by": by})


def _own(template: Template, by: PostActor) -> bool:
    return any(row.taken_back_at is None for row in versions_of(template, by.post.division))


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def paper_template(request: HttpRequest, by: PostActor, template: str) -> HttpResponse:
    """One template: its text in force here; try a text, or let it hold."""
    require(by, POWER, within=by.post.division.code)
    found = template_named(template)
    if request.method != "POST":
        return _page(request, by, found)
    form = TextForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            return _acted(request, by, found, form.cleaned_data["text"])
        except (Invalid, TooLarge, Conflict) as refusal:
            form.add_error(None, refusal.sentence)
    return _page(request, by, found, form)


def _acted(request: HttpRequest, by: PostActor, template: Template, text: str) -> HttpResponse:
    if TRY in request.POST:
        return HttpResponse(tried(template, text), content_type="application/pdf")
    replace(template, text, by=by)
    messages.success(request, _("Your text holds for new documents from now on."))
    return redirect("desk:paper_template", template.name)


def _page(
    request: HttpRequest, by: PostActor, template: Template, form: TextForm | None = None
) -> HttpResponse:
    text = own_part(wording_for(template, by.post.division.code).text)
    context = {
        "template": template,
        "kind": kind_label(template),
        "form": form or TextForm(initial={"text": text}),
        "versions": versions_of(template, by.post.division),
        "own": _own(template, by),
        "by": by,
    }
    return render(request, "desk/paper_template.html", context, status=422 if form else 200)


@require_POST
@seated
def take_back_template(request: HttpRequest, by: PostActor, template: str) -> HttpResponse:
    """Undo the newest own text."""
    take_back(template_named(template), by=by)
    messages.success(request, _("Taken back. The text before it holds again."))
    return redirect("desk:paper_template", template)
