"""Photos of a case: served to who may see the case, never by a guessable or public address."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from linli.base.errors import NotFound
from linli.cases.attachments import path_of
from linli.cases.models import Attachment, Case
from linli.cases.models.attachment import PICTURE
from linli.cases.sight import Sight, sight_of
from linli.portals.resident.unlocked import may_see
from linli.posts.actor import Actor, PartyActor, PostActor
from linli.posts.models import Account, Holding
from linli.residents.access import PHOTOS
from linli.residents.showing import read_by, show


@require_safe
def photo(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The picture, shown in the page; the reader's own browser may keep it, and asks each time if it may show it."""
    found = Attachment.objects.select_related("case").filter(pk=key, media_type=PICTURE).first()
    reader = _reader(request, found.case) if found else None
    if found is None or reader is None:
        raise NotFound
    read_by(reader)
    show(found.case.whose, PHOTOS)
    path = path_of(found.digest)
    if not path.is_file():
        raise NotFound
    tag = f'"{found.digest}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    response = FileResponse(path.open("rb"), content_type=found.media_type)
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"  # on a shared computer nobody sees it after the owner
    response["ETag"] = tag
    return response


def _reader(request: HttpRequest, case: Case) -> Actor | None:
    """The reporter, or one of the signed-in person's posts, in force now, that sees the whole case."""
    if may_see(request, case):
        return PartyActor("reporter", case.pk)
    if not isinstance(request.user, Account):
        return None
    held = map(PostActor, Holding.objects.current().filter(account=request.user).with_post())
    return next((by for by in held if sight_of(case, by=by) is Sight.WHOLE), None)
