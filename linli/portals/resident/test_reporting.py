"""Raising something through the pages: what is taken, what is refused with which sentence, and the receipt."""

import io
import re
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from linli.base.coordinates import wgs84_to_gcj02
from linli.cases.attachments import path_of
from linli.cases.follow import follow_code
from linli.cases.kinds import kind_of
from linli.cases.models import Attachment, Case
from linli.kinds.matters.models import Matter, Placing
from linli.posts.actor import PartyActor
from linli.residents.reading import read

pytestmark = pytest.mark.django_db
ADDRESS = "/report/matters/"


def send(client, **given):
    return client.post(ADDRESS, {"text": "路灯三天不亮了", **given})


def told(page):
    """The sentences of the summary at the top."""
    found = re.search(r'<div class="wrong".*?</div>', page.content.decode(), re.DOTALL)
    return re.sub(r"<[^>]+>", "", found.group()) if found else ""


def last():
    return Matter.objects.select_related("case__reporter", "case__division").latest("case__recorded_at")


def picture(size=(60, 40), kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind)
    return SimpleUploadedFile("a.png", out.getvalue(), "image/png")


@pytest.mark.parametrize("address", ["/", ADDRESS, "/follow/"])
def test_pages_for_everybody_open_without_an_account(client, address):
    page = client.get(address)
    assert page.status_code == 200
    assert "12345" in page.content.decode()


@pytest.mark.parametrize("address", ["/", ADDRESS])
def test_emergency_lines_stand_before_the_form(client, address):
    text = client.get(address).content.decode()
    lines = [text.index(f'href="tel:{line}"') for line in (110, 119, 120)]
    assert max(lines) < text.find("<textarea", max(lines)) or address == "/"


def test_with_one_kind_the_choice_is_skipped(client, monkeypatch):
    monkeypatch.setattr("linli.portals.resident.reporting.open_kinds", lambda: [kind_of("matters")])
    assert client.get("/report/").headers["Location"] == ADDRESS


@pytest.mark.parametrize("kind", ["nothing", "desk"])
def test_a_kind_that_is_not_there_is_not_found(client, kind):
    assert client.get(f"/report/{kind}/").status_code == 404


def test_words_alone_are_enough(client):
    page = send(client)
    assert (page.status_code, page.headers["Location"]) == (302, "/receipt/")
    assert last().text == "路灯三天不亮了"
    assert last().placing == Placing.UNKNOWN
    assert last().case.channel == "web"


def test_the_channel_is_ours_to_say(client):
    send(client, channel="phone")
    assert last().case.channel == "web"


def test_a_point_finds_its_grid(client, world):
    grid = world.place("东门社区第一网格")
    send(client, longitude=grid.longitude, latitude=grid.latitude)
    assert last().case.division == grid


def test_a_point_in_gcj02_is_converted(client, world):
    grid = world.place("东门社区第一网格")
    east, north = wgs84_to_gcj02(grid.longitude, grid.latitude)
    send(client, longitude=float(east), latitude=float(north), datum="gcj02")
    assert last().longitude == pytest.approx(grid.longitude, abs=1e-5)


def test_a_point_in_the_sea_is_left_out_and_said_and_the_words_stay(client):
    before = Case.everywhere.count()
    page = send(client, longitude=125.0, latitude=30.0)
    assert page.status_code == 422
    assert "不在" in told(page)
    assert "路灯三天不亮了" in page.content.decode()
    assert 'name="longitude" id="id_longitude" value=""' in page.content.decode()
    assert Case.everywhere.count() == before


@pytest.mark.parametrize(
    "wrong",
    [{"longitude": "abc", "latitude": "33"}, {"longitude": "119"}, {"longitude": "nan", "latitude": "1e999"}],
)
def test_a_point_that_is_none_is_left_out_and_said(client, wrong):
    page = send(client, **wrong)
    assert page.status_code == 422
    assert "已去掉您的位置" in told(page)


def test_a_village_can_be_chosen(client, world):
    village = world.place("杨庄村")
    assert f'<option value="{village.trimmed}">杨庄村</option>' in client.get(ADDRESS).content.decode()
    send(client, division=village.trimmed)
    assert last().case.division == village


def test_a_long_text_is_kept_whole(client):
    text = ("楼道堆物，消防通道堵了。" * 440)[:5279]
    send(client, text=text)
    assert last().text == text


def test_a_text_that_is_too_long_is_refused_with_its_length_and_kept(client):
    page = send(client, text="长" * 6001)
    assert page.status_code == 422
    assert "6001" in told(page)
    assert "长" * 6001 in page.content.decode()


def test_emoji_are_welcome(client):
    send(client, text="井盖没了😱👨‍👩‍👧")
    assert last().text == "井盖没了😱👨‍👩‍👧"


def test_full_width_digits_make_a_telephone_number(client):
    send(client, name="李梅", phone="１３９１２３４５６７８")
    case = last().case
    person = read(case.reporter, "own", case, by=PartyActor("reporter", case.pk))
    assert (person.name, person.phone) == ("李梅", "13912345678")


def test_no_words_is_refused_and_the_rest_stays(client):
    page = send(client, text=" ", landmark="东门菜场北口", name="李梅")
    assert page.status_code == 422
    assert "东门菜场北口" in page.content.decode()
    assert "李梅" in page.content.decode()


def test_a_number_that_cannot_be_called_is_refused(client):
    assert "13912345678" in told(send(client, phone="打我电话"))


@pytest.mark.parametrize("moment", ["1820-01-01T10:00", "2999-01-01T10:00", "yesterday"])
def test_a_time_that_cannot_be_right_is_refused(client, moment):
    page = send(client, happened_at=moment)
    assert page.status_code == 422
    assert told(page)


def test_photos_are_kept(client, django_capture_on_commit_callbacks):
    send(client, photos=[picture(), picture((30, 30))])
    kept = Attachment.objects.filter(case=last().case)
    assert all(path_of(each.digest).is_file() for each in kept)
    assert len(kept) == 2


def test_what_is_no_photo_is_refused_and_the_words_stay(client):
    page = send(client, photos=SimpleUploadedFile("a.png", b"not a picture", "image/png"))
    assert page.status_code == 422
    assert "路灯三天不亮了" in page.content.decode()


def bomb():
    """A PNG of 30,000 x 30,000 white pixels in a few kilobytes."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    squeezer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * 3750
    rows = b"".join(squeezer.compress(row) for _row in range(30_000)) + squeezer.flush()
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_zip_bomb_is_refused_before_it_is_decoded(client):
    page = send(client, photos=SimpleUploadedFile("bomb.png", bomb(), "image/png"))
    assert page.status_code == 422
    assert "像素" in told(page)


def test_a_body_of_ten_megabytes_is_refused(client):
    page = client.post(ADDRESS, "text=" + "x" * 10_000_000, content_type="application/x-www-form-urlencoded")
    assert page.status_code == 413
    assert "<html" in page.content.decode()


def test_programs_that_fill_in_everything_are_refused(client):
    before = Case.everywhere.count()
    page = send(client, website="http://example.test")
    assert page.status_code == 422
    assert Case.everywhere.count() == before


def mark_on(client):
    return re.search(r'name="mark" value="([^"]+)"', client.get(ADDRESS).content.decode()).group(1)


def test_two_clicks_make_one_report(client):
    mark, before = mark_on(client), Case.everywhere.count()
    receipts = []
    for _click in range(2):
        send(client, mark=mark, photos=picture())
        receipts.append(client.get("/receipt/").context["case"])
    assert Case.everywhere.count() == before + 1
    assert receipts[0] == receipts[1]


def test_changed_words_under_the_same_mark_are_a_new_report(client):
    mark, before = mark_on(client), Case.everywhere.count()
    send(client, mark=mark)
    send(client, mark=mark, text="还有井盖也松了")
    assert Case.everywhere.count() == before + 2


def test_too_many_reports_from_one_address_are_told_to_wait_and_keep_their_words(client, settings):
    settings.INTAKE_PER_MINUTE = 2
    pages = [send(client) for _ in range(3)]
    assert [page.status_code for page in pages] == [302, 302, 429]
    assert "路灯三天不亮了" in pages[2].content.decode()
    assert 0 < int(pages[2].headers["Retry-After"]) <= 60


def test_the_form_wants_its_token(world):
    assert Client(enforce_csrf_checks=True).post(ADDRESS, {"text": "灯"}).status_code == 403


def test_the_receipt_shows_number_code_and_date_and_survives_a_reload(client):
    send(client)
    first, again = client.get("/receipt/"), client.get("/receipt/")
    case, text = last().case, again.content.decode()
    code = follow_code(case.pk)
    assert case.number in text
    assert f"{code[:4]} {code[4:]}" in text
    assert "<svg" in text
    assert first.status_code == again.status_code == 200
    assert "no-store" in first.headers["Cache-Control"]


def test_the_receipt_is_nobody_elses(client):
    send(client)
    assert Client().get("/receipt/").status_code == 404


def test_the_code_stands_in_no_address_and_not_in_the_session(client):
    page = send(client)
    code = follow_code(last().case.pk)
    assert code not in page.headers["Location"]
    assert code not in str(dict(client.session))
    assert code not in client.get("/receipt/").context["follow_address"]


def test_everything_is_said_in_english_too(client):
    client.cookies["language"] = "en"
    send(client)
    for address in ("/", ADDRESS, "/receipt/", "/follow/", f"/follow/{last().case.number}/"):
        main = re.search(r"<main.*</main>", client.get(address).content.decode(), re.DOTALL).group()
        main = re.sub(r'<section class="where".*?</section>', "", main, flags=re.DOTALL)  # titles of posts
        chinese = re.findall(r"[\u4e00-\u9fff]+", main.replace("路灯三天不亮了", ""))
        places = {place for place in chinese if place in str(last().case.division.name)}
        names = set(re.findall(r"<option[^>]*>([^<]*)|<optgroup label=\"([^\"]*)\"", main))
        assert set(chinese) - places - {part for pair in names for part in pair} == set(), address


# --- another kind: a complaint about a post


def complaint(client, **data):
    page = client.get("/report/complaints/")
    mark = page.context["envelope"]["mark"].value()
    return client.post("/report/complaints/", {"mark": mark, "text": "窗口没人，等了一上午。", **data})


def test_with_two_kinds_one_chooses(client, world):
    choice = client.get("/report/").content.decode()
    assert "反映问题" in choice
    assert "/report/complaints/" in choice


def test_the_home_page_offers_both_kinds_in_plain_words(client, world):
    home = client.get("/").content.decode()
    assert home.index("反映问题") < home.index("投诉工作人员或岗位")
    assert "网格事件" not in home


def test_the_list_of_posts_follows_the_place_and_keeps_what_was_typed(client, world):
    place, grid = world.place("东门社区").trimmed, world.posts["东门社区第一网格"]
    assert f'value="{grid.pk}"' not in client.get("/report/complaints/").content.decode()
    again = complaint(client, division=place, again="1")
    assert again.status_code == 200
    assert "窗口没人，等了一上午。" in again.content.decode()
    assert f'value="{grid.pk}"' in again.content.decode()
    assert not Case.everywhere.exists()


def test_a_complaint_gets_a_receipt_and_is_followed_like_any_report(client, world):
    about = world.posts["power"]
    sent = complaint(client, about=str(about.pk), phone="13912345678")
    assert sent.status_code == 302
    case = Case.everywhere.get()
    assert case.number in client.get("/receipt/").content.decode()
    followed = client.get(f"/follow/{case.number}/").content.decode()
    assert "县督查员（云溪县人民政府督查室）" in followed
    assert "撤回投诉" in followed


def test_without_a_post_and_without_words_about_it_the_form_says_what_to_do(client, world):
    refused = complaint(client)
    assert refused.status_code == 422
    assert "或在下面说明是谁" in refused.content.decode()
