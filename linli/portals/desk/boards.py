"""What residents read of a post (公示): a telephone, and the holder's name for a purpose and until a day."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.base.errors import Invalid
from linli.base.text import half_width, tidy
from linli.base.worktime import PLACE_TIME
from linli.portals.desk.appointing import standing
from linli.portals.desk.hats import seated
from linli.posts.actions import put_on_board
from linli.posts.actor import PostActor
from linli.posts.cards import Given, card_of
from linli.posts.models import Card
from linli.web.telling import with_errors


class CardForm(forms.Form):
    """A card of the public board, as the centre fills it in."""

    telephone = forms.CharField(
        label=gettext_lazy("Telephone of the post"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("A duty telephone, not a private one. Empty: that of the body."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    named = forms.BooleanField(label=gettext_lazy("Show the holder's name"), required=False)
    purpose = forms.CharField(
        label=gettext_lazy("What the name is shown for"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Such as: so that residents know who comes to their door."),
    )
    until = forms.DateField(
        label=gettext_lazy("Shown until"),
        required=False,
        help_text=gettext_lazy("The last day. Empty: until it is changed."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, card: Card | None, data: Any = None) -> None:
        initial = {name: getattr(card, name) for name in ("telephone", "named", "purpose")} if card else {}
        super().__init__(data, initial=initial)

    @property
    def given(self) -> Given:
        """The card, once the form is valid; its last day counts whole."""
        said = self.cleaned_data
        last = said["until"]
        end = datetime.combine(last + timedelta(days=1), time.min, PLACE_TIME) if last else None
        return Given(half_width(tidy(said["telephone"])), said["named"], tidy(said["purpose"]), end)

    def clean_until(self) -> Any:
        """A day that lies ahead and that every calendar knows."""
        day = self.cleaned_data["until"]
        if day and not timezone.localdate() <= day <= timezone.localdate() + timedelta(days=3660):
            raise forms.ValidationError(_("Choose a day within the next ten years."))
        return day


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def card(request: HttpRequest, by: PostActor, code: str, post: int) -> HttpResponse:
    """See and change what residents read of a post."""
    node, seating = standing(by, code, post)
    now = card_of(seating.post.pk)
    form = CardForm(now, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            put_on_board(seating.post, form.given, by=by)
        except Invalid as refusal:
            with_errors(form, refusal)
        else:
            messages.success(request, _("That is what residents read from now on."))
            return redirect("desk:post", code, post)
    context = {"node": node, "seating": seating, "form": form, "card": now}
    return render(request, "desk/board.html", context, status=422 if form.errors else 200)
