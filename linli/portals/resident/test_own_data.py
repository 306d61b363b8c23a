"""Who looked at my data: complete, without names of holders, and one's own look is in it."""

import pytest

from linli.cases.channels import NOTICES
from linli.residents.models import Access
from linli.residents.reading import read

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
    assert [row.purpose for row in Access.objects.filter(contact=checked_matter.case.reporter_id)] == ["own"]


def test_a_stranger_sees_neither(client, checked_matter):
    assert client.get(address(checked_matter)).status_code == 404
    assert client.post(address(checked_matter)).status_code == 404
    assert not Access.objects.filter(contact=checked_matter.case.reporter_id).exists()
