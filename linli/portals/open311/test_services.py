"""What outside apps are offered: the categories anybody may choose, in the reader's language, with what to ask."""

from __future__ import annotations

import pytest

from linli.base.generations import bump
from linli.cases.models import Category, Responsibility
from linli.portals.open311.conftest import LAMP, NOISE, ROOT

pytestmark = pytest.mark.django_db


def test_the_list_has_the_categories_everybody_may_choose(ask, world):
    codes = {each["service_code"] for each in ask("services.json")}
    everyone = Category.objects.filter(kind="matters", audience="everyone")
    assert codes == {f"matters.{each.code}" for each in everyone}


def test_xml_and_json_say_the_same(ask, world):
    listed = [each.findtext("service_code") for each in ask("services.xml").findall("service")]
    assert listed == [each["service_code"] for each in ask("services.json")]


def test_names_are_chinese_unless_the_reader_wants_english(ask, client, world):
    def name_of(services):
        return next(each["service_name"] for each in services if each["service_code"] == LAMP)

    lamp = Category.objects.get(kind="matters", code="0201")
    assert name_of(ask("services.json")) == lamp.name_zh
    assert name_of(ask("services.json", locale="en")) == lamp.name_en
    english = client.get(f"{ROOT}services.json", headers={"accept-language": "en"})
    assert name_of(english.json()) == lamp.name_en


def test_what_people_need_not_choose_has_no_metadata(ask, world):
    service = next(each for each in ask("services.json") if each["service_code"] == LAMP)
    assert (service["metadata"], service["type"]) == (False, "realtime")
    assert ask(f"services/{LAMP}.json") == {"service_code": LAMP, "attributes": []}


def test_opening_conditions_are_an_attribute_to_choose_from(ask, world):
    Responsibility.objects.filter(category__code="0201").update(condition="整条路不亮")
    bump("catalogue")
    service = next(each for each in ask("services.json") if each["service_code"] == LAMP)
    assert service["metadata"] is True
    (attribute,) = ask(f"services/{LAMP}.json")["attributes"]
    assert attribute["code"] == "condition"
    assert attribute["values"] == [{"key": "整条路不亮", "name": "整条路不亮"}]


def test_a_definition_in_xml_nests_as_specified(ask, world):
    Responsibility.objects.filter(category__code="0201").update(condition="整条路不亮")
    bump("catalogue")
    found = ask(f"services/{LAMP}.xml")
    assert found.tag == "service_definition"
    assert found.findtext("attributes/attribute/values/value/key") == "整条路不亮"


@pytest.mark.parametrize("code", ["nothing", "matters.", "matters.E", "disputes.0201", "%00", "路灯"])
def test_an_unknown_service_is_404_with_a_sentence(ask, world, code):
    (error,) = ask(f"services/{code}.json", expect=404)
    assert error["code"] == 404
    assert "service_code" in error["description"]


def test_a_sensitive_category_can_be_asked_for(ask, world):
    assert Category.objects.get(code="0401").sensitive
    assert ask(f"services/{NOISE}.json")["service_code"] == NOISE


def test_a_kind_that_does_not_offer_itself_is_not_offered(ask, world, monkeypatch):
    monkeypatch.delattr("linli.kinds.matters.api.OPEN311")
    assert ask("services.json") == []


def test_discovery_names_the_endpoint_and_its_formats(ask, world):
    found = ask("discovery.json")
    (endpoint,) = found["endpoints"]
    assert endpoint["url"] == "http://testserver/open311/v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert found["changeset"]
    assert ask("discovery.xml").findtext("endpoints/endpoint/formats/format") == "text/xml"
