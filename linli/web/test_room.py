"""A storm of writing requests: so many are let in, the next is asked to come again, readers go on."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from linli.web.middleware import COME_AGAIN, Room


@pytest.fixture
def full(settings):
    """Room for one writer, and that one inside; yields the guarded answer, and lets the writer go in the end."""
    settings.WEB_THREADS = 1
    inside, leave = Event(), Event()

    def slow(request):
        if request.headers.get("X-Slow"):
            inside.set()
            leave.wait(10)
        return HttpResponse("done")

    room = Room(slow)
    writer = Thread(target=room, args=(RequestFactory().post("/api/v1/matters", headers={"X-Slow": "1"}),))
    writer.start()
    inside.wait(10)
    yield room
    leave.set()
    writer.join(10)


def test_one_writer_too_many_is_asked_to_come_again(full):
    response = full(RequestFactory().post("/api/v1/matters"))
    assert (response.status_code, response["Retry-After"]) == (503, str(COME_AGAIN))
    assert b'"code": "busy"' in response.content


def test_a_page_says_it_in_words(full):
    response = full(RequestFactory().post("/report/matters/"))
    assert response.status_code == 503
    assert "几秒" in response.content.decode()


def test_whoever_reads_is_let_in(full):
    assert full(RequestFactory().get("/desk/")).status_code == 200


def test_there_is_room_again_when_one_has_left(settings):
    settings.WEB_THREADS = 1
    room = Room(lambda _request: HttpResponse("done"))
    codes = [room(RequestFactory().post("/report/matters/")).status_code for _turn in range(3)]
    assert codes == [200, 200, 200]


def test_a_failing_request_gives_its_place_back(settings):
    settings.WEB_THREADS = 1

    def breaks(_request):
        raise OSError("gone")

    room = Room(breaks)
    for _turn in range(2):
        with pytest.raises(OSError, match="gone"):
            room(RequestFactory().post("/report/matters/"))


@pytest.fixture
def asked_by(settings):
    """Room for sixteen writers of whom none comes to an end; yields a way to ask, and lets all go in the end."""
    settings.WEB_THREADS, settings.BEHIND_PROXY = 20, True
    leave, threads = Event(), []

    def stalls(request):
        if request.headers.get("X-Slow"):
            request.inside.set()
            leave.wait(10)
        return HttpResponse("done")

    room = Room(stalls)

    def ask(address, *, slow=False):
        request = RequestFactory().post("/report/matters/", headers={"X-Forwarded-For": address})
        if not slow:
            return room(request).status_code
        request.META["HTTP_X_SLOW"], request.inside = "1", Event()
        threads.append(Thread(target=room, args=(request,)))
        threads[-1].start()
        return request.inside.wait(0.5)

    yield ask
    leave.set()
    for each in threads:
        each.join(10)


def test_bodies_that_never_end_hold_a_quarter_of_the_places_per_address(asked_by):
    let_in = [asked_by("203.0.113.1", slow=True) for _time in range(6)]
    assert let_in == [True] * 4 + [False] * 2
    assert (asked_by("203.0.113.1"), asked_by("203.0.113.2")) == (503, 200)


def test_a_household_has_one_share_whatever_its_addresses(asked_by):
    let_in = [asked_by(f"2001:db8:1:2::{last}", slow=True) for last in range(1, 6)]
    assert let_in == [True] * 4 + [False]
