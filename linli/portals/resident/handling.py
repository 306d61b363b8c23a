"""The public register of what is done with people's data, and the notice for each activity, to read and to print."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from linli.portals.resident.door import resident_page
from linli.residents.activities import activity_named, all_activities
from linli.residents.assessing import approved_one
from linli.residents.openings import standing_of


@require_safe
@resident_page
def handling(request: HttpRequest) -> HttpResponse:
    """Every activity, with its purpose and how long data is kept."""
    return render(
        request,
        "resident/handling.html",
        {"activities": [(each, standing_of(each)) for each in all_activities()]},
    )


@require_safe
@resident_page
def notice(request: HttpRequest, activity: str) -> HttpResponse:
    """What the law wants people to be told of one activity (PIPL 17, 23, 24, 30, 55-56; 网络数据安全管理条例 21)."""
    found = activity_named(activity)
    context = {
        "activity": found,
        "assessed": approved_one(found.name),
        "standing": standing_of(found),
        "today": timezone.now(),
        "telephone": settings.PLACE_TELEPHONE,
    }
    return render(request, "resident/handling_notice.html", context)
