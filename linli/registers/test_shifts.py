"""The shift book: lines are only added, a shift goes to somebody else and to one alone."""

from __future__ import annotations

import pytest

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.ledger.models import Entry, EntryDetail
from linli.registers.actions.shifts import Said, Standing, hand_over, take_over, waiting_hand_over, write
from linli.registers.models import ShiftLine

pytestmark = pytest.mark.django_db
STANDING = Standing(overdue=3, soon=2, questions=1)
RAIN = Said("东门社区泵站夜里停过一次，已恢复。")


def test_a_note_keeps_its_words_with_its_entry(world):
    line = write(RAIN, by=world.by("county_dispatcher"))
    entry = Entry.objects.get(pk=line.entry)
    assert entry.name == "registers.shift_note"
    assert EntryDetail.objects.get(entry=entry).words == {"note": RAIN.words}
    assert RAIN.words not in str(entry.facts)


def test_a_correction_is_a_further_line_and_the_first_stays_as_it_was(world):
    by = world.by("county_dispatcher")
    first = write(RAIN, by=by)
    second = write(Said("停了两次。"), by=by, corrects=first.pk)
    assert (second.sort, second.about_id) == ("correction", first.pk)
    assert EntryDetail.objects.get(entry=first.entry).words == {"note": RAIN.words}


def test_a_correction_is_corrected_in_its_turn_and_each_line_once(world):
    """As on paper: what is struck through is not written over; the line that stands is."""
    by = world.by("county_dispatcher")
    first = write(RAIN, by=by)
    second = write(Said("停了两次。"), by=by, corrects=first.pk)
    with pytest.raises(Conflict, match="corrected"):
        write(Said("停了三次。"), by=world.by("county_head"), corrects=first.pk)
    third = write(Said("停了三次。"), by=by, corrects=second.pk)
    assert (third.about_id, ShiftLine.objects.count()) == (second.pk, 3)


def test_that_a_shift_was_taken_over_is_not_corrected(world):
    handed = hand_over(RAIN, STANDING, by=world.by("county_dispatcher"))
    taken = take_over(handed.pk, by=world.by("county_head"))
    with pytest.raises(Conflict, match="itself"):
        write(RAIN, by=world.by("county_head"), corrects=taken.pk)


@pytest.mark.parametrize("words", ["打13912345678找老王", "身份证320831199001011234"])
def test_a_line_with_a_number_of_a_person_is_refused(world, words):
    with pytest.raises(Invalid, match="matters"):
        write(Said(words), by=world.by("county_dispatcher"))
    assert not ShiftLine.objects.exists()


def test_a_hand_over_keeps_what_was_open(world):
    line = hand_over(RAIN, STANDING, by=world.by("county_dispatcher"))
    assert (line.overdue, line.soon, line.questions) == (3, 2, 1)
    assert Entry.objects.get(pk=line.entry).facts["overdue"] == 3


def test_whoever_takes_a_shift_over_signs_for_it(world):
    handed = hand_over(RAIN, STANDING, by=world.by("county_dispatcher"))
    taken = take_over(handed.pk, by=world.by("county_head"))
    assert (taken.about_id, taken.post_id) == (handed.pk, world.posts["county_head"].pk)
    assert waiting_hand_over(world.posts["county_head"].organisation_id) is None


def test_nobody_takes_over_from_themselves(world):
    handed = hand_over(RAIN, STANDING, by=world.by("county_dispatcher"))
    with pytest.raises(Conflict, match="relief"):
        take_over(handed.pk, by=world.by("county_dispatcher"))


def test_a_shift_is_taken_over_once(world):
    handed = hand_over(RAIN, STANDING, by=world.by("county_dispatcher"))
    take_over(handed.pk, by=world.by("county_head"))
    with pytest.raises(Conflict, match="already"):
        take_over(handed.pk, by=world.by("county_head"))
    assert ShiftLine.objects.filter(sort="take_over").count() == 1


def test_a_shift_that_waits_is_not_handed_over_again(world):
    hand_over(RAIN, STANDING, by=world.by("county_dispatcher"))
    with pytest.raises(Conflict, match="waits"):
        hand_over(RAIN, STANDING, by=world.by("county_head"))


def test_another_centre_finds_no_line_of_this_one(world):
    handed = hand_over(RAIN, STANDING, by=world.by("county_dispatcher"))
    with pytest.raises(NotFound):
        take_over(handed.pk, by=world.by("liuhe_dispatcher"))


def test_who_does_not_watch_over_an_area_writes_nothing(world):
    with pytest.raises(NotYours):
        write(RAIN, by=world.by("county_clerk"))
