"""Sheets on their way in: kept sealed between the upload and the yes, because they hold what people said and who."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from linli.base.errors import NotFound
from linli.base.writing import writing
from linli.exchange.handling import require_source_open
from linli.exchange.models import Parcel, SheetMap, Source
from linli.exchange.sheets.reading import Complaint, Row
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.residents.crypto import seal, unseal

KEPT = timedelta(days=2)


@dataclass
class Contents:
    """What a parcel holds: the rows that can go in, the bad ones, what was noticed."""

    headings: list[str] = field(default_factory=list)
    good: list[Row] = field(default_factory=list)
    bad: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def keep_parcel(
    source: Source,
    use: Parcel.Use,
    said: tuple[str, dict[str, Any]],
    *,
    by: PostActor,
    read_by: SheetMap | None = None,
) -> Parcel:
    """Seal what was read of a file (`said`: its name and what it holds) for its page."""
    label, contents = said
    require(by, "exchange.sheets", within=source.division.code)
    if use == Parcel.Use.INTAKE:
        require_source_open(source)
    parcel = Parcel(
        use=use,
        source=source,
        map=read_by,
        holding=by.holding,
        language=translation.get_language() or "zh-hans",
        label=label[:120],
    )
    parcel.sealed = seal(json.dumps(contents, ensure_ascii=False), _place(parcel))
    with writing():
        parcel.save(force_insert=True)
    return parcel


def throw_away(now: datetime | None = None) -> int:
    """Throw away parcels whose days are over (the worker loop calls this); return how many."""
    over = Parcel.objects.filter(at__lt=(now or timezone.now()) - KEPT, going=False)
    if not over.exists():
        return 0
    with writing():
        return over.delete()[0]


def parcel_of(source: Source, use: Parcel.Use, key: UUID, *, by: PostActor) -> Parcel:
    """A parcel of the same post; to others, and when its days are over, it does not exist."""
    require(by, "exchange.sheets", within=source.division.code)
    rows = Parcel.objects.select_related("map", "delivery", "holding__post__division", "source__division")
    found = rows.filter(source=source, use=use, pk=key, holding__post=by.post).first()
    if found is None:
        raise NotFound(_("This upload is no longer there. Please send the file again."))
    return found


def opened(parcel: Parcel) -> dict[str, Any]:
    """What a parcel holds, as it was put in."""
    said: dict[str, Any] = json.loads(unseal(bytes(parcel.sealed), _place(parcel)))
    return said


def contents_of(parcel: Parcel) -> Contents:
    """The rows of a sheet on its way in."""
    said = opened(parcel)
    good, bad = ([_row(each) for each in said[name]] for name in ("good", "bad"))
    return Contents(said["headings"], good, bad, said["notes"])


def as_plain(contents: Contents) -> dict[str, Any]:
    """The contents of a parcel, to be sealed; the cells of good rows are not needed any more."""
    for row in contents.good:
        row.cells = []
    return asdict(contents)


def _row(said: dict[str, Any]) -> Row:
    faults = [Complaint(**each) for each in said["faults"]]
    return Row(said["line"], said["values"], said["cells"], faults, said.get("held", []))


def _place(parcel: Parcel) -> str:
    return f"exchange_parcel/{parcel.pk}/sealed"
