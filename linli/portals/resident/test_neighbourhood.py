"""My neighbourhood: what anybody may know of a place, and nothing that tells who reported what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Invalid
from linli.cases.models import Category
from linli.kinds.matters import actions
from linli.posts.actions import put_on_board
from linli.posts.actor import PartyActor, SystemActor
from linli.posts.cards import Given
from linli.posts.models import Holding, Post, PostKind

pytestmark = pytest.mark.django_db
SECRET = "三号楼李小芳家门口"


@pytest.fixture
def village(world):
    return world.place("东门社区")


def reported(world, category, text=SECRET, **other):
    place = world.place("东门社区第一网格")
    row = Category.objects.get(code=category) if category else None
    return actions.report(by=PartyActor("reporter"), text=text, category=row, division=place, **other)


def page(client, village):
    answer = client.get("/neighbourhood/", {"place": village.trimmed})
    assert answer.status_code == 200
    return answer.content.decode()


def worker():
    return Post.objects.filter(kind=PostKind.GRID_WORKER, division__name="东门社区第一网格").get()


def holder_of(post):
    return Holding.objects.current().select_related("account").get(post=post).account.get_full_name()


def test_what_is_open_is_shown_by_sort_and_grid_without_words_or_address(client, world, village):
    reported(world, "0201", landmark="人民路12号")
    shown = page(client, village)
    assert "路灯照明" in shown
    assert "东门社区第一网格" in shown
    assert SECRET not in shown
    assert "人民路" not in shown


def test_sensitive_sorts_and_what_nobody_has_sorted_yet_are_not_shown(client, world, village):
    sensitive = Category.objects.filter(kind="matters", sensitive=True, audience="everyone").first()
    reported(world, sensitive.code)
    reported(world, "")
    shown = page(client, village)
    assert str(sensitive) not in shown
    assert "没有可以公开的在办事项" in shown


def test_a_grid_worker_is_not_named_unless_the_post_is_put_on_the_board(client, world, village):
    post = worker()
    name = holder_of(post)
    assert post.title in (shown := page(client, village))
    assert name not in shown
    put_on_board(post, Given("0517-555", named=True, purpose="便于居民联系"), by=SystemActor("test"))
    shown = page(client, village)
    assert name in shown
    assert "tel:0517-555" in shown


def test_a_name_goes_from_the_board_on_its_last_day(client, world, village):
    post = worker()
    put_on_board(post, Given("", named=True, purpose="便于居民联系"), by=SystemActor("test"))
    post.cards.update(until=timezone.now() - timedelta(seconds=1))
    assert holder_of(post) not in page(client, village)


def test_a_name_needs_a_purpose(world):
    with pytest.raises(Invalid):
        put_on_board(worker(), Given("", named=True), by=SystemActor("test"))
    assert not worker().cards.exists()


def test_what_was_said_before_ends_when_a_card_is_changed(world):
    for telephone in ("0517-1", "0517-2"):
        put_on_board(worker(), Given(telephone), by=SystemActor("test"))
    now = timezone.now()
    assert [card.telephone for card in worker().cards.filter(until=None)] == ["0517-2"]
    assert worker().cards.filter(until__lte=now).count() == 1


def test_the_place_is_remembered_on_this_device_and_forgotten_when_asked(client, village):
    page(client, village)
    assert village.name in client.get("/neighbourhood/").content.decode()
    client.post("/neighbourhood/", {"forget": "1"})
    assert "选择" in client.get("/neighbourhood/").content.decode()


def test_a_place_that_is_none_of_ours_is_said_and_the_list_is_shown(client, world):
    for code in ("110101001001", "nonsense", "9" * 40):
        answer = client.get("/neighbourhood/", {"place": code})
        assert answer.status_code == 404
        assert "<select" in answer.content.decode()


def test_a_position_leads_to_its_village_and_stands_in_no_address(client, world, village):
    grid = world.place("东门社区第一网格")
    answer = client.post("/neighbourhood/", {"longitude": grid.longitude, "latitude": grid.latitude})
    assert answer.headers["Location"] == f"/neighbourhood/?place={village.trimmed}"


def test_a_position_elsewhere_is_a_sentence(client, world):
    answer = client.post("/neighbourhood/", {"longitude": "0", "latitude": "nan"})
    assert answer.status_code == 404


def test_a_number_in_the_box_leads_to_following_whether_there_is_one_or_not(client, world):
    answer = client.get("/find/", {"q": "９９０１０１-26-00042-7"})
    assert answer.headers["Location"] == "/follow/?number=990101-26-00042-7"


@pytest.mark.parametrize(
    ("words", "leads_to"), [("路灯", "category=0201"), ("东门", "/neighbourhood/?place=")]
)
def test_words_in_the_box_find_sorts_and_places(client, world, words, leads_to):
    assert leads_to in client.get("/find/", {"q": words}).content.decode()


def test_words_that_fit_nothing_lead_to_reporting_in_ones_own_words(client, world):
    shown = client.get("/find/", {"q": "不存在的东西"}).content.decode()
    assert "用自己的话" in shown


def test_the_link_of_a_found_sort_fills_in_the_sort(client, world):
    shown = client.get("/report/matters/?category=0201").content.decode()
    assert '<option value="0201" selected>' in shown
