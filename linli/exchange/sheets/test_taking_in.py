"""A sheet of another system goes in once: looked at first, then opened, with its number, deadline and time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, NotFound, NotYours
from linli.base.generations import bump
from linli.cases.models import Case, Category
from linli.exchange.models import Delivery, Foreign, Parcel, Rejection
from linli.exchange.sheets.conftest import BODY, NAME, PHONE, Book, at, good
from linli.exchange.sheets.maps import save_map
from linli.exchange.sheets.moving import take_over_deadlines
from linli.exchange.sheets.parcels import contents_of, throw_away
from linli.exchange.sheets.previewing import preview_of
from linli.exchange.sheets.taking_in import AT_ONCE, go_on, keep_sheet, take_in, take_waiting
from linli.exchange.sources import end_source
from linli.ledger.models import Entry

pytestmark = pytest.mark.django_db


def test_looking_at_a_sheet_opens_nothing(world, looked_at):
    before = Case.everywhere.count()
    found = preview_of(looked_at(Book(good(1), good(2)).bytes()), by=world.by("county_clerk"))
    assert (found.new, len(found.known), found.contents.bad) == (2, 0, [])
    assert Case.everywhere.count() == before


def test_a_row_becomes_a_case_with_its_number_channel_time_and_deadline(taken, source):
    taken(Book(good()).bytes())
    foreign = Foreign.objects.select_related("case__division", "case__category").get()
    case = foreign.case
    assert (foreign.number, case.channel, case.at) == ("YX2026112000001", "hotline", at(20, 8, 3))
    assert foreign.due == at(31, 23, 59, 59)  # a day means its end
    assert (case.division.name, case.category.code) == ("东门社区", "0201")


def test_who_called_is_sealed(taken):
    taken(Book(good()).bytes())
    case = Foreign.objects.get().case
    assert case.reporter is not None
    assert NAME not in str(Case.everywhere.filter(pk=case.pk).values())


def test_what_waits_for_a_yes_is_sealed(looked_at):
    looked_at(Book(good()).bytes())
    kept = bytes(Parcel.objects.get().sealed)
    assert PHONE.encode() not in kept
    assert NAME.encode() not in kept


def test_after_two_days_nothing_of_an_upload_is_left(looked_at):
    looked_at(Book(good()).bytes())
    assert throw_away() == 0
    assert throw_away(timezone.now() + timedelta(days=3)) == 1
    assert not Parcel.objects.exists()


def test_a_delivery_counts_and_the_ledger_knows_once(taken):
    delivery = taken(Book(good(1), good(2), good(3, 诉求内容="")).bytes())
    assert (delivery.rows, delivery.taken, delivery.known, delivery.refused) == (2, 2, 0, 1)
    entry = Entry.objects.get(name="exchange.take_sheet")
    assert entry.facts["taken"] == 2


def test_a_rejected_row_says_why_and_keeps_nothing_of_its_words(taken):
    taken(Book(good(1, 来电时间="昨天下午")).bytes())
    refused = Rejection.objects.get()
    assert (refused.number, refused.where) == ("YX2026112000001", "row 2 · 来电时间")
    assert "not a date" in refused.reason
    assert "昨天" not in refused.reason


def test_the_same_sheet_again_changes_nothing(world, taken, looked_at):
    content = Book(*[good(n) for n in range(1, 6)]).bytes()
    taken(content)
    before = list(Foreign.objects.values()), Case.everywhere.count()
    found = preview_of(looked_at(content), by=world.by("county_clerk"))
    assert (found.new, len(found.known), found.changed) == (0, 5, [])
    assert (taken(content).taken, taken(content).known) == (0, 5)
    assert (list(Foreign.objects.values()), Case.everywhere.count()) == before


def test_what_the_source_changed_since_is_shown_and_not_overwritten(world, taken, looked_at):
    taken(Book(good(1), good(2)).bytes())
    changed = Book(good(1), good(2, 诉求内容="现在说的是另一件事。")).bytes()
    found = preview_of(looked_at(changed), by=world.by("county_clerk"))
    assert [each.number for each in found.changed] == ["YX2026112000002"]
    taken(changed)
    assert not Case.everywhere.filter(summary__contains="另一件事").exists()


def test_a_moved_deadline_is_taken_over_by_a_yes_with_its_entry(world, taken, looked_at):
    clerk = world.by("county_clerk")
    taken(Book(good(1, 办理时限="2026-12-01 18:00"), good(2), good(3)).bytes())
    before = Case.everywhere.get(foreign__number=good(1)["工单编号"]).due
    moved = Book(
        good(1, 办理时限="2026-12-08 18:00"),
        good(2, 办理时限="", 诉求内容="别的话。"),
        good(3, 办理时限="2026-12-09"),
    )
    parcel = looked_at(moved.bytes())
    numbers = [good(each)["工单编号"] for each in (1, 2)]
    assert take_over_deadlines(parcel, [*numbers, "YX-0"], by=clerk) == 2
    dues = list(Foreign.objects.order_by("number").values_list("due", flat=True))
    assert dues == [at(38, 18), None, at(31, 23, 59, 59)]
    first = Foreign.objects.get(number=numbers[0])
    entry = Entry.objects.get(name="exchange.move_deadline", about=first.case_id)
    assert [datetime.fromisoformat(entry.facts[each]) for each in ("before", "after")] == [
        at(31, 18),
        at(38, 18),
    ]
    assert Case.everywhere.get(foreign__number=numbers[0]).due == before
    found = preview_of(looked_at(moved.bytes()), by=clerk)
    assert [(each.number, each.moved) for each in found.changed] == [
        (numbers[1], False),
        (good(3)["工单编号"], True),
    ]
    assert take_over_deadlines(parcel, numbers, by=clerk) == 0
    assert Entry.objects.filter(name="exchange.move_deadline").count() == 2


def test_a_deadline_is_taken_over_only_by_who_exchanges_sheets_here(world, taken, looked_at):
    taken(Book(good(1, 办理时限="2026-12-01")).bytes())
    parcel = looked_at(Book(good(1, 办理时限="2026-12-08")).bytes())
    for post in ("power", "chengguan_clerk"):
        with pytest.raises((NotYours, NotFound)):
            take_over_deadlines(parcel, [good(1)["工单编号"]], by=world.by(post))
    assert Foreign.objects.get().due == at(31, 23, 59, 59)


def test_a_changed_map_does_not_change_what_came_in_before(world, taken, source):
    first = taken(Book(good(1)).bytes())
    save_map(source, replace(BODY, categories={"路灯故障": "0101"}), by=world.by("administrator"))
    second = taken(Book(good(1), good(2)).bytes())
    assert (first.map.version, second.map.version) == (1, 2)
    assert [each.case.category.code for each in Foreign.objects.order_by("pk")] == ["0201", "0101"]


def test_something_alike_that_is_open_here_is_only_suggested(world, taken, looked_at):
    grid = world.place("东门社区第一网格")
    point = {"经度": grid.longitude, "纬度": grid.latitude}
    taken(Book(good(1, **point)).bytes())
    found = preview_of(looked_at(Book(good(2, **point)).bytes()), by=world.by("county_clerk"))
    assert [each.case.pk for each in found.coming[0].alike] == [Foreign.objects.get().case_id]
    assert taken(Book(good(2, **point)).bytes()).taken == 1


def test_coordinates_are_read_in_the_maps_datum(world, taken):
    grid = world.place("东门社区第一网格")
    taken(Book(good(1, 经度=grid.longitude, 纬度=grid.latitude)).bytes())
    matter = Foreign.objects.get().case.matter
    assert 0.004 < grid.longitude - matter.longitude < 0.008  # gcj02 lies some 500 m off


def test_a_place_outside_the_actors_area_is_not_taken_in(world, mapped):
    with pytest.raises(NotFound):
        keep_sheet(mapped, "x.xlsx", Book(good()).bytes(), by=world.by("liuhe_clerk"))


def test_an_administrator_looks_but_does_not_take_in(world, mapped):
    parcel = keep_sheet(mapped, "x.xlsx", Book(good()).bytes(), by=world.by("administrator"))
    with pytest.raises(NotYours):
        take_in(parcel, by=world.by("administrator"))
    assert not Delivery.objects.exists()


def test_an_ended_source_gives_nothing_more(world, mapped):
    end_source(mapped, by=world.by("administrator"))
    mapped.refresh_from_db()
    with pytest.raises(Conflict):
        keep_sheet(mapped, "x.xlsx", Book(good()).bytes(), by=world.by("county_clerk"))


def test_a_second_yes_opens_nothing_twice(world, looked_at):
    parcel = looked_at(Book(good(1), good(2)).bytes())
    first = take_in(parcel, by=world.by("county_clerk"))
    assert take_in(parcel, by=world.by("county_clerk")) == first
    assert Foreign.objects.count() == 2


def test_what_was_broken_off_goes_on_where_it_stopped(world, looked_at, monkeypatch):
    rows = 2 * AT_ONCE + 3
    parcel = looked_at(Book(*[good(n) for n in range(1, rows + 1)]).bytes())
    monkeypatch.setattr("linli.exchange.sheets.taking_in.IN_A_REQUEST", -1)
    delivery = take_in(parcel, by=world.by("county_clerk"))
    assert (delivery.taken, delivery.finished_at) == (AT_ONCE, None)
    while take_waiting() and not Delivery.objects.get().finished_at:
        pass
    assert Delivery.objects.get().taken == Foreign.objects.count() == rows
    assert not go_on(parcel)


def test_a_row_that_fails_when_it_is_its_turn_holds_up_nobody(world, looked_at):
    parcel = looked_at(Book(good(1), good(2), good(3)).bytes())
    Category.objects.filter(code="0201").update(valid_to=at(1).date())
    bump("catalogue")
    contents = contents_of(parcel)
    assert len(contents.good) == 3
    delivery = take_in(parcel, by=world.by("county_clerk"))
    assert (delivery.taken, delivery.refused) == (0, 3)
    assert "诉求类别" in Rejection.objects.first().where
