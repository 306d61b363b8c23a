"""Taking lists out: small ones at once, large ones by a loop, and those with telephone numbers by a second post."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.errors import Conflict, Invalid, NotFound, NotYours, Refusal
from linli.cases import exports
from linli.cases.exports import MOST_WITH_CONTACTS, Wanted
from linli.cases.forms import TidyText
from linli.cases.models import Case, Export, ExportState
from linli.cases.sight import in_sight
from linli.portals.desk import kind_returns
from linli.portals.desk.exporting import FORMS, Table, cells_of, counted, heading_of, write
from linli.portals.desk.hats import seated
from linli.portals.desk.lists import moment_of, title_of
from linli.portals.desk.places import has
from linli.portals.desk.rows import CaseRow
from linli.portals.desk.rows import rows_of as shown_rows
from linli.portals.desk.whole import LISTS, cases_of, narrowed_words, rows_of
from linli.posts.actor import PostActor
from linli.posts.may import still_holds
from linli.residents.models import How
from linli.residents.purposes import TAKE_OUT, purpose_named, purposes_for
from linli.residents.showing import Sheet, reading_as, sheet
from linli.web.parts import Row
from linli.web.times import moment_words

log = logging.getLogger("linli.exports")
LONGEST_QUERY = 4000
AT_ONCE = 5000  # rows a request makes while somebody waits


class ContactsForm(forms.Form):
    """What a list with names and telephone numbers is for."""

    purpose = forms.ChoiceField(label=gettext_lazy("What do you need it for?"), widget=forms.RadioSelect)
    reason = TidyText(
        label=gettext_lazy("Why a list, and not one by one?"),
        max_length=500,
        help_text=gettext_lazy("The post that has to approve it reads this."),
    )

    def __init__(self, by: PostActor, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        purposes = purposes_for(by.post.kind, many=True)
        self.fields["purpose"].choices = [(each.name, each.label()) for each in purposes]  # type: ignore[attr-defined]
        self.initial["purpose"] = purposes[0].name if purposes else None


class AnswerForm(forms.Form):
    """Yes or no, and why."""

    answer = forms.ChoiceField(
        label=pgettext_lazy("export", "Your answer"),
        choices=[("yes", gettext_lazy("Approve")), ("no", gettext_lazy("Refuse"))],
        widget=forms.RadioSelect,
    )
    words = TidyText(label=gettext_lazy("Why"), max_length=500, required=False)


def _wanted(values: QueryDict, by: PostActor) -> Wanted:
    """Which list is meant, from an address or a form; NotFound for one that is none."""
    name, form = values.get("list", ""), values.get("form", "xlsx")
    if name not in LISTS or form not in FORMS:
        raise NotFound
    here = values.copy()
    for key in ("list", "form", "after", "before", "csrfmiddlewaretoken", "purpose", "reason", "export"):
        here.pop(key, None)
    query = here.urlencode()
    if len(query) > LONGEST_QUERY:  # cut short it would be another, wider list
        raise Invalid(_("This list is narrowed by too many words. Please take some away."))
    return Wanted(name, query, narrowed_words(name, here, by), form)


@require_safe
@seated
def exports_page(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Choose what to take out; what the post has asked for; what waits for its answer."""
    wanted = _wanted(request.GET, by) if "list" in request.GET else None
    context = {
        "wanted": wanted,
        "given": list(QueryDict(wanted.query).items()) if wanted else [],
        "at_once": AT_ONCE,
        "may_ask": bool(purposes_for(by.post.kind, many=True))
        and (wanted is None or wanted.listing == "area"),
        "own": exports.exports_of(by)[:20],
        "asked": exports.waiting_for(by) if has(by, "exports.approve") else [],
        "states": _states(),
    }
    return render(request, "desk/exports.html", context)


def _states() -> dict[str, tuple[str, str]]:
    """The words and the colour of each state."""
    return {
        ExportState.ASKED: (_("Waiting for approval"), "calm"),
        ExportState.REFUSED: (_("Refused"), "bad"),
        ExportState.APPROVED: (_("Approved: fetch it now"), "good"),
        ExportState.FETCHED: (_("Fetched"), "still"),
        ExportState.WAITING: (_("Waiting to be made"), "calm"),
        ExportState.MAKING: (_("Being made"), "calm"),
        ExportState.READY: (_("Ready"), "good"),
        ExportState.FAILED: (_("Could not be made"), "bad"),
        ExportState.OVER: (_("Past its time"), "plain"),
    }


@require_POST
@seated
def make(request: HttpRequest, by: PostActor) -> HttpResponse:
    """A small list as a file at once; a large one is ordered."""
    wanted = _wanted(request.POST, by)
    rows = rows_of(wanted.listing, QueryDict(wanted.query), by)
    first = list(islice(rows, AT_ONCE + 1))
    if len(first) > AT_ONCE:
        export = exports.order(wanted, by=by)
        messages.success(request, _("The list is long, so the file is made in the background."))
        return redirect("desk:export", export.pk)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        reading_as(TAKE_OUT, How.EXPORT)
        rows_written = write(_table(wanted, by, first), wanted.form, path)
        exports.made_at_once(wanted, rows_written, by=by)
        return _download(path.read_bytes(), wanted, by)


def _table(wanted: Wanted, by: PostActor, rows: list[CaseRow] | Iterator[CaseRow]) -> Table:
    heading = heading_of(moment_of(wanted.listing))
    return Table(heading, (cells_of(row) for row in rows), _about(wanted, by))


def _about(wanted: Wanted, by: PostActor) -> list[Row]:
    return [
        Row(_("List"), wanted.about),
        Row(_("Area"), by.post.division.name),
        Row(_("Post"), by.post.title),
        Row(_("Made"), moment_words(timezone.now())),
    ]


def _download(content: bytes, wanted: Wanted, by: PostActor) -> HttpResponse:
    response = HttpResponse(content, content_type=FORMS[wanted.form])
    response["Content-Disposition"] = _named(wanted.listing, wanted.form, by)
    response["Cache-Control"] = "no-store, private"
    return response


def _named(name: str, form: str, by: PostActor) -> str:
    file = f"{title_of(name)}-{by.post.title}-{timezone.localdate():%Y-%m-%d}.{form}"
    return str(content_disposition_header(as_attachment=True, filename=file))


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def ask_contacts(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Ask for a list with names and telephone numbers: what for, why, and which cases."""
    if not purposes_for(by.post.kind, many=True):
        raise NotYours(_("Your post has no purpose for which such a list may be made."))
    wanted = _wanted(request.POST if request.method == "POST" else request.GET, by)
    cases = cases_of(wanted.listing, QueryDict(wanted.query), by, MOST_WITH_CONTACTS)
    reachable = sum(case.reporter_id is not None for case in cases)
    form = ContactsForm(by, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            given = form.cleaned_data
            export = exports.ask(wanted, given["purpose"], given["reason"], cases, by=by)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(
                request, _("Asked for. A head or an administrator of your area has to approve it.")
            )
            return redirect("desk:export", export.pk)
    context = {
        "form": form,
        "wanted": wanted,
        "given": [("list", wanted.listing), ("form", wanted.form), *QueryDict(wanted.query).items()],
        "reachable": reachable,
        "too_many": len(cases) > MOST_WITH_CONTACTS,
        "most": MOST_WITH_CONTACTS,
    }
    return render(request, "desk/export_ask.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def export(request: HttpRequest, by: PostActor, key: UUID) -> HttpResponse:
    """One export: how far it is; and for the post that may, approving or refusing it."""
    found = exports.export_for(by, key)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        exports.answer(key, yes=given["answer"] == "yes", words=given["words"], by=by)
        messages.success(request, _("Your answer is kept."))
        return redirect("desk:exports")
    own = found.post_id == by.post.pk
    by_others = found.holding.account_id != by.holding.account_id and has(by, "exports.approve")
    context = {
        "export": found,
        "own": own,
        "state": _states()[ExportState(found.state)],
        "purpose": purpose_named(found.purpose).label() if found.purpose else "",
        "cases": _shown_cases(found, by),
        "form": form if by_others and found.state == ExportState.ASKED else None,
        "soon": found.state in {ExportState.WAITING, ExportState.MAKING},
    }
    return render(request, "desk/export.html", context, status=422 if form.is_bound else 200)


def _shown_cases(found: Export, by: PostActor) -> list[Case]:
    """The cases somebody wants the contacts of, as far as they lie in the reader's area."""
    return list(in_sight(by, Case.objects.within(by.area)).filter(pk__in=found.cases).order_by("-id"))


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def export_file(request: HttpRequest, by: PostActor, key: UUID) -> HttpResponse:
    """Fetch the file; one with contacts is made now, once, and by POST only, because it leaves traces."""
    found = exports.export_for(by, key)
    if found.post_id != by.post.pk:
        raise NotFound
    if found.purpose:
        if request.method != "POST":
            return redirect("desk:export", key)
        return kind_returns.fetched(found, by) if found.purpose == TAKE_OUT else _with_contacts(found, by)
    path = exports.file_of(found)
    if found.state != ExportState.READY or not path.is_file():
        raise Conflict(_("This file is not there yet, or its time has passed."))
    response = FileResponse(path.open("rb"), content_type=FORMS[found.form])
    response["Content-Disposition"] = _named(found.listing, found.form, by)
    return cast(HttpResponse, response)


def _with_contacts(found: Export, by: PostActor) -> HttpResponse:
    reading_as(found.purpose, How.EXPORT)
    wanted = Wanted(found.listing, found.query, found.about, found.form)
    people = {case.pk: (case, person) for case, person in exports.fetch(found.pk, by=by)}
    rows = shown_rows([case for case, _person in people.values()])
    cells = [cells_of(row, person) for row, (_case, person) in zip(rows, people.values(), strict=True)]
    about = [
        *_about(wanted, by),
        Row(_("What for"), purpose_named(found.purpose).label()),
        Row(_("Approved by"), found.answered_by.post.title if found.answered_by else ""),
        Row(
            _("Note"),
            _("Everybody in this file sees that your post read their number. Delete it when it is done."),
        ),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        write(Table(heading_of(_("Reported"), people=True), cells, about), wanted.form, path)
        return _download(path.read_bytes(), wanted, by)


def _go_on(found: Export, shown: Sheet, rows: int) -> None:
    """Every so many rows: everybody in them gets an access row before anybody can fetch the file."""
    shown.keep()
    exports.progress(found, rows)


def make_waiting() -> int:
    """Make one file that waits (the worker loop calls this); return how many were made."""
    found = exports.claim()
    if found is None:
        return 0
    by = PostActor(found.holding)
    if not still_holds(by):
        exports.fail(found)
        return 1
    wanted = Wanted(found.listing, found.query, found.about, found.form)
    path = exports.file_of(found)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with translation.override(found.language), sheet(by) as shown:
            reading_as(TAKE_OUT, How.EXPORT)
            rows = rows_of(wanted.listing, QueryDict(wanted.query), by)
            table = _table(wanted, by, chain(rows))
            kept = Table(table.heading, counted(iter(table.rows), partial(_go_on, found, shown)), table.about)
            written = write(kept, wanted.form, path)
            shown.keep()
            exports.finish(found, written, by=by)
    except Refusal as refusal:
        log.warning("The export %s cannot be made: %s", found.pk, refusal.sentence)
        path.unlink(missing_ok=True)
        exports.fail(found)
    return 1
