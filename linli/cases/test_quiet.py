from datetime import datetime

import pytest
from django.core import mail
from django.utils import timezone

from linli.base.worktime import PLACE_TIME
from linli.cases import notices
from linli.cases.models import Case, Notice
from linli.cases.quiet import next_moment, quiet_hours
from linli.kinds.matters import actions
from linli.posts.actor import PartyActor
from linli.posts.models import Account


def at(hour, minute=0, day=3):
    return datetime(2026, 3, day, hour, minute, tzinfo=PLACE_TIME)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (at(9), at(9)),
        (at(21, 29), at(21, 29)),
        (at(21, 30), at(7, 30, day=4)),
        (at(23, 59), at(7, 30, day=4)),
        (at(0), at(7, 30)),
        (at(7, 29), at(7, 30)),
        (at(7, 30), at(7, 30)),
    ],
)
def test_texts_wait_for_the_morning(settings, now, then):
    settings.QUIET_HOURS = quiet_hours("21:30-07:30")
    assert next_moment("sms", now) == then


def test_quiet_hours_may_lie_in_the_day(settings):
    settings.QUIET_HOURS = quiet_hours("12:00-14:00")
    assert (next_moment("sms", at(13)), next_moment("sms", at(15))) == (at(14), at(15))


def test_the_answer_to_what_somebody_just_did_comes_at_once(settings):
    settings.QUIET_HOURS = quiet_hours("21:30-07:30")
    assert next_moment("sms", at(23), at_once=True) == at(23)


@pytest.mark.parametrize("text", ["21:30", "late-early", "25:00-07:00"])
def test_quiet_hours_that_make_no_sense_are_an_error_at_start(text):
    with pytest.raises(ValueError):  # noqa: PT011  the sentence comes from two places
        quiet_hours(text)


@pytest.mark.parametrize(
    ("now", "then"), [(at(9, 1), at(9, 15)), (at(9, 15), at(9, 15)), (at(23, 50), at(0, day=4))]
)
def test_letters_of_a_post_go_out_together(settings, now, then):
    settings.DIGEST_MINUTES = 15
    assert next_moment("email", now) == then


@pytest.fixture
def reported(world):
    opened = actions.report(
        by=PartyActor("reporter"), text="灯坏了", division=world.place("东门社区第一网格")
    )
    return Case.everywhere.get(pk=opened.case)


@pytest.fixture
def letters(world, reported):
    """Three letters that wait for one post."""
    post = world.posts["chengguan_clerk"]
    Account.objects.filter(holdings__post=post).update(email="clerk@example.org")
    Notice.objects.all().delete()
    now = timezone.now()
    rows = [
        Notice(case=reported, step="report", channel="email", post=post, next_try=now) for _one in range(3)
    ]
    return Notice.objects.bulk_create(rows)


def test_one_letter_tells_of_all_that_waits(letters, reported):
    assert notices.send_waiting() == 3
    (letter,) = mail.outbox
    assert letter.body.count(reported.number) == 3


def test_a_letter_that_fails_leaves_all_of_it_waiting(letters, monkeypatch):
    def fail(*_args, **_given):
        raise OSError("no route to the mail server")

    monkeypatch.setattr("linli.cases.channels.send_mail", fail)
    assert notices.send_waiting() == 0
    assert Notice.objects.filter(state="waiting", attempts=1).count() == 3
