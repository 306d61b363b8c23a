import pytest
from cryptography.exceptions import InvalidTag
from django.db import DatabaseError, transaction

from linli.base.errors import Invalid, NotFound, NotYours
from linli.cases.models import Case
from linli.kinds.matters import actions
from linli.posts.actor import PartyActor, SystemActor
from linli.residents.access import names_of
from linli.residents.crypto import blind_index, seal, unseal
from linli.residents.keeping import GivenContact, plain_phone
from linli.residents.models import Access, Contact, How
from linli.residents.purposes import purpose_named
from linli.residents.reading import read


@pytest.fixture
def case(world):
    given = GivenContact("李小芳", "139 1234 5678", "东门一号")
    place = world.place("东门社区第一网格")
    opened = actions.report(by=PartyActor("reporter"), text="灯坏了", division=place, contact=given)
    return Case.everywhere.select_related("reporter").get(pk=opened.case)


def test_a_reading_gives_what_its_purpose_covers_and_leaves_a_row(world, case):
    person = read(case.reporter, "call_back", case, by=world.by("call_taker"))
    assert (person.name, person.phone, person.address) == ("李小芳", "13912345678", "")
    row = Access.objects.get()
    by = world.by("call_taker")
    assert (row.contact, row.about, row.activity) == (case.reporter, case.pk, purpose_named("call_back").nr)
    assert (row.post, row.holding, row.unit) == (by.post.pk, by.holding.pk, by.post.organisation_id)
    assert (names_of(row.classes), row.how, row.count) == (["name", "phone"], How.VIEW, 1)


@pytest.mark.parametrize("key", ["power", "东门社区第一网格", "chengguan_dispatcher", "administrator"])
def test_whoever_deals_with_it_cannot_read_the_reporter(world, case, key):
    with pytest.raises(NotYours, match="shielded"):
        read(case.reporter, "call_back", case, by=world.by(key))
    assert not Access.objects.exists()


def test_a_clerk_elsewhere_finds_nothing(world, case):
    with pytest.raises(NotFound):
        read(case.reporter, "call_back", case, by=world.by("liuhe_clerk"))


def test_a_contact_is_read_only_through_its_own_case(world, case):
    other = Contact.objects.create()
    with pytest.raises(NotFound):
        read(other, "call_back", case, by=world.by("call_taker"))


def test_a_reason_that_is_not_listed_is_refused(world, case):
    with pytest.raises(Invalid, match="listed purposes"):
        read(case.reporter, "curiosity", case, by=world.by("call_taker"))


def test_the_system_reads_for_notices_only_and_is_logged_too(case):
    assert read(case.reporter, "notice", case, by=SystemActor("notices")).phone == "13912345678"
    assert Access.objects.get().relation == "notices"
    with pytest.raises(NotYours):
        read(case.reporter, "notice", case, by=SystemActor("import"))


def test_without_the_row_nothing_is_read(world, case, monkeypatch):
    monkeypatch.setattr("linli.residents.reading.log", lambda *_args, **_more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        read(case.reporter, "call_back", case, by=world.by("call_taker"))


@pytest.mark.parametrize(
    "change", [lambda: Access.objects.update(post=0), lambda: Access.objects.all().delete()]
)
def test_the_log_of_readings_cannot_be_changed(world, case, change):
    read(case.reporter, "call_back", case, by=world.by("call_taker"))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change()


def test_a_sealed_value_opens_only_in_its_own_place():
    sealed = seal("13912345678", "contact/1/phone")
    assert unseal(sealed, "contact/1/phone") == "13912345678"
    with pytest.raises(InvalidTag):
        unseal(sealed, "contact/2/phone")


def test_the_same_text_is_never_sealed_alike_but_indexed_alike():
    assert seal("李", "x") != seal("李", "x")
    assert blind_index("139", "phone") == blind_index("139", "phone") != blind_index("139", "other")


@pytest.mark.parametrize(
    "typed",
    ["13912345678", "139 1234 5678", "+86 139-1234-5678", "１３９１２３４５６７８", "0086 13912345678"],
)
def test_one_number_however_it_is_typed(typed):
    assert plain_phone(typed) == "13912345678"


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("（0517）8321 1234", "051783211234"),
        ("（０５１７）８３２１－１２３４", "051783211234"),
        ("+86 517 8321 1234", "051783211234"),
        ("0086-0517-83211234", "051783211234"),
        ("86 0517 83211234", "051783211234"),
        ("+86 10 6512 3456", "01065123456"),
        ("010-65123456", "01065123456"),
        ("013912345678", "13912345678"),
        ("\u202d+86 139 1234 5678\u202c", "13912345678"),
        ("139\u200b1234\u200b5678", "13912345678"),
        ("400-820-8820", "4008208820"),
        ("+86 400 820 8820", "+864008208820"),
        ("8621123456", "8621123456"),
        ("+852 9123 4567", "+85291234567"),
    ],
)
def test_one_telephone_has_one_number_however_it_is_shown_or_copied(typed, digits):
    assert plain_phone(typed) == digits


@pytest.mark.parametrize("typed", ["0517-83211234-802", "0517-83211234转802", "021-65123456-01"])
def test_an_extension_is_no_part_of_a_number(typed):
    with pytest.raises(Invalid):
        plain_phone(typed)


@pytest.mark.parametrize("typed", ["abc", "1391234", "☎️", "139" * 20])
def test_what_is_no_number_gets_an_example(typed):
    if typed == "1391234":
        assert plain_phone(typed) == typed
        return
    with pytest.raises(Invalid, match="13912345678"):
        plain_phone(typed)
