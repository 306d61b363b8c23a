"""Coverage, posts and appointments: every gap leads to where it is closed."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from linli.base.generations import bump
from linli.divisions.models import Division
from linli.ledger.models import Entry
from linli.posts.models import Account, Holding, Post

pytestmark = pytest.mark.django_db
GRID = "南坡村第三网格"


def text(response):
    return response.content.decode()


def empty_grid(world):
    Holding.objects.filter(post=world.posts[GRID]).update(until=timezone.now())
    return world.place(GRID)


def appointing(world, grid):
    return f"/desk/posts/{grid.trimmed}/{world.posts[GRID].pk}/"


def test_a_gap_is_listed_and_leads_to_where_it_is_closed(world, sign_in):
    grid = empty_grid(world)
    client = sign_in("administrator")
    link = f"/desk/posts/{grid.trimmed}/"
    assert link in text(client.get("/desk/coverage/"))
    assert appointing(world, grid) in text(client.get(link))
    assert "空岗" in text(client.get(link))


def test_a_head_sees_the_gaps_of_the_own_area_without_the_links(world, sign_in):
    grid = empty_grid(world)
    page = text(sign_in("county_head").get("/desk/coverage/"))
    assert grid.name in page
    assert f"/desk/posts/{grid.trimmed}/" not in page
    assert grid.name not in text(sign_in("head_东门社区").get("/desk/coverage/"))


def test_other_posts_do_not_open_coverage_or_posts(sign_in):
    client = sign_in("chengguan_clerk")
    assert client.get("/desk/coverage/").status_code == 403
    assert client.get("/desk/posts/").status_code == 403


@pytest.mark.parametrize("code", ["33", "990102", "990101999", "x", "1", "９９０１０１"])
def test_places_outside_or_nowhere_are_not_found(sign_in, code):
    assert sign_in("administrator").get(f"/desk/posts/{code}/").status_code == 404
    assert sign_in("administrator").get("/desk/coverage/", {"area": code}).status_code == 404


def test_a_new_person_gets_a_password_that_works_once(world, sign_in):
    grid = empty_grid(world)
    data = {"account": "new", "username": "zhang.san", "called": "张三"}
    response = sign_in("administrator").post(appointing(world, grid) + "appoint/", data)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    password = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b", text(response)).group()
    account = Account.objects.get(username="zhang.san")
    assert Holding.objects.current().filter(account=account, post=world.posts[GRID]).exists()
    newcomer = Client(headers={"accept-language": "zh-hans"})
    newcomer.post("/account/login/", {"login": "zhang.san", "password": password})
    assert newcomer.get("/desk/")["Location"].endswith("/password/change/")
    fresh = "柳河晚风-2026-新"
    newcomer.post(
        "/account/password/change/", {"oldpassword": password, "password1": fresh, "password2": fresh}
    )
    assert newcomer.get("/desk/").status_code == 200
    assert (
        Entry.objects.filter(name="posts.appoint").latest("recorded_at").facts["post"] == world.posts[GRID].pk
    )


def test_a_taken_user_name_appoints_nobody(world, sign_in):
    grid = empty_grid(world)
    taken = world.by("water").holding.account.username
    data = {"account": "new", "username": taken, "called": "张三"}
    response = sign_in("administrator").post(appointing(world, grid) + "appoint/", data)
    assert response.status_code == 409
    assert "张三" in text(response)
    assert not Holding.objects.current().filter(post=world.posts[GRID]).exists()


def test_a_held_post_takes_somebody_acting_but_no_second_holder(world, sign_in):
    client, place = sign_in("administrator"), world.place(GRID)
    data = {"account": "existing", "username": world.by("water").holding.account.username}
    refused = client.post(appointing(world, place) + "appoint/", data)
    assert refused.status_code == 409
    acting = client.post(appointing(world, place) + "appoint/", {**data, "acting": "on"}, follow=True)
    assert "代理" in text(acting)
    assert Holding.objects.current().filter(post=world.posts[GRID]).count() == 2


def test_nobody_appoints_themselves(world, sign_in):
    grid = empty_grid(world)
    own = world.by("administrator").holding.account.username
    data = {"account": "existing", "username": own}
    response = sign_in("administrator").post(appointing(world, grid) + "appoint/", data)
    assert response.status_code == 409


def test_an_account_that_is_not_there_is_said(world, sign_in):
    grid = empty_grid(world)
    data = {"account": "existing", "username": "ghost"}
    response = sign_in("administrator").post(appointing(world, grid) + "appoint/", data)
    assert response.status_code == 422
    assert "没有使用此用户名的账号" in text(response)


def test_an_appointment_ends_at_once(world, sign_in):
    holder = sign_in(GRID)
    assert holder.get("/desk/").status_code == 200
    client, address = sign_in("administrator"), appointing(world, world.place(GRID)) + "end/"
    data = {"holding": world.by(GRID).holding.pk}
    assert client.post(address, data).status_code == 302
    assert holder.get("/desk/")["Location"] == "/desk/hat/"
    assert client.post(address, data).status_code == 409
    assert client.post(address, {"holding": "x"}).status_code == 409


def test_a_post_is_set_up_with_a_new_organisation(world, sign_in):
    village = world.place("东门社区")
    data = {"title": "东门社区受理员", "kind": "clerk", "organisation": "", "body": "东门社区服务站"}
    response = sign_in("administrator").post(f"/desk/posts/{village.trimmed}/found/", data, follow=True)
    assert "已设立" in text(response)
    post = Post.objects.get(title="东门社区受理员")
    assert (post.organisation.name, post.division_id) == ("东门社区服务站", village.pk)


def test_a_post_needs_an_organisation(world, sign_in):
    data = {"title": "无单位岗", "kind": "clerk", "organisation": "", "body": " "}
    response = sign_in("administrator").post(f"/desk/posts/{world.county.trimmed}/found/", data)
    assert response.status_code == 422
    assert not Post.objects.filter(title="无单位岗").exists()


def test_the_tree_leads_down_and_back_up(world, sign_in):
    village = world.place("东门社区")
    page = text(sign_in("administrator").get(f"/desk/posts/{village.trimmed}/"))
    up = Division.objects.get(pk=village.parent_id)
    for place in (world.county, up, world.place("东门社区第一网格")):
        assert f"/desk/posts/{place.trimmed}/" in page


def test_a_post_with_open_work_is_given_up_only_with_a_successor(world, sign_in, dispatched_case):
    client, post = sign_in("administrator"), world.posts["power"]
    address = f"/desk/posts/{world.county.trimmed}/{post.pk}/"
    page = text(client.get(address))
    assert "待办 1 项" in page
    assert world.posts["water"].title in page
    refused = client.post(address + "give-up/", {"to": ""})
    assert refused.status_code == 409
    assert "请指定由哪个岗位接手" in text(refused)
    assert client.post(address + "give-up/", {"to": "0"}).status_code == 422
    assert client.post(address + "give-up/", {"to": world.posts["water"].pk}, follow=True).status_code == 200
    assert client.get(address).status_code == 404
    assert dispatched_case.number in text(sign_in("water").get("/desk/"))
    assert "因岗位撤销移交" in text(sign_in("water").get(f"/desk/cases/{dispatched_case.number}/"))


def test_gaps_in_the_catalogue_are_shown_with_the_way_to_close_them(world, sign_in):
    client = sign_in("administrator")
    page = text(client.get("/desk/coverage/"))
    assert "?category=0504" in page
    assert "?category=0201" not in page
    Holding.objects.filter(post=world.posts["power"]).update(until=timezone.now())
    bump("posts")
    page = text(client.get("/desk/coverage/"))
    assert "牵头岗位空岗" in page
    assert "/desk/catalogue/matters/rows/?category=0201" in page
