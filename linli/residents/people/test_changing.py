"""A record is corrected with a reason, moved with a date, ended; its history has no gaps and no overlaps."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from linli.base.errors import Conflict, Invalid, NotFound, NotYours, Refusal
from linli.cases.models import Case
from linli.kinds.matters import actions
from linli.ledger.models import Entry, EntryDetail
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact
from linli.residents.models import Access, Involvement, Member, Person, Residence
from linli.residents.people.changing import document_text, edit, end, move, move_in
from linli.residents.people.conftest import HOME, NAME, PHONE, SINCE, given
from linli.residents.people.involving import involve, resident_behind
from linli.residents.people.reading import read_person
from linli.residents.people.registering import find, register

pytestmark = pytest.mark.django_db
NEXT = "东门社区第二网格"
MOVED = date(2026, 6, 1)


def read_by(world, person, key="chengguan_clerk"):
    return read_person(Person.objects.get(pk=person.pk), "window", by=world.by(key))


def test_a_correction_needs_its_reason_which_is_all_the_ledger_says(world, resident):
    with pytest.raises(Invalid, match="check"):
        edit(resident, {"name": "慕容秋"}, reason=" ", by=world.by(HOME))
    edit(resident, {"name": "慕容秋", "phone": "137 0013 7009"}, reason="本人更正", by=world.by(HOME))
    record = read_by(world, resident)
    assert (record.name, record.phone) == ("慕容秋", "13700137009")
    entry = Entry.objects.get(name="residents.edit")
    assert entry.facts == {"fields": ["name", "phone"]}
    assert EntryDetail.objects.get(entry=entry).words == {"why": "本人更正"}


def test_after_a_correction_the_old_number_finds_nobody(world, resident):
    edit(resident, {"phone": "13700137009"}, reason="换号", by=world.by(HOME))
    assert find("13700137009", by=world.by(HOME)) == [resident]
    with pytest.raises(NotFound):
        find(PHONE, by=world.by(HOME))


def test_a_wrong_document_number_corrects_nothing(world, resident):
    with pytest.raises(Invalid):
        edit(resident, {"document": document_text("card", "1")}, reason="x", by=world.by(HOME))
    assert read_by(world, resident).number


def test_a_move_ends_the_old_residence_on_its_day(world, resident):
    move(resident, world.place(NEXT), "东门街88号", on=MOVED, by=world.by("chengguan_clerk"))
    rows = Residence.objects.filter(person=resident, kind="actual").order_by("since")
    assert [(each.since, each.until) for each in rows] == [(SINCE, MOVED), (MOVED, None)]
    assert read_by(world, resident).address == "东门街88号"
    assert Member.objects.filter(person=resident, until=None).count() == 1


def test_whoever_moved_away_is_not_the_old_grid_workers_any_more(world, resident):
    move(resident, world.place(NEXT), "东门街88号", on=MOVED, by=world.by("chengguan_clerk"))
    with pytest.raises(NotFound):
        read_by(world, resident, HOME)
    assert read_by(world, resident, NEXT).name == NAME


def test_a_grid_worker_moves_nobody_into_anothers_grid(world, resident):
    with pytest.raises(NotFound):
        move(resident, world.place(NEXT), "东门街88号", on=MOVED, by=world.by(HOME))


def test_whoever_moves_in_from_elsewhere_brings_the_record_along(world, resident):
    place, by = world.place("柳河社区第一网格"), world.by("柳河社区第一网格")
    moved = move_in(PHONE, place, "新村1号", on=MOVED, by=by)
    assert moved.pk == resident.pk
    assert read_person(Person.objects.get(pk=resident.pk), "window", by=by).name == NAME
    with pytest.raises(NotFound):
        read_by(world, resident)


def test_a_number_of_nobody_brings_nothing_along(world, resident):
    with pytest.raises(Conflict):
        move_in("13700137002", world.place(HOME), "新村1号", on=MOVED, by=world.by(HOME))


@pytest.mark.parametrize("on", [SINCE - timedelta(days=1), date(2999, 1, 1)])
def test_no_move_before_the_present_residence_or_in_the_future(world, resident, on):
    with pytest.raises(Invalid):
        move(resident, world.place(HOME), "新村1号", on=on, by=world.by(HOME))
    assert Residence.objects.filter(person=resident, kind="actual").count() == 1


def test_the_place_of_registration_changes_and_decides_nothing(world, resident):
    edit(resident, {"region": "990101"}, reason="落户", by=world.by(HOME))
    assert read_by(world, resident).region == "990101"
    rows = Residence.objects.filter(person=resident, kind="registered").order_by("since")
    assert [each.until for each in rows] == [timezone.localdate(), None]


def test_an_end_closes_everything_and_a_second_end_is_refused(world, resident):
    end(resident, "moved_away", on=MOVED, by=world.by(HOME))
    assert not Residence.objects.filter(person=resident, until=None).exists()
    assert not Member.objects.filter(person=resident, until=None).exists()
    with pytest.raises(Conflict):
        end(resident, "died", on=MOVED, by=world.by(HOME))
    with pytest.raises(Conflict):
        move(resident, world.place(HOME), "x", on=MOVED, by=world.by(HOME))


@pytest.mark.parametrize(
    "key", ["power", "chengguan_dispatcher", "county_clerk", "call_taker", "administrator"]
)
def test_no_other_post_changes_anything(world, resident, key):
    by = world.by(key)
    acts = (
        lambda: edit(resident, {"name": "x"}, reason="x", by=by),
        lambda: move(resident, world.place(HOME), "x", on=MOVED, by=by),
        lambda: end(resident, "died", on=MOVED, by=by),
        lambda: register(given(world, name="x"), by=by),
    )
    for act in acts:
        with pytest.raises((NotYours, NotFound)):
            act()
    assert read_by(world, resident).name == NAME


# --- cases ---------------------------------------------------------------------------------------------------


@pytest.fixture
def case(world):
    opened = actions.report(
        by=PartyActor("reporter"),
        text="灯坏了",
        division=world.place(HOME),
        contact=GivenContact("慕容", PHONE),
    )
    return Case.everywhere.select_related("reporter").get(pk=opened.case)


def test_a_case_is_linked_by_the_exact_number_and_shows_nothing_by_that(world, resident, case):
    found = resident_behind(case.reporter, case, relation="reporter", by=world.by("chengguan_clerk"))
    assert found == resident
    assert [each.person for each in Involvement.objects.filter(about=case.pk)] == [resident]
    assert not Access.objects.filter(about=case.pk).exists()
    read_person(resident, "window", by=world.by("chengguan_clerk"), about=case.pk)
    assert Access.objects.get(about=case.pk).person == resident


def test_a_number_that_two_share_links_nobody(world, resident, another, case):
    another(phone=PHONE)
    by = world.by("chengguan_clerk")
    assert resident_behind(case.reporter, case, relation="reporter", by=by) is None
    assert not Involvement.objects.exists()


@pytest.mark.parametrize("key", [HOME, "power", "chengguan_dispatcher", "county_clerk", "liuhe_clerk"])
def test_nobody_else_links_a_case_with_a_resident(world, resident, case, key):
    with pytest.raises((NotFound, NotYours)):
        resident_behind(case.reporter, case, relation="reporter", by=world.by(key))


def test_a_record_is_not_read_in_a_case_it_was_not_opened_for(world, resident, case):
    with pytest.raises(NotFound):
        read_person(resident, "window", by=world.by("chengguan_clerk"), about=case.pk)


def test_the_same_link_twice_is_one(world, resident, case):
    by = world.by("chengguan_clerk")
    first = involve(resident, case.pk, relation="party", by=by)
    assert involve(resident, case.pk, relation="party", by=by) == first


# --- the history of residences -------------------------------------------------------------------------------

DAYS = st.dates(date(2026, 1, 1), date(2026, 11, 20))


def test_any_history_has_one_actual_residence_at_a_time_and_no_overlap(world, resident):
    """Moves, corrections and ends in any order, with days good and bad."""
    grids = [HOME, NEXT, "文昌社区第一网格"]
    by = world.by("chengguan_clerk")

    class History(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.person = register(given(world, apart=True), by=by, sure=True)
            self.ended = False

        @rule(grid=st.sampled_from(grids), door=st.integers(1, 3), on=DAYS)
        def moves(self, grid, door, on):
            self._tries(lambda: move(self.person, world.place(grid), f"{door}号", on=on, by=by))

        @rule(region=st.sampled_from(["340122", "990101", "11", ""]))
        def registers(self, region):
            self._tries(lambda: edit(self.person, {"region": region}, reason="x", by=by))

        @precondition(lambda self: not self.ended)
        @rule(on=DAYS, often=st.integers(0, 5))
        def ends(self, on, often):
            if often == 0:
                self.ended = self._tries(lambda: end(self.person, "moved_away", on=on, by=by))

        def _tries(self, act):
            try:
                act()
            except Refusal:
                return False
            return True

        @invariant()
        def the_books_are_right(self):
            now = Person.objects.get(pk=self.person.pk)
            actual = list(Residence.objects.filter(person=now, kind="actual").order_by("since", "id"))
            assert [each.until for each in actual[:-1]] == [each.since for each in actual[1:]]
            assert (actual[-1].until is None) is not self.ended
            assert (now.ended_on is None) is not self.ended
            assert now.division_id == actual[-1].household.division_id
            open_ones = Member.objects.filter(person=now, until=None)
            assert [each.household_id for each in open_ones] == (
                [] if self.ended else [actual[-1].household_id]
            )
            registered = list(Residence.objects.filter(person=now, kind="registered").order_by("since", "id"))
            assert [each.until for each in registered[:-1]] == [each.since for each in registered[1:]]

    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=25,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
