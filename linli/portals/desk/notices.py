"""Notices that could not be sent: what the trouble is, and trying again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from linli.base.errors import NotFound, NotYours
from linli.cases.channels import MOVED
from linli.cases.kinds import step_of
from linli.cases.models import Notice, areas_see
from linli.cases.notices import resend, stuck_within
from linli.cases.sight import unless_kept
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.posts.actor import PostActor

MOST_SHOWN = 100
_DIGITS = re.compile(r"\d{5,}")


@dataclass(frozen=True)
class ShownNotice:
    """A stuck notice in words. Gateways quote telephone numbers in their errors: long digits are left out.

    `number` and `about` are empty where area gives no sight of the case; it can be sent again all the same.
    """

    notice: Notice
    number: str
    about: str
    channel: str
    trouble: str


@require_safe
@seated
def notices(request: HttpRequest, by: PostActor) -> HttpResponse:
    """What is stuck in the hat's area; nothing of a case that is kept from it, not even that there is something."""
    if not has(by, "notices.resend"):
        raise NotYours
    found = unless_kept(stuck_within(by.post.division.span), by)[:MOST_SHOWN]
    return render(request, "desk/notices.html", {"notices": [_shown(each) for each in found]})


def _shown(notice: Notice) -> ShownNotice:
    channels = {"sms": pgettext("channel", "text message"), "email": pgettext("channel", "e-mail")}
    channels["alert"] = channels["letter"] = channels["email"]
    channels["push"] = pgettext("channel", "news on a device")
    case = notice.case
    known = case is None or areas_see(case.kind)
    return ShownNotice(
        notice=notice,
        number=case.number if case and known else "",
        about=_about(notice) if known else "",
        channel=channels.get(notice.channel, notice.channel),
        trouble=_DIGITS.sub("…", notice.trouble),
    )


def _about(notice: Notice) -> str:
    if notice.case is None:
        return _("An alert of the command centre")
    if notice.step in MOVED:
        return _("Another number put in for a party")
    return str(step_of(notice.case.kind, notice.step).label)


@require_POST
@seated
def send_again(request: HttpRequest, by: PostActor, notice: UUID) -> HttpResponse:
    """Put one notice back into the outbox."""
    found = unless_kept(Notice.objects.select_related("case", "post__division").filter(pk=notice), by).first()
    if found is None:
        raise NotFound
    resend(found, by=by)
    messages.success(request, _("It will be tried again within a minute."))
    return redirect("desk:notices")
