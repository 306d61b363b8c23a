"""Doubles are shown in pairs, merged by somebody who looked, and two again as if nothing had been."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.base.errors import Conflict, NotFound, NotYours, Refusal
from linli.base.ids import uuid7
from linli.ledger.models import Entry
from linli.residents.models import Access, Involvement, Member, Merge, Pair, Person, Residence
from linli.residents.people.changing import edit
from linli.residents.people.conftest import HOME, NAME, NUMBER, PHONE
from linli.residents.people.involving import involve
from linli.residents.people.merging import merge, merge_of, undo_merge
from linli.residents.people.pairs import find_pairs, keep_apart, note_pair, open_pairs, pair_of
from linli.residents.people.reading import read_people, read_person
from linli.residents.people.registering import find
from linli.residents.purposes import purpose_named

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(world):
    return world.by("chengguan_clerk")


@pytest.fixture
def double(another):
    """The same woman once more: without telephone, with her birth name's spelling, and with the same document."""
    return another(name="慕容秋水（旧）", document="card", number=NUMBER, address="东门街99号")


@pytest.fixture
def pair(resident, double):
    return Pair.objects.get()


def state_of_everything():
    """Every column of every row of people, as the database has it; sealed bytes by what they say."""
    said = {}
    for model in (Person, Residence, Member, Involvement):
        said[model.__name__] = sorted(
            (
                tuple(
                    sorted((key, str(bytes(v) if isinstance(v, memoryview) else v)) for key, v in row.items())
                )
            )
            for row in model.objects.values()
        )
    return said


def test_the_job_finds_who_shares_a_document_and_nobody_for_a_telephone(resident, another, double):
    another(name="慕容先生", phone=PHONE)
    Pair.objects.all().delete()
    assert find_pairs() == 1
    found = Pair.objects.get()
    assert (found.first, found.second, found.by) == (resident, double, "document")
    assert find_pairs() == 0


def test_a_pair_is_shown_to_the_clerk_one_by_one_with_a_row_for_each(world, pair, clerk):
    assert open_pairs(clerk) == [pair]
    records = read_people([pair.first, pair.second], "pairs", by=clerk, fields=("name", "document"))
    assert [each.number for each in records] == [NUMBER, NUMBER]
    assert Access.objects.filter(activity=purpose_named("pairs").nr).count() == 2


@pytest.mark.parametrize("key", [HOME, "power", "chengguan_dispatcher", "administrator"])
def test_nobody_but_clerks_sees_or_decides_pairs(world, pair, key):
    with pytest.raises(NotYours):
        open_pairs(world.by(key))
    with pytest.raises((NotYours, NotFound)):
        merge(pair, pair.first, by=world.by(key))
    with pytest.raises((NotYours, NotFound)):
        read_people([pair.first, pair.second], "pairs", by=world.by(key), fields=("name",))


def test_a_clerk_elsewhere_finds_no_pair(world, pair):
    assert open_pairs(world.by("liuhe_clerk")) == []
    with pytest.raises(NotFound):
        pair_of(pair.pk, by=world.by("liuhe_clerk"))


def test_two_become_one_and_cases_move_along(world, pair, resident, double, clerk):
    case = uuid7()
    involve(double, case, relation="party", by=clerk)
    merge(pair, resident, by=clerk)
    assert Involvement.objects.get().person == resident
    assert find(NUMBER, by=clerk) == [resident]
    assert read_person(double, "window", by=clerk).name == NAME
    entry = Entry.objects.get(name="residents.merge")
    assert entry.about == resident.pk
    assert (entry.facts["taken"], entry.facts["moved"]) == (str(double.pk), 1)


def test_empty_fields_are_filled_and_emptied_again(world, pair, resident, double, clerk):
    done = merge(pair, double, by=clerk)
    assert done.filled == ["phone", "language"] or done.filled == ["phone"]
    assert find(PHONE, by=clerk) == [double]
    undo_merge(done, by=clerk)
    assert find(PHONE, by=clerk) == [resident]
    assert read_person(Person.objects.get(pk=double.pk), "window", by=clerk).phone == ""


def test_a_filled_field_that_was_changed_since_stays(world, pair, resident, double, clerk):
    done = merge(pair, double, by=clerk)
    edit(double, {"phone": "13700137009"}, reason="换号", by=clerk)
    undo_merge(done, by=clerk)
    assert read_person(Person.objects.get(pk=double.pk), "window", by=clerk).phone == "13700137009"


def test_a_link_that_came_after_the_merge_stays_with_whom_it_was_made(world, pair, resident, double, clerk):
    before, after = uuid7(), uuid7()
    involve(double, before, relation="party", by=clerk)
    done = merge(pair, resident, by=clerk)
    involve(resident, after, relation="party", by=clerk)
    undo_merge(done, by=clerk)
    assert {each.about: each.person_id for each in Involvement.objects.all()} == {
        before: double.pk,
        after: resident.pk,
    }


def test_a_contested_merge_keeps_both_for_good(world, pair, resident, double, clerk):
    undo_merge(merge(pair, resident, by=clerk), by=clerk, contested=True)
    assert open_pairs(clerk) == []
    assert find_pairs() == 0
    assert note_pair(resident, double, "document") is False
    assert open_pairs(clerk) == []


def test_two_people_are_not_proposed_again(world, pair, clerk):
    keep_apart(pair, by=clerk)
    assert open_pairs(clerk) == []
    with pytest.raises(Conflict):
        merge(pair, pair.first, by=clerk)


def test_a_merge_is_decided_once(world, pair, resident, clerk):
    done = merge(pair, resident, by=clerk)
    with pytest.raises(Conflict):
        merge(pair, resident, by=clerk)
    undo_merge(done, by=clerk)
    with pytest.raises(Conflict):
        undo_merge(done, by=clerk)


def test_a_chain_is_undone_from_its_end(world, pair, resident, double, another, clerk):
    third = another(name="慕容三", document="card", number=NUMBER, address="东门街77号")
    first = merge(pair, resident, by=clerk)
    second = merge(Pair.objects.get(first=resident, second=third), third, by=clerk)
    with pytest.raises(Conflict, match="once more"):
        undo_merge(first, by=clerk)
    assert read_person(double, "window", by=clerk).person == third
    undo_merge(second, by=clerk)
    undo_merge(first, by=clerk)
    assert Person.objects.filter(merged_into=None).count() == 3


def test_nobody_undoes_a_merge_of_another_area(world, pair, resident, clerk):
    done = merge(pair, resident, by=clerk)
    with pytest.raises(NotFound):
        merge_of(done.pk, by=world.by("liuhe_clerk"))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_merges_undone_leave_everything_as_it_was(world, resident, another, clerk, data):
    """Random records that share numbers, random links, merges in any order and direction; undone in reverse."""
    with transaction.atomic():
        people = [resident]
        for number in range(data.draw(st.integers(1, 3))):
            phone = data.draw(st.sampled_from(["", PHONE, "13700137005"]))
            birth = data.draw(st.sampled_from(["", "en"]))
            people.append(another(name=f"慕容{number}", phone=phone, language=birth, address=f"{number}号"))
        for _time in range(data.draw(st.integers(0, 4))):
            involve(data.draw(st.sampled_from(people)), uuid7(), relation="party", by=clerk)
        for first in people:
            for second in people:
                if first.pk < second.pk:
                    note_pair(first, second, "document")
        before = state_of_everything()
        done = []
        for _time in range(data.draw(st.integers(1, 4))):
            pair = data.draw(st.sampled_from(list(Pair.objects.order_by("id"))))
            keep = data.draw(st.sampled_from([pair.first, pair.second]))
            try:
                done.append(merge(pair, keep, by=clerk))
            except Refusal:
                continue
        for each in reversed(done):
            undo_merge(Merge.objects.get(pk=each.pk), by=clerk)
        assert state_of_everything() == before
        assert set(Pair.objects.values_list("state", flat=True)) == {"open"}
        transaction.set_rollback(True)
