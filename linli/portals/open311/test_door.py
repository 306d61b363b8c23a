"""The door itself: keys, how often, for where, in which shape, and no request that breaks it."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from linli.exchange.models import Delivery, Rejection, Source
from linli.exchange.sources import end_source, used_today
from linli.portals.open311.conftest import ROOT
from linli.portals.open311.door import READS_PER_MINUTE
from linli.portals.open311.rendering import Reply, rendered

pytestmark = pytest.mark.django_db
EVERY = ["discovery", "services", "services/x", "requests", "requests/x", "tokens/x", "servicerequestupdates"]


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("address", EVERY)
@pytest.mark.parametrize("method", ["put", "delete", "patch", "post"])
def test_another_method_is_refused_in_the_format(client, world, address, form, method):
    response = getattr(client, method)(f"{ROOT}{address}.{form}")
    assert response.status_code in {403, 405}  # 403: a POST without a key
    if form == "xml":
        assert ElementTree.fromstring(response.content).findtext("error/code") == str(response.status_code)
    else:
        assert response.json()[0]["code"] == response.status_code


@pytest.mark.parametrize("address", ["", "services", "services.html", "nothing.xml", "requests/1", "v3/x"])
def test_an_address_that_is_none_is_404_in_xml(client, world, address):
    response = client.get(ROOT + address)
    assert response.status_code == 404
    assert ElementTree.fromstring(response.content).findtext("error/description")


def test_content_types_are_as_specified(client, world):
    assert client.get(f"{ROOT}services.xml")["Content-Type"] == "text/xml; charset=utf-8"
    assert client.get(f"{ROOT}services.json")["Content-Type"] == "application/json; charset=utf-8"


def test_the_declaration_names_the_encoding(client, world):
    assert client.get(f"{ROOT}services.xml").content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')


@pytest.mark.parametrize("text", ["a\x00\x0bb", "a\ufffe\uffffb", "a\ud800b", "<&>]]>\"'", "😀\u2028"])
def test_xml_is_well_formed_whatever_the_text(text):
    reply = Reply("errors", [{"code": 400, "description": text}])
    found = ElementTree.fromstring(rendered(reply, "xml").content)
    assert found.find("error/description") is not None
    assert rendered(reply, "json").content.decode()


def test_a_wrong_key_is_403_also_where_none_is_needed(ask, world):
    assert ask("services.json", api_key="linli_wrong", expect=403)[0]["code"] == 403


def test_an_ended_source_is_refused(ask, world, source, key):
    end_source(source, by=world.by("administrator"))
    assert ask("requests.json", api_key=key, expect=403)[0]["code"] == 403


@pytest.mark.parametrize("given", ["", "testserver", "www.testserver", "990101", "99"])
def test_a_jurisdiction_served_here_is_accepted(ask, sent, given):
    assert len(ask("requests.json", jurisdiction_id=given)) == 1


@pytest.mark.parametrize("given", ["boston.gov", "110101", "x" * 500, "\x00", "99 0101"])
def test_another_jurisdiction_is_404(ask, sent, given):
    (error,) = ask("requests.json", jurisdiction_id=given, expect=404)
    assert "jurisdiction_id" in error["description"]


def test_a_wrong_jurisdiction_in_a_form_is_404_too(send, lamp):
    assert send("requests.json", **lamp, jurisdiction_id="boston.gov", expect=404)[0]["code"] == 404


def test_anybody_may_ask_so_often_and_no_more(ask, world):
    for _ in range(READS_PER_MINUTE):
        ask("requests.json")
    assert ask("requests.json", expect=429)[0]["code"] == 429
    ask("services.json")


def test_a_source_has_its_own_minute(client, ask, key, source):
    Source.objects.update(per_minute=2)
    for _ in range(2):
        ask("discovery.json", api_key=key)
    response = client.get(f"{ROOT}discovery.json", {"api_key": key})
    assert (response.status_code, int(response["Retry-After"]) > 0) == (429, True)
    ask("discovery.json")


def test_what_came_too_often_is_told_once_a_minute_and_uses_nothing_of_the_day_up(client, ask, key, source):
    Source.objects.update(per_minute=2)
    for _ in range(6):
        client.get(f"{ROOT}discovery.json", {"api_key": key, "locale": "zh"})
    told = Rejection.objects.get()
    assert told.where == "GET discovery.json"
    assert "超过约定的 2 次" in told.reason
    assert used_today(source) == 0


def test_a_source_has_its_own_day(client, send, lamp, key):
    Source.objects.update(per_day=1)
    send("requests.json", **lamp)
    response = client.post(f"{ROOT}requests.json", {"api_key": key, **lamp})
    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    assert Delivery.objects.get().refused == 0


def test_no_session_is_made_or_read(client, world):
    client.force_login(world.by("administrator").holding.account)
    response = client.get(f"{ROOT}servicerequestupdates.json")
    assert response.status_code == 403
    assert not response.cookies
