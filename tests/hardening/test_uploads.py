"""Files made to hurt: what a decoder or a workbook reader meets fails politely, whatever it is."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import threading
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from PIL import ExifTags, Image

from linli.base.errors import Busy, Invalid, Refusal
from linli.cases import attachments
from linli.cases.attachments import cleaned_photo
from linli.exchange.sheets.conftest import reply_book
from linli.exchange.sheets.files import read_file
from linli.exchange.sheets.filling import look_at_form
from tests.reading import REPOSITORY

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
ENTITIES = b"".join(b'<!ENTITY a%d "%s">' % (n, (b"&a%d;" % (n - 1) if n else b"ha") * 10) for n in range(9))
DOCTYPES = {
    "laughs": b"<!DOCTYPE x [" + ENTITIES + b"]>",
    "outside": b'<!DOCTYPE x [<!ENTITY a8 SYSTEM "file:///etc/passwd">]>',
}


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
    """A small noisy picture."""
    out = io.BytesIO()
    Image.effect_noise(size, 50).convert("RGB").save(out, form, **more)
    return out.getvalue()


def exif(turn: int = 6) -> Image.Exif:
    """What a telephone writes: how it was held, who made it, where."""
    written = Image.Exif()
    written[ExifTags.Base.Orientation], written[ExifTags.Base.Make] = turn, "x" * 40
    written[ExifTags.IFD.GPSInfo] = {1: "N", 2: (33.0, 1.0, 2.0)}
    return written


def spoiled(content: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, taken out or put in, mostly near the head."""
    found = bytearray(content)
    for _time in range(chance.randint(1, 6)):
        place = chance.randrange(min(len(found), 400) if chance.random() < 0.7 else len(found))
        what = chance.random()
        if what < 0.6:
            found[place] = chance.randrange(256)
        elif what < 0.8 and len(found) > 30:
            del found[place : place + chance.randint(1, 8)]
        else:
            found[place:place] = chance.randbytes(chance.randint(1, 8))
    return bytes(found)


def troubles(read: Callable[[bytes], object], files: list[bytes]) -> set[str]:
    """Which errors other than refusals come out."""
    found = set()
    for each in files:
        try:
            read(each)
        except Refusal:
            pass
        except Exception as trouble:  # noqa: BLE001  whatever it is, it is what is looked for
            found.add(repr(trouble)[:80])
    return found


def clean(raw: bytes) -> bytes:
    return cleaned_photo(io.BytesIO(raw))


@pytest.mark.parametrize("seed", range(2))
def test_no_spoiled_photo_makes_the_program_fail(seed: int) -> None:
    whole = [picture(form, exif=exif()) for form in ("JPEG", "PNG", "WEBP")] + [picture(progressive=True)]
    chance = random.Random(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert troubles(clean, [spoiled(chance.choice(whole), chance) for _time in range(1500)]) == set()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_whatever_a_camera_writes_beside_the_picture_the_picture_is_taken(form: str) -> None:
    """Some of these could not be written back by the decoder, which lost the whole report."""
    whole, chance = picture(form, exif=exif()), random.Random(11)
    begins = whole.index(b"MM\0*" if b"MM\0*" in whole else b"II*\0") + 8
    files = []
    for _time in range(1500):
        odd = bytearray(whole)
        for _byte in range(chance.randint(1, 4)):
            odd[begins + chance.randrange(110)] = chance.choice([0, 1, 2, 3, 4, 5, 7, 10, 12, 255, 0x88])
        files.append(bytes(odd))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert troubles(clean, files) == set()
        if form == "JPEG":  # the others have a sum over it
            assert all(clean(each) for each in files)


def test_a_photo_whose_notes_cannot_be_read_is_a_photo_all_the_same() -> None:
    whole = picture(exif=exif())
    place = whole.index(b"Exif\0\0") + 10
    odd = whole[:place] + b"\xff\xff\xff\x7f" + whole[place + 4 :]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the decoder says what it could not read
        assert clean(odd)


@pytest.mark.parametrize("turn", range(1, 9))
def test_photos_stand_upright_however_the_camera_was_held(turn: int) -> None:
    size = Image.open(io.BytesIO(clean(picture(exif=exif(turn))))).size
    assert size == ((40, 30) if turn < 5 else (30, 40))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("tail", [HTML, SVG, b"PK\x03\x04", b"%PDF-1.7", b"<?php ?>"], ids=repr)
def test_a_file_that_is_two_things_is_only_a_picture_afterwards(form: str, tail: bytes) -> None:
    kept = clean(picture(form) + tail)
    assert (kept[:2], kept[-2:]) == (b"\xff\xd8", b"\xff\xd9")
    assert tail not in kept


@pytest.mark.parametrize(
    "junk", [b"", b"\0", HTML, SVG, b"GIF89a", b"BM" + b"\0" * 60, b"%PDF-1.7"], ids=repr
)
def test_what_is_no_photo_is_refused_whatever_it_is_called(junk: bytes) -> None:
    with pytest.raises(Invalid):
        clean(junk)


def test_so_many_photos_are_decoded_at_once_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of a few kilobytes takes 150 MB: sixty at once would take the machine."""
    inside, leave = threading.Semaphore(0), threading.Event()

    def stalls(_raw: bytes) -> bytes:
        inside.release()
        leave.wait(10)
        return b""

    monkeypatch.setattr(attachments, "_decoding", threading.BoundedSemaphore(1))
    monkeypatch.setattr(attachments, "PATIENCE", 0.05)
    monkeypatch.setattr(attachments, "_as_jpeg", stalls)
    first = threading.Thread(target=clean, args=(b"x",))
    first.start()
    inside.acquire(timeout=10)
    with pytest.raises(Busy):
        clean(b"x")
    leave.set()
    first.join(10)
    monkeypatch.setattr(attachments, "_as_jpeg", lambda _raw: 1 / 0)
    for _time in range(2):  # one that fails gives its place back
        with pytest.raises(Invalid):
            clean(b"x")


def test_the_largest_photo_takes_little_memory() -> None:
    """40 million pixels in 100 KB; it took 460 MB once."""
    program = (
        "import io; from PIL import Image; import django; django.setup();"
        "from linli.cases.attachments import cleaned_photo;"
        "out = io.BytesIO(); Image.new('L', (8000, 5000)).save(out, 'PNG');"
        "cleaned_photo(io.BytesIO(out.getvalue()));"
        "out = io.BytesIO(); Image.new('RGB', (8000, 5000)).save(out, 'PNG');"
        "cleaned_photo(io.BytesIO(out.getvalue()));"
        # Not ru_maxrss: that of a child begins with what its parent had.
        "most = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'));"
        "print(int(most.split()[1]) // 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert int(done.stdout) < 350, "megabytes"


# --- workbooks ---------------------------------------------------------------------------------------------


def good_book() -> bytes:
    """A reply form: headings and nothing below."""
    return reply_book()


def rebuilt(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same workbook with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
        if part not in old.namelist():
            new.writestr(part, change(b""))
    return out.getvalue()


PARTS = [
    *("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"),
    *(
        "docProps/core.xml",
        "docProps/app.xml",
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/_rels/workbook.xml.rels",
    ),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("doctype", sorted(DOCTYPES))
@pytest.mark.parametrize("part", PARTS)
def test_no_part_of_a_reply_form_declares_entities(part: str, doctype: str, encoding: str) -> None:
    def declares(text: bytes) -> bytes:
        head = text.index(b"?>") + 2
        told = text[:head] + DOCTYPES[doctype] + text[head:]
        return told.decode().replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding)

    with pytest.raises(Invalid):
        look_at_form(rebuilt(good_book(), part, declares))


@pytest.mark.parametrize("read", [read_file, look_at_form])
@pytest.mark.parametrize("seed", range(4))
def test_no_spoiled_workbook_makes_the_program_fail(seed: int, read: Callable[[bytes], object]) -> None:
    chance, whole = random.Random(seed), good_book()
    files = [
        rebuilt(whole, chance.choice(PARTS), lambda text: spoiled(text, chance) if text else b"<x/>")
        for _time in range(60)
    ]
    assert troubles(read, files) == set()


@pytest.mark.parametrize(
    "name", ["../../../../etc/cron.d/x", "/etc/x", "..\\x", "xl/vbaProject.bin", "a" * 5000]
)
def test_parts_with_odd_names_are_written_nowhere(
    name: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    odd = rebuilt(good_book(), name, lambda _text: b"x")
    assert troubles(read_file, [odd]) | troubles(look_at_form, [odd]) == set()
    assert list(tmp_path.iterdir()) == []
