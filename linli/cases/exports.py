"""Lists taken out as files: large ones are made by a loop and kept some days; those that tell who raised cases need
a second post's yes, are made while they are fetched, once, and leave an access row for everybody in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.base.worktime import PLACE_TIME
from linli.base.writing import writing
from linli.cases.models import Case, Export, ExportState, areas_see
from linli.cases.sight import those_seen
from linli.divisions.codes import Level
from linli.ledger.names import Redaction, register
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import covers, require, require_holding
from linli.posts.models import Post
from linli.residents.purposes import TAKE_OUT, purposes_for
from linli.residents.reading import Person, read_many

MOST_WITH_CONTACTS = 200  # cases in one file with names and telephone numbers
MOST_IN_RETURN = 5000  # cases in one list without parties
MOST_AT_ONCE = 3  # files one post may have in the making
CLAIM = timedelta(minutes=10)  # a maker that died gives its claim up after this
KEPT = timedelta(days=3)
ANSWER = timedelta(days=3)
FETCH = timedelta(days=1)
_COUNTED = [ExportState.ASKED, ExportState.APPROVED, ExportState.FETCHED]


@dataclass(frozen=True)
class Wanted:
    """What somebody wants as a file: which list, narrowed how (the address' query), said in words, as csv or xlsx."""

    listing: str
    query: str
    about: str
    form: str


def register_entries() -> None:
    """Make these names known to the ledger; called when the app starts."""
    for name, label in (
        ("exports.make", lambda: gettext("List exported")),
        ("exports.ask", lambda: gettext("Export with contacts asked for")),
        ("exports.approve", lambda: gettext("Export with contacts approved")),
        ("exports.refuse", lambda: gettext("Export with contacts refused")),
        ("exports.fetch", lambda: gettext("Export with contacts fetched")),
        ("exports.ask_return", lambda: gettext("Confidential list asked for")),
        ("exports.approve_return", lambda: gettext("Confidential list approved")),
        ("exports.refuse_return", lambda: gettext("Confidential list refused")),
        ("exports.fetch_return", lambda: gettext("Confidential list fetched")),
    ):
        register(name, label=label, redaction=Redaction.NO_WORDS)


def file_of(export: Export) -> Path:
    """Where a finished file lies, outside the web root."""
    return Path(settings.EXPORTS_ROOT) / f"{export.pk}.{export.form}"


def exports_of(by: PostActor) -> QuerySet[Export]:
    """What a post asked for, newest first."""
    return Export.objects.filter(post=by.post).select_related("answered_by__post").order_by("-id")


def waiting_for(by: PostActor) -> list[Export]:
    """The requests that this post may answer: of posts in its area, and not of the same person."""
    low, high = by.post.division.span
    asked = Export.objects.filter(state=ExportState.ASKED, until__gt=timezone.now())
    asked = asked.filter(post__division__code__gte=low, post__division__code__lt=high)
    others = asked.exclude(holding__account=by.holding.account_id)
    return list(others.select_related("post__division", "post__organisation").order_by("id")[:50])


def export_for(by: PostActor, key: UUID) -> Export:
    """An export the actor asked for or may have to answer; to others it does not exist."""
    rows = Export.objects.select_related("post__division", "holding", "answered_by__post")
    found = rows.filter(pk=key).first()
    if found is None or not (found.post_id == by.post.pk or covers(by, found.post.division.code)):
        raise NotFound
    if found.post_id != by.post.pk:
        if not found.purpose:
            raise NotFound
        require(by, "exports.approve", within=found.post.division.code)
    return found


def order(wanted: Wanted, *, by: PostActor) -> Export:
    """Have a long list made in the background."""
    require_holding(by)
    with writing():
        going = Export.objects.filter(post=by.post, state__in=[ExportState.WAITING, ExportState.MAKING])
        if going.count() >= MOST_AT_ONCE:
            raise Conflict(_("Your post has files in the making already. Please wait until they are ready."))
        return _add(wanted, ExportState.WAITING, timezone.now(), by=by)


def ask(wanted: Wanted, purpose: str, reason: str, cases: list[Case], *, by: PostActor) -> Export:
    """Ask for names and telephone numbers of whoever raised these cases; a second post answers."""
    require_holding(by)
    if purpose not in {each.name for each in purposes_for(by.post.kind, many=True)}:
        raise NotYours(_("Your post has no purpose for which such a list may be made."))
    if not reason:
        raise Invalid(_("Say why you need this list."))
    seen = those_seen([each for each in cases if areas_see(each.kind) and covers(by, each.code_now)], by=by)
    chosen = [case for case in cases if case.reporter_id and case.pk in seen]
    if not chosen:
        raise Invalid(_("Nobody left a name or telephone number with these cases."))
    if len(cases) > MOST_WITH_CONTACTS:
        most = {"most": MOST_WITH_CONTACTS}
        raise Invalid(_("Such a list may hold at most %(most)s cases. Narrow it further.") % most)
    with writing():
        _check_cap(by, len(chosen), asked_at__gte=_today(), state__in=_COUNTED)
        export = _add(wanted, ExportState.ASKED, timezone.now() + ANSWER, by=by)
        export.purpose, export.reason = purpose, reason
        export.cases, export.rows = [str(case.pk) for case in chosen], len(chosen)
        export.save(update_fields=["purpose", "reason", "cases", "rows"])
        _record("exports.ask", export, by)
    return export


def ask_return(wanted: Wanted, reason: str, cases: int, *, by: PostActor) -> Export:
    """Ask for a list of confidential cases in another authority's form, without any party; a second post answers."""
    require_holding(by)
    require(by, "exports.return", within=by.post.division.code)
    if by.post.division.level > Level.TOWN:
        raise NotYours(_("Such lists are made for a town or a county, so that nobody is known by them."))
    if not reason:
        raise Invalid(_("Say why you need this list."))
    if not cases:
        raise Invalid(_("There is no case in this period. Choose another one."))
    if cases > MOST_IN_RETURN:
        most = {"most": MOST_IN_RETURN}
        raise Invalid(_("Such a list may hold at most %(most)s cases. Narrow it further.") % most)
    with writing():
        export = _add(wanted, ExportState.ASKED, timezone.now() + ANSWER, by=by)
        export.purpose, export.reason, export.rows = TAKE_OUT, reason, cases
        export.save(update_fields=["purpose", "reason", "rows"])
        _record("exports.ask", export, by)
    return export


def answer(key: UUID, *, yes: bool, words: str, by: PostActor) -> Export:
    """Approve or refuse, as another person than the one who asked."""
    with writing():
        export = _locked(key)
        require(by, "exports.approve", within=export.post.division.code)
        if export.holding.account_id == by.holding.account_id:
            raise NotYours(_("Nobody approves their own request. Somebody else has to do this."))
        if export.state != ExportState.ASKED or export.until <= timezone.now():
            raise Conflict(_("This request has been answered already, or its time has passed."))
        if not yes and not words:
            raise Invalid(_("Say why not, so that the other post knows."))
        export.state = ExportState.APPROVED if yes else ExportState.REFUSED
        export.answered_by, export.answer = by.holding, words
        export.until = timezone.now() + FETCH
        export.save(update_fields=["state", "answered_by", "answer", "until"])
        _record("exports.approve" if yes else "exports.refuse", export, by)
    return export


def fetch(key: UUID, *, by: PostActor) -> list[tuple[Case, Person]]:
    """Open the contacts of an approved export, once; everybody in it gets an access row."""
    with writing():
        export = _locked(key)
        _check_fetching(export, by)
        cases = Case.objects.within(by.post.division.span).with_place().select_related("reporter")
        found = list(cases.filter(pk__in=export.cases).order_by("-id"))
        pairs = [(case.reporter, case) for case in found if case.reporter]
        people = read_many(pairs, export.purpose, by=by)
        export.state, export.until = ExportState.FETCHED, timezone.now()
        export.save(update_fields=["state", "until"])
        _record("exports.fetch", export, by)
    return [(case, person) for (_contact, case), person in zip(pairs, people, strict=True)]


def fetch_return(key: UUID, *, by: PostActor) -> Export:
    """Say that an approved list of confidential cases is made now, once."""
    with writing():
        export = _locked(key)
        if export.purpose != TAKE_OUT:
            raise NotFound
        _check_fetching(export, by)
        export.state, export.until = ExportState.FETCHED, timezone.now()
        export.save(update_fields=["state", "until"])
        _record("exports.fetch", export, by)
    return export


def _check_fetching(export: Export, by: PostActor) -> None:
    if export.post_id != by.post.pk:
        raise NotFound
    require_holding(by)
    approver = export.answered_by.account_id if export.answered_by else None
    if approver == by.holding.account_id:
        raise NotYours(_("Whoever approved a request does not fetch its file."))
    if export.state == ExportState.FETCHED:
        raise Conflict(
            _("This file has been fetched already; it is made only once. Ask again if you need it.")
        )
    if export.state != ExportState.APPROVED or export.until <= timezone.now():
        raise Conflict(_("There is nothing to fetch: it was not approved, or its time has passed."))
    if export.purpose != TAKE_OUT:
        _check_cap(by, export.rows, until__gte=_today(), state=ExportState.FETCHED)


def _check_cap(by: PostActor, more: int, **counted: Any) -> None:
    """Raise Conflict where a post would get at more people in a day than the place allows; inside the transaction.

    What was asked for today counts when more is asked for, what was fetched today when more is fetched.
    """
    Post.objects.select_for_update().get(pk=by.post.pk)  # two requests of one post take turns
    of_post = Export.objects.filter(post=by.post, **counted).exclude(purpose__in=["", TAKE_OUT])
    had = of_post.aggregate(people=Sum("rows"))["people"] or 0
    if had + more > settings.EXPORT_PERSONS_PER_DAY:
        said = {
            "most": settings.EXPORT_PERSONS_PER_DAY,
            "left": max(0, settings.EXPORT_PERSONS_PER_DAY - had),
        }
        raise Conflict(
            _(
                "One post may take out names and telephone numbers of %(most)d people a day; today %(left)d are "
                "left. Choose fewer cases, or go on tomorrow."
            )
            % said
        )


def _today() -> datetime:
    """When the place's day began."""
    return timezone.now().astimezone(PLACE_TIME).replace(hour=0, minute=0, second=0, microsecond=0)


def claim() -> Export | None:
    """Take the oldest file that waits to be made; a dead maker's claim runs out."""
    now = timezone.now()
    open_ones = Export.objects.filter(state__in=[ExportState.WAITING, ExportState.MAKING], until__lte=now)
    if not open_ones.exists():
        return None
    with writing():
        rows = open_ones.select_for_update(skip_locked=True, of=("self",)).order_by("id")
        found = rows.select_related("holding__post__division", "holding__post__organisation").first()
        if found:
            found.state, found.until = ExportState.MAKING, now + CLAIM
            found.save(update_fields=["state", "until"])
    return found


def progress(export: Export, rows: int) -> None:
    """Say how many rows are written, and that the maker lives."""
    with writing():
        Export.objects.filter(pk=export.pk).update(rows=rows, until=timezone.now() + CLAIM)


def finish(export: Export, rows: int, *, by: PostActor) -> None:
    """The file is there; it is kept for some days."""
    with writing():
        export.state, export.rows, export.until = ExportState.READY, rows, timezone.now() + KEPT
        export.save(update_fields=["state", "rows", "until"])
        _record("exports.make", export, by)


def made_at_once(wanted: Wanted, rows: int, *, by: PostActor) -> None:
    """A short list leaves as a file at once: that it did is on record, like the making of a long one."""
    require_holding(by)
    facts = {"rows": rows, "form": wanted.form, "list": wanted.listing}
    with writing():
        record(Line("exports.make", by.by(), by.post.division.code, facts=facts))


def fail(export: Export) -> None:
    """The file cannot be made."""
    with writing():
        Export.objects.filter(pk=export.pk).update(state=ExportState.FAILED, until=timezone.now() + KEPT)


def clear(now: datetime | None = None) -> int:
    """Throw away what is past its time (a loop calls this); return how many."""
    past = Export.objects.filter(until__lte=now or timezone.now())
    over = list(
        past.filter(Q(state=ExportState.READY) | Q(state__in=[ExportState.ASKED, ExportState.APPROVED]))
    )
    for export in over:
        file_of(export).unlink(missing_ok=True)
    if over:
        with writing():
            Export.objects.filter(pk__in=[each.pk for each in over]).update(state=ExportState.OVER)
    return len(over)


def _add(wanted: Wanted, state: str, until: datetime, *, by: PostActor) -> Export:
    return Export.objects.create(
        post=by.post,
        holding=by.holding,
        listing=wanted.listing,
        query=wanted.query,
        about=wanted.about[:500],
        form=wanted.form,
        language=translation.get_language() or "zh-hans",
        state=state,
        asked_at=timezone.now(),
        until=until,
    )


def _locked(key: UUID) -> Export:
    rows = Export.objects.select_for_update(of=("self",)).select_related(
        "post__division", "holding", "answered_by"
    )
    found = rows.filter(pk=key).exclude(purpose="").first()
    if found is None:
        raise NotFound
    return found


def _record(name: str, export: Export, by: PostActor) -> None:
    facts = {"export": str(export.pk), "rows": export.rows, "form": export.form, "list": export.listing}
    if export.purpose:
        facts["purpose"] = export.purpose
    name = f"{name}_return" if export.purpose == TAKE_OUT else name
    record(Line(name, by.by(), by.post.division.code, facts=facts))
