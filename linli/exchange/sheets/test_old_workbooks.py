"""Old workbooks (.xls): the file beside this one was written by LibreOffice, with #N/A and 1/0 in two of its cells."""

from __future__ import annotations

import struct
import tracemalloc
from pathlib import Path

import pytest

from linli.exchange.sheets.old_workbooks import errors_of
from linli.exchange.sheets.parcels import contents_of

pytestmark = pytest.mark.django_db
OLD = Path(__file__).with_suffix(".xls").read_bytes()


def test_an_error_in_an_old_workbook_is_said_and_holds_up_only_its_row(looked_at, taken):
    bad = contents_of(looked_at(OLD)).bad
    assert [(row.line, row.faults[0].column) for row in bad] == [(3, "所属区域"), (4, "办理时限")]
    assert all("error such as #REF!" in row.faults[0].sentence for row in bad)
    delivery = taken(OLD)
    assert (delivery.taken, delivery.refused) == (2, 2)


def test_its_cells_are_found_where_they_are():
    assert errors_of(OLD) == [frozenset({(2, 7), (3, 11)})]


@pytest.mark.parametrize("length", [0, 8, 40, 600, 4000, len(OLD) - 2000])
def test_half_a_file_tells_of_no_errors_and_ends(length):
    assert len(errors_of(OLD[:length])) <= 1


@pytest.mark.parametrize("shift", [9, 15])
def test_a_ring_of_sectors_ends_and_takes_no_more_than_the_file(shift):
    size = 1 << shift
    ring = bytearray(OLD[:512]) + bytes(40 * size)
    struct.pack_into("<H", ring, 30, shift)
    struct.pack_into("<I", ring, 48, 1)
    struct.pack_into("<109I", ring, 76, *([0] * 109))
    ring[size : 2 * size] = struct.pack(f"<{size // 4}I", *([1] * (size // 4)))
    tracemalloc.start()
    assert errors_of(bytes(ring)) == []
    assert tracemalloc.get_traced_memory()[1] < 150 * len(ring)
    tracemalloc.stop()
