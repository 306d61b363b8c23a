"""How often one address may ask, and whose address it is."""

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from linli.base.errors import NotFound, TooMany
from linli.web import limits
from linli.web.limits import WRONG_CODES, check_rate, check_reports_for, client_address, trying_code


@pytest.fixture(autouse=True)
def _fresh_counts():
    cache.clear()
    yield
    cache.clear()


def coming_from(address, **headers):
    return RequestFactory().get("/", REMOTE_ADDR=address, **headers)


def test_the_minute_is_full_after_so_many():
    for _time in range(3):
        check_rate(coming_from("203.0.113.1"), "report", 3)
    with pytest.raises(TooMany) as refusal:
        check_rate(coming_from("203.0.113.1"), "report", 3)
    assert 0 < refusal.value.facts["retry_after"] <= 60


def test_addresses_and_purposes_count_apart():
    check_rate(coming_from("203.0.113.1"), "report", 1)
    check_rate(coming_from("203.0.113.2"), "report", 1)
    check_rate(coming_from("203.0.113.1"), "follow", 1)


def test_the_next_minute_begins_anew(monkeypatch):
    check_rate(coming_from("203.0.113.1"), "report", 1)
    later = limits.time.time() + 60
    monkeypatch.setattr(limits.time, "time", lambda: later)
    check_rate(coming_from("203.0.113.1"), "report", 1)


def test_eight_at_once_are_all_counted(at_once):
    outcomes = at_once([lambda: check_rate(coming_from("203.0.113.1"), "report", 5)] * 8)
    assert outcomes.count(None) == 5


def test_a_household_has_one_ipv6_address():
    assert client_address(coming_from("2001:db8:1:2:3::4")) == client_address(coming_from("2001:db8:1:2::9"))


def test_what_a_client_says_about_itself_is_not_believed():
    assert client_address(coming_from("203.0.113.1", HTTP_X_FORWARDED_FOR="10.0.0.1")) == "203.0.113.1"


def test_behind_our_proxy_its_word_counts_and_only_its_last(settings):
    settings.BEHIND_PROXY = True
    request = coming_from("127.0.0.1", HTTP_X_FORWARDED_FOR="10.0.0.1, 203.0.113.7")
    assert client_address(request) == "203.0.113.7"


@pytest.mark.parametrize("odd", ["", "unix:", "a" * 500])
def test_an_odd_address_is_one_address(odd):
    assert client_address(coming_from(odd)) == "unknown"


def test_one_telephone_number_is_left_only_so_often_whoever_leaves_it_and_however_it_is_typed():
    for typed in ("13912345678", "139 1234 5678", "１３９１２３４５６７８"):
        check_reports_for(typed, 3)
    with pytest.raises(TooMany):
        check_reports_for("139-1234-5678", 3)
    check_reports_for("13900000000", 3)


@pytest.mark.parametrize("none", ["", None, "打我电话"])
def test_without_a_number_nothing_is_counted(none):
    for _time in range(5):
        check_reports_for(none, 1)


@pytest.mark.parametrize("port", ["203.0.113.7:49152", "[2001:db8::7]:49152", "[2001:db8::7]"])
def test_a_port_behind_the_address_changes_nothing(settings, port):
    settings.BEHIND_PROXY = True
    bare = port.rpartition(":49152")[0] or port
    with_port = client_address(coming_from("127.0.0.1", HTTP_X_FORWARDED_FOR=port))
    assert with_port == client_address(coming_from(bare.strip("[]"))) != "unknown"


def test_two_old_addresses_on_a_new_socket_are_two():
    one, other = (client_address(coming_from(f"::ffff:203.0.113.{last}")) for last in (1, 2))
    assert (one, other) == ("203.0.113.1", "203.0.113.2")


def guess(address, number, *, right=False):
    with trying_code(coming_from(address), number):
        if not right:
            raise NotFound


def test_wrong_codes_for_one_number_come_to_an_end_and_nobody_else_is_locked_out():
    for _time in range(WRONG_CODES):
        with pytest.raises(NotFound):
            guess("203.0.113.1", "320831-26-00042-7")
    with pytest.raises(TooMany) as refusal:
        guess("203.0.113.1", " ３２０８３１26 00042-7", right=True)
    assert 0 < refusal.value.facts["retry_after"] <= 3600
    guess("203.0.113.2", "320831-26-00042-7", right=True)
    guess("203.0.113.1", "320831-26-00043-5", right=True)


def test_right_codes_are_not_counted():
    for _time in range(WRONG_CODES + 1):
        guess("203.0.113.1", "320831-26-00042-7", right=True)
