"""Outside systems of the area: which there are, and adding one. What is exchanged with each stands below it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import Conflict, Invalid, NotYours
from linli.divisions.models import Division
from linli.exchange.sheets.owed import count_owed
from linli.exchange.sources import add_source, sources_in
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.posts.actor import PostActor
from linli.web.telling import with_errors


class SourceForm(forms.Form):
    """An outside system that exchanges with this place."""

    name = forms.CharField(
        label=gettext_lazy("What it is called"),
        max_length=60,
        help_text=gettext_lazy("As people here call it, such as “12345 hotline”."),
    )
    code = forms.CharField(
        label=pgettext_lazy("list", "Code"),
        max_length=20,
        help_text=gettext_lazy(
            "Small letters, digits and dashes; it becomes the channel of its cases. It stays."
        ),
    )
    division = forms.ChoiceField(
        label=gettext_lazy("Area it works for"),
        help_text=gettext_lazy("Only posts of this area and above see it."),
    )

    def __init__(self, by: PostActor, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        own = by.post.division
        below = Division.objects.within(own.trimmed).current().filter(level=own.level + 1).order_by("code")
        choices = [(each.trimmed, each.name) for each in (own, *below)]
        self.fields["division"].choices = choices  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def sources(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The outside systems, each with what is owed to it; an administrator adds one."""
    if not has(by, "exchange.read"):
        raise NotYours
    may_add = has(by, "exchange.sources")
    form = SourceForm(by, request.POST if request.method == "POST" else None) if may_add else None
    if request.method == "POST":
        if form is None:
            raise NotYours
        if form.is_valid():
            given = form.cleaned_data
            try:
                division = Division.objects.current().coded(given["division"]).get()
                source = add_source(given["code"], given["name"], division, by=by)
                messages.success(request, _("Added. Next, make a map of its sheets."))
                return redirect("desk:sheets", source.code)
            except (Invalid, Conflict) as refusal:
                with_errors(form, refusal)
    found = [(each, count_owed([each], by=by)) for each in sources_in(by)]
    ended = [each for each in sources_in(by, ended=True) if each.until]
    context = {"sources": found, "ended": ended, "form": form}
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "desk/exchange.html", context, status=status)
