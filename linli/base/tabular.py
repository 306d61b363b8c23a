"""Reading tables of any length from files, row by row: CSV (UTF-8 or GB 18030), .xlsx, Parquet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

from django.utils.translation import gettext as _
from python_calamine import CalamineError, load_workbook

from linli.base.errors import Invalid, Unavailable

try:
    import pyarrow
    from pyarrow import parquet
except ImportError:  # the extra `replay` brings it; nothing else needs it
    pyarrow = parquet = None

Cell = str | int | float | bool | date | datetime | None
Row = dict[str, Cell]
Rows = Iterator[tuple[int, Row]]
_TROUBLES: tuple[type[Exception], ...] = (CalamineError, csv.Error, UnicodeDecodeError, OSError)
if pyarrow:
    _TROUBLES += (pyarrow.ArrowException,)
_AT_ONCE = 2000
STRAY = "\N{REPLACEMENT CHARACTER}"
_LOOKED_AT = 1 << 16
_LONGEST_CELL = 1 << 20


def headings_of(path: Path) -> list[str]:
    """The names of a table's columns."""
    return next(_reader(path)(path))[0]


def rows_of(path: Path, columns: Sequence[str]) -> Rows:
    """Some columns of a table's rows, with their numbers (the row of headings is 1); empty rows are left out.

    Memory stays flat for CSV and Parquet. Raises Invalid with what to do for what is no such file.
    """
    for headings, lines in _reader(path)(path):
        places = [(name, headings.index(name)) for name in columns]
        for number, values in lines:
            if any(value not in (None, "") for value in values):
                yield number, {name: values[place] if place < len(values) else None for name, place in places}


Block = tuple[list[str], Iterator[tuple[int, list[Any]]]]


def _reader(path: Path) -> Callable[[Path], Iterator[Block]]:
    readers = {".csv": _csv, ".xlsx": _xlsx, ".parquet": _parquet}
    if not path.is_file():
        raise Invalid(_("There is no file %(path)s.") % {"path": path})
    if path.suffix.lower() not in readers:
        raise Invalid(_("%(path)s is neither .csv, .xlsx nor .parquet.") % {"path": path})
    return readers[path.suffix.lower()]


def _csv(path: Path) -> Iterator[Block]:
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding=_encoding(path), newline="") as file, _trouble_as_refusal(path):
        lines = csv.reader(_lines(file), strict=True)
        headings = next(lines, None)
        if not headings:
            raise Invalid(_("%(path)s is empty.") % {"path": path})
        yield (
            _named(headings, path),
            ((number, _fitting(line, headings)) for number, line in enumerate(lines, 2)),
        )


def _lines(file: TextIO) -> Iterator[str]:
    """Without the NUL that some exports are full of and no database takes."""
    return (line.replace("\0", "") for line in file)


def _fitting(line: list[str], headings: list[str]) -> list[Any]:
    """A row that is too long has a stray comma somewhere; its cells are not those of their columns."""
    return line if len(line) <= len(headings) else [STRAY] * len(headings)


def _encoding(path: Path) -> str:
    """What Excel writes in China is GB 18030; everybody else writes UTF-8."""
    with path.open("rb") as file:
        beginning = file.read(_LOOKED_AT)
    try:
        beginning.decode("utf-8")
    except UnicodeDecodeError as trouble:
        if trouble.end < len(beginning) - 4:  # else the last character is only cut in two
            return "gb18030"
    return "utf-8-sig"


def _named(headings: list[Any], path: Path) -> list[str]:
    names = [str(each or "").strip() for each in headings]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        said = {"path": path, "names": _(", ").join(twice)}
        raise Invalid(_("%(path)s has several columns of the same name: %(names)s.") % said)
    return names


def _xlsx(path: Path) -> Iterator[Block]:
    with _trouble_as_refusal(path), load_workbook(path) as book:
        lines = book.get_sheet_by_index(0).iter_rows()
        headings = next(lines, None)
        if not headings:
            raise Invalid(_("%(path)s is empty.") % {"path": path})
        yield _named(list(headings), path), ((number, list(line)) for number, line in enumerate(lines, 2))


def _parquet(path: Path) -> Iterator[Block]:
    if parquet is None:
        raise Unavailable(
            _("Reading Parquet files needs pyarrow. Install it with: pip install 'linli[replay]'")
        )
    with _trouble_as_refusal(path), parquet.ParquetFile(path) as file:
        yield file.schema_arrow.names, _from_batches(file)


def _from_batches(file: Any) -> Iterator[tuple[int, list[Any]]]:
    number = 2
    for batch in file.iter_batches(_AT_ONCE):
        columns = [column.to_pylist() for column in batch.columns]
        for values in zip(*columns, strict=True):
            yield number, list(values)
            number += 1


@contextmanager
def _trouble_as_refusal(path: Path) -> Iterator[None]:
    try:
        yield
    except _TROUBLES as trouble:
        said = {"path": path, "trouble": str(trouble).splitlines()[0][:200]}
        raise Invalid(_("%(path)s cannot be read: %(trouble)s") % said) from trouble
