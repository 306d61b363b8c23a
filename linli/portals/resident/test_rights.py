"""Asking about one's own data from a browser: known by code or account, and the copy for nobody else."""

import json

import pytest

from linli.cases.follow import follow_code
from linli.cases.models import Case
from linli.cases.steps import take
from linli.residents.accounts import first_sign_in
from linli.residents.models import Access, Consent
from linli.residents.reading import read

pytestmark = pytest.mark.django_db
FORM = "/report/datarequests/"


def sent(client, **data):
    mark = client.get(FORM).content.decode().split('name="mark" value="')[1].split('"')[0]
    return client.post(FORM, {"mark": mark, **data})


def newest():
    return Case.everywhere.filter(kind="datarequests").latest("id")


def granted(case, world):
    take(case, "decide", {"answer": "granted"}, by=world.by("inspector"), seen=1)
    return f"/follow/{case.number}/extract/"


def test_somebody_unknown_is_told_how_to_show_who_they_are(client, world):
    assert "/account/login/code/" in client.get(FORM).content.decode()
    refused = sent(client, wanted="copy")
    assert refused.status_code == 422
    assert "先" in refused.content.decode()
    assert not Case.everywhere.filter(kind="datarequests").exists()


def test_a_line_of_the_list_leads_to_the_question_why(unlocking, checked_matter, world):
    case = checked_matter.case
    read(case.reporter, "call_back", case, by=world.by("chengguan_clerk"))
    look = Access.objects.filter(contact=case.reporter_id).latest("id")
    client = unlocking(checked_matter)
    page = client.get(f"{FORM}?look={look.pk}").content.decode()
    assert f'value="{look.pk}"' in page
    assert sent(client, wanted="ask_why", look=str(look.pk)).status_code == 302
    assert newest().data_request.about == world.posts["chengguan_clerk"]


def test_a_link_fills_in_nothing_else(client, world):
    assert ">13912345678" not in client.get(f"{FORM}?text=13912345678").content.decode()


def test_a_copy_is_fetched_with_the_code_once_more(unlocking, checked_matter, world):
    client = unlocking(checked_matter)
    sent(client, wanted="copy")
    case = newest()
    address = f"/follow/{case.number}/extract/"
    assert client.get(address).status_code == 404
    granted(case, world)
    assert "李小芳" not in client.get(address).content.decode()
    assert client.post(address, {"code": "AAAAAAAA"}).status_code == 422
    page = client.post(address, {"code": follow_code(case.pk)})
    assert "李小芳" in page.content.decode()
    file = client.post(address, {"code": follow_code(case.pk), "as": "file"})
    assert file["Content-Type"] == "application/json"
    assert "13912345678" in json.dumps(json.loads(file.content), ensure_ascii=False)


def test_the_copy_of_an_account_needs_that_account(client, checked_matter, world):
    client.force_login(first_sign_in("13912345678"))
    sent(client, wanted="copy")
    case = newest()
    address, code = granted(case, world), follow_code(case.pk)
    assert checked_matter.case.number in client.post(address, {"code": code}).content.decode()
    client.logout()
    client.post("/follow/", {"number": case.number, "code": code})
    assert client.post(address, {"code": code}).status_code == 403


def test_a_stranger_finds_no_copy(client, checked_matter, unlocking, world):
    sent(unlocking(checked_matter), wanted="copy")
    assert client.get(granted(newest(), world)).status_code == 404


def test_wrong_codes_are_counted(unlocking, checked_matter, world):
    client = unlocking(checked_matter)
    sent(client, wanted="copy")
    address = granted(newest(), world)
    answers = [client.post(address, {"code": "AAAAAAAA"}).status_code for _each in range(12)]
    assert answers[-1] == 429


def test_the_reporter_says_yes_on_the_own_page_and_takes_it_back(client, dispatched_matter, world):
    case = dispatched_matter.case
    take(case, "ask_reach", {"reason": "约时间上门"}, by=world.by("power"), seen=3)
    client.force_login(first_sign_in("13912345678"))
    page = client.get(f"/follow/{case.number}/").content.decode()
    assert "30天" in page
    assert "checked" not in page.split('name="yes"')[1].split(">")[0]
    step = f"/follow/{case.number}/allow_reach/"
    assert client.post(step, {"version": "4"}).status_code == 422
    assert client.post(step, {"version": "4", "yes": "on"}).status_code == 302
    agreed = client.get("/mine/agreed/").content.decode()
    key = agreed.split('name="consent" value="')[1].split('"')[0]
    assert client.post("/mine/agreed/", {"consent": key}).status_code == 302
    assert 'name="consent"' not in client.get("/mine/agreed/").content.decode()
    assert client.post("/mine/agreed/", {"consent": key}).status_code == 409


def test_nobody_takes_back_what_somebody_else_said_yes_to(client, dispatched_matter, world):
    take(dispatched_matter.case, "ask_reach", {"reason": "x"}, by=world.by("power"), seen=3)
    client.force_login(first_sign_in("13800000000"))
    key = str(Consent.objects.get().pk)
    assert client.post("/mine/agreed/", {"consent": key}).status_code == 404
    assert client.post("/mine/agreed/", {"consent": "x"}).status_code == 404
