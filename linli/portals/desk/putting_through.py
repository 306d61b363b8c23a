"""Putting a caller through (转接): the other post has the case and a note before it picks up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.cases.calling import TAKE_CALLS, put_through
from linli.cases.catalogue import suggestion
from linli.cases.forms import PostField, TidyText
from linli.cases.models import Case
from linli.cases.reading import case_for, open_tasks
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.posts.lookup import bodies_for
from linli.posts.may import require
from linli.posts.models import Post
from linli.residents.purposes import WORK
from linli.residents.showing import reading_as


class PutThroughForm(forms.Form):
    """Whom the caller is handed over to, and what they should know before they pick up."""

    to = PostField(label=gettext_lazy("Put through to"))
    note = TidyText(
        label=gettext_lazy("What they should know"),
        max_length=500,
        help_text=gettext_lazy("What it is about and what was said so far. No names or telephone numbers."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, by: PostActor, about: Case | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = [body.organisation for body in bodies_for(by.post.division.span)]
        posts = Post.objects.filter(until=None, organisation__in=bodies).exclude(pk=by.post.pk)
        ordered = posts.select_related("organisation").order_by("division__code", "organisation", "title")
        self.fields["to"].queryset = ordered  # type: ignore[attr-defined]
        post, why = _likely(about) if about else (None, "")
        if post and ordered.filter(pk=post.pk).exists():
            self.fields["to"].initial, self.fields["to"].help_text = post, why


def _likely(case: Case) -> tuple[Post | None, str]:
    """Who can most likely help a caller with a case, and why: who leads it, whom the catalogue names, who has it."""
    if case.lead:
        return case.lead, _("Chosen already: this post leads the case.")
    found = suggestion(case.category, case.code_now, timezone.localdate())
    if found:
        return found.post, _("Suggested by the catalogue: %(why)s") % {"why": found.why}
    if waiting := open_tasks(case):
        return min(waiting, key=lambda each: each.pk).post, _("Chosen already: the case waits at this post.")
    return None, ""


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def put_caller_through(request: HttpRequest, by: PostActor, number: str) -> HttpResponse:
    """Choose the post; then its telephone number is shown, and the case stands among those it was told of."""
    found = case_for(by, number)
    reading_as(WORK)
    require(by, TAKE_CALLS, within=by.post.division.code)
    form = PutThroughForm(request.POST if request.method == "POST" else None, by=by, about=found)
    if not (form.is_bound and form.is_valid()):
        status = 422 if form.is_bound else 200
        return render(request, "desk/put_through.html", {"case": found, "form": form}, status=status)
    post = form.cleaned_data["to"]
    note = form.cleaned_data["note"]
    put_through(found, [post], by=by, note=note)
    # Whoever was chosen may not pick up, or may not be the one; the caller is still on the line.
    another = PutThroughForm(initial={"note": note}, by=by)
    return render(request, "desk/put_through_done.html", {"case": found, "post": post, "form": another})
