"""Who looked at my data: complete, without names of holders, and one's own look is in it."""

import time
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.html import escape

from linli.base.errors import Unavailable
from linli.base.generations import bump
from linli.base.rows import insert_values
from linli.cases.channels import NOTICES
from linli.cases.models import Case, Category, Notice
from linli.cases.notices import send_waiting
from linli.residents.access import WORDS, Glance, Seen, names_of, values_for
from linli.residents.accounts import first_sign_in
from linli.residents.models import Access, How
from linli.residents.proving import PROOF_LASTS
from linli.residents.purposes import all_purposes, purpose_named
from linli.residents.reading import read
from linli.residents.showing import UnsaidError, sheet

pytestmark = pytest.mark.django_db


def address(matter):
    return f"/follow/{matter.case.number}/data/"


def test_a_look_by_a_post_is_listed_with_title_purpose_and_fields(unlocking, checked_matter, world):
    case = checked_matter.case
    read(case.reporter, "call_back", case, by=world.by("call_taker"))
    page = unlocking(checked_matter).get(address(checked_matter)).content.decode()
    for said in ("热线话务员", "云溪县社会治理现代化指挥中心", "回访是否解决", "姓名、电话"):
        assert said in page
    assert world.by("call_taker").holding.account.called not in page


def test_the_case_page_lists_the_same(unlocking, checked_matter, world):
    case = checked_matter.case
    read(case.reporter, "call_back", case, by=world.by("call_taker"))
    assert "热线话务员" in unlocking(checked_matter).get(f"/follow/{case.number}/").content.decode()


def test_a_text_message_is_a_look_too(unlocking, checked_matter):
    case = checked_matter.case
    read(case.reporter, "notice", case, by=NOTICES, fields=("phone",))
    assert "系统自动" in unlocking(checked_matter).get(address(checked_matter)).content.decode()


def test_opening_the_list_shows_no_name_and_number(unlocking, checked_matter):
    page = unlocking(checked_matter).get(address(checked_matter)).content.decode()
    assert "李小芳" not in page
    assert "13912345678" not in page


def test_ones_own_look_shows_the_data_and_is_logged(unlocking, checked_matter):
    page = unlocking(checked_matter).post(address(checked_matter)).content.decode()
    assert "李小芳" in page
    assert "13912345678" in page
    assert "您本人查看" in page
    rows = Access.objects.filter(contact=checked_matter.case.reporter_id)
    assert {row.activity for row in rows} == {purpose_named("own").nr}
    assert ["name", "phone", "address"] in [names_of(row.classes) for row in rows]


def test_a_stranger_sees_neither(client, checked_matter):
    assert client.get(address(checked_matter)).status_code == 404
    assert client.post(address(checked_matter)).status_code == 404
    assert not Access.objects.filter(contact=checked_matter.case.reporter_id).exists()


def looked_by(case, *keys, world):
    """Posts that opened its page."""
    for key in keys:
        page = Client()
        page.force_login(world.by(key).holding.account)
        assert page.get(f"/desk/cases/{case.number}/").status_code == 200


def sensitive(case):
    """From now on its category is a sensitive one."""
    Category.objects.filter(pk=case.category_id).update(sensitive=True)
    bump("catalogue")


def test_whoever_opened_the_case_stands_in_the_list_with_reason_and_way(unlocking, checked_matter, world):
    looked_by(checked_matter.case, "county_head", world=world)
    page = unlocking(checked_matter).get(address(checked_matter)).content.decode()
    for said in (world.by("county_head").post.title, "在本岗位负责的区域内", "您写的内容"):
        assert said in page
    assert world.by("county_head").holding.account.called not in page


def test_two_posts_are_two_lines_and_the_newest_is_first(unlocking, checked_matter, world):
    looked_by(checked_matter.case, "county_head", "county_clerk", world=world)
    page = unlocking(checked_matter).get(address(checked_matter)).content.decode()
    first, second = world.by("county_clerk").post.title, world.by("county_head").post.title
    assert 0 < page.index(first) < page.index(second)


def test_who_looked_at_a_sensitive_matter_is_hidden_on_an_old_session(
    unlocking, checked_matter, world, monkeypatch
):
    looked_by(checked_matter.case, "county_head", world=world)
    sensitive(checked_matter.case)
    browser, title = unlocking(checked_matter), world.by("county_head").post.title
    assert title in browser.get(address(checked_matter)).content.decode()
    now = time.time()
    monkeypatch.setattr("linli.portals.resident.unlocked.time.time", lambda: now + PROOF_LASTS + 1)
    for each in (address(checked_matter), f"/follow/{checked_matter.case.number}/"):
        page = browser.get(each).content.decode()
        assert title not in page.split('id="looks"')[-1].split("</section>")[0]
        assert "再次输入查询码" in page


def test_an_old_sign_in_tells_neither_of_sensitive_matters_nor_whether_there_are_any(
    checked_matter, reported_matter, world
):
    account = first_sign_in("13912345678")
    looked_by(checked_matter.case, "county_head", world=world)
    sensitive(checked_matter.case)
    browser, other = Client(), Client()
    browser.force_login(account)  # no proof in this session
    other.force_login(first_sign_in("13700000001"))
    for each in ("/mine/", "/mine/data/"):
        page = browser.get(each).content.decode()
        assert checked_matter.case.number not in page
        assert "county_head" not in page
        assert "重新获取验证码" in page
        assert "重新获取验证码" in other.get(each).content.decode()
    assert browser.get(f"/follow/{checked_matter.case.number}/").status_code == 302


def test_somebody_elses_matter_is_never_named(unlocking, checked_matter, world):
    """A reading about A in B's matter: A learns the reason, not the matter."""
    theirs = uuid4()
    seen = {Seen(checked_matter.case.reporter_id, theirs): WORDS}
    insert_values(Access, values_for(Glance(world.by("county_clerk"), "compare", How.VIEW), seen))
    browser = Client()
    browser.force_login(first_sign_in("13912345678"))
    for page in (unlocking(checked_matter).get(address(checked_matter)), browser.get("/mine/data/")):
        words = page.content.decode()
        assert str(theirs) not in words
        assert theirs.hex not in words


def test_no_message_tells_of_readings(checked_matter, world, messages_sent):
    looked_by(checked_matter.case, "county_head", "county_clerk", world=world)
    before = Notice.objects.count()
    while send_waiting():
        pass
    assert Notice.objects.count() == before
    assert not [words for _phone, words in messages_sent if world.by("county_head").post.title in words]


def test_the_register_of_reasons_is_open_to_everybody(client):
    page = client.get("/readings/").content.decode()
    for purpose in all_purposes():
        assert str(escape(purpose.label())) in page
        assert purpose.basis in page
    assert "都会立即显示" in page


def test_if_the_row_cannot_be_written_the_page_is_refused(client, checked_matter, world, monkeypatch):
    def full(*_rows, **_more):
        raise Unavailable

    client.force_login(world.by("county_head").holding.account)
    monkeypatch.setattr("linli.residents.showing.insert_values", full)
    for each in (f"/desk/cases/{checked_matter.case.number}/", "/desk/area/"):
        response = client.get(each)
        assert response.status_code == 503
        assert checked_matter.case.summary not in response.content.decode()
        assert "无法记录" in response.content.decode()


def test_a_page_that_says_of_nobody_who_reads_does_not_leave(world, checked_matter):
    case = Case.everywhere.get(pk=checked_matter.pk)
    with sheet() as shown:
        assert case.summary
        with pytest.raises(UnsaidError):
            shown.keep()
