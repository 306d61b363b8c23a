"""Check your answers: shown before anything is stored; nothing typed is lost on the way there, back, or by an error."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from linli.cases.attachments import MAX_PER_STEP
from linli.cases.models import Attachment, Case
from linli.kinds.matters.models import Matter
from linli.portals.resident.test_reporting import picture

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
