"""Numbers that others computed: from GB 11643 and from the specimens the authorities publish."""

import pytest

from linli.base.errors import Invalid
from linli.residents.people.documents import Document, check_digit, plain_number

pytestmark = pytest.mark.django_db

RIGHT = [
    (Document.IDENTITY_CARD, "11010519491231002X"),  # the example of GB 11643-1999
    (Document.IDENTITY_CARD, "360426199101010071"),  # python-stdnum's
    (Document.IDENTITY_CARD, "440308199901101512"),  # id-validator's
    (Document.RESIDENCE_PERMIT, "810000199408230021"),  # specimens of the residence permits
    (Document.RESIDENCE_PERMIT, "830000199201300022"),
    (Document.FOREIGNERS_PERMIT, "911124198108030024"),  # specimens of the foreigners' cards of 2023
    (Document.FOREIGNERS_PERMIT, "932682198501010017"),
    (Document.FOREIGNERS_PERMIT, "CHN110158031301"),
    (Document.OTHER, "EA1234567"),
]


@pytest.mark.parametrize(("kind", "number"), RIGHT)
def test_a_right_number_is_kept_as_it_is_printed(kind, number):
    assert plain_number(kind, number) == number


def test_it_may_be_typed_in_any_way():
    assert plain_number("card", " １１０１０５ 19491231-002x ") == "11010519491231002X"


@pytest.mark.parametrize("place", range(17))
def test_one_wrong_digit_is_always_noticed(place):
    right = "360426199101010071"
    wrong = right[:place] + str((int(right[place]) + 1) % 10) + right[place + 1 :]
    with pytest.raises(Invalid):
        plain_number("card", wrong)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("card", "36042619910102009X"),  # python-stdnum's wrong one
        ("card", "440308199901101513"),  # id-validator's wrong one
        ("card", "610104620927690"),  # fifteen places: out of use since 2013
        ("card", "11010119900230123X"),  # 30 February
        ("card", "440524188001010014"),  # an example of GB 11643-1999: born in 1880
        ("card", "810000199408230021"),  # a permit is no card
        ("permit", "11010519491231002X"),
        ("permit", "810000199408230023"),
        ("foreign", "11010519491231002X"),
        ("other", "1"),
        ("other", "号码"),
    ],
)
def test_a_number_that_cannot_be_right_is_refused_with_a_sentence(kind, number):
    with pytest.raises(Invalid) as refusal:
        plain_number(kind, number)
    assert len(refusal.value.facts["fields"]["number"][0]) > 20


def test_a_day_still_to_come_is_no_birth_date():
    with pytest.raises(Invalid):
        plain_number("card", "110105299912310025")


def test_whoever_has_no_document_has_no_number():
    assert plain_number("none", "anything") == ""


@pytest.mark.parametrize("county", ["320602", "110103", "522226", "659999"])
def test_a_county_that_has_been_renamed_refuses_nobody(county):
    first = f"{county}19800101001"
    assert plain_number("card", first + check_digit(first))
