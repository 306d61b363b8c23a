"""Two who sign for one shift, or correct one line, at once: one has it, the others are told."""

from linli.base.errors import Conflict
from linli.registers.actions.shifts import Said, Standing, hand_over, take_over, write
from linli.registers.models import ShiftLine


def test_two_who_take_over_at_once_are_one_relief(committed_world, at_once):
    world = committed_world
    handed = hand_over(Said("泵站已恢复。"), Standing(0, 0, 0), by=world.by("county_dispatcher"))
    outcomes = at_once([lambda: take_over(handed.pk, by=world.by("county_head"))] * 3)
    assert sum(isinstance(each, ShiftLine) for each in outcomes) == 1
    assert sum(isinstance(each, Conflict) for each in outcomes) == 2


def test_of_two_who_correct_one_line_at_once_one_has_corrected_it(committed_world, at_once):
    world = committed_world
    line = write(Said("泵站停过一次。"), by=world.by("county_dispatcher"))
    outcomes = at_once(
        [lambda: write(Said("泵站停过两次。"), by=world.by("county_head"), corrects=line.pk)] * 3
    )
    assert sum(isinstance(each, Conflict) for each in outcomes) == 2
    assert ShiftLine.objects.filter(about=line).count() == 1
