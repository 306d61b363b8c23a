from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.base.ids import check_digit, first_key, has_valid_check_digit, readable_number, uuid7, uuid7s
from linli.base.text import brief, half_width, search_tokens, tidy
from linli.base.worktime import PLACE_TIME, Calendar, Unit, due, working_days_between

MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)).map(lambda each: each.replace(tzinfo=UTC))
# The Spring Festival of 2024: off from Saturday 10 to Saturday 17 February; Sundays 4 and 18 February are worked.
FESTIVAL = {date(2024, 2, day): False for day in range(10, 18)} | {
    date(2024, 2, 4): True,
    date(2024, 2, 18): True,
}
CALENDAR = Calendar(FESTIVAL, frozenset({2024}))


def at(*parts):
    return datetime(*parts, tzinfo=PLACE_TIME)


@given(MOMENTS, MOMENTS)
def test_keys_sort_by_the_time_they_were_minted_from(first, second):
    if second - first >= timedelta(microseconds=1):
        assert uuid7(first) < uuid7(second)


@given(MOMENTS)
def test_a_key_is_a_uuid_of_version_seven(moment):
    key = uuid7(moment)
    assert (key.version, UUID(str(key))) == (7, key)


def test_the_first_key_of_a_moment_is_below_its_keys_and_above_those_before():
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert uuid7(moment - timedelta(milliseconds=1)) < first_key(moment) < uuid7(moment)


def test_keys_made_together_are_of_one_moment_and_none_tells_the_next():
    keys = uuid7s(50)
    assert len({key.int >> 64 for key in keys}) == 1
    steps = {later.int - sooner.int for sooner, later in pairwise(sorted(keys))}
    assert len(steps) == 49
    assert min(steps) > 1
    assert {(key.version, key.variant) for key in keys} == {(7, RFC_4122)}


@given(st.text("0123456789", min_size=5, max_size=14), st.data())
def test_one_wrong_digit_is_always_caught(digits, data):
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from(sorted(set("0123456789") - {digits[place]})))
    assert check_digit(digits) != check_digit(digits[:place] + other + digits[place + 1 :])


def test_a_number_reads_as_place_year_count_check():
    number = readable_number("320831", 2026, 42)
    assert number.startswith("320831-26-00042-")
    assert has_valid_check_digit(number)
    assert not has_valid_check_digit(number[:-1] + str((int(number[-1]) + 1) % 10))


def test_full_width_digits_are_plain_ones():
    assert half_width("１２３ＡＢＣ路灯") == "123ABC路灯"


@given(st.text())
def test_tidy_text_has_no_control_characters_and_is_stable(text):
    tidied = tidy(text)
    assert tidy(tidied) == tidied
    assert not any(ord(character) < 32 and character not in "\n\t" for character in tidied)


def test_brief_keeps_one_line():
    assert brief("第一行\n第二行") == "第一行"
    assert brief("灯" * 80, 10) == "灯" * 9 + "…"


def test_search_tokens_are_pairs_of_characters_and_whole_words():
    assert search_tokens("路灯坏了 LED灯") == "路灯 灯坏 坏了 led 灯"


def test_the_day_of_the_start_is_not_counted():
    assert due(at(2024, 3, 4, 9), 1, Unit.WORKING_DAYS, CALENDAR) == at(2024, 3, 5, 23, 59, 59)


def test_holidays_do_not_count_and_make_up_days_do():
    # From Friday 9 February: 18 (a worked Sunday), 19, 20.
    assert due(at(2024, 2, 9, 9), 3, Unit.WORKING_DAYS, CALENDAR).date() == date(2024, 2, 20)
    # From Friday 2 February: the worked Sunday 4, then 5.
    assert due(at(2024, 2, 2, 9), 2, Unit.WORKING_DAYS, CALENDAR).date() == date(2024, 2, 5)


def test_plain_hours_run_by_day_and_night_on_days_off_too() -> None:
    assert due(at(2024, 2, 9, 22, 30), 24, Unit.HOURS, CALENDAR) == at(2024, 2, 10, 22, 30)


def test_a_last_day_on_a_holiday_moves_on():
    assert due(at(2024, 2, 1, 9), 10, Unit.CALENDAR_DAYS, CALENDAR).date() == date(2024, 2, 18)


def test_working_hours_run_over_the_night_and_the_weekend():
    assert due(at(2024, 3, 1, 16), 4, Unit.WORKING_HOURS, CALENDAR) == at(2024, 3, 4, 12)


def test_hours_begin_at_opening_when_asked_at_night():
    assert due(at(2024, 3, 4, 3), 2, Unit.WORKING_HOURS, CALENDAR) == at(2024, 3, 4, 11)


def test_the_day_is_the_places_not_utcs():
    late_evening_utc = datetime(2024, 3, 4, 17, tzinfo=UTC)  # already the fifth in Shanghai
    assert due(late_evening_utc, 1, Unit.WORKING_DAYS, CALENDAR).date() == date(2024, 3, 6)


def test_a_year_nobody_knows_yet_is_estimated_and_said_so():
    assert not CALENDAR.covers(date(2031, 1, 1))
    assert due(at(2031, 1, 1, 9), 1, Unit.WORKING_DAYS, CALENDAR).date() == date(2031, 1, 2)


DAYS = st.dates(date(2023, 12, 1), date(2024, 4, 1))


@given(DAYS, st.integers(1, 40))
def test_exactly_so_many_working_days_lie_between(day, amount):
    end = due(
        datetime(day.year, day.month, day.day, 12, tzinfo=PLACE_TIME), amount, Unit.WORKING_DAYS, CALENDAR
    )
    assert working_days_between(day, end.date(), CALENDAR) == amount
    assert CALENDAR.is_workday(end.date())


@given(DAYS, st.integers(0, 23), st.integers(1, 60))
def test_a_later_start_is_never_due_earlier(day, hour, amount):
    start = datetime(day.year, day.month, day.day, hour, tzinfo=PLACE_TIME)
    for unit in Unit:
        assert due(start, amount, unit, CALENDAR) <= due(start + timedelta(hours=5), amount, unit, CALENDAR)


@pytest.mark.parametrize("unit", list(Unit))
def test_more_is_never_less(unit):
    ends = [due(at(2024, 2, 7, 15), amount, unit, CALENDAR) for amount in range(1, 30)]
    assert ends == sorted(ends)
