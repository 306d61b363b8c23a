from datetime import date

import pytest
import shapely

from linli.base.errors import Conflict, Invalid
from linli.divisions.grids import draw_grids
from linli.divisions.models import Division, Succession
from linli.divisions.successions import How, Successor, merge, succeed, successors_of
from linli.ledger.models import Entry

ON = date(2020, 7, 1)
EARLIER = date(2019, 1, 1)
NANTONG = {
    "98": "江苏省",
    "9806": "南通市",
    "980602": "崇川区",
    "980602001": "城东街道",
    "980602001001": "易家桥社区居委会",
    "980611": "港闸区",
    "980611001": "永兴街道",
    "980611001001": "永兴社区居委会",
    "980611002": "秦灶街道",
}


@pytest.fixture
def nantong(bring_in, standing):
    """The district as it stood before 2020, under a province of its own (real codes are 320602 and 320611)."""
    bring_in(NANTONG, EARLIER, within=["98"])
    return standing


def test_chongchuan_is_closed_under_its_old_code_and_open_under_the_new(nantong, by):
    old = nantong("980602")
    new = succeed(old, Successor("980613", "崇川区"), on=ON, how=How.RENUMBERED, by=by)
    old.refresh_from_db()
    assert (old.valid_to, new.valid_from, new.trimmed, new.name) == (ON, ON, "980613", "崇川区")
    link = Succession.objects.get(predecessor=old)
    assert (link.successor, link.on, link.how) == (new, ON, How.RENUMBERED)


def test_everything_below_is_carried_over_and_linked(nantong, by):
    village = nantong("980602001001")
    draw_grids(village, 2, within=shapely.box(90, 45, 91, 46), by=by, on=EARLIER)
    succeed(nantong("980602"), Successor("980613", "崇川区"), on=ON, how=How.RENUMBERED, by=by)
    grid = nantong("980613001001002")
    assert grid.parent == nantong("980613001001")
    assert grid.origins.get().predecessor.trimmed == "980602001001002"
    assert bytes(Division.objects.defer(None).get(pk=grid.pk).outline)
    assert not Division.objects.within("980602").current().exists()


def test_the_tree_of_an_earlier_day_is_still_there(nantong, by):
    succeed(nantong("980602"), Successor("980613", "崇川区"), on=ON, how=How.RENUMBERED, by=by)
    before = Division.objects.within("9806").as_of(date(2020, 6, 30))
    assert sorted(each.trimmed for each in before) == sorted(set(NANTONG) - {"98"})


def test_two_districts_merge_and_taken_numbers_give_way(nantong, by):
    parts = [nantong("980602"), nantong("980611")]
    new = merge(parts, Successor("980613", "崇川区"), on=ON, by=by)
    assert {link.how for link in new.origins.all()} == {How.MERGED}
    assert [(each.trimmed, each.name) for each in new.children.order_by("code")] == [
        ("980613001", "城东街道"),
        ("980613002", "永兴街道"),
        ("980613003", "秦灶街道"),
    ]
    assert nantong("980613002001").name == "永兴社区居委会"


def test_the_successors_of_a_closed_row_are_found_through_several_changes(nantong, by):
    old = nantong("980602")
    middle = succeed(old, Successor("980613", "崇川区"), on=ON, how=How.RENUMBERED, by=by)
    last = succeed(middle, Successor("980614", "崇川新区"), on=date(2022, 1, 1), how=How.RENUMBERED, by=by)
    old.refresh_from_db()
    assert successors_of(old) == [last]


def test_a_succession_leaves_an_entry(nantong, by):
    succeed(nantong("980602"), Successor("980613", "崇川区"), on=ON, how=How.RENUMBERED, by=by)
    facts = Entry.objects.get(name="divisions.succeed", division=nantong("980613").code).facts
    assert facts == {"from": "980602", "to": "980613", "how": "renumbered", "on": "2020-07-01"}


def test_a_closed_division_cannot_be_succeeded_again(nantong, by):
    old = nantong("980602")
    succeed(old, Successor("980613", "崇川区"), on=ON, how=How.RENUMBERED, by=by)
    with pytest.raises(Conflict):
        succeed(old, Successor("980615", "崇川区"), on=ON, how=How.RENUMBERED, by=by)


@pytest.mark.parametrize(("code", "on"), [("9813", ON), ("980713", ON), ("980613", EARLIER), ("9806130", ON)])
def test_another_level_an_absent_parent_or_an_impossible_day_is_refused(nantong, by, code, on):
    with pytest.raises(Invalid):
        succeed(nantong("980602"), Successor(code, "崇川区"), on=on, how=How.RENUMBERED, by=by)
    assert nantong("980602").valid_to is None
