"""A place's own text in a template's stead: tried first, kept in versions, taken back at will."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, TooLarge, Unavailable
from linli.base.generations import bump
from linli.base.writing import writing
from linli.divisions.models import Division
from linli.documents.entries import REPLACE, TAKE_BACK
from linli.documents.models import Override, Wording
from linli.documents.setting import sheet_of
from linli.documents.wordings import FAMILY, Template, framed, wording_of
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.web.typesetting import as_sent, can_set

POWER = "papers.edit"
LARGEST = 60_000
SECONDS = 20
# One text without imports: a template can fetch nothing, read nothing else and build no code of its own.
_FORBIDDEN = re.compile(r"\b(import|include|eval|plugin)\b")


@dataclass(frozen=True)
class _Sample:
    """What a sample sheet says of how it can be verified."""

    address: str = "https://linli.example/verify/ABCDEFGHJKMN/"
    code: str = "ABCD-EFGH-JKMN"
    version: int = 1


def tried(template: Template, text: str) -> bytes:
    """The template's sample set with a text, as PDF; Invalid with the line and typst's own words if it cannot be.

    It runs in a process of its own that is ended after some seconds: a text may be endless.
    """
    _check(text)
    if not can_set():
        raise Unavailable(
            _("This installation cannot make PDF files, so templates cannot be tried. Install linli[docs].")
        )
    sheet = sheet_of(framed(text), dict(template.sample), _Sample())
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.pdf"
        command = [sys.executable, "-m", "linli.web.typesetting", str(out)]
        try:
            done = subprocess.run(  # noqa: S603  our own module, with a path of our own
                command, input=as_sent(sheet), capture_output=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired as endless:
            raise Invalid(_("Setting this text takes too long. Does a loop in it never end?")) from endless
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise Invalid(_("typst cannot set this text: %(said)s") % {"said": (said or ["?"])[-1][:300]})
        return out.read_bytes()


def _check(text: str) -> None:
    if len(text.encode()) > LARGEST:
        raise TooLarge(_("A template may have at most 60 kB."))
    if "verification()" not in text or "signing()" not in text:
        raise Invalid(
            _("A template must keep #signing() and #verification(): without them nobody can sign or verify.")
        )
    if found := _FORBIDDEN.search(text):
        raise Invalid(_("A template stands by itself: leave out “%(word)s”.") % {"word": found[1]})


def replace(template: Template, text: str, *, by: PostActor) -> Override:
    """Let a text hold for new documents in the actor's area from now on; older documents keep theirs."""
    require(by, POWER, within=by.post.division.code)
    tried(template, text)
    wording = wording_of(text)
    with writing():
        place = Division.objects.select_for_update().get(pk=by.post.division_id)
        rows = Override.objects.filter(template=template.name, division=place)
        newest = rows.order_by("-version").first()
        if newest and newest.taken_back_at is None and newest.wording_id == wording.digest:
            raise Conflict(_("This very text is in force already."))
        Wording.objects.bulk_create([wording], ignore_conflicts=True)
        version = newest.version + 1 if newest else 1
        row = Override.objects.create(
            template=template.name, division=place, version=version, wording=wording, since=timezone.now()
        )
        bump(FAMILY)
        facts = {"template": template.name, "version": version, "wording": wording.digest}
        record(Line(REPLACE, by.by(), place.code, facts=facts))
    return row


def take_back(template: Template, *, by: PostActor) -> None:
    """Undo the newest own text of the actor's area: the one before holds again, or the one that came along."""
    require(by, POWER, within=by.post.division.code)
    with writing():
        place = Division.objects.select_for_update().get(pk=by.post.division_id)
        rows = Override.objects.filter(template=template.name, division=place, taken_back_at=None)
        newest = rows.order_by("-version").first()
        if newest is None:
            raise Conflict(_("There is no text of your own to take back."))
        newest.taken_back_at = timezone.now()
        newest.save(update_fields=["taken_back_at"])
        bump(FAMILY)
        facts = {"template": template.name, "version": newest.version}
        record(Line(TAKE_BACK, by.by(), place.code, facts=facts))


def versions_of(template: Template, place: Division) -> list[Override]:
    """A place's own texts of a template, the newest first."""
    rows = Override.objects.filter(template=template.name, division=place).select_related("wording")
    return list(rows.order_by("-version"))


def own_part(text: str) -> str:
    """A whole text without the frame in front of it, as somebody would change it."""
    return text.removeprefix(framed(""))
