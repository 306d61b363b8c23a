import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.base.errors import Invalid
from linli.divisions.codes import (
    WIDTHS,
    Level,
    child_code,
    level_of,
    lineage,
    parent_of,
    parse_code,
    span,
    trimmed,
)


@st.composite
def trimmed_codes(draw):
    width = draw(st.sampled_from(sorted(WIDTHS.values())))
    return draw(st.text("0123456789", min_size=width, max_size=width))


@given(trimmed_codes())
def test_a_code_comes_back_as_it_was_when_its_level_is_given(code):
    assert trimmed(parse_code(code), level_of(code)) == code


@given(trimmed_codes(), trimmed_codes())
def test_the_span_holds_what_begins_with_the_code_and_nothing_else(code, other):
    low, high = span(code)
    assert (low <= parse_code(other) < high) == other.ljust(17, "0").startswith(code)


@given(trimmed_codes())
def test_the_lineage_leads_down_to_the_code_parent_by_parent(code):
    line = lineage(code)
    assert line[-1] == code
    assert [parent_of(each) for each in line] == ["", *line[:-1]]


def test_without_a_level_the_shortest_reading_is_taken():
    assert trimmed(parse_code("320831")) == "320831"
    assert trimmed(parse_code("441900")) == "4419"
    assert trimmed(parse_code("441900"), Level.COUNTY) == "441900"


@pytest.mark.parametrize("code", ["320831", "３２０８３１", " 320831 "])
def test_full_width_digits_and_blanks_are_read_as_meant(code):
    assert parse_code(code) == 32083100000000000


@pytest.mark.parametrize("code", ["", "3", "320", "3208311", "32083a", "-2", "三二", "1" * 18, "３２０"])
def test_what_is_no_code_is_refused_in_a_sentence(code):
    with pytest.raises(Invalid):
        parse_code(code)


def test_a_code_fits_a_signed_64_bit_column():
    assert parse_code("9" * 17) < 2**63


def test_children_are_numbered_with_as_many_digits_as_their_level_has():
    assert child_code("320831100200", 7) == "320831100200007"
    assert child_code("320831100200007", 7) == "32083110020000707"


@pytest.mark.parametrize(("parent", "number"), [("320831100200", 1000), ("320831100200", 0), ("1" * 17, 1)])
def test_a_full_level_or_one_without_a_level_below_has_no_room(parent, number):
    with pytest.raises(Invalid):
        child_code(parent, number)
