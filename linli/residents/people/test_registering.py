"""Residents are registered once, found by a number typed whole, and read one at a time with a row."""

from contextlib import suppress
from datetime import date

import pytest

from linli.base.errors import Invalid, NotFound, NotYours
from linli.ledger.models import Entry, EntryDetail
from linli.posts.actor import PartyActor, PostActor, SystemActor
from linli.posts.models import Holding, PostKind
from linli.residents.access import names_of
from linli.residents.keeping import GivenContact, sealed_contact
from linli.residents.models import Access, Guardianship, Household, Member, Pair, Person, Residence
from linli.residents.people.conftest import ADDRESS, HOME, NAME, NUMBER, PHONE, given
from linli.residents.people.fields import Decided, all_fields, put, rule_of, set_rule
from linli.residents.people.reading import members_of, opened, read_person
from linli.residents.people.registering import Known, find, register
from linli.residents.purposes import purpose_named
from linli.residents.reading import read

pytestmark = pytest.mark.django_db
ELSEWHERE = "柳河社区第一网格"


def test_the_grid_worker_registers_and_reads_and_both_leave_a_row(world, resident):
    record = read_person(resident, "window", by=world.by(HOME))
    assert (record.name, record.phone, record.document, record.number) == (NAME, PHONE, "card", NUMBER)
    assert (record.address, record.region, record.language) == (ADDRESS, "340122", "zh-hans")
    rows = list(Access.objects.order_by("id"))
    assert [row.activity for row in rows] == [purpose_named(name).nr for name in ("upkeep", "window")]
    assert {row.person_id for row in rows} == {resident.pk}
    assert set(names_of(rows[1].classes)) == {
        *["name", "phone", "document", "birth", "language", "address", "region"]
    }
    entry = Entry.objects.get(name="residents.register")
    assert (entry.about, entry.facts["alike"]) == (resident.pk, 0)


def test_whoever_is_registered_elsewhere_has_the_same_record_as_anybody(world, resident, another):
    here = another(name="上官", address="东门街9号", region="990101")
    for person in (resident, here):
        residences = {each.kind for each in Residence.objects.filter(person=person, until=None)}
        assert residences == {"actual", "registered"}
    assert not {"region", "registered", "floating"} & {field.name for field in Person._meta.get_fields()}


def test_the_registered_place_is_sealed_so_nobody_can_sort_by_it(resident):
    row = Residence.objects.get(person=resident, kind="registered")
    assert b"340122" not in bytes(row.region_sealed)
    assert opened(row, "region") == "340122"


def test_a_number_typed_whole_finds_exactly_its_holder(world, resident):
    by = world.by("chengguan_clerk")
    assert find(PHONE, by=by) == [resident]
    assert find(" 110105 19491231 002x ", by=by) == [resident]


@pytest.mark.parametrize("typed", [PHONE[:-1], PHONE[-4:], NUMBER[:17], "13700137002"])
def test_a_part_of_a_number_or_another_finds_nobody(world, resident, typed):
    with pytest.raises((NotFound, Invalid)):
        find(typed, by=world.by("chengguan_clerk"))


def test_every_look_up_is_an_entry_without_the_number(world, resident):
    for typed in (PHONE, "13700137002"):
        with suppress(NotFound):
            find(typed, by=world.by(HOME))
    entries = Entry.objects.filter(name="residents.look_up").order_by("id")
    assert [each.facts["found"] for each in entries] == [1, 0]
    words = [str(each.words) for each in EntryDetail.objects.filter(entry__in=entries)]
    assert len(words) == 2
    assert not any(PHONE in each for each in words)


def test_in_another_area_nobody_is_found_and_nothing_is_read(world, resident):
    with pytest.raises(NotFound):
        find(PHONE, by=world.by("liuhe_clerk"))
    with pytest.raises(NotFound):
        read_person(resident, "window", by=world.by("liuhe_clerk"))
    with pytest.raises(NotFound):
        read_person(resident, "window", by=world.by("东门社区第二网格"))


def test_residents_are_shielded_from_every_other_post(world, resident):
    """Each post of the county that is not a clerk of the town or the worker of the grid, whatever it asks."""
    allowed = {world.posts["chengguan_clerk"].pk, world.posts[HOME].pk}
    tried = set()
    mediators = [PostActor(each) for each in Holding.objects.filter(mediator__isnull=False)]
    for by in [*(world.by(key) for key in world.posts), *mediators]:
        if by.post.pk in allowed:
            continue
        for purpose in ("window", "household", "upkeep", "rights", "call_back", "own"):
            with pytest.raises((NotFound, NotYours)):
                read_person(resident, purpose, by=by)
        with pytest.raises((NotFound, NotYours)):
            find(PHONE, by=by)
        tried.add(by.post.kind)
    assert tried == set(PostKind.values)
    assert Access.objects.exclude(activity=purpose_named("upkeep").nr).count() == 0


@pytest.mark.parametrize("by", [PartyActor("reporter"), SystemActor("import"), SystemActor("notices")])
def test_no_party_and_no_machine_opens_a_record(resident, by):
    with pytest.raises((NotFound, NotYours)):
        read_person(resident, "window", by=by)


def test_an_ended_appointment_opens_nothing(world, resident):
    by = world.by(HOME)
    type(by.holding).objects.filter(pk=by.holding.pk).update(until=by.holding.since)
    with pytest.raises(NotYours):
        read_person(resident, "window", by=by)


def test_without_the_row_nothing_is_read(world, resident, monkeypatch):
    monkeypatch.setattr("linli.residents.people.reading.log", lambda *_args, **_more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        read_person(resident, "window", by=world.by(HOME))


def test_a_purpose_for_contacts_opens_no_record_and_the_other_way_round(world, resident):
    with pytest.raises(NotYours):
        read_person(resident, "call_back", by=world.by("chengguan_clerk"))
    with pytest.raises(NotYours):
        read(None, "window", None, by=world.by("chengguan_clerk"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "by"),
    [
        ({"document": "none", "number": ""}, "phone"),
        ({"phone": "", "name": "慕容"}, "document"),
        ({"phone": "", "document": "none", "number": ""}, "likeness"),
    ],
)
def test_what_the_system_holds_is_offered_not_asked_again(world, resident, changes, by):
    with pytest.raises(Known) as known:
        register(given(world, **changes), by=world.by(HOME))
    assert known.value.found == ([] if by == "likeness" else [resident])
    assert known.value.unopened is (by == "likeness")
    assert Person.objects.count() == 1
    second = register(given(world, **changes), by=world.by(HOME), sure=True)
    pair = Pair.objects.get()
    assert (pair.first, pair.second, pair.by) == (resident, second, by)


def test_a_shared_telephone_opens_no_record(world, resident, another):
    another(name="慕容先生", phone=PHONE)
    child = given(world, name="慕容小", document="none", number="")
    with pytest.raises(Known) as known:
        register(child, by=world.by(HOME))
    assert known.value.found == []
    assert known.value.unopened


def test_asking_whether_somebody_is_held_leaves_an_entry_like_a_look_up(world, resident):
    with pytest.raises(Known):
        register(given(world, division=world.place(ELSEWHERE)), by=world.by(ELSEWHERE))
    entry = Entry.objects.get(name="residents.look_up")
    assert (entry.facts["found"], entry.post) == (1, world.posts[ELSEWHERE].pk)
    assert Household.objects.count() == 1


def test_a_namesake_at_another_address_is_not_asked_about(world, resident, another):
    assert another(name=NAME, address="东门街99号").pk
    assert not Pair.objects.exists()


def test_that_somebody_is_known_elsewhere_is_said_without_showing_who(world, resident):
    there = given(world, division=world.place(ELSEWHERE))
    with pytest.raises(Known) as known:
        register(there, by=world.by(ELSEWHERE))
    assert known.value.found == []
    assert known.value.elsewhere


def test_one_address_is_one_household_unless_they_live_apart(world, resident, another):
    mother = another(name="慕容夫人", relation="parent")
    lodger = another(name="司马青", apart=True)
    homes = {each.person_id: each.household_id for each in Member.objects.all()}
    assert homes[resident.pk] == homes[mother.pk] != homes[lodger.pk]
    assert Household.objects.count() == 2


def test_the_household_shows_names_and_leaves_a_row_for_each(world, resident, another):
    mother = another(name="慕容夫人", relation="parent")
    shown = members_of(resident, by=world.by(HOME))
    assert [record.name for _member, record in shown] == [NAME, "慕容夫人"]
    assert all(record.phone == record.number == "" for _member, record in shown)
    rows = Access.objects.filter(activity=purpose_named("household").nr)
    assert {row.person_id for row in rows} == {resident.pk, mother.pk}


def test_a_field_without_a_row_in_the_table_cannot_be_stored(world, resident):
    with pytest.raises(ValueError, match="ethnicity"):
        put(resident, resident.division, ethnicity="x")


def test_every_sealed_column_of_residents_has_its_row_with_purpose_basis_and_period():
    rows = {(field.table, field.name) for field in all_fields()}
    models = (Guardianship, Household, Member, Person, Residence)
    columns = {
        (model._meta.model_name, field.name.removesuffix("_sealed"))
        for model in models
        for field in model._meta.get_fields()
        if field.name.endswith("_sealed")
    }
    assert columns == rows
    assert all(field.purpose() and field.basis and 0 < field.months <= 36 for field in all_fields())


def test_the_birth_date_is_kept_only_where_a_service_needs_it(world):
    born = given(world, birth=date(1949, 12, 31))
    with pytest.raises(Invalid, match="not kept here"):
        register(born, by=world.by(HOME))
    needed = Decided("birth", asked=True, basis="高龄津贴", months=6, valid_from=date(2026, 1, 1))
    set_rule(world.county, needed, by=world.by("administrator"))
    person = register(born, by=world.by(HOME))
    assert read_person(person, "window", by=world.by(HOME)).birth == "1949-12-31"


def test_a_place_keeps_things_shorter_never_longer(world):
    shorter = Decided("name", asked=True, basis="x", months=3, valid_from=date(2026, 1, 1))
    set_rule(world.county, shorter, by=world.by("administrator"))
    assert rule_of("name", world.place(HOME)).months == 3
    longer = Decided("name", asked=True, basis="x", months=99, valid_from=date(2026, 1, 1))
    with pytest.raises(Invalid):
        set_rule(world.county, longer, by=world.by("administrator"))


def test_what_a_place_decided_before_ends_where_the_new_begins(world):
    for months, day in ((3, date(2026, 1, 1)), (2, date(2026, 2, 1))):
        decided = Decided("name", asked=True, basis="x", months=months, valid_from=day)
        set_rule(world.county, decided, by=world.by("administrator"))
    home = world.place(HOME)
    assert rule_of("name", home, date(2026, 1, 15)).months == 3
    assert rule_of("name", home, date(2026, 2, 1)).months == 2
    assert rule_of("name", home, date(2025, 12, 31)).months == 24


def test_only_an_administrator_decides_what_is_kept(world):
    decided = Decided("name", asked=True, basis="x", months=1, valid_from=date(2026, 1, 1))
    with pytest.raises(NotYours):
        set_rule(world.place(HOME), decided, by=world.by("chengguan_clerk"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"address": ""}, "address"),
        ({"number": "110105194912310021"}, "number"),
        ({"relation": "lord"}, "relation"),
        ({"since": date(2999, 1, 1)}, "since"),
    ],
)
def test_bad_input_is_refused_at_its_field_and_keeps_nothing(world, changes, field):
    with pytest.raises(Invalid) as refusal:
        register(given(world, **changes), by=world.by(HOME))
    assert field in refusal.value.facts["fields"]
    assert not Person.objects.exists()
    assert not Household.objects.exists()


def test_indexes_of_two_purposes_cannot_be_joined(world, resident):
    contact = sealed_contact(GivenContact(NAME, PHONE, ADDRESS))
    digests = [contact.phone_index, resident.phone_index, resident.document_index, resident.likeness_index]
    assert all(digests)
    assert len(set(digests)) == 4
