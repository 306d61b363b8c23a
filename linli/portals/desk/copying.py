"""Telling other posts of a case (抄送)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.cases.copying import copy_to
from linli.cases.forms import PostsField, TidyText
from linli.cases.reading import case_for
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.posts.lookup import bodies_for
from linli.posts.models import Post
from linli.residents.purposes import WORK
from linli.residents.showing import reading_as


class CopyForm(forms.Form):
    """Which posts are told, and why."""

    posts = PostsField(
        label=gettext_lazy("Posts that are told"),
        help_text=gettext_lazy("They may read the case; nothing is to be done for them."),
    )
    note = TidyText(label=gettext_lazy("Note"), required=False, max_length=1000)

    def __init__(self, *args: Any, by: PostActor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = [body.organisation for body in bodies_for(by.post.division.span)]
        posts = Post.objects.filter(until=None, organisation__in=bodies).exclude(pk=by.post.pk)
        self.fields["posts"].queryset = posts.order_by("division__code", "title")  # type: ignore[attr-defined]
        self.fields["posts"].label_from_instance = lambda post: post.title  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def copy_case(request: HttpRequest, by: PostActor, number: str) -> HttpResponse:
    """Choose the posts that are told of a case."""
    found = case_for(by, number)
    reading_as(WORK)
    form = CopyForm(request.POST if request.method == "POST" else None, by=by)
    if not (form.is_bound and form.is_valid()):
        status = 422 if form.is_bound else 200
        return render(request, "desk/copy.html", {"case": found, "form": form}, status=status)
    told = copy_to(found, list(form.cleaned_data["posts"]), by=by, note=form.cleaned_data["note"])
    messages.success(request, _("Copied to %(count)s posts.") % {"count": len(told)})
    return redirect("desk:case", number)
