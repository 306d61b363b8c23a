"""What staff leave in a case without moving it: notes (便签), their withdrawal, decisions, and that it was printed.

They are entries like those of the steps, with their words apart and erasable; only staff read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.base.writing import writing
from linli.cases.models import Case
from linli.cases.reading import require_sight, require_whole
from linli.cases.story import DECIDE, GREW, NOTE, PRINT, WITHDRAW_NOTE
from linli.ledger.models import Entry
from linli.ledger.names import Redaction, register
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import require_holding
from linli.posts.models import Post
from linli.residents.chat_words import holds_number


@dataclass(frozen=True)
class Minuted:
    """A decision: what is to be done, by which post, and until which day."""

    words: str
    post: Post
    until: date


def register_entries() -> None:
    """Make these names known to the ledger; called when the app starts."""
    register(NOTE, label=lambda: gettext("Internal note"), redaction=Redaction.ERASE)
    register(WITHDRAW_NOTE, label=lambda: gettext("Note withdrawn"), redaction=Redaction.ERASE)
    register(DECIDE, label=lambda: gettext("Decision minuted"), redaction=Redaction.ERASE)
    register(GREW, label=lambda: gettext("A case of another kind came of it"), redaction=Redaction.ERASE)
    register(PRINT, label=lambda: gettext("File printed"), redaction=Redaction.NO_WORDS)


def note(case: Case, text: str, *, by: PostActor) -> Entry:
    """Leave a remark for colleagues; it cannot be edited, only withdrawn, and the reporter never sees it."""
    with writing():
        require_holding(by)
        require_whole(case, by=by)
        return record(Line(NOTE, by.by(), case.code_now, case.pk, words={"note": text}))


def withdraw_note(case: Case, entry: UUID, reason: str, *, by: PostActor) -> None:
    """Strike a note through and say why (撤回); its words stay readable, as on paper."""
    with writing():
        _check(case, by)
        written = Entry.objects.select_for_update().filter(pk=entry, about=case.pk, name=NOTE).first()
        if written is None:
            raise NotFound(_("There is no such note in this case."))
        if written.post != by.post.pk:
            raise NotYours(_("A note is withdrawn by the post that wrote it."))
        gone = Entry.objects.filter(about=case.pk, name=WITHDRAW_NOTE)
        if any(each.facts.get("note") == str(entry) for each in gone):
            raise Conflict(_("This note has been withdrawn already."))
        facts = {"note": str(entry)}
        record(Line(WITHDRAW_NOTE, by.by(), case.code_now, case.pk, facts=facts, words={"reason": reason}))


def decide(case: Case, minuted: Minuted, *, by: PostActor) -> Entry:
    """Minute what was decided about a case (议定事项): which post does what until when; staff alone read it."""
    with writing():
        require_holding(by)
        require_whole(case, by=by)
        if minuted.until < timezone.localdate():
            raise Invalid(_("That day is over. Say until when it will be done."))
        if holds_number(minuted.words):
            sentence = _("Minutes are about the matter. Leave out telephone and identity numbers.")
            raise Invalid(sentence, fields={"words": [sentence]})
        facts = {"until": minuted.until.isoformat(), "next_post": minuted.post.pk}
        return record(
            Line(DECIDE, by.by(), case.code_now, case.pk, facts=facts, words={"note": minuted.words})
        )


def printed(case: Case, form: str, *, by: PostActor) -> None:
    """Record that a post took the file of a case out of the system, and as what."""
    with writing():
        _check(case, by)
        record(Line(PRINT, by.by(), case.code_now, case.pk, facts={"form": form}))


def _check(case: Case, by: PostActor) -> None:
    require_holding(by)
    require_sight(case, by=by)
