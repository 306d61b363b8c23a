import io
import zlib
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from linli.base.errors import Invalid, TooLarge
from linli.base.generations import bump
from linli.base.worktime import Unit
from linli.cases import notices
from linli.cases.attachments import cleaned_photo, keep, orphans, path_of
from linli.cases.calendars import calendar_of
from linli.cases.clocks import term_of
from linli.cases.kinds import kind_of
from linli.cases.lists import done, in_area, to_do
from linli.cases.models import CalendarDay, Case, Category, Notice
from linli.cases.narrowing import Narrowing
from linli.cases.reading import case_for
from linli.cases.reckoning import reckon_again
from linli.cases.search import fold
from linli.cases.seeding import seed
from linli.cases.story import story_for_reporter, story_for_staff
from linli.cases.walking import Turn
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.ledger.sequencing import sequence_all
from linli.posts.actor import PartyActor, SystemActor
from linli.posts.models import Account
from linli.residents.keeping import GivenContact
from linli.residents.models import Access, Contact
from linli.residents.purposes import purpose_named


def report(world, text="三号楼的路灯坏了", phone=""):
    place = world.place("东门社区第一网格")
    contact = GivenContact("李小芳", phone)
    opened = actions.report(by=PartyActor("reporter"), text=text, division=place, contact=contact)
    return Matter.objects.select_related("case__division").get(pk=opened.case)


# --- calendar and limits


def test_the_calendar_knows_holidays_and_make_up_days_from_2004_to_2026(db):
    known = calendar_of()
    assert known.years >= set(range(2004, 2027))
    assert CalendarDay.objects.get(day="2024-02-04").worked
    assert not CalendarDay.objects.get(day="2026-10-01").worked


def test_the_calendar_agrees_with_the_published_package_on_every_day(db):
    published = pytest.importorskip("chinese_calendar")
    known = calendar_of()
    day = timezone.datetime(2004, 1, 1).date()
    while day.year < 2027:
        assert known.is_workday(day) == published.is_workday(day), day
        day += timedelta(days=1)


def test_a_limit_is_a_dated_row_with_its_source(db):
    term = term_of("matters", "promise", timezone.localdate())
    assert (term.unit, term.amount) == (Unit.WORKING_DAYS, 5)
    with pytest.raises(LookupError):
        term_of("matters", "promise", timezone.datetime(1990, 1, 1).date())


def test_seeding_twice_changes_nothing(world):
    before = CalendarDay.objects.count()
    seed()
    assert CalendarDay.objects.count() == before


# --- lists


def test_the_to_do_list_is_the_open_tasks_of_the_post(world):
    matter = report(world)
    clerk = world.by("chengguan_clerk")
    assert [task.case_id for task in to_do(clerk).rows] == [matter.pk]
    actions.accept(matter, by=clerk, seen=1)
    assert to_do(clerk).rows == []
    assert [task.case_id for task in done(clerk).rows] == [matter.pk]


def test_a_list_shows_the_own_area_only(world):
    matter = report(world)
    assert [case.pk for case in in_area(world.by("chengguan_clerk")).rows] == [matter.pk]
    assert in_area(world.by("liuhe_clerk")).rows == []


def test_pages_follow_each_other_without_gaps_or_repeats(world, monkeypatch):
    monkeypatch.setattr("linli.cases.lists.PAGE", 3)
    matters = {report(world, f"第{n}件").pk for n in range(8)}
    seen, key = [], ""
    while True:
        page = in_area(world.by("chengguan_clerk"), turn=Turn(key))
        seen += [case.pk for case in page.rows]
        key = page.next_key
        if not key:
            break
    assert sorted(seen) == sorted(matters)
    tasks, key = [], ""
    while True:
        page = to_do(world.by("chengguan_clerk"), turn=Turn(key))
        tasks += [task.case_id for task in page.rows]
        key = page.next_key
        if not key:
            break
    assert sorted(tasks) == sorted(matters)


def test_no_list_and_no_look_up_reads_outlines(world):
    matter = report(world)
    clerk = world.by("chengguan_clerk")
    with CaptureQueriesContext(connection) as asked:
        shown = [
            *(task.case for task in to_do(clerk).rows),
            *in_area(clerk).rows,
            case_for(clerk, matter.case.number),
        ]
        assert {case.division.name for case in shown} == {"东门社区第一网格"}
    assert not [each["sql"] for each in asked if "outline" in each["sql"]]


def test_a_broken_page_key_is_answered_with_a_sentence(world):
    with pytest.raises(Invalid, match="page link"):
        in_area(world.by("chengguan_clerk"), turn=Turn("x' OR 1=1"))


# --- search


def test_two_characters_find_a_case_after_the_fold(world):
    matter = report(world)
    report(world, "河道发臭")
    sequence_all()
    while fold():
        pass
    by = world.by("call_taker")
    assert [case.pk for case in in_area(by, Narrowing(words="路灯")).rows] == [matter.pk]
    assert [case.pk for case in in_area(by, Narrowing(words="路灯 三号")).rows] == [matter.pk]
    assert len(in_area(by, Narrowing(words="灯路")).rows) == 0
    assert len(in_area(by, Narrowing(words="🙂'\"*(")).rows) == 0


def test_folding_again_changes_nothing(world):
    report(world)
    sequence_all()
    rounds = sum(1 for _round in iter(fold, 0))
    assert rounds > 0
    assert fold() == 0


# --- story


def test_the_story_names_posts_never_people(world):
    matter = report(world)
    actions.accept(matter, by=world.by("chengguan_clerk"), seen=1, note="已联系")
    told = story_for_staff(matter.case, by=world.by("chengguan_clerk"))
    assert [(each.step, each.post) for each in told] == [("report", ""), ("accept", "城关街道受理员")]
    assert told[1].words == {"note": "已联系"}
    assert "马莉" not in str(told)


def test_the_reporter_reads_the_published_steps(world):
    matter = report(world)
    assert [each.step for each in story_for_reporter(matter.case)] == ["report"]


# --- notices


class Gateway:
    """A text-message gateway that can fail."""

    sent: list[tuple[str, str]] = []
    broken = False

    def send(self, phone, text):
        if self.broken:
            raise OSError("gateway down")
        self.sent.append((phone, text))


@pytest.fixture
def gateway(settings):
    settings.SMS_BACKEND = f"{__name__}.Gateway"
    Gateway.sent, Gateway.broken = [], False
    return Gateway


def test_a_notice_goes_out_once_and_its_reading_is_logged(world, gateway):
    matter = report(world, phone="13912345678")
    assert notices.send_waiting() == 1
    assert notices.send_waiting() == 0
    phone, text = gateway.sent[0]
    assert phone == "13912345678"
    assert matter.case.number in text
    assert Access.objects.get().activity == purpose_named("notice").nr


def test_a_failed_notice_is_tried_again_later_and_at_last_shown_as_stuck(world, gateway):
    report(world, phone="13912345678")
    gateway.broken = True
    for _attempt in range(6):
        assert notices.send_waiting() == 0
        Notice.objects.update(next_try=timezone.now())
    stuck = Notice.objects.get()
    assert (stuck.state, stuck.attempts) == ("stuck", 6)
    assert "gateway down" in stuck.trouble


def test_a_notice_that_cannot_be_written_holds_up_no_other(world, gateway):
    broken, sound = (report(world, phone="13912345678") for _each in range(2))
    Contact.objects.filter(cases=broken.case).update(phone_sealed=b"x" * 40)
    assert notices.send_waiting() == 1
    assert sound.case.number in gateway.sent[0][1]
    assert Notice.objects.get(case=broken.case).trouble.startswith("InvalidTag")
    assert Access.objects.count() == 1, "what was not read leaves no row"


def test_a_batch_of_notices_is_two_commits(committed_world, gateway):
    for _each in range(5):
        report(committed_world, phone="13912345678")
    with CaptureQueriesContext(connection) as asked:
        assert notices.send_waiting() == 5
    assert [each["sql"] for each in asked].count("COMMIT") == 2


def test_of_many_that_wait_only_those_claimed_are_read_with_what_they_are_about(world, gateway):
    for _each in range(3):
        report(world, phone="13912345678")
    with CaptureQueriesContext(connection) as asked:
        assert len(notices._claim(timezone.now(), 2)) == 2
    choosing = [each["sql"] for each in asked if "LIMIT 2" in each["sql"]]
    assert len(choosing) == 1
    assert "JOIN" not in choosing[0]


def test_a_sender_that_died_loses_no_notice(world, gateway):
    report(world, phone="13912345678")
    notices._claim(timezone.now(), 10)
    assert notices.send_waiting() == 0
    Notice.objects.update(next_try=timezone.now() - timedelta(seconds=1))
    assert notices.send_waiting() == 1


def test_a_sender_that_dies_sends_no_more_twice_than_it_sent_in_a_moment(world, gateway, monkeypatch):
    for _each in range(4):
        report(world, phone="13912345678")
    sent = gateway.send

    def dying(self, phone, text):
        if len(self.sent) == 3:
            raise KeyboardInterrupt
        sent(self, phone, text)

    monkeypatch.setattr(gateway, "send", dying)
    monkeypatch.setattr(notices, "SPELL", 0.0)
    with pytest.raises(KeyboardInterrupt):
        notices.send_waiting()
    assert list(Notice.objects.values_list("state", flat=True)).count("sent") == 3


def test_what_a_slow_gateway_has_no_time_for_waits_again(world, gateway, monkeypatch):
    for _each in range(3):
        report(world, phone="13912345678")
    monkeypatch.setattr(notices, "CLAIM", timedelta(0))
    assert notices.send_waiting() == 0
    assert set(Notice.objects.values_list("state", flat=True)) == {"waiting"}


# --- attachments


def picture(size=(80, 60), **options):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "JPEG", **options)
    return out.getvalue()


def test_place_time_and_camera_do_not_stay_in_a_photo():
    exif = Image.Exif()
    exif[0x010F] = "ACME camera"
    exif[0x8825] = {1: "N", 2: (33.0, 30.0, 0.0)}
    dirty = picture(exif=exif)
    assert b"ACME" in dirty
    clean = Image.open(io.BytesIO(cleaned_photo(io.BytesIO(dirty))))
    assert dict(clean.getexif()) == {}


def test_a_large_photo_is_made_smaller():
    assert max(Image.open(io.BytesIO(cleaned_photo(io.BytesIO(picture((4000, 3000)))))).size) == 2048


def bomb():
    """A PNG of a few kilobytes that would unpack to a gigabyte."""
    width = height = 30_000

    def chunk(name, data):
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    pixels = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_a_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(TooLarge, match="pixels"):
        cleaned_photo(io.BytesIO(bomb()))


def test_ten_megabytes_are_too_many():
    with pytest.raises(TooLarge, match="10 MB"):
        cleaned_photo(io.BytesIO(b"x" * (10 * 1024 * 1024 + 1)))


@pytest.mark.parametrize(
    "junk", [b"", b"not a picture", b"<svg onload=alert(1)>", picture()[:200], b"GIF89a" + b"\0" * 40]
)
def test_what_is_no_photo_is_refused(junk):
    with pytest.raises(Invalid, match="photo"):
        cleaned_photo(io.BytesIO(junk))


def test_content_is_stored_once_and_orphans_are_found(db):
    first, second = keep(b"same"), keep(b"same")
    assert first == second
    assert path_of(first.digest).read_bytes() == b"same"
    assert orphans() == [path_of(first.digest)]


def test_a_new_holiday_moves_what_is_running_and_what_cases_show(world):
    matter = report(world)
    before = Case.everywhere.get(pk=matter.pk).due
    CalendarDay.objects.update_or_create(
        division=None, day=timezone.localdate(before), defaults={"worked": False}
    )
    bump("calendar")
    assert reckon_again() == 1
    after = Case.everywhere.get(pk=matter.pk)
    assert after.due > before
    assert after.clocks.get(name="promise").due_at == after.due
    assert reckon_again() == 0


def test_a_post_with_an_address_is_told_of_a_new_task_without_any_of_its_words(world, mailoutbox):
    clerk = world.by("chengguan_clerk").holding.account
    Account.objects.filter(pk=clerk.pk).update(email="clerk@example.org")
    bump("posts")
    matter = report(world)
    assert notices.send_waiting() == 1
    assert matter.case.number in mailoutbox[0].subject
    assert "路灯" not in mailoutbox[0].subject + mailoutbox[0].body
    assert mailoutbox[0].to == ["clerk@example.org"]


def test_a_receipt_tells_no_words_of_what_is_sensitive_or_not_sorted_yet(world, gateway):
    for code in (None, "0401"):
        matter = report(world, "邻居又打老婆了", phone="13912345678")
        category = Category.objects.get(kind="matters", code=code) if code else None
        Case.everywhere.filter(pk=matter.pk).update(category=category)
        notices.send_waiting()
        _phone, text = gateway.sent[-1]
        assert "打老婆" not in text
        assert matter.case.number in text


def test_a_receipt_of_a_street_lamp_says_which(world, gateway):
    matter = report(world, "三号楼的路灯坏了", phone="13912345678")
    Case.everywhere.filter(pk=matter.pk).update(category=Category.objects.get(kind="matters", code="0201"))
    notices.send_waiting()
    assert "路灯坏了" in gateway.sent[-1][1]


def test_a_leak_that_the_system_opened_is_nobodys_record(world):
    notice = kind_of("leaks").actions.notice
    opened = notice(by=SystemActor("clock"), text="备份盘找不到", division=world.county)
    assert Case.everywhere.get(pk=opened.case).whose is None
    assert report(world).case.whose is not None


def test_a_long_file_is_told_what_is_kept_here_and_how_much():
    with pytest.raises(
        Invalid, match=r"This is a PDF. Only pictures are kept here, at most 6 at once and 10 MB each"
    ):
        cleaned_photo(io.BytesIO(b"%PDF-1.7\n" + b"300 pages" * 1000))
