"""Photos of a case: decoded and encoded anew, so that nothing but the picture stays; stored by content."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import BoundedSemaphore
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import ExifTags, Image

from linli.base.errors import Busy, Invalid, Refusal, TooLarge, Unavailable
from linli.base.files import make_folder, sync_folder
from linli.base.processors import anywhere
from linli.cases.models import Attachment, Case
from linli.cases.models.attachment import PICTURE

log = logging.getLogger("linli.attachments")
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 2048
MAX_PER_STEP = 6
_PDF = b"%PDF-"
PATIENCE = 20  # seconds until somebody who waits to be decoded is asked to come again
_decoding = BoundedSemaphore(max(2, os.cpu_count() or 1))
_MADE_SMALL_AS_THEY_ARE = {"RGB", "RGBA", "L"}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_TOO_MANY_PIXELS = gettext_lazy("This photo has too many pixels. Please send a smaller one.")


class Cleaned(io.BytesIO):
    """A picture that came ahead and was cleaned then: it is taken as it is."""

    name = "photo.jpg"


def cleaned_photo(upload: BinaryIO) -> bytes:
    """The picture as JPEG, upright, at most 2048 px long, without EXIF (place, time, camera, owner).

    Raises TooLarge before decoding when bytes or pixels exceed the limits, Invalid for what is no picture, Busy when
    too many are being decoded: each takes some 150 MB, and a few kilobytes are enough to ask for that.
    """
    if isinstance(upload, Cleaned):
        return upload.getvalue()
    raw = upload.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise TooLarge(_("A photo may have at most 10 MB. Please send a smaller one."))
    if raw.startswith(_PDF):
        raise Invalid(
            _(
                "This is a PDF. Only pictures are kept here, at most %(most)s at once and 10 MB each: of a long file, "
                "photograph the pages that matter, and keep the rest on paper."
            )
            % {"most": MAX_PER_STEP}
        )
    if not _decoding.acquire(timeout=PATIENCE):
        raise Busy(retry_after=PATIENCE)
    try:
        with anywhere():
            return _as_jpeg(raw)
    except Refusal:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise TooLarge(_TOO_MANY_PIXELS) from bomb
    except Exception as trouble:  # a decoder meets what strangers made, and fails in any way
        raise Invalid(
            _("This file is not a photo we can read. Please send a JPEG, PNG or WebP picture.")
        ) from trouble
    finally:
        _decoding.release()


def _as_jpeg(raw: bytes) -> bytes:
    """Made small before anything else, so that the full picture is in memory once."""
    picture: Image.Image = Image.open(io.BytesIO(raw), formats=("JPEG", "PNG", "WEBP"))
    if picture.width * picture.height > MAX_PIXELS:
        raise TooLarge(_TOO_MANY_PIXELS)
    turn = _turn_of(picture)
    if picture.mode not in _MADE_SMALL_AS_THEY_ARE:
        picture = picture.convert("RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = picture.transpose(turn) if turn is not None else picture
    out = io.BytesIO()
    upright.convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()


def _turn_of(picture: Image.Image) -> Image.Transpose | None:
    """How the camera was held; a photo whose EXIF cannot be read stays as it is, and is no worse a photo."""
    try:
        return _TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception as trouble:  # noqa: BLE001  cameras write anything
        log.info("EXIF not readable: %s", type(trouble).__name__)
        return None


@dataclass(frozen=True)
class Photo:
    """A picture that is safely on disk: its digest and size; a row may now refer to it."""

    digest: str
    size: int


def keep(content: bytes) -> Photo:
    """Store a cleaned picture under its SHA-256, durable before this returns; Unavailable if the disk refuses it."""
    photo = Photo(hashlib.sha256(content).hexdigest(), len(content))
    store(photo.digest, [content])
    return photo


def store(digest: str, parts: Iterable[bytes]) -> None:
    """Write content, in parts, where its digest says, durable before this returns; the same content is stored once.

    Raises Unavailable when the disk does not take it.
    """
    target = path_of(digest)
    try:
        if target.exists():
            os.utime(target)  # wanted again: see sweep()
        else:
            _write(parts, target)
    except OSError as trouble:
        raise Unavailable from trouble


def _write(parts: Iterable[bytes], target: Path) -> None:
    make_folder(target.parent)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as half:
        try:
            half.writelines(parts)
            half.flush()
            os.fsync(half.fileno())
        except OSError:
            Path(half.name).unlink()
            raise
    Path(half.name).replace(target)
    sync_folder(target.parent)


def attachment_rows(case: Case, photos: Sequence[Photo], *, step: str, at: datetime) -> list[Attachment]:
    """Unsaved rows that tie kept photos to a case."""
    return [
        Attachment(
            case=case, digest=photo.digest, media_type=PICTURE, size=photo.size, step=step, added_at=at
        )
        for photo in photos
    ]


def attach(case: Case, photos: Sequence[Photo], *, step: str, at: datetime) -> None:
    """Write those rows inside the step's transaction."""
    Attachment.objects.bulk_create(attachment_rows(case, photos, step=step, at=at))


def path_of(digest: str) -> Path:
    """Where content with this digest lies: outside the web root, two levels of folders."""
    return Path(settings.ATTACHMENTS_ROOT) / digest[:2] / digest[2:4] / digest


def orphans() -> list[Path]:
    """Files no row refers to (a step that failed after its file was kept); `doctor` shows and sweeps them."""
    root = Path(settings.ATTACHMENTS_ROOT)
    found = list(root.glob("??/??/*"))  # before the rows: what is kept from now on is not among them
    known = set(Attachment.objects.values_list("digest", flat=True))
    return [path for path in found if path.name not in known]


def sweep(now: datetime) -> int:
    """Remove orphans that nobody has touched for a day, so none whose step is still being taken; return how many."""
    latest = (now - timedelta(days=1)).timestamp()
    old = [path for path in orphans() if path.stat().st_mtime < latest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def drop(digests: Iterable[str], now: datetime) -> int:
    """Remove these files where no row refers to them any more; what somebody keeps at this moment waits for `sweep`."""
    latest = (now - timedelta(days=1)).timestamp()
    wanted = set(digests)
    wanted -= set(Attachment.objects.filter(digest__in=wanted).values_list("digest", flat=True))
    gone = [path for path in map(path_of, wanted) if path.exists() and path.stat().st_mtime < latest]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
