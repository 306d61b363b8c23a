"""What a resident wrote is seen when a request reads it, and by nobody else."""

import pytest

from linli.cases.models import Case
from linli.kinds.matters import actions
from linli.posts.actor import PartyActor
from linli.residents.showing import sheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(world):
    opened = actions.report(
        by=PartyActor("reporter"), text="路灯坏了", division=world.place("东门社区第一网格")
    )
    return Case.everywhere.get(pk=opened.case)


def test_what_a_loop_reads_is_on_nobodys_sheet_and_what_a_request_reads_is(world, case):
    assert case.summary
    with sheet(world.by("chengguan_clerk")) as shown:
        assert shown.seen == {}
        assert case.summary
        assert set(shown.seen) == {case.whose}


def test_words_that_were_left_out_of_a_query_are_read_and_seen_when_asked_for(world, case):
    later = Case.everywhere.defer("summary").get(pk=case.pk)
    with sheet(world.by("chengguan_clerk")) as shown:
        assert later.summary == case.__dict__["summary"]
        assert set(shown.seen) == {case.whose}


def test_to_change_or_to_save_them_is_not_to_read_them(world, case):
    with sheet(world.by("chengguan_clerk")) as shown:
        case.summary = "路灯又坏了"
        case.save()
        assert shown.seen == {}
    assert Case.everywhere.get(pk=case.pk).summary == "路灯又坏了"


def test_a_row_that_is_only_being_made_tells_nobody_anything(world, case):
    fresh = Case(summary="路灯坏了", reporter=case.reporter)
    with sheet(world.by("chengguan_clerk")) as shown:
        assert fresh.summary
        assert shown.seen == {}
