"""What was sealed comes out again to the byte, or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from linli.conf.backups import stream


def test_whole_pieces_that_are_cut_off_are_noticed(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(stream, "PIECE", 100)
    file, key = tmp_path / "sealed", os.urandom(32)
    with file.open("wb") as out:
        sealing = stream.Sealing(out, key, what="test")
        sealing.write(b"x" * 1000)
        sealing.close()
    whole, piece = file.read_bytes(), 4 + 100 + 16
    start = len(whole) - 10 * piece
    for content, held in (
        (whole, True),
        (whole[:-piece], False),  # the last one gone
        (whole[: start + piece] + whole[start:], False),  # the first one twice
        (whole[:start] + whole[start + piece :], False),  # the first one gone
        (whole[:start] + whole[start + piece : start + 2 * piece] + whole[start : start + piece], False),
    ):
        file.write_bytes(content)
        with file.open("rb") as opened:
            if held:
                assert stream.Opening(opened, key, "sealed").read() == b"x" * 1000
            else:
                with pytest.raises(stream.Unreadable):
                    stream.Opening(opened, key, "sealed").read()


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 200, 250])
def test_what_is_sealed_comes_out_again_whatever_its_size(
    tmp_path: Path, monkeypatch: Any, size: int
) -> None:
    monkeypatch.setattr(stream, "PIECE", 100)
    file, key, content = tmp_path / "sealed", os.urandom(32), os.urandom(size)
    with file.open("wb") as out:
        sealing = stream.Sealing(out, key, what="test")
        sealing.write(content)
        sealing.close()
    with file.open("rb") as opened:
        reading, found = stream.Opening(opened, key, "sealed"), b""
        while piece := reading.read(7):
            found += piece
    assert found == content
