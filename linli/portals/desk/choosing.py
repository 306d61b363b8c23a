"""Choosing the hat: which of one's posts to work as."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.base.errors import NotYours
from linli.posts.models import Account
from linli.residents.hats import HAT, hats_of, signed_in, wear
from linli.residents.sessions import with_new_key


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def hat(request: HttpRequest) -> HttpResponse:
    """Show the posts the person holds now, and take up the chosen one."""
    hats = hats_of(cast(Account, request.user))
    if request.method != "POST":
        return render(request, "desk/hat.html", {"hats": hats, "worn": request.session.get(HAT)})
    for each in hats:
        if str(each.pk) == request.POST.get("hat"):
            with_new_key(request)
            wear(request, each)
            messages.success(request, _("You now work as %(post)s.") % {"post": each.post.title})
            return redirect("desk:to_do")
    raise NotYours(_("You do not hold this post now. Choose one of those listed."))
