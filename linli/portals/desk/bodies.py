"""The duty telephones of the bodies of a place: what a caller is put through to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import Invalid
from linli.portals.desk.hats import seated
from linli.portals.desk.posts import node_to_fill
from linli.posts.actions import give_telephone
from linli.posts.actor import PostActor
from linli.posts.models import Organisation
from linli.posts.tree import Node
from linli.residents.keeping import plain_phone


class TelephoneForm(forms.Form):
    """A body of the place and the number on which it is reached on duty."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=gettext_lazy("Organisation"))
    telephone = forms.CharField(
        label=gettext_lazy("Duty telephone"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("An office number, not a person's own. Leave it empty to take it out."),
    )

    def __init__(self, node: Node, data: Any = None) -> None:
        super().__init__(data)
        self.fields["organisation"].queryset = bodies_of(node)  # type: ignore[attr-defined]
        self.fields["organisation"].label_from_instance = lambda each: each.name  # type: ignore[attr-defined]

    def clean_telephone(self) -> str:
        """A number that can be dialled, written as it was typed."""
        typed: str = self.cleaned_data["telephone"].strip()
        try:
            plain_phone(typed)
        except Invalid as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal
        return typed


def bodies_of(node: Node) -> Any:
    """The organisations of exactly this place."""
    return Organisation.objects.filter(division=node.here).order_by("name")


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def bodies(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """Which numbers are kept, and entering one."""
    node = node_to_fill(by, code)
    form = TelephoneForm(node, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"node": node, "form": form, "listed": bodies_of(node)}
        return render(request, "desk/bodies.html", context, status=422 if form.is_bound else 200)
    body = form.cleaned_data["organisation"]
    give_telephone(body, form.cleaned_data["telephone"], by=by)
    messages.success(request, _("Saved: the duty telephone of %(body)s.") % {"body": body.name})
    return redirect("desk:bodies", node.here.trimmed)
