"""What a disk holds after a power cut, worked out from the system calls of a process.

strace tells every write, truncation, rename, removal and sync in one folder, and every acknowledgement, in order. From
that, images of the folder are made as a disk could hold them if power went at any moment, under four models: nothing
that was not synced is there; all is there up to that moment; of what was not synced some is there, some not; and of
that, one write is there by halves, in sectors of 512 bytes. Renames and new names hold once their folder is synced.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

SECTOR = 512
CALLS = (
    "pwrite64,write,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,openat"
)
_LINE = re.compile(r"^(?:\[pid +)?(\d+)\]? +(.*)$")
_UNFINISHED, _RESUMED = (
    re.compile(r"^(\w+)\((.*) <unfinished \.\.\.>$"),
    re.compile(r"^<\.\.\. \w+ resumed>(.*)$"),
)
_CALL = re.compile(r"^(\w+)\((.*)\) += (-?\d+)")
_FILE = re.compile(r"^\d+<([^>]*?)(?: ?\(deleted\))?>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


@dataclass(frozen=True)
class Event:
    """One thing that happened in the folder: `begun` and `ended` are its places in the order of all lines."""

    what: str
    path: str
    begun: int
    ended: int
    offset: int = 0
    data: bytes = b""
    to: str = ""


def strace(trace: Path, *further: str) -> list[str]:
    """The command before the one that is watched."""
    return ["strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "10000000", "-e", f"trace={CALLS}", *further,
            "-o", str(trace)]  # fmt: skip


def events_of(trace: Path, folder: Path) -> list[Event]:
    """What happened in a folder, in order of completion."""
    found, waiting = [], {}
    with trace.open(encoding="ascii", errors="replace") as lines:
        for number, line in enumerate(lines):
            matched = _LINE.match(line.rstrip("\n"))
            if not matched:
                continue
            process, said = matched.groups()
            if begun := _UNFINISHED.match(said):
                waiting[process] = (number, f"{begun[1]}({begun[2]}")
                continue
            first = number
            if resumed := _RESUMED.match(said):
                first, start = waiting.pop(process, (number, ""))
                said = start + resumed[1]
            call = _CALL.match(said)
            if call and int(call[3]) >= 0:
                found += _event(call[1], call[2], int(call[3]), (first, number))
    root = f"{folder}/"
    return [each for each in found if each.path.startswith(root) or each.path == str(folder)]


def _event(call: str, words: str, result: int, when: tuple[int, int]) -> list[Event]:
    texts = [bytes.fromhex(hexed.replace("\\x", "")) for hexed, _more in _TEXT.findall(words)]
    opened = _FILE.match(words)
    path = bytes.fromhex(opened[1].replace("\\x", "")).decode() if opened and "\\x" in opened[1] else ""
    path = path or (opened[1] if opened else "")
    if call in {"pwrite64", "write"} and opened:
        offset = int(words.rpartition(", ")[2]) if call == "pwrite64" else -1
        return [Event("write", path, *when, offset=offset, data=texts[0][:result])]
    if call in {"fsync", "fdatasync"}:
        return [Event("sync", path, *when)]
    if call == "ftruncate":
        return [Event("cut", path, *when, offset=int(words.rpartition(", ")[2]))]
    names = [text.decode(errors="replace") for text in texts]
    if call.startswith("rename"):
        return [Event("rename", names[0], *when, to=names[1])]
    if call.startswith("unlink"):
        return [Event("remove", names[0], *when)]
    if call.startswith("mkdir"):
        return [Event("folder", names[0], *when)]
    if call == "openat" and "O_CREAT" in words:
        return [Event("new", names[0], *when)]
    return []


@dataclass
class Image:
    """A folder as a disk holds it: names lead to numbers, numbers to contents, as on a disk."""

    names: dict[str, int] = field(default_factory=dict)
    contents: dict[int, bytearray] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, folder: Path) -> Image:
        """How it is before anything happens."""
        image = cls()
        for number, path in enumerate(sorted(each for each in folder.rglob("*") if each.is_file())):
            image.names[str(path)], image.contents[number] = number, bytearray(path.read_bytes())
        image.folders = {str(each) for each in folder.rglob("*") if each.is_dir()}
        return image

    def write_to(self, target: Path, folder: Path) -> None:
        """Lay it out as a folder of its own."""
        shutil.rmtree(target, ignore_errors=True)
        for each in self.folders:
            (target / Path(each).relative_to(folder)).mkdir(parents=True, exist_ok=True)
        for name, number in self.names.items():
            path = target / Path(name).relative_to(folder)
            if path.parent.is_dir() or path.parent == target:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.contents[number])


@dataclass
class _Happened:
    """An event with the file it is about, by number: a later rename changes the name, not the file."""

    event: Event
    file: int


class History:
    """All that happened, and what a disk could hold when power goes at some moment."""

    def __init__(self, before: Image, events: list[Event], acknowledged: str) -> None:
        self.before, self.acknowledged = before, acknowledged
        self.happened = list(_numbered(before, events))
        self.moments = [each.event.ended for each in self.happened]

    def promised(self, moment: int) -> list[str]:
        """What was acknowledged before a moment: each line of the file of acknowledgements whose writing had begun."""
        return [
            line
            for each in self.happened
            if each.event.path == self.acknowledged
            and each.event.what == "write"
            and each.event.begun <= moment
            for line in each.event.data.decode().splitlines()
        ]

    def image(self, moment: int, model: str, chance: Random) -> Image:
        """What the disk holds; `model` is nothing, all, some or torn."""
        past = [each for each in self.happened if each.event.ended <= moment]
        safe = self._synced(past)
        torn = chance.choice([n for n, each in enumerate(past) if n not in safe] or [-1])
        image = Image(
            dict(self.before.names),
            {number: bytearray(content) for number, content in self.before.contents.items()},
            set(self.before.folders),
        )
        for number, each in enumerate(past):
            if number in safe or KEEPS[model](chance):
                _apply(image, each, chance if model == "torn" and number == torn else None)
        return image

    def _synced(self, past: list[_Happened]) -> set[int]:
        """Which events a sync covers: those that had ended before it began, and it has ended."""
        safe = set()
        files: dict[int, int] = {}
        folders: dict[str, int] = {}
        for each in past:
            if each.event.what == "sync":
                files[each.file] = max(files.get(each.file, -1), each.event.begun)
                folders[each.event.path] = max(folders.get(each.event.path, -1), each.event.begun)
        for number, each in enumerate(past):
            event = each.event
            if event.what in {"write", "cut"}:
                covered = files.get(each.file, -1)
            else:
                covered = folders.get(str(Path(event.path).parent), -1)
            if event.ended < covered:
                safe.add(number)
        return safe


KEEPS: dict[str, Callable[[Random], bool]] = {
    "nothing": lambda _chance: False,
    "all": lambda _chance: True,
    "some": lambda chance: chance.random() < 0.5,
    "torn": lambda chance: chance.random() < 0.5,
}


def _numbered(before: Image, events: list[Event]) -> Iterator[_Happened]:
    names, following = dict(before.names), len(before.names)
    ends: dict[int, int] = {number: len(content) for number, content in before.contents.items()}
    for happened in events:
        event = happened
        if event.what == "new" and event.path in names:
            continue
        if event.what == "new":
            names[event.path], ends[following] = following, 0
            following += 1
        file = names.get(event.path, -1)
        if event.what == "rename" and file >= 0:
            names[event.to] = names.pop(event.path)
        if event.what == "remove":
            names.pop(event.path, None)
        if event.what == "write" and file >= 0:
            offset = event.offset if event.offset >= 0 else ends[file]
            ends[file] = max(ends[file], offset + len(event.data))
            event = Event("write", event.path, event.begun, event.ended, offset, event.data)
        yield _Happened(event, file)


def _apply(image: Image, happened: _Happened, tearing: Random | None) -> None:
    event, file = happened.event, happened.file
    content = image.contents.setdefault(file, bytearray())
    if event.what == "write":
        _lay(content, event.offset, event.data, tearing)
    elif event.what == "cut":
        del content[event.offset :]
        content.extend(bytes(event.offset - len(content)))
    elif event.what == "new":
        image.names[event.path] = file
    elif event.what == "folder":
        image.folders.add(event.path)
    elif event.what == "rename":
        image.names.pop(event.path, None)
        image.names[event.to] = file
    elif event.what == "remove":
        image.names.pop(event.path, None)


def _lay(content: bytearray, offset: int, data: bytes, tearing: Random | None) -> None:
    end = offset + len(data)
    content.extend(bytes(max(0, end - len(content))))
    for start in range(offset, end, SECTOR) if tearing else [offset]:
        if tearing is None:
            content[offset:end] = data
        elif tearing.random() < 0.5:
            piece = data[start - offset : start - offset + SECTOR]
            content[start : start + len(piece)] = piece
