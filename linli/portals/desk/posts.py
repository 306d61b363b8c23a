"""The posts of a division: which there are, who sits on them, and setting up a new one (设岗)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.text import tidy
from linli.base.writing import writing
from linli.divisions.models import GRID_KINDS
from linli.portals.desk.hats import seated
from linli.posts.actions import establish, found
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.posts.models import Holding, Organisation, Post, PostKind
from linli.posts.tree import Node, standing_at


@dataclass(frozen=True)
class Seating:
    """A post and those who hold it now."""

    post: Post
    holdings: list[Holding]


class FoundForm(forms.Form):
    """What a new post needs: a title, its kind, and the body it belongs to."""

    title = forms.CharField(label=gettext_lazy("Title of the post"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("What it does"), choices=PostKind.choices)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=gettext_lazy("Organisation"),
        required=False,
        empty_label=gettext_lazy("A new one, named below"),
    )
    body = forms.CharField(label=gettext_lazy("Name of the new organisation"), max_length=100, required=False)

    def __init__(self, node: Node, data: Any = None) -> None:
        grid = node.here.kind in GRID_KINDS
        kind = PostKind.GRID_WORKER if grid else PostKind.CLERK
        label = PostKind(kind).label
        initial = {"kind": kind, "title": f"{node.here.name}{label}" if grid else ""}
        super().__init__(data, initial=initial)
        near = Organisation.objects.filter(division__in=node.path).order_by("-division__level", "name")
        self.fields["organisation"].queryset = near  # type: ignore[attr-defined]
        self.fields["organisation"].label_from_instance = lambda each: each.name  # type: ignore[attr-defined]
        first = near.first()
        self.initial["organisation"] = first.pk if first else None

    def clean(self) -> dict[str, Any]:
        """One of the listed organisations, or the name of a new one."""
        given = super().clean() or {}
        given["body"] = tidy(given.get("body", ""))
        if not given.get("organisation") and not given["body"]:
            self.add_error("body", _("Choose an organisation, or give the name of a new one."))
        return given


def node_to_fill(by: PostActor, code: str) -> Node:
    """The place where somebody wants to set up or fill posts; 404 outside the area, 403 without the power."""
    node = standing_at(by, code)
    require(by, "posts.appoint", within=node.here.code)
    return node


@require_safe
@seated
def posts(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Begin at one's own division."""
    node = node_to_fill(by, "")
    return redirect("desk:division", node.here.trimmed)


@require_safe
@seated
def division(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """The posts of one division, and the way to those below."""
    node = node_to_fill(by, code)
    context = {"node": node, "seatings": seatings(node), "is_grid": node.here.kind in GRID_KINDS}
    return render(request, "desk/division.html", context)


def seatings(node: Node) -> list[Seating]:
    """The posts in force of exactly this division, with their present holders (two statements)."""
    now = Holding.objects.current().select_related("account").order_by("acting", "pk")
    listed = Post.objects.filter(division=node.here, until=None).select_related("organisation")
    listed = listed.prefetch_related(Prefetch("holdings", queryset=now, to_attr="present"))
    order = PostKind.values
    ordered = sorted(listed.order_by("title"), key=lambda post: order.index(post.kind))
    return [Seating(post, post.present) for post in ordered]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def found_post(request: HttpRequest, by: PostActor, code: str) -> HttpResponse:
    """Set up a post here."""
    node = node_to_fill(by, code)
    form = FoundForm(node, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"node": node, "form": form}
        return render(request, "desk/found.html", context, status=422 if form.is_bound else 200)
    given = form.cleaned_data
    with writing():
        body = given["organisation"] or establish(given["body"], division=node.here, by=by)
        post = found(given["title"], kind=given["kind"], organisation=body, division=node.here, by=by)
    messages.success(
        request, _("The post “%(post)s” is set up. Now appoint somebody.") % {"post": post.title}
    )
    return redirect("desk:post", node.here.trimmed, post.pk)
