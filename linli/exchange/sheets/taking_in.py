"""Taking a sheet in: first looked at, then, after a yes, some rows at a time; what is in is in, whatever happens."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import Any

from django.db import IntegrityError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound, NotYours, Refusal, Unavailable
from linli.base.writing import writing
from linli.cases.kinds import kind_of, power
from linli.cases.opening import Draft, Origin, open_many
from linli.cases.steps import Sending, draft_case
from linli.divisions.codes import span
from linli.divisions.models import Division
from linli.exchange.models import Delivery, Foreign, Parcel, Rejection, SheetMap, Source
from linli.exchange.sheets.files import read_file
from linli.exchange.sheets.maps import Body, body_of, latest
from linli.exchange.sheets.parcels import Contents, as_plain, contents_of, keep_parcel
from linli.exchange.sheets.reading import Complaint, Row, read_sheet
from linli.exchange.sheets.roles import INCOMING
from linli.exchange.sources import lines_within
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import covers, require, still_holds
from linli.posts.powers import kinds_with

AT_ONCE = 50  # rows of one transaction: other people's writes come in between
IN_A_REQUEST = 1.5  # seconds somebody waits before the rest is left to the loop
_FIELDS = {role.field: role.name for role in INCOMING if role.field} | {"datum": "longitude"}


def may_take_in(kind: str, by: PostActor) -> bool:
    """Whether the actor's post opens cases of a kind at all."""
    return by.post.kind in kinds_with(power(kind, kind_of(kind).procedure.opening))


def keep_sheet(source: Source, label: str, content: bytes, *, by: PostActor) -> Parcel:
    """Read a sheet by the source's map and keep it, sealed, for its preview; nothing is opened yet."""
    require(by, "exchange.sheets", within=source.division.code)
    kept = latest(source)
    if source.until is not None or kept is None:
        raise Conflict(_("This source has been ended, or has no map yet. Make its map first."))
    read = read_sheet(read_file(content), body_of(kept), source.division)
    if not read.rows:
        raise Invalid(_("The sheet has headings but no rows."))
    _refuse_what_cannot_open(source, kept, read.rows, by=by)
    contents = Contents(
        read.headings,
        [row for row in read.rows if not row.faults],
        [row for row in read.rows if row.faults],
        read.notes,
    )
    return keep_parcel(source, Parcel.Use.INTAKE, (label, as_plain(contents)), by=by, read_by=kept)


def _refuse_what_cannot_open(source: Source, kept: SheetMap, rows: Sequence[Row], *, by: PostActor) -> None:
    """Ask of each row what opening its case would ask, so that the preview says it before anybody says yes."""
    draft = drafting(source, body_of(kept), rows, by=by)
    for row in rows:
        if not row.faults:
            try:
                draft(row)
            except Refusal as refusal:
                row.faults += _complaints(body_of(kept), refusal)


def drafting(source: Source, body: Body, rows: Sequence[Row], *, by: PostActor) -> Callable[[Row], Draft]:
    """What makes the case that a row would open; the places of all rows are looked up at once.

    It raises the refusal of the kind's opening form, or of a place outside the actor's area.
    """
    places = _places(rows)

    def draft(row: Row) -> Draft:
        said = {
            role.field: row.values[role.name] for role in INCOMING if role.field and role.name in row.values
        }
        data = {**said, "channel": source.code, "datum": body.datum}
        data["division"] = places.get(row.values.get("division", ""), "")
        drafted = draft_case(body.kind, data, _sending(source, row), by=by)
        if not covers(by, drafted.division.code):
            raise NotFound(_("This place is not in your area. Its own centre has to take the row in."))
        return drafted

    return draft


def _places(rows: Sequence[Row]) -> dict[str, Division]:
    codes = {row.values["division"] for row in rows if "division" in row.values}
    found = Division.objects.current().filter(code__in={span(code)[0] for code in codes})
    return {each.trimmed: each for each in found}


def _sending(source: Source, row: Row) -> Sending:
    said = json.dumps(row.values, sort_keys=True).encode()
    return Sending(moment_of(row.values.get("called")), Origin.of(f"source/{source.pk}", row.number, said))


def _complaints(body: Body, refusal: Refusal) -> list[Complaint]:
    fields = refusal.facts.get("fields") or {"": [refusal.sentence]}
    return [
        Complaint(body.columns.get(_FIELDS.get(name, ""), ""), "", sentence)
        for name, sentences in fields.items()
        for sentence in sentences
    ]


def known_there(source: Source, numbers: Sequence[str]) -> dict[str, Foreign]:
    """What is here already, by number."""
    found: dict[str, Foreign] = {}
    for place in range(0, len(numbers), 500):
        rows = Foreign.objects.filter(source=source, number__in=numbers[place : place + 500])
        found |= {each.number: each for each in rows.select_related("case__division", "source")}
    return found


def take_in(parcel: Parcel, *, by: PostActor) -> Delivery:
    """Say yes to a preview: the delivery begins, and goes on for a moment at once. A second yes changes nothing."""
    require(by, "exchange.sheets", within=parcel.source.division.code)
    kind = body_of(map_of(parcel)).kind
    if not may_take_in(kind, by):
        raise NotYours(_("Your post does not take reports in. A clerk or call-taker has to do this."))
    delivery = _begun(parcel, by)
    until = monotonic() + IN_A_REQUEST
    while go_on(parcel) and monotonic() < until:
        pass
    delivery.refresh_from_db()
    return delivery


def map_of(parcel: Parcel) -> SheetMap:
    """The version of the map that a sheet was read by."""
    assert parcel.map is not None  # noqa: S101  a sheet on its way in was read by a map
    return parcel.map


def _begun(parcel: Parcel, by: PostActor) -> Delivery:
    contents = contents_of(parcel)
    with writing():
        locked = Parcel.objects.select_for_update().get(pk=parcel.pk)  # alone: what is joined would be older
        if locked.delivery:
            if (
                not locked.delivery.finished_at and not locked.going
            ):  # it had stopped: whoever says yes goes on
                Parcel.objects.filter(pk=parcel.pk).update(going=True, holding=by.holding)
            return locked.delivery
        delivery = Delivery.objects.create(
            source=parcel.source,
            form=Delivery.Form.SHEET,
            day=timezone.localdate(),
            by_post=by.post,
            label=parcel.label,
            map=parcel.map,
            rows=len(contents.good),
            refused=len(contents.bad),
        )
        Rejection.objects.bulk_create([_rejection(delivery, row) for row in contents.bad])
        Parcel.objects.filter(pk=parcel.pk).update(delivery=delivery, going=True, holding=by.holding)
    return delivery


def _rejection(delivery: Delivery, row: Row) -> Rejection:
    columns = list(dict.fromkeys(each.column for each in row.faults if each.column))
    several = len(columns) > 1  # one alone stands beside the row
    reason = lines_within(str(each) if several else each.sentence for each in row.faults)
    where = " · ".join(filter(None, [_("row %(line)d") % {"line": row.line}, _(", ").join(columns)]))
    return Rejection(delivery=delivery, where=where[:120], number=row.number[:60], reason=reason)


def go_on(parcel: Parcel) -> bool:
    """Take the next rows of a begun delivery in, in one transaction; whether there are more.

    Two who go on at once do nothing twice: the place moves under a lock, in the transaction of the cases.
    """
    now = Parcel.objects.select_related("map", "delivery", "source", "holding__post__division").get(
        pk=parcel.pk
    )
    if not now.going or now.delivery is None:
        return False
    by = PostActor(now.holding)
    if not still_holds(by):
        return _stopped(now)
    rows = contents_of(now).good[now.next_row : now.next_row + AT_ONCE]
    with translation.override(now.language):
        try:
            return _take(now, rows, by)
        except Unavailable:
            raise
        except (Refusal, IntegrityError):
            return _take_one_by_one(now, rows, by)


def _stopped(parcel: Parcel) -> bool:
    """Whoever said yes has no post any more: the rest waits until somebody else says yes."""
    with writing():
        Parcel.objects.filter(pk=parcel.pk).update(going=False)
    return False


def _take(parcel: Parcel, rows: Sequence[Row], by: PostActor) -> bool:
    body = body_of(map_of(parcel))
    there = known_there(parcel.source, [row.number for row in rows])
    draft = drafting(parcel.source, body, rows, by=by)
    drafts = {row.number: draft(row) for row in rows if row.number not in there}
    with writing():
        if not _still_there(parcel):
            return True
        Source.objects.select_for_update().get(pk=parcel.source_id)  # two sheets of one source take turns
        there = known_there(parcel.source, list(drafts))
        new = [row for row in rows if row.number in drafts and row.number not in there]
        _open(parcel.source, new, [drafts[row.number] for row in new])
        return _advanced(parcel, len(rows), {"taken": len(new), "known": len(rows) - len(new)}, by)


def _take_one_by_one(parcel: Parcel, rows: Sequence[Row], by: PostActor) -> bool:
    """One row must not hold up the others: each goes alone, and one that cannot says why."""
    more = True
    for place, row in enumerate(rows, parcel.next_row):
        parcel.next_row = place
        try:
            more = _take(parcel, [row], by)
        except Unavailable:
            raise
        except (Refusal, IntegrityError) as trouble:
            more = _refused(parcel, row, trouble, by)
    return more


def _refused(parcel: Parcel, row: Row, trouble: Exception, by: PostActor) -> bool:
    taken = Conflict(
        _("A case with this number is being taken in from elsewhere. Send the sheet again later.")
    )
    row.faults = _complaints(body_of(map_of(parcel)), trouble if isinstance(trouble, Refusal) else taken)
    with writing():
        if not _still_there(parcel) or parcel.delivery is None:
            return True
        _rejection(parcel.delivery, row).save()
        return _advanced(parcel, 1, {"refused": 1}, by)


def _still_there(parcel: Parcel) -> bool:
    """Whether nobody else has taken these rows in meanwhile."""
    locked = Parcel.objects.select_for_update().get(pk=parcel.pk)
    return locked.going and locked.next_row == parcel.next_row


def _open(source: Source, rows: Sequence[Row], drafts: Sequence[Draft]) -> None:
    if not rows:
        return
    Foreign.objects.bulk_create(
        Foreign(
            source=source,
            number=row.number,
            case_id=each.case,
            due=moment_of(row.values.get("deadline")),
            digest=row.digest,
        )
        for row, each in zip(rows, open_many(drafts), strict=True)
    )


def moment_of(text: str | None) -> datetime | None:
    """A moment as a row keeps it."""
    return datetime.fromisoformat(text) if text else None


def _advanced(parcel: Parcel, count: int, counts: dict[str, int], by: PostActor) -> bool:
    """Move the place on and count; the last rows finish the delivery and record it. Whether there are more."""
    delivery = Delivery.objects.select_for_update().get(parcel=parcel)
    for name, more in counts.items():
        setattr(delivery, name, getattr(delivery, name) + more)
    done = parcel.next_row + count >= delivery.rows
    if done:
        delivery.finished_at = timezone.now()
        facts: dict[str, Any] = {"source": parcel.source.code, "delivery": str(delivery.pk)}
        facts |= {"version": map_of(parcel).version}
        facts |= {name: getattr(delivery, name) for name in ("taken", "known", "refused")}
        record(Line("exchange.take_sheet", by.by(), by.post.division.code, facts=facts))
    delivery.save(update_fields=[*counts, "finished_at"])
    Parcel.objects.filter(pk=parcel.pk).update(next_row=parcel.next_row + count, going=not done)
    return not done


def take_waiting() -> int:
    """Go on with one delivery that was begun (the worker loop calls this); return how many there were."""
    found = Parcel.objects.filter(going=True).order_by("at").first()
    if found is None:
        return 0
    go_on(found)
    return 1
