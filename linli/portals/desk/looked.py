"""What one has read oneself; what a post has read, for an inspector; and the printout for a resident at the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.errors import Invalid, NotFound, NotYours, TooMany
from linli.base.text import half_width, tidy
from linli.cases.forms import TidyText
from linli.cases.printouts import POWER, Asked, Document, Printout, printout
from linli.cases.reading import numbers_of
from linli.portals.desk.hats import seated
from linli.portals.desk.places import has
from linli.posts.actor import PostActor
from linli.posts.models import Account, Post
from linli.residents.looks import Look
from linli.residents.reads import INSPECT, Read, Reads, inspect, inspections_of, own_reads
from linli.web.limits import check_post_rate

PRINTOUTS = {"per_minute": 5, "per_hour": 60}


@dataclass(frozen=True)
class ReadLine:
    """A reading, with the number of its matter where the reader of this page may see that one."""

    read: Read
    number: str


class InspectForm(forms.Form):
    """Which post, and why."""

    post = forms.ModelChoiceField(Post.objects.none(), label=gettext_lazy("Post"))
    reason = TidyText(
        label=gettext_lazy("Why do you look?"),
        max_length=200,
        help_text=gettext_lazy("Whoever sits on this post can read that you looked, when, and this reason."),
    )

    def __init__(self, by: PostActor, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        low, high = by.post.division.span
        posts = Post.objects.filter(division__code__gte=low, division__code__lt=high, until=None)
        field = cast(forms.ModelChoiceField, self.fields["post"])  # type: ignore[type-arg]
        field.queryset = posts.select_related("organisation").order_by("division__code", "title")
        field.label_from_instance = lambda post: post.with_body  # type: ignore[assignment]


class PrintoutForm(forms.Form):
    """Whose, and which document was shown."""

    number = forms.CharField(
        label=gettext_lazy("Number of the matter"),
        required=False,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Or the telephone number it was raised with"),
        required=False,
        max_length=30,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "tel"}),
    )
    document = forms.ChoiceField(
        label=gettext_lazy("Which document of this person did you see?"),
        choices=Document.choices,
        widget=forms.RadioSelect,
    )

    def clean(self) -> None:
        """One of the two is needed."""
        super().clean()
        if not (self.cleaned_data.get("number") or self.cleaned_data.get("phone")):
            self.add_error("number", _("Enter the number of the matter or the telephone number."))


@require_safe
@seated
def looked(request: HttpRequest, by: PostActor) -> HttpResponse:
    """What the person at this desk has read, on whichever post."""
    account = cast(Account, request.user)
    reads = own_reads(account, before=_key(request.GET.get("before", "")))
    onwards = f"{reverse('desk:looked')}?before={reads.older}" if reads.older else ""
    content = {
        "lines": _lines(reads, by),
        "onwards": onwards,
        "first": reverse("desk:looked") if "before" in request.GET else "",
        "inspections": inspections_of(account) if "before" not in request.GET else [],
        "may_inspect": has(by, INSPECT),
    }
    return render(request, "desk/looked.html", content)


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def inspected(request: HttpRequest, by: PostActor) -> HttpResponse:
    """What a post has read; each page of it is written down."""
    if not has(by, INSPECT):
        raise NotYours
    form = InspectForm(by, request.POST if request.method == "POST" else None)
    content: dict[str, object] = {"form": form}
    if form.is_valid():
        post, reason = form.cleaned_data["post"], form.cleaned_data["reason"]
        reads = inspect(post, reason, by=by, before=_key(request.POST.get("before", "")))
        content |= {"post": post, "lines": _lines(reads, by), "older": reads.older, "shown": True}
    return render(request, "desk/inspected.html", content, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def printouts(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Ask whose, and which document was seen; then the paper."""
    if not has(by, POWER):
        raise NotYours
    form = PrintoutForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        number = half_width(tidy(given["number"]))
        try:
            check_post_rate(by.post.pk, "printout", **PRINTOUTS)
            made = printout(Asked(number, given["phone"], given["document"]), by=by)
        except (Invalid, NotFound, TooMany) as refusal:
            form.add_error("number" if number else "phone", refusal.sentence)
        else:
            return _paper(request, made, by)
    return render(request, "desk/printout_ask.html", {"form": form}, status=422 if form.errors else 200)


def _paper(request: HttpRequest, made: Printout, by: PostActor) -> HttpResponse:
    numbers = {case.pk: case.number for case in made.cases}
    lines: Sequence[tuple[Look, str]] = [
        (look, numbers.get(look.about, "") if look.about else "") for look in made.lines
    ]
    content: dict[str, object] = {"lines": lines, "cases": made.cases, "acting": made.acting, "by": by}
    content["printed"] = timezone.now()
    response = render(request, "desk/printout.html", content)
    response["Cache-Control"] = "no-store, private"
    return response


def _lines(reads: Reads, by: PostActor) -> list[ReadLine]:
    known = numbers_of({read.about for read in reads.lines if read.about}, by=by)
    return [ReadLine(read, known.get(read.about, "") if read.about else "") for read in reads.lines]


def _key(given: str) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError as trouble:
        raise Invalid from trouble
