"""The rows of requests that end together go into one commit, and each is there before its answer leaves."""

from uuid import uuid4

import pytest

from linli.base.errors import Unavailable
from linli.base.rows import insert_values, values_from, values_of
from linli.residents import showing
from linli.residents.access import WORDS, Glance, Seen, values_for
from linli.residents.models import Access, How
from linli.residents.purposes import SEARCH, purpose_named
from linli.residents.showing import forget, reading_as, sheet, show


def keep_one(by, people=1):
    with sheet(by) as shown:
        reading_as(SEARCH, How.HIT)
        for _each in range(people):
            show(Seen(None, uuid4()), WORDS)
        shown.keep()


def test_many_threads_leave_every_row(committed_world, at_once):
    by = committed_world.by("chengguan_clerk")
    outcomes = at_once([lambda: keep_one(by, 50)] * 8)
    assert outcomes == [None] * 8
    rows = list(Access.objects.all())
    assert len(rows) == 400
    assert len({row.trace for row in rows}) == 8
    assert {(row.how, row.count, row.activity) for row in rows} == {(How.HIT, 50, purpose_named(SEARCH).nr)}


def test_where_the_store_takes_nothing_each_of_them_is_told(committed_world, at_once, monkeypatch):
    def full(*_rows, **_more):
        raise Unavailable

    monkeypatch.setattr(showing, "insert_values", full)
    outcomes = at_once([lambda: keep_one(committed_world.by("chengguan_clerk"))] * 4)
    assert [type(each) for each in outcomes] == [Unavailable] * 4
    assert not Access.objects.exists()


@pytest.mark.django_db
def test_what_is_forgotten_or_nobodys_leaves_no_row(world):
    with sheet(world.by("chengguan_clerk")) as shown:
        show(None, WORDS)
        show(Seen(None, uuid4()), WORDS)
        forget()
        shown.keep()
    assert not Access.objects.exists()


@pytest.mark.django_db
def test_a_row_without_models_is_the_row_with_them(world):
    glance = Glance(world.by("chengguan_clerk"), SEARCH, How.HIT)
    insert_values(Access, values_for(glance, {Seen(None, uuid4()): WORDS}))
    row = Access.objects.get()
    [model] = values_of([row])
    named = {field.attname: getattr(row, field.attname) for field in Access._meta.concrete_fields}
    assert values_from(Access, named, [{}]) == [model]


@pytest.mark.parametrize("given", [{}, {"sort": 1}])
def test_a_row_that_lacks_a_column_or_has_another_is_not_made(given):
    with pytest.raises((TypeError, KeyError)):
        values_from(Access, {"classes": 1}, [given])
