"""Photos are served to who may see the case, and never to anybody else."""

import io

import pytest
from django.test import Client
from PIL import Image

from linli.cases.attachments import path_of
from linli.cases.models import Attachment
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.posts.actions import end
from linli.posts.actor import PartyActor

pytestmark = pytest.mark.django_db


@pytest.fixture
def pictured_matter(world):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    grid = world.place("东门社区第一网格")
    opened = actions.report(by=PartyActor("reporter"), text="墙裂了", division=grid, photos=[out.getvalue()])
    return Matter.objects.select_related("case").get(pk=opened.case)


def address(matter):
    return f"/photos/{Attachment.objects.get(case=matter.case).pk}/"


def signed_in(actor):
    client = Client()
    client.force_login(actor.holding.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_reporter_sees_it_in_the_page_and_whole(unlocking, pictured_matter):
    client = unlocking(pictured_matter)
    assert address(pictured_matter) in client.get(f"/follow/{pictured_matter.case.number}/").content.decode()
    page = client.get(address(pictured_matter))
    assert b"".join(page.streaming_content)[:3] == b"\xff\xd8\xff"


def test_it_cannot_become_a_page_and_stays_in_the_readers_browser(unlocking, pictured_matter):
    headers = unlocking(pictured_matter).get(address(pictured_matter)).headers
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == "inline"
    assert headers["Cache-Control"].startswith("private")


def test_a_photo_the_browser_has_is_not_sent_again(unlocking, pictured_matter):
    client = unlocking(pictured_matter)
    tag = client.get(address(pictured_matter)).headers["ETag"]
    assert client.get(address(pictured_matter), headers={"If-None-Match": tag}).status_code == 304


def test_what_the_browser_keeps_is_shown_to_nobody_after_the_report_was_closed_on_the_device(
    unlocking, pictured_matter
):
    client = unlocking(pictured_matter)
    kept = client.get(address(pictured_matter)).headers
    assert "no-cache" in kept["Cache-Control"]
    client.cookies.clear()
    assert client.get(address(pictured_matter), headers={"If-None-Match": kept["ETag"]}).status_code == 404


def test_strangers_get_nothing(client, pictured_matter):
    assert client.get(address(pictured_matter)).status_code == 404


@pytest.mark.parametrize(
    ("key", "status"), [("chengguan_clerk", 200), ("county_checker", 200), ("liuhe_clerk", 404)]
)
def test_posts_see_it_inside_their_area_only(world, pictured_matter, key, status):
    assert signed_in(world.by(key)).get(address(pictured_matter)).status_code == status


def test_an_ended_appointment_sees_nothing(world, pictured_matter):
    clerk = world.by("chengguan_clerk")
    end(clerk.holding, by=world.by("administrator"))
    assert signed_in(clerk).get(address(pictured_matter)).status_code == 404


def test_a_photo_that_is_not_there_is_not_found(unlocking, pictured_matter):
    client = unlocking(pictured_matter)
    path_of(Attachment.objects.get(case=pictured_matter.case).digest).unlink()
    assert client.get(address(pictured_matter)).status_code == 404
