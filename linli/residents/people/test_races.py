"""Two people decide about one record at once: one wins, the other is told, nothing is half."""

from datetime import date

from linli.base.errors import Conflict
from linli.residents.models import Merge, Pair, Person, Residence
from linli.residents.people.changing import move
from linli.residents.people.conftest import HOME, given
from linli.residents.people.merging import merge
from linli.residents.people.registering import register


def test_two_clerks_on_one_pair_one_wins_and_the_other_is_told(committed_world, at_once):
    world, clerk = committed_world, committed_world.by("chengguan_clerk")
    first = register(given(world), by=clerk)
    second = register(given(world, name="慕容", phone="", address="9号"), by=clerk, sure=True)
    pair = Pair.objects.get()
    outcomes = at_once([lambda keep=keep: merge(pair, keep, by=clerk) for keep in (first, second) * 3])
    assert sum(isinstance(each, Merge) for each in outcomes) == 1
    assert sum(isinstance(each, Conflict) for each in outcomes) == 5
    assert Person.objects.filter(merged_into=None).count() == 1


def test_moves_at_the_same_moment_leave_one_home(committed_world, at_once):
    world, clerk = committed_world, committed_world.by("chengguan_clerk")
    person = register(given(world), by=clerk)
    grids = [world.place(HOME), world.place("东门社区第二网格")]

    def moving(number):
        return lambda: move(person, grids[number % 2], f"{number}号", on=date(2026, 6, 1), by=clerk)

    outcomes = at_once([moving(number) for number in range(6)])
    assert [each for each in outcomes if each is not None] == []
    homes = Residence.objects.filter(person=person, kind="actual").order_by("since", "id")
    assert sum(each.until is None for each in homes) == 1
    now = Person.objects.get(pk=person.pk)
    assert (
        Residence.objects.get(person=person, kind="actual", until=None).household.division_id
        == now.division_id
    )
