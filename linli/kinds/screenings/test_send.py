from datetime import timedelta
from time import process_time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.base.generations import bump
from linli.cases.models import Admission, Case, Category, Clock, Task
from linli.cases.models.catalogue import Rule
from linli.cases.steps import open_case, take
from linli.divisions.models import Division, Kind
from linli.kinds.screenings import actions, placing
from linli.kinds.screenings.conftest import GRIDS, OPENER, draw_up, reload_key, state_of, version_of
from linli.kinds.screenings.models import Place, Screening
from linli.posts.actions import end
from linli.posts.actor import PartyActor, PostActor
from linli.posts.models import Account, Holding, Post


def open_titles(screening):
    return sorted(
        Task.objects.filter(case=screening.pk, closed_at=None).values_list("post__title", flat=True)
    )


def test_nobody_is_asked_before_it_is_sent(planned):
    assert state_of(planned) == ("planned", "")
    assert open_titles(planned) == ["城关街道受理员"]
    assert not Place.objects.exists()


def test_each_grid_gets_a_task_that_presses_until_the_day(sent):
    tasks = Task.objects.filter(case=sent.pk, role="helps", closed_at=None)
    assert tasks.count() == GRIDS
    assert set(tasks.values_list("pressing_at", flat=True)) == {sent.until}
    assert Clock.objects.get(case=sent.pk, name="until").due_at == sent.until


def test_villages_are_asked_by_their_heads(world):
    one = draw_up(world, "城关街道", asked="villages")
    actions.send(one, by=world.by(OPENER), seen=1)
    assert open_titles(one) == [
        "东门社区书记",
        "城关街道受理员",
        "文昌社区书记",
        "新华社区书记",
        "河滨社区书记",
    ]


def test_places_without_a_holder_are_listed_before_and_stay_holes(world, planned):
    worker = world.by("东门社区第一网格")
    end(worker.holding, by=world.by("administrator"))
    assert [place.name for place in reload_key(planned.pk).layout.holes] == ["东门社区第一网格"]
    actions.send(planned, by=world.by(OPENER), seen=1)
    (hole,) = Place.objects.filter(post=None)
    assert hole.division.name == "东门社区第一网格"
    assert reload_key(planned.pk).total.unheld == 1


def test_an_upper_level_post_does_not_answer_for_a_grid(world):
    assert placing.nearest_each(["head"], [world.place("东门社区第一网格").code], widest=10**4) == {}


def test_without_anybody_to_ask_nothing_is_sent(world, monkeypatch, planned):
    monkeypatch.setattr(placing, "nearest_each", lambda *_args, **_more: {})
    with pytest.raises(Conflict, match="Nobody holds a post"):
        actions.send(planned, by=world.by(OPENER), seen=1)
    assert state_of(planned) == ("planned", "")


def test_more_places_than_the_cap_are_refused_with_what_to_do(world, monkeypatch):
    monkeypatch.setattr(placing, "MOST", 5)
    with pytest.raises(Invalid, match="one screening to each part"):
        draw_up(world, "城关街道")
    assert not Screening.objects.exists()


def test_an_area_without_such_places_is_refused(world):
    with pytest.raises(Invalid, match="nothing of this sort"):
        draw_up(world, "东门社区第一网格", asked="villages")


def test_it_needs_a_listed_legal_basis(world):
    Category.objects.filter(kind="screenings").update(source="")
    bump("catalogue")
    with pytest.raises(Invalid, match="no legal basis"):
        draw_up(world, "城关街道")


def test_the_basis_stays_as_it_was_when_it_was_drawn_up(planned):
    Category.objects.filter(kind="screenings").update(source="x")
    assert "人民调解法" in reload_key(planned.pk).basis


def test_what_the_admission_list_keeps_from_communities_is_not_sent(world, planned):
    subject = Category.objects.get(kind="screenings", code="S04")
    Admission.objects.create(
        key="X-1",
        title="邻里排查",
        rule=Rule.FORBIDDEN,
        category=subject,
        division=world.county,
        source="准入清单",
        valid_from="2024-01-01",
    )
    bump("catalogue")
    with pytest.raises(Invalid, match="X-1"):
        actions.send(planned, by=world.by(OPENER), seen=1)
    assert not Place.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"until": "2020-01-01"}, "until"),
        ({"until": "2999-01-01"}, "until"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "100000"}, "minutes"),
        ({"category": ""}, "category"),
        ({"category": "D01"}, "category"),
        ({"area": "99"}, None),
        ({"area": "x"}, "area"),
        ({"why": "重点看张某，电话13912345678"}, "why"),
        ({"why": "110105 19491231 002X 户"}, "why"),
        ({"order": "联系人 0517-88888888"}, "order"),
    ],
)
def test_bad_input_is_refused_in_a_sentence_and_nothing_is_kept(world, changes, field):
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    data = {"category": "S04", "why": "看漏水", "until": day, "minutes": "30", **changes}
    with pytest.raises((Invalid, NotFound)) as refused:
        open_case("screenings", data, by=world.by(OPENER))
    if field:
        assert list(refused.value.facts["fields"]) == [field]
    assert not Screening.objects.exists()


def test_a_grid_worker_and_a_resident_open_none(world):
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    grid = world.place("东门社区第一网格").trimmed
    data = {"category": "S04", "why": "x", "minutes": "9", "area": grid, "until": day}
    for by in (world.by("东门社区第一网格"), PartyActor("reporter")):
        with pytest.raises(NotYours):
            open_case("screenings", data, by=by)
    with pytest.raises(Invalid):
        open_case("screenings", {**data, "area": ""}, by=PartyActor("reporter"))


def test_nobody_sends_it_outside_their_area(world):
    with pytest.raises((NotFound, NotYours)):
        draw_up(world, "柳河镇")


def test_it_is_not_sent_after_its_day(world):
    one = draw_up(world, "东门社区", until=timezone.now() - timedelta(minutes=1))
    with pytest.raises(Conflict, match="has passed"):
        take(one.case, "send", {}, by=world.by(OPENER), seen=version_of(one))


def test_it_can_be_dropped_instead(world, planned):
    actions.drop(planned, by=world.by(OPENER), seen=1)
    assert state_of(planned) == ("dropped", "dropped")
    with pytest.raises(NotYours):
        take(Case.everywhere.get(pk=planned.pk), "send", {}, by=world.by(OPENER), seen=2)


def statements_of_sending(world, area):
    one = draw_up(world, area)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        actions.send(one, by=world.by(OPENER), seen=1)
    return len(asked)


def test_twelve_grids_cost_as_many_statements_as_three(world):
    statements_of_sending(world, "东门社区")
    assert statements_of_sending(world, "城关街道") == statements_of_sending(world, "东门社区")


def a_wide_county(world, grids):
    """A town with so many grids, in villages of twenty, each with a grid worker who holds its post."""
    town = Division(
        code=99010180000000000, level=4, name="大镇", parent=world.county, valid_from=world.county.valid_from
    )
    town.save()
    made = [
        Division(
            code=town.code + (1 + number // 20) * 10**5 + (1 + number % 20) * 10**2,
            level=6,
            name=f"第{number}网格",
            kind=Kind.GRID,
            parent=town,
            valid_from=town.valid_from,
        )
        for number in range(grids)
    ]
    made = Division.objects.bulk_create(made)
    body = world.posts["county_head"].organisation
    posts = Post.objects.bulk_create(
        [Post(title=f"{grid.name}员", kind="grid_worker", organisation=body, division=grid) for grid in made]
    )
    accounts = Account.objects.bulk_create(
        [Account(username=f"wide-{post.pk}", password="!") for post in posts]
    )
    pairs = zip(posts, accounts, strict=True)
    Holding.objects.bulk_create(
        [Holding(post=post, account=each, since=timezone.now() - timedelta(days=1)) for post, each in pairs]
    )
    bump("posts")
    world.places[town.name] = town
    return town.name


@pytest.mark.thorough
def test_two_thousand_grids_cost_as_many_statements_as_three_and_a_few_seconds(world):
    statements_of_sending(world, "东门社区")
    few = statements_of_sending(world, "东门社区")
    one = draw_up(world, a_wide_county(world, 2000), key="county_clerk")
    assert reload_key(one.pk).layout.held == 2000
    begun = process_time()
    with CaptureQueriesContext(connection) as asked:
        actions.send(one, by=world.by("county_clerk"), seen=1)
    took = process_time() - begun
    assert Task.objects.filter(case=one.pk, role="helps").count() == 2000
    # Rows go in by sixteens, and what is left over by a statement of its own.
    assert len(asked) - few in {0, 1}, [each["sql"][:90] for each in asked]
    assert took < 10, took
    worker = PostActor(
        Holding.objects.select_related("post__division").get(
            account__username__startswith="wide-", post__title="第7网格员"
        )
    )
    begun = process_time()
    with CaptureQueriesContext(connection) as asked:
        actions.clear(one, by=worker, seen=2)
    assert len(asked) < 30, [each["sql"][:90] for each in asked]
    assert process_time() - begun < 2
