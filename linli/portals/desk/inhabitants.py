"""How many people live in the places of an area: the figures in force, and entering one."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import Invalid
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.posts.tree import Node, standing_at
from linli.registers.actions.bodies import EDIT
from linli.registers.actions.inhabitants import Living, enter_inhabitants
from linli.registers.inhabitants import inhabitants_by_part
from linli.web.forms import FrameForm
from linli.web.telling import with_errors


class LivingForm(FrameForm):
    """The figure of one place."""

    place = forms.ChoiceField(label=gettext_lazy("Place"))
    count = forms.IntegerField(label=gettext_lazy("Inhabitants"), min_value=1, max_value=200_000_000)
    day = forms.DateField(
        label=gettext_lazy("As of"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    source = forms.CharField(
        label=gettext_lazy("Source of the figure"),
        max_length=100,
        help_text=gettext_lazy("Such as a census or a yearbook."),
    )

    def __init__(self, node: Node, data: object = None) -> None:
        super().__init__(data, initial={"day": timezone.localdate()})
        self.places = {place.trimmed: place for place in [node.here, *node.below]}
        self.fields["place"].choices = [(code, place.name) for code, place in self.places.items()]  # type: ignore[attr-defined]

    def living(self) -> Living:
        """The figure as given."""
        given = self.cleaned_data
        return Living(self.places[given["place"]], given["count"], given["day"], given["source"])


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def inhabitants(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The figures of a place's parts, each with its day and source; one more is entered below them."""
    require(by, EDIT, within=by.post.division.code)
    node = standing_at(by, request.GET.get("place", ""))
    form, status = LivingForm(node, request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                enter_inhabitants([form.living()], by=by)
            except Invalid as refusal:
                form = with_errors(form, refusal)
            else:
                messages.success(request, _("The number of inhabitants is entered."))
                return redirect(f"{request.path}?{urlencode({'place': node.here.trimmed})}")
    levels = {place.level for place in [node.here, *node.below]}
    known = {
        code: row for level in levels for code, row in inhabitants_by_part(node.here.trimmed, level).items()
    }
    rows = [(place, known.get(place.code)) for place in [node.here, *node.below]]
    return render(request, "desk/inhabitants.html", {"node": node, "rows": rows, "form": form}, status=status)
