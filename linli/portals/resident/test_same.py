"""Is it one of these? Asked between the form and the receipt, once, without JavaScript, and nothing typed is lost."""

from __future__ import annotations

import html
import re

import pytest

from linli.cases.models import Attachment, Case, Category, Link
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.portals.resident.test_reporting import picture
from linli.posts.actor import PartyActor

pytestmark = pytest.mark.django_db
ADDRESS = "/report/matters/"
HOME = "东门社区第一网格"
SECRET = "三号楼门口那盏灯，李小芳家旁边"


@pytest.fixture
def lamp(world):
    """Somebody else's lamp, that nobody has dealt with yet."""
    grid = world.place(HOME)
    opened = actions.report(
        by=PartyActor("reporter"),
        text=SECRET,
        category=Category.objects.get(code="0201"),
        longitude=grid.longitude,
        latitude=grid.latitude,
        landmark="人民路12号",
    )
    return Matter.objects.select_related("case").get(pk=opened.case)


@pytest.fixture
def typed(world):
    """What somebody types who stands there."""
    grid = world.place(HOME)
    said = {"text": "灯不亮了\n“两天”", "category": "0201", "phone": "13912345678", "mark": "m1"}
    return {**said, "longitude": grid.longitude, "latitude": grid.latitude}


def inputs(page):
    """The hidden inputs of the question, as a browser would send them."""
    form = page.content.decode().partition("<main")[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return {name: html.unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def last():
    return Matter.objects.select_related("case__reporter").latest("case__recorded_at")


def test_what_is_open_nearby_is_asked_about_before_anything_is_stored(client, lamp, typed):
    page = client.post(ADDRESS, typed)
    assert page.status_code == 200
    assert Case.everywhere.count() == 1
    shown = page.content.decode()
    for words in ("路灯照明", HOME, "今天", "等待受理", "已有人反映"):
        assert words in shown


def test_the_question_shows_nothing_of_the_original(client, lamp, typed):
    shown = client.post(ADDRESS, typed).content.decode()
    assert SECRET not in shown
    assert "人民路" not in shown


def test_all_that_was_typed_goes_round(client, lamp, typed):
    said = inputs(client.post(ADDRESS, typed))
    assert said == {name: str(value) for name, value in typed.items()}


def test_mine_is_another_one_is_one_click(client, lamp, typed):
    said = inputs(client.post(ADDRESS, typed))
    page = client.post(ADDRESS, {**said, "own": "yes"})
    assert (page.status_code, page.headers["Location"]) == (302, "/receipt/")
    assert (last().text, last().case.stage) == ("灯不亮了\n“两天”", "reported")
    assert last().case.reporter.phone_index


def test_count_me_in_opens_one_that_follows(client, lamp, typed):
    said = inputs(client.post(ADDRESS, typed))
    client.post(ADDRESS, {**said, "same_as": lamp.case.number})
    assert last().case.stage == "merged"
    assert Link.objects.get(source=last().case).target == lamp.case
    receipt = client.get("/receipt/").content.decode()
    assert last().case.number in receipt
    assert "合并办理" in receipt


def test_the_reporters_page_says_so_without_the_others_number(client, lamp, typed):
    client.post(ADDRESS, {**typed, "same_as": lamp.case.number})
    page = client.get(f"/follow/{last().case.number}/").content.decode()
    assert "并案办理" in page
    assert lamp.case.number not in page


@pytest.mark.parametrize("answer", ["own", "same"])
def test_two_clicks_are_one_report(client, lamp, typed, answer):
    said = inputs(client.post(ADDRESS, typed))
    chosen = {"own": "yes"} if answer == "own" else {"same_as": lamp.case.number}
    for _time in range(2):
        assert client.post(ADDRESS, {**said, **chosen}).headers["Location"] == "/receipt/"
    assert Case.everywhere.count() == 2


def test_back_to_the_form_and_sending_it_again_is_the_same_report(client, lamp, typed):
    said = inputs(client.post(ADDRESS, typed))
    client.post(ADDRESS, {**said, "own": "yes"})
    assert client.post(ADDRESS, typed).headers["Location"] == "/receipt/"
    assert Case.everywhere.count() == 2


def test_a_second_click_is_not_asked_about_the_report_of_the_first(client, typed):
    for _time in range(2):
        assert client.post(ADDRESS, typed).headers["Location"] == "/receipt/"
    assert Case.everywhere.count() == 1


@pytest.mark.parametrize("answer", ["own", "same"])
def test_photos_are_kept_while_the_question_is_asked(client, lamp, typed, answer):
    page = client.post(ADDRESS, {**typed, "photos": [picture(), picture((30, 30))]})
    assert "照片已保留" in page.content.decode()
    chosen = {"own": "yes"} if answer == "own" else {"same_as": lamp.case.number}
    client.post(ADDRESS, {**inputs(page), **chosen})
    assert Attachment.objects.filter(case=last().case).count() == 2


def test_two_clicks_with_photos_and_the_form_once_more_are_one_report(client, lamp, typed):
    said = inputs(client.post(ADDRESS, {**typed, "photos": [picture()]}))
    for _time in range(2):
        client.post(ADDRESS, {**said, "own": "yes"})
    client.post(ADDRESS, {**typed, "photos": [picture()]})
    assert Case.everywhere.count() == 2


def test_photos_that_are_gone_are_asked_for_again_and_nothing_is_stored(
    client, lamp, typed, tmp_path, settings
):
    said = inputs(client.post(ADDRESS, {**typed, "photos": [picture()]}))
    settings.ATTACHMENTS_ROOT = tmp_path
    page = client.post(ADDRESS, {**said, "own": "yes"})
    assert page.status_code == 422
    assert "重新选择" in page.content.decode()
    assert Case.everywhere.count() == 1


def test_only_photos_this_server_kept_come_back(client, lamp, typed):
    for token in ("x", '["../../etc/passwd"]:abc', "e30:abc"):
        assert client.post(ADDRESS, {**typed, "photos_kept": token, "own": "yes"}).status_code == 422
    assert Case.everywhere.count() == 1


def test_when_the_original_was_closed_meanwhile_it_is_taken_in_by_itself_and_says_so(
    client, world, lamp, typed
):
    said = inputs(client.post(ADDRESS, typed))
    actions.refuse(lamp, by=world.by("chengguan_clerk"), seen=1, reason="已修好")
    answer = client.post(ADDRESS, {**said, "same_as": lamp.case.number})
    assert answer.headers["Location"] == "/receipt/"
    assert last().case.stage == "reported"
    assert "单独" in client.get("/receipt/").content.decode()


def test_a_guessed_number_gets_the_same_answer_whether_it_exists_or_not(client, world, lamp, typed):
    elsewhere = actions.report(by=PartyActor("reporter"), text="别处", division=world.place("南坡村第三网格"))
    for mark, number in (("a", elsewhere.number), ("b", "990101-26-99999-9")):
        answer = client.post(ADDRESS, {**typed, "mark": mark, "same_as": number})
        assert answer.headers["Location"] == "/receipt/"
        assert "单独" in client.get("/receipt/").content.decode()
        assert last().case.stage == "reported"


@pytest.mark.parametrize("code", ["0401", "0402", "0403", "0404", "0405"])
def test_sensitive_matters_are_never_asked_about(client, lamp, typed, code):
    assert client.post(ADDRESS, {**typed, "category": code}).status_code == 302


def test_words_alone_are_taken_in_at_once(client, lamp):
    assert client.post(ADDRESS, {"text": SECRET, "category": "0201"}).status_code == 302


def test_a_point_outside_is_still_told_before_anything_is_asked(client, lamp, typed):
    page = client.post(ADDRESS, {**typed, "longitude": 0, "latitude": 0})
    assert page.status_code == 422


def test_no_button_to_be_counted_in_stands_on_a_follow_page(unlocking, lamp):
    assert "same_as" not in unlocking(lamp).get(f"/follow/{lamp.case.number}/").content.decode()


def test_who_says_it_is_the_same_needs_no_category_by_the_words(client, lamp, typed):
    page = client.post(ADDRESS, {**typed, "category": "", "text": SECRET, "check": "yes"})
    number = lamp.case.number
    assert number in page.content.decode()
    client.post(ADDRESS, {**inputs(page), "picked": "0401", "same_as": number})
    assert (last().case.stage, last().case.category) == ("merged", None)
