"""Keeping a centre's shift book: lines are added, never changed; a shift goes from one holder to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound
from linli.base.writing import writing
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.posts.models import Organisation
from linli.registers.centres import ShiftLine
from linli.registers.entries import SHIFT
from linli.residents.chat_words import holds_number

KEEP = "command.read"
MOST_NUMBERS = 20
Sort = ShiftLine.Sort


@dataclass(frozen=True)
class Said:
    """What is written: words about matters, and the numbers of the cases meant."""

    words: str
    numbers: Sequence[str] = ()


@dataclass(frozen=True)
class Standing:
    """What is open at a hand-over, as the centre's page counted it in that moment."""

    overdue: int
    soon: int
    questions: int


def write(said: Said, *, by: PostActor, corrects: UUID | None = None) -> ShiftLine:
    """Add a note to the book of the own centre, or a correction of the line that stands; that one stays readable.

    Conflict where the line was corrected already: as on paper, what stands now is corrected, which is its correction.
    """
    _check(said, by)
    with writing():
        if corrects is None:
            return _added(Sort.NOTE, said, by)
        _lock(by)
        about = _line_of(by, corrects)
        if about.sort == Sort.TAKE_OVER:
            raise Conflict(_("Correct the note or the hand-over itself."))
        if standing_line(about) != about:
            raise Conflict(
                _(
                    "Somebody has corrected this line already. Read what stands there now; if it is still wrong, send "
                    "your correction once more."
                )
            )
        return _added(Sort.CORRECTION, said, by, about=about)


def standing_line(line: ShiftLine) -> ShiftLine:
    """The line itself, or the last of the corrections that followed it."""
    while follows := ShiftLine.objects.filter(about=line, sort=Sort.CORRECTION).order_by("-id").first():
        line = follows
    return line


def hand_over(said: Said, standing: Standing, *, by: PostActor) -> ShiftLine:
    """Hand the shift over with what is open; it lasts until somebody else takes it over."""
    _check(said, by)
    with writing():
        _lock(by)
        if waiting_hand_over(by.post.organisation_id) is not None:
            raise Conflict(_("The shift is handed over already and waits to be taken over."))
        return _added(Sort.HAND_OVER, said, by, standing=standing)


def take_over(key: UUID, *, by: PostActor) -> ShiftLine:
    """Sign for a hand-over by taking it over; whoever handed it over cannot."""
    require(by, KEEP, within=by.post.division.code)
    try:
        with writing():
            _lock(by)
            handed = _line_of(by, key)
            if handed.sort != Sort.HAND_OVER:
                raise NotFound
            if handed.holding.account_id == by.holding.account_id:
                raise Conflict(_("Whoever hands over does not sign for it. Your relief takes it over."))
            if ShiftLine.objects.filter(about=handed, sort=Sort.TAKE_OVER).exists():
                raise Conflict(_("This shift has been taken over already."))
            return _added(Sort.TAKE_OVER, Said(""), by, about=handed)
    except IntegrityError as taken:
        raise Conflict(_("This shift has been taken over already.")) from taken


def waiting_hand_over(centre: int) -> ShiftLine | None:
    """The hand-over of a centre that nobody has taken over yet."""
    handed = ShiftLine.objects.filter(centre=centre, sort=Sort.HAND_OVER).order_by("-id")
    last = handed.select_related("post", "holding").first()
    taken = last and ShiftLine.objects.filter(about=last, sort=Sort.TAKE_OVER).exists()
    return None if taken else last


def _check(said: Said, by: PostActor) -> None:
    require(by, KEEP, within=by.post.division.code)
    if not said.words:
        raise Invalid(_("Write what the next shift must know."))
    if holds_number(said.words):
        raise Invalid(
            _("The shift book is about matters. Leave out telephone and ID numbers; name the case instead.")
        )
    if len(said.numbers) > MOST_NUMBERS:
        raise Invalid(_("Name at most twenty cases in one line."))


def _lock(by: PostActor) -> None:
    """Two who hand over, take over or correct at once take turns."""
    Organisation.objects.select_for_update().get(pk=by.post.organisation_id)


def _line_of(by: PostActor, key: UUID) -> ShiftLine:
    lines = ShiftLine.objects.select_related("holding").filter(centre=by.post.organisation_id)
    found = lines.filter(pk=key).first()
    if found is None:
        raise NotFound
    return found


def _added(
    sort: Sort,
    said: Said,
    by: PostActor,
    *,
    about: ShiftLine | None = None,
    standing: Standing | None = None,
) -> ShiftLine:
    now = timezone.now()
    open_now = vars(standing) if standing else {}
    numbers = list(dict.fromkeys(said.numbers))
    facts = {**open_now, "cases": numbers, **({"about": about.pk} if about else {})}
    words = {"note": said.words} if said.words else {}
    entry = record(Line(SHIFT[sort], by.by(), by.post.division.code, at=now, facts=facts, words=words))
    line = ShiftLine(
        centre_id=by.post.organisation_id,
        sort=sort,
        post=by.post,
        holding=by.holding,
        entry=entry.pk,
        about=about,
        numbers=numbers,
        at=now,
        **open_now,
    )
    line.save(force_insert=True)
    return line
