"""The shift book (值班日志): what the next shift must know, handing over with what is open, and taking it over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linli.analytics.gauges import handed_over
from linli.base.errors import Conflict, Invalid, NotFound
from linli.base.text import half_width
from linli.cases.forms import TidyText
from linli.cases.reading import case_for
from linli.ledger.models import EntryDetail
from linli.portals.command.seats import watching
from linli.posts.actor import PostActor
from linli.registers.actions import shifts
from linli.registers.actions.shifts import Said, Standing, standing_line, waiting_hand_over
from linli.registers.models import ShiftLine
from linli.web.telling import with_errors

PAGE = 40
_NUMBER = re.compile(r"\d{6}-\d{2}-\d+-\d")


@dataclass(frozen=True)
class BookLine:
    """A line of the book as it is read: its words, the post that wrote it, the cases it names, what corrected it."""

    line: ShiftLine
    label: str
    words: str
    post: str
    at: datetime
    correctable: bool
    corrected: bool
    taken_by: str


class Note(forms.Form):
    """What the next shift must know."""

    words = TidyText(
        label=gettext_lazy("What the next shift must know"),
        max_length=2000,
        help_text=gettext_lazy("Write about matters and how they stand; no names or telephone numbers."),
    )
    cases = forms.CharField(
        label=gettext_lazy("Numbers of cases"),
        max_length=600,
        required=False,
        help_text=gettext_lazy("With a space between them."),
    )

    def said(self, by: PostActor) -> Said:
        """What was written; Invalid where a number is none that the post sees."""
        found = re.split(r"[\s,，、;；]+", half_width(self.cleaned_data["cases"]).strip())
        numbers = [each for each in found if each]
        for number in numbers:
            if not _NUMBER.fullmatch(number) or not _is_seen(number, by):
                sentence = _("There is no case %(number)s in your area. Check the number.") % {
                    "number": number
                }
                raise Invalid(sentence, fields={"cases": [sentence]})
        return Said(self.cleaned_data["words"], numbers)


def _is_seen(number: str, by: PostActor) -> bool:
    try:
        case_for(by, number)
    except NotFound:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@watching
def book(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The book of the own centre, and adding a note or a correction to it."""
    if request.method != "POST":
        return _shown(request, by, Note())
    form = Note(request.POST)
    if form.is_valid():
        try:
            shifts.write(form.said(by), by=by, corrects=_key(request.POST.get("corrects", "")))
        except (Invalid, Conflict) as refusal:
            return _shown(request, by, with_errors(form, refusal), status=refusal.status)
        messages.success(request, _("It stands in the shift book."))
        return redirect("command:shifts")
    return _shown(request, by, form, status=422)


@require_POST
@watching
def hand_over(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Hand the shift over with what is open in this moment."""
    form = Note(request.POST)
    if not form.is_valid():
        return _shown(request, by, Note(), handing=form, status=422)
    try:
        shifts.hand_over(form.said(by), _open_now(by), by=by)
    except (Invalid, Conflict) as refusal:
        return _shown(request, by, Note(), handing=with_errors(form, refusal), status=refusal.status)
    messages.success(request, _("The shift is handed over. It ends when your relief takes it over."))
    return redirect("command:shifts")


@require_POST
@watching
def take_over(request: HttpRequest, by: PostActor, key: UUID) -> HttpResponse:
    """Sign for the shift by taking it over."""
    shifts.take_over(key, by=by)
    messages.success(request, _("You have taken the shift over."))
    return redirect("command:shifts")


def _open_now(by: PostActor) -> Standing:
    return handed_over(by.post.division, timezone.now())


def _key(typed: str) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError as trouble:
        raise NotFound from trouble


def _shown(
    request: HttpRequest, by: PostActor, form: Note, *, handing: Note | None = None, status: int = 200
) -> HttpResponse:
    centre = by.post.organisation_id
    lines = ShiftLine.objects.filter(centre=centre).select_related("post", "about").order_by("-id")
    before = _key(request.GET.get("before", ""))
    rows = list((lines.filter(pk__lt=before) if before else lines)[: PAGE + 1])
    waiting = waiting_hand_over(centre)
    handing = handing or Note()
    form.auto_id, handing.auto_id = "note_%s", "over_%s"
    corrects = _key(request.POST.get("corrects", "") or request.GET.get("correct", ""))
    asked = lines.filter(pk=corrects).first() if corrects else None
    correcting = asked and standing_line(asked)
    if correcting and not form.is_bound:
        form.initial = _as_it_stands(correcting)
    context: dict[str, Any] = {
        "centre": by.post.organisation.name,
        "lines": told(rows[:PAGE], by),
        "next_key": rows[PAGE - 1].pk if len(rows) > PAGE else "",
        "form": form,
        "handing": handing,
        "waiting": waiting,
        "may_take": waiting is not None and waiting.holding.account_id != by.holding.account_id,
        "standing": _open_now(by),
        "correcting": correcting,
    }
    return render(request, "command/shifts.html", context, status=status)


def _as_it_stands(line: ShiftLine) -> dict[str, str]:
    """A line as its correction begins: what was right in it is not written twice."""
    words = EntryDetail.objects.filter(entry=line.entry).values_list("words", flat=True).first() or {}
    return {"words": words.get("note", ""), "cases": " ".join(line.numbers)}


def told(lines: list[ShiftLine], by: PostActor) -> list[BookLine]:
    """The lines with their words (three statements)."""
    entries = [line.entry for line in lines]
    words = dict(EntryDetail.objects.filter(entry__in=entries).values_list("entry", "words"))
    followed = ShiftLine.objects.filter(about__in=lines).select_related("post")
    corrected = {each.about_id for each in followed if each.sort == ShiftLine.Sort.CORRECTION}
    taken = {each.about_id: each.post.title for each in followed if each.sort == ShiftLine.Sort.TAKE_OVER}
    return [
        BookLine(
            line,
            str(ShiftLine.Sort(line.sort).label),
            (words.get(line.entry) or {}).get("note", ""),
            line.post.title,
            line.at,
            line.sort != ShiftLine.Sort.TAKE_OVER and line.pk not in corrected,
            line.pk in corrected,
            taken.get(line.pk, ""),
        )
        for line in lines
    ]
