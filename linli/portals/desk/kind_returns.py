"""Lists of confidential cases in another authority's form (以案定补清单): asked for, approved, fetched once."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.analytics.confidential import figures_of
from linli.analytics.counting import behind
from linli.analytics.periods import Period
from linli.analytics.questions import Question
from linli.base.errors import NotFound, NotYours, Refusal
from linli.cases import exports
from linli.cases.exports import Wanted
from linli.cases.forms import TidyText
from linli.cases.kinds import Kind, kind_of
from linli.cases.models import CaseQuerySet, Export
from linli.cases.narrowing import Narrowing
from linli.cases.returns import form_named, forms_of, rows_in
from linli.portals.desk.exporting import FORMS, Table, write
from linli.portals.desk.hats import seated
from linli.portals.desk.kind_figures import periods_offered
from linli.portals.desk.places import has
from linli.posts.actor import PostActor
from linli.web.parts import Row
from linli.web.times import moment_words

PREFIX = "return:"


class ReturnForm(forms.Form):
    """Which list, of when, as which file, and why."""

    map = forms.ChoiceField(label=gettext_lazy("List"), widget=forms.RadioSelect)
    period = forms.ChoiceField(label=gettext_lazy("Period"))
    form = forms.ChoiceField(
        label=gettext_lazy("Form of the file"), choices=[("xlsx", "Excel"), ("csv", "CSV")]
    )
    reason = TidyText(
        label=gettext_lazy("Why this list is needed"),
        max_length=500,
        help_text=gettext_lazy("The post that has to approve it reads this."),
    )

    def __init__(self, kind: Kind, data: QueryDict | None = None) -> None:
        super().__init__(data)
        maps = [(each.name, str(each.label)) for each in forms_of(kind)]
        self.fields["map"].choices = maps  # type: ignore[attr-defined]
        self.fields["period"].choices = periods_offered()  # type: ignore[attr-defined]
        self.initial["map"] = maps[-1][0] if maps else None
        self.initial["period"] = f"{timezone.localdate().year}"


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def kind_return(request: HttpRequest, by: PostActor, kind: str) -> HttpResponse:
    """Ask for a list; a second post of the area has to approve it."""
    figures_of(kind)
    own = kind_of(kind)
    if not has(by, "exports.return"):
        raise NotYours
    if not forms_of(own):
        raise NotFound
    form = ReturnForm(own, request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        query = urlencode({"map": given["map"], "period": given["period"]})
        about = f"{form_named(own, given['map']).label} {given['period']}"
        wanted = Wanted(f"{PREFIX}{kind}", query, about, given["form"])
        try:
            cases = _cases(own, given["period"], by).count()
            export = exports.ask_return(wanted, given["reason"], cases, by=by)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(
                request, _("Asked for. A head or an administrator of your area has to approve it.")
            )
            return redirect("desk:export", export.pk)
    context: dict[str, Any] = {"form": form, "kind": own}
    return render(request, "desk/kind_return.html", context, status=422 if form.is_bound else 200)


def _cases(kind: Kind, period: str, by: PostActor) -> CaseQuerySet:
    returned: Any = kind.returned
    narrowing = Narrowing(kind=kind.name, place=by.post.division.trimmed)
    asked = Question(narrowing, Period.named(period), timezone.now(), confidential=True)
    return behind(figures_of(kind.name)[returned.COUNTED], asked)


def fetched(export: Export, by: PostActor) -> HttpResponse:
    """Make the approved list, once."""
    kind, query = kind_of(export.listing.removeprefix(PREFIX)), QueryDict(export.query)
    form = form_named(kind, query.get("map", ""))
    exports.fetch_return(export.pk, by=by)
    cases = _cases(kind, query.get("period", ""), by)
    rows = list(rows_in(form, kind, cases))
    coded = [place for place, column in enumerate(form.columns) if column.codes]
    about = [
        Row(_("List"), export.about),
        Row(_("Area"), by.post.division.name),
        Row(_("Post"), by.post.title),
        Row(_("Made"), moment_words(timezone.now())),
        Row(_("Approved by"), export.answered_by.post.title if export.answered_by else ""),
        Row(_("Cells without a code"), str(sum(not row[place] for row in rows for place in coded))),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        write(Table([column.heading for column in form.columns], rows, about), export.form, path)
        response = HttpResponse(path.read_bytes(), content_type=FORMS[export.form])
    name = f"{export.about}-{by.post.division.name}.{export.form}"
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    response["Cache-Control"] = "no-store, private"
    return response
