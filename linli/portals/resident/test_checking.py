"""Check your answers: shown before anything is stored; nothing typed is lost on the way there, back, or by an error."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.utils import timezone

from linli.base.generations import bump
from linli.cases.attachments import MAX_PER_STEP
from linli.cases.models import Attachment, Case
from linli.kinds.matters.models import Matter
from linli.portals.resident.test_reporting import picture
from linli.residents.models import Assessment
from linli.residents.openings import FAMILY

pytestmark = pytest.mark.django_db
ADDRESS = "/report/matters/"
TYPED = {
    "text": "路灯三天不亮了",
    "category": "0201",
    "landmark": "人民路12号",
    "phone": "13912345678",
    "mark": "m1",
}


def inputs(page: Any) -> dict[str, str]:
    """The hidden inputs of a page's form, as a browser would send them."""
    form = page.content.decode().partition("<main")[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)"(?: id="[^"]*")? value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def checked(client: Any, **given: Any) -> Any:
    return client.post(ADDRESS, {**TYPED, "check": "yes", **given})


def test_the_answers_are_shown_before_anything_is_stored(client, world):
    page = checked(client)
    assert page.status_code == 200
    assert not Case.everywhere.exists()
    shown = page.content.decode()
    for words in ("路灯三天不亮了", "路灯照明", "人民路12号", "13912345678"):
        assert words in shown


def test_sending_what_was_checked_stores_exactly_that(client, world):
    page = client.post(ADDRESS, {**inputs(checked(client)), "own": "yes"})
    assert page.headers["Location"] == "/receipt/"
    found = Matter.objects.select_related("case__category").get()
    assert (found.text, found.landmark, found.case.category.code) == ("路灯三天不亮了", "人民路12号", "0201")


def test_sending_it_twice_makes_one(client, world):
    said = {**inputs(checked(client)), "own": "yes"}
    for _turn in range(2):
        client.post(ADDRESS, said)
    assert Case.everywhere.count() == 1


def test_photos_go_round_through_check_change_and_sending(client, world):
    first = inputs(checked(client, photos=picture()))
    changed = client.post(ADDRESS, {**first, "again": "1"})
    assert "路灯三天不亮了" in changed.content.decode()
    again = checked(client, photos_kept=inputs(changed)["photos_kept"])
    client.post(ADDRESS, {**inputs(again), "own": "yes"})
    assert Attachment.objects.count() == 1


def test_photos_outlive_a_mistake_elsewhere(client, world):
    page = checked(client, text="", photos=picture())
    assert page.status_code == 422
    again = checked(client, photos_kept=inputs(page)["photos_kept"])
    client.post(ADDRESS, {**inputs(again), "own": "yes"})
    assert Attachment.objects.count() == 1


def test_kept_photos_can_be_left_out(client, world):
    kept = inputs(checked(client, photos=picture()))["photos_kept"]
    again = checked(client, photos_kept=kept, photos_dropped="1")
    client.post(ADDRESS, {**inputs(again), "own": "yes"})
    assert not Attachment.objects.exists()


def test_too_many_photos_together_are_refused_with_a_sentence(client, world):
    kept = inputs(checked(client, photos=picture()))["photos_kept"]
    many = [picture((50 + each, 40)) for each in range(MAX_PER_STEP)]
    page = client.post(ADDRESS, {**TYPED, "check": "yes", "photos_kept": kept, "photos": many, "own": "yes"})
    assert page.status_code == 422
    assert not Case.everywhere.exists()


def test_a_photo_that_this_server_never_kept_is_not_taken(client, world):
    page = client.post(ADDRESS, {**TYPED, "own": "yes", "photos_kept": "forged"})
    assert page.status_code == 422
    assert not Case.everywhere.exists()


# --- two categories by the words -----------------------------------------------------------------------------------


def proposed(page: Any) -> list[str]:
    return re.findall(r'name="picked" value="(\d+)"', page.content.decode())


def test_where_the_category_was_left_open_two_are_proposed_with_their_reason_and_none_is_chosen(
    client, world
):
    page = checked(client, category="", text="路灯不亮，垃圾也没人清")
    assert proposed(page) == ["0101", "0201"]
    shown = page.content.decode()
    assert "文中提到：路灯、不亮" in shown
    assert 'value="" checked' in shown


def test_who_chose_is_not_asked_again(client, world):
    assert proposed(checked(client, category="0203")) == []


@pytest.mark.parametrize(("picked", "stored"), [("0201", "0201"), ("", None)])
def test_what_is_chosen_is_stored_and_what_is_not_stays_open(client, world, picked, stored):
    client.post(ADDRESS, {**inputs(checked(client, category="")), "picked": picked, "own": "yes"})
    category = Case.everywhere.select_related("category").get().category
    assert (category and category.code) == stored


def test_what_was_chosen_is_kept_while_something_is_changed(client, world):
    page = client.post(ADDRESS, {**inputs(checked(client, category="")), "picked": "0201", "again": "1"})
    assert re.search(r'<option value="0201"\s+selected', page.content.decode())


def test_a_category_that_nobody_may_choose_is_refused_with_a_sentence_and_changes_nothing(client, world):
    page = client.post(ADDRESS, {**inputs(checked(client, category="")), "picked": "E01", "own": "yes"})
    assert page.status_code == 422
    assert not Case.everywhere.exists()


def test_a_sensitive_category_is_proposed_to_whoever_reports_and_stored_only_if_chosen(client, world):
    page = checked(client, category="", text="广场舞的音响太吵，睡不着")
    assert proposed(page) == ["0401"]
    client.post(ADDRESS, {**inputs(page), "own": "yes"})
    assert Case.everywhere.get().category is None


def test_without_an_assessment_nothing_is_proposed_and_the_report_goes_its_way(client, world):
    Assessment.objects.filter(activity="sorts").update(until=timezone.now())
    bump(FAMILY)
    page = checked(client, category="")
    assert proposed(page) == []
    assert client.post(ADDRESS, {**inputs(page), "own": "yes"}).headers["Location"] == "/receipt/"
