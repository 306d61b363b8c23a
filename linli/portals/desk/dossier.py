"""The file of a case (办件卷宗): everything but who raised it, in words, for the screen's print and for paper."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from linli.base.processors import anywhere
from linli.cases.attachments import path_of
from linli.cases.kinds import kind_of
from linli.cases.models import Attachment, Case
from linli.cases.sight import Sight, photos_of, sight_of
from linli.portals.desk.clocks import ShownClock, clocks_of
from linli.portals.desk.history import history
from linli.portals.desk.rows import stage_words
from linli.posts.actor import PostActor
from linli.residents.access import MATTERS, PHOTOS
from linli.residents.showing import show
from linli.web.parts import Line, Row
from linli.web.qr import picture
from linli.web.times import moment_words
from linli.web.typesetting import Sheet

TEMPLATE = Path(__file__).parent / "papers" / "case.typ"
THUMBNAIL = 900  # pixels: 60 mm at 380 dpi


@dataclass(frozen=True)
class Dossier:
    """The file of a case in the reader's words; `address` is where whoever raised it follows it."""

    case: Case
    address: str
    printed: str
    rows: Sequence[Row]
    clocks: Sequence[Row]
    lines: Sequence[Line]
    photos: Sequence[Attachment]


def dossier_of(case: Case, address: str, *, by: PostActor, notes: bool) -> Dossier:
    """Collect it, oldest happening first; internal notes only where they are wanted."""
    lines = [line for line in history(case, by, printed=True)[::-1] if notes or line.mark != "note"]
    said = {"post": by.post.title, "moment": moment_words(timezone.now())}
    photos = list(photos_of(case, by=by))
    show(case.whose, MATTERS | (PHOTOS if photos else 0))
    return Dossier(
        case=case,
        address=address,
        printed=_("Printed by %(post)s, %(moment)s") % said,
        rows=[row for row in facts_of(case, by) if row.value],
        clocks=[_clock_row(clock) for clock in clocks_of(case)[::-1]],
        lines=lines,
        photos=photos,
    )


def facts_of(case: Case, by: PostActor) -> Iterable[Row]:
    """What is known of a case, label by label; empty values are for the caller to leave out."""
    kind = kind_of(case.kind)
    yield Row(_("Kind of case"), str(kind.procedure.label))
    yield Row(_("Stage"), stage_words(case))
    yield Row(_("Category"), str(case.category or ""))
    yield Row(_("Area"), case.division.name)
    yield Row(_("Reported"), moment_words(case.at))
    yield Row(_("Promised by"), moment_words(case.due) if case.due else "")
    yield Row(_("Closed"), moment_words(case.closed_at) if case.closed_at else "")
    whole = sight_of(case, by=by) is Sight.WHOLE
    for label, value in kind.detail_of(case).sheet() if whole else ():
        yield Row(label, moment_words(value) if isinstance(value, datetime) else str(value or ""))


def _clock_row(clock: ShownClock) -> Row:
    said = {"start": moment_words(clock.started_at), "end": moment_words(clock.due_at)}
    words = [clock.term, _("%(start)s to %(end)s") % said]
    if clock.granted:
        words.append(_("with an extension of %(granted)s") % {"granted": clock.granted})
    if clock.first_due:
        words.append(_("first promised by %(moment)s") % {"moment": moment_words(clock.first_due)})
    if clock.stopped_at:
        words.append(_("stopped %(moment)s") % {"moment": moment_words(clock.stopped_at)})
    elif clock.light:
        words.append(clock.light.words)
    if clock.source:
        words.append(clock.source)
    return Row(clock.label, " · ".join(words))


def sheet_of(dossier: Dossier) -> Sheet:
    """The same for paper."""
    case, language = dossier.case, (get_language() or "zh")[:2]
    pictures = {"qr.svg": picture(dossier.address)}
    photos = []
    for number, photo in enumerate(dossier.photos, start=1):
        content = _thumbnail(photo)
        if content:
            name = f"photo-{number}.jpg"
            pictures[name] = content
            photos.append({"name": name, "words": photo_words(number, photo)})
    data = {
        "title": _("File of a case"),
        "number": case.number,
        "summary": case.summary,
        "place_name": settings.PLACE_NAME or _("Linli"),
        "printed": dossier.printed,
        "printed_by": settings.PLACE_NAME or _("Linli"),
        "lang": language,
        "region": "cn" if language == "zh" else "gb",
        "qr_words": _("Follow it with number and code"),
        "rows": [{"label": str(row.label), "value": str(row.value)} for row in dossier.rows],
        "clocks": [{"label": str(row.label), "value": str(row.value)} for row in dossier.clocks],
        "story": [_told(line) for line in dossier.lines],
        "photos": photos,
        "words": {
            "case": _("The case"),
            "limits": _("Limits"),
            "story": _("What has happened"),
            "photos": pgettext("attachments", "Photos"),
            "nothing": _("None"),
        },
    }
    return Sheet(TEMPLATE, data, pictures)


def photo_words(number: int, photo: Attachment) -> str:
    """What stands below a photo."""
    return _("Photo %(number)s, %(moment)s") % {"number": number, "moment": moment_words(photo.added_at)}


def _told(line: Line) -> dict[str, object]:
    return {
        "at": moment_words(line.at),
        "title": str(line.title),
        "who": str(line.who),
        "text": str(line.text),
        "struck": line.struck,
    }


def _thumbnail(photo: Attachment) -> bytes | None:
    """A photo small enough for paper; None where its file is not there (doctor says so)."""
    out = io.BytesIO()
    try:
        with anywhere():
            opened = Image.open(path_of(photo.digest))
            opened.thumbnail((THUMBNAIL, THUMBNAIL))
            opened.convert("RGB").save(out, "JPEG", quality=80)
    except (OSError, UnidentifiedImageError):
        return None
    return out.getvalue()
