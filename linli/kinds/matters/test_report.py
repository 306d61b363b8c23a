from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.cases.models import Case, Category, Notice
from linli.cases.opening import Origin
from linli.kinds.matters import actions
from linli.kinds.matters.conftest import HOME, LAMP, state_of
from linli.kinds.matters.models import Matter, Placing
from linli.ledger.models import Entry
from linli.posts.actor import PartyActor
from linli.residents.models import Contact

RESIDENT = PartyActor("reporter")


def test_a_report_lands_with_the_nearest_clerk_and_is_recorded(reported_matter):
    assert state_of(reported_matter) == ("reported", 1, ["城关街道受理员"])
    entry = Entry.objects.get(about=reported_matter.pk)
    assert (entry.name, entry.relation, entry.post) == ("matters.report", "reporter", None)


def test_a_point_finds_its_grid(world, reported_matter):
    assert reported_matter.case.division == world.place(HOME)
    assert reported_matter.placing == Placing.INSIDE


def test_a_report_of_text_alone_goes_to_the_widest_clerk(world):
    opened = actions.report(by=RESIDENT, text="哪里都在下雨")
    matter = Matter.objects.get(pk=opened.case)
    assert (matter.case.division, matter.placing) == (world.county, Placing.UNKNOWN)
    assert state_of(matter)[2] == ["县级受理员"]


@pytest.mark.parametrize("post", ["chengguan_clerk", "河滨社区第一网格"])
def test_what_a_post_takes_in_without_a_place_lies_in_its_own_area(world, post):
    by = world.by(post)
    opened = actions.report(by=by, text="哪里都在下雨", channel="chat")
    matter = Matter.objects.get(pk=opened.case)
    assert (matter.case.division, matter.placing) == (by.post.division, Placing.UNKNOWN)


def test_a_point_in_the_sea_is_refused_and_nothing_is_kept(world):
    with pytest.raises(Invalid, match="outside the area"):
        actions.report(by=RESIDENT, text=LAMP, longitude=123.5, latitude=31.0)
    assert not Case.everywhere.exists()


def test_a_vendors_datum_is_converted_before_the_grid_is_found(world):
    grid = world.place(HOME)
    given = {"text": LAMP, "longitude": grid.longitude, "latitude": grid.latitude}
    plain = Matter.objects.get(pk=actions.report(by=RESIDENT, **given).case)
    shifted = Matter.objects.get(pk=actions.report(by=RESIDENT, datum="gcj02", **given).case)
    assert 0.003 < plain.longitude - shifted.longitude < 0.008


def test_the_promise_is_the_catalogues_where_it_has_a_row(world):
    lamp = Category.objects.get(code="0201")
    given = {"text": LAMP, "division": world.place(HOME)}
    usual = actions.report(by=RESIDENT, **given)
    quicker = actions.report(by=RESIDENT, category=lamp, **given)
    assert quicker.promised_by < usual.promised_by


def test_the_same_request_twice_is_one_matter_with_one_receipt(world):
    origin = Origin.of("test", "key-1", b"body")
    first = actions.report(by=RESIDENT, text=LAMP, origin=origin)
    second = actions.report(by=RESIDENT, text=LAMP, origin=origin)
    assert (second.number, second.follow_code, second.again) == (first.number, first.follow_code, True)
    assert Case.everywhere.count() == 1


def test_the_same_key_with_another_body_is_a_conflict(world):
    actions.report(by=RESIDENT, text=LAMP, origin=Origin.of("test", "key-1", b"body"))
    with pytest.raises(Conflict, match="Idempotency-Key"):
        actions.report(by=RESIDENT, text="别的", origin=Origin.of("test", "key-1", b"other"))


def test_the_reporter_is_told_by_an_outbox_row(reported_matter):
    notice = Notice.objects.get()
    assert (notice.step, notice.channel, notice.state) == ("report", "sms", "waiting")


def test_a_name_and_a_number_are_sealed_at_rest(reported_matter):
    contact = Contact.objects.get()
    stored = bytes(contact.name_sealed) + bytes(contact.phone_sealed) + contact.phone_index.encode()
    assert "李小芳".encode() not in stored
    assert b"13912345678" not in stored


def test_original_times_are_kept_apart_from_recorded_ones(world):
    before = timezone.now() - timedelta(days=9)
    case = Case.everywhere.get(pk=actions.report(by=RESIDENT, text=LAMP, at=before).case)
    assert case.at == before
    assert timezone.now() - case.recorded_at < timedelta(minutes=1)


def test_a_grid_worker_reports_only_in_the_own_grid(world):
    worker = world.by("文昌社区第一网格")
    with pytest.raises(NotFound):
        actions.report(by=worker, text=LAMP, division=world.place(HOME))
    assert actions.report(by=worker, text=LAMP, division=world.place("文昌社区第一网格")).number


def test_a_handling_post_may_not_open_matters(world):
    with pytest.raises(NotYours):
        actions.report(by=world.by("power"), text=LAMP, division=world.place(HOME))
