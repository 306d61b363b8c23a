"""Saved filters on the desk: links above the lists, and a page to rename, delete and take back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linli.cases.filters import (
    delete_filter,
    filters_for,
    rename_filter,
    restore_filter,
    save_filter,
)
from linli.cases.models import SavedFilter
from linli.portals.desk.hats import seated
from linli.portals.desk.narrowing import FilterRow
from linli.posts.actor import PostActor


@dataclass(frozen=True)
class Offer:
    """A saved filter as a link."""

    title: str
    address: str
    key: int
    own: bool
    shared: bool


def offered(by: PostActor) -> list[Offer]:
    """The filters this post may use."""
    return list(_offers(by))


def _offers(by: PostActor) -> Iterator[Offer]:
    for each in filters_for(by):
        yield Offer(each.title, address_of(each), each.pk, each.owner_id == by.post.pk, _shared(each))


def _shared(each: SavedFilter) -> bool:
    return bool(each.organisation_id or each.area_id)


def address_of(kept: SavedFilter) -> str:
    """The list a filter shows."""
    return f"{reverse(f'desk:{kept.listed}')}?{urlencode(kept.choices)}"


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def filters(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The post's filters; sending the form keeps a list as it is narrowed now."""
    if request.method != "POST":
        return render(request, "desk/filters.html", {"filters": offered(by), "by": by})
    query = QueryDict(request.POST.get("choices", "").lstrip("?")[:2000])
    known = {name: query[name] for name in FilterRow.base_fields if query.get(name)}
    share = request.POST.get("share", "")
    kept = save_filter(request.POST.get("title", ""), request.POST.get("list", ""), known, by=by, share=share)
    messages.success(request, _("Kept as “%(title)s”.") % {"title": kept.title})
    return redirect(address_of(kept))


@require_POST
@seated
def change_filter(request: HttpRequest, by: PostActor, key: int) -> HttpResponse:
    """Rename or delete a filter, or take a deleted one back."""
    act = request.POST.get("act", "")
    if act == "delete":
        gone = delete_filter(key, by=by)
        return render(request, "desk/filters.html", {"filters": offered(by), "gone": gone, "by": by})
    if act == "restore":
        messages.success(request, _("“%(title)s” is back.") % {"title": restore_filter(key, by=by).title})
    else:
        rename_filter(key, request.POST.get("title", ""), by=by)
        messages.success(request, _("Renamed."))
    return redirect("desk:filters")
