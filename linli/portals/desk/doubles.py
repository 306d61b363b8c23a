"""Two records that may be of one person: one pair at a time, decided by a clerk who sees both; and the way back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linli.base.errors import Invalid
from linli.portals.desk.hats import seated
from linli.portals.desk.residents import shows_window, unkept
from linli.posts.actor import PostActor
from linli.residents.people.merging import merge, merge_of, merges_in, undo_merge
from linli.residents.people.pairs import keep_apart, open_pairs, pair_of
from linli.residents.people.reading import read_people

FIELDS = ("name", "phone", "document", "birth", "address")


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def doubles(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The pair that has waited longest, asked for with a button: opening it leaves a row for both."""
    waiting = open_pairs(by)
    if request.method != "POST" or not waiting:
        context = {"waiting": len(waiting), "merges": merges_in(by), "window": shows_window(by)}
        return render(request, "desk/doubles.html", context)
    pair = waiting[0]
    records = read_people([pair.first, pair.second], "pairs", by=by, fields=FIELDS)
    return unkept(render(request, "desk/double.html", {"pair": pair, "records": records}))


@require_POST
@seated
def decide_double(request: HttpRequest, by: PostActor, key: UUID) -> HttpResponse:
    """One person, kept under the first or the second record; or two people."""
    pair, wanted = pair_of(key, by=by), request.POST.get("keep", "")
    if wanted == "apart":
        keep_apart(pair, by=by)
        messages.success(request, _("Both are kept, and this pair is not proposed again."))
    elif wanted in {"first", "second"}:
        merge(pair, pair.first if wanted == "first" else pair.second, by=by)
        messages.success(request, _("Merged. It can be undone on this page."))
    else:
        raise Invalid(_("Please choose one of the buttons."))
    return redirect("desk:doubles")


@require_POST
@seated
def undo_double(request: HttpRequest, by: PostActor, key: UUID) -> HttpResponse:
    """Two records again; a contested merge is not proposed any more."""
    undo_merge(merge_of(key, by=by), by=by, contested=request.POST.get("contested") == "1")
    messages.success(request, _("Undone: there are two records again, each with its own cases."))
    return redirect("desk:doubles")
