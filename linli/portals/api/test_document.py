import json
import re
from datetime import date

import pytest
from django.urls import get_resolver
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from linli.cases.kinds import all_kinds
from linli.portals.api.conftest import LAMP, MATTERS, address_of, code_of
from linli.portals.api.document import document, steps_by_people
from linli.portals.api.slots import names_of, offered

PAGES = {"docs"}  # for people; everything else is for machines


@pytest.fixture
def described(world):
    return document()


def schema_at(described, path, method="post"):
    return described["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]


def test_the_document_is_valid_openapi(client, world):
    answer = client.get("/api/v1/openapi.json")
    assert answer.json()["openapi"].startswith("3.1")
    validate(answer.json())


def test_the_document_is_valid_in_english_too(client, world):
    answer = client.get("/api/v1/openapi.json", headers={"Accept-Language": "en"}).json()
    validate(answer)
    assert answer["paths"]["/api/v1/matters"]["post"]["summary"] == "Matter: Report"
    assert not re.search("[\u4e00-\u9fff]", json.dumps(answer["info"], ensure_ascii=False))


def test_every_address_of_the_api_is_described(described):
    routes = get_resolver("linli.portals.api.urls").url_patterns
    shapes = {re.sub(r"<\w+:(\w+)>", r"{\1}", str(each.pattern)) for each in routes if each.name not in PAGES}
    known = set()
    for kind in all_kinds():
        own = {path.replace(f"/{kind.name}", "/{kind}", 1) for path in described["paths"]}
        steps = {f"/{step}" for step in kind.procedure.steps}
        known |= {
            re.sub("/[a-z_]+$", "/{step}", path) if path[path.rindex("/") :] in steps else path
            for path in own
        }
    assert {f"/api/{shape}" for shape in shapes} <= known


def test_every_step_people_take_is_described_and_no_other(described):
    for kind in all_kinds():
        one = f"/api/v1/{kind.name}/{{number}}"
        steps = {path.removeprefix(f"{one}/") for path in described["paths"] if path.startswith(f"{one}/")}
        papers = {"papers", "papers/{paper}"}
        assert steps == papers | {step.name for step in steps_by_people(kind)}
        assert {"get", "post"} <= set(described["paths"][f"/api/v1/{kind.name}"])
        assert "lapse" not in steps


def test_every_field_of_every_form_is_described(described):
    for kind in all_kinds():
        for step in [kind.procedure.opening, *steps_by_people(kind)]:
            path = f"/api/v1/{kind.name}" + ("" if step.opens else f"/{{number}}/{step.name}")
            form = kind.form(step)
            names = names_of(kind.name, form, step.name)
            wanted = {names.get(name, name) for name in offered(form.base_fields)} | (
                {"seen"} - {"seen" if step.opens else ""}
            )
            assert _paths(schema_at(described, path)) == wanted, path


def _paths(schema, before=""):
    found = set()
    for name, each in schema["properties"].items():
        found |= _paths(each, f"{before}{name}.") if each["type"] == "object" else {f"{before}{name}"}
    return found


def test_limits_and_needs_come_from_the_form(described):
    report = schema_at(described, MATTERS)
    assert report["required"] == ["text"]
    assert report["properties"]["text"]["maxLength"] == 6000
    assert (report["properties"]["longitude"]["minimum"], report["properties"]["longitude"]["maximum"]) == (
        -180,
        180,
    )
    assert report["properties"]["happened_at"]["format"] == "date-time"
    assert report["properties"]["contact"]["properties"]["phone"]["maxLength"] == 30
    assert {"const": "0201"}.items() <= next(
        each for each in report["properties"]["category"]["oneOf"] if each["const"] == "0201"
    ).items()


def test_choices_that_depend_on_the_case_are_not_given_away(described):
    assert "oneOf" not in schema_at(described, f"{MATTERS}/{{number}}/dispatch")["properties"]["to"]
    assert "oneOf" not in schema_at(described, f"{MATTERS}/{{number}}/refer")["properties"]["to"]


def test_examples_are_taken_as_they_stand(described, send):
    content = described["paths"][MATTERS]["post"]["requestBody"]["content"]["application/json"]
    Draft202012Validator(content["schema"]).validate(content["example"])
    assert send(MATTERS, content["example"]).status_code == 201


def test_a_changed_catalogue_is_in_the_next_document(world):
    from linli.base.generations import bump
    from linli.cases.models import Category

    document()
    Category.objects.create(
        kind="matters", code="0999", name_zh="新类", name_en="New", valid_from=date(2020, 1, 1)
    )
    bump("catalogue")
    assert "0999" in json.dumps(document())


def holds(described, component, content):
    schema = {"$ref": f"#/components/schemas/{component}", "components": described["components"]}
    Draft202012Validator(schema).validate(content)


def test_every_answer_is_as_described(described, client, send, checked, token_of):
    header = token_of("call_taker")
    holds(described, "Receipt", send(MATTERS, {"text": LAMP}).json())
    holds(described, "Case", client.get(address_of(checked), headers=code_of(checked)).json())
    holds(described, "Case", client.get(address_of(checked), headers=header).json())
    holds(described, "List", client.get(MATTERS, headers=header).json())
    holds(described, "Asked", client.get(address_of(checked, "contest"), headers=header).json())
    holds(described, "Case", send(address_of(checked, "confirm"), {"seen": 5}, **code_of(checked)).json())


def test_every_refusal_is_as_described(described, client, send, reported, token_of, settings):
    header = token_of("chengguan_clerk")
    refused = [
        client.post(MATTERS, b"{", content_type="application/json"),
        client.post(MATTERS, b"a", content_type="text/plain"),
        send(MATTERS, {}),
        client.get(MATTERS),
        client.get(f"{MATTERS}/1", headers=header),
        client.put(MATTERS),
        send(address_of(reported, "dispatch"), {"seen": 1}, **header),
        send(address_of(reported, "accept"), {"seen": 9, "category": "0201"}, **header),
    ]
    settings.INTAKE_PER_MINUTE = 0
    refused.append(send(MATTERS, {"text": LAMP}))
    assert [each.status_code for each in refused] == [400, 415, 422, 401, 404, 405, 403, 409, 429]
    for each in refused:
        holds(described, "Refusal", each.json())


def test_the_page_says_what_the_document_says(client, world, described):
    page = client.get("/api/v1/docs").content.decode()
    for path, item in described["paths"].items():
        if path != "/api/v1/openapi.json":
            assert path in page
            assert all(item[method]["summary"] in page for method in ("get", "post") if method in item)
    assert "curl" in page
    assert "contact.phone" in page


def test_the_page_needs_no_script_no_style_and_no_other_host(client, world):
    page = client.get("/api/v1/docs").content.decode()
    assert not re.search(r"<script(?![^>]*src=)|<style|style=|onclick|javascript:", page)
    assert all(found.startswith("/") for found in re.findall(r'(?:src|href)="(?!#|tel:)([^"]+)"', page))


@pytest.mark.browser
def test_the_page_fits_a_telephone(server, browser_page):
    trouble = []
    browser_page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    browser_page.set_viewport_size({"width": 390, "height": 844})
    browser_page.goto(f"{server.url}/api/v1/docs")
    assert browser_page.evaluate("document.documentElement.scrollWidth") <= 390
    assert trouble == []
