"""The OpenAPI 3.1 document of what is installed, written from procedures and forms in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli import __version__
from linli.base.generations import Cached
from linli.cases.kinds import Kind, all_kinds
from linli.cases.procedure import ANYONE, Step
from linli.portals.api.bodies import LONGEST_KEY
from linli.portals.api.schema import schema_of
from linli.portals.api.shapes import components
from linli.posts.models import PostKind

ROOT = "/api/v1"
Node = dict[str, Any]
_TOKEN: Node = {"token": []}
_CODE: Node = {"code": []}


def document() -> Node:
    """The whole document; made anew when the catalogue changes."""
    found: Node = _document(get_language())
    return found


def _make(language: str) -> Node:
    paths: Node = {f"{ROOT}/openapi.json": {"get": _self()}}
    for kind in all_kinds():
        paths.update(_paths(kind))
    return {
        "openapi": "3.1.0",
        "info": {"title": _("Linli API"), "version": __version__, "description": _about()},
        "servers": [{"url": "/"}],
        "tags": [{"name": kind.name, "description": str(kind.procedure.label)} for kind in all_kinds()],
        "paths": paths,
        "components": {**components(), "securitySchemes": _securities()},
    }


_document: Cached[Node] = Cached("catalogue", _make)


def _about() -> str:
    return _(
        "Cases as JSON. Answers and sentences are Chinese, or English with Accept-Language: en. Instants carry the "
        "place's offset. A refusal is {“error”: {“code”, “sentence”, …}}; nothing was changed by a refused request."
    )


def _securities() -> Node:
    return {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": _("An access token acts as one appointment; `linli token POST LABEL` issues one."),
        },
        "code": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Follow-Code",
            "description": _("The follow code of the receipt. It opens one case, as its reporter."),
        },
    }


def _self() -> Node:
    return {
        "operationId": "openapi",
        "summary": _("This document"),
        "security": [],
        "responses": {"200": {"description": _("OpenAPI 3.1"), "content": _json({"type": "object"})}},
    }


def _paths(kind: Kind) -> Iterator[tuple[str, Node]]:
    home, one = f"{ROOT}/{kind.name}", f"{ROOT}/{kind.name}/{{number}}"
    yield home, {"post": _opening(kind), "get": _listing(kind)}
    yield one, {"parameters": [_number()], "get": _reading(kind)}
    yield f"{one}/papers", {"parameters": [_number()], "get": _papers(kind)}
    yield f"{one}/papers/{{paper}}", {"parameters": [_number(), _paper_key()], "get": _paper(kind)}
    for step in steps_by_people(kind):
        yield (
            f"{one}/{step.name}",
            {
                "parameters": [_number()],
                "get": _asking(kind, step),
                "post": _taking(kind, step),
            },
        )


def steps_by_people(kind: Kind) -> list[Step]:
    """The steps that a post or a party may take in a case that is open."""
    steps = kind.procedure.steps.values()
    return [step for step in steps if not step.opens and (step.posts or step.tasked or step.parties)]


def _opening(kind: Kind) -> Node:
    step = kind.procedure.opening
    public = ANYONE in step.parties
    refused = ("400", "401", "403", "404", "409", "411", "413", "415", "422", "429")
    return {
        **_named(kind, step.name, f"{kind.procedure.label}: {step.label}"),
        "description": who_may(step),
        "security": [{}, _TOKEN] if public else [_TOKEN],
        "parameters": [_key()],
        "requestBody": _body(kind, step, schema_of(kind.name, step.name, _fields(kind, step))),
        "responses": {
            "201": _answer(_("Taken in: the receipt"), "Receipt"),
            "200": _answer(_("The same request had come before: the same receipt"), "Receipt"),
            **_refusals(*refused),
        },
    }


def _listing(kind: Kind) -> Node:
    stages = [{"const": stage.name, "title": str(stage.label)} for stage in kind.procedure.stages.values()]
    return {
        **_named(kind, "list", _("List the cases of the area, newest first")),
        "security": [_TOKEN],
        "parameters": [
            _query("stage", _("Only those in this stage"), {"type": "string", "oneOf": stages}),
            _query("words", _("Only those with all of these words"), {"type": "string"}),
            _query("next", _("The key of the page, from the page before"), {"type": "string"}),
        ],
        "responses": {"200": _answer(_("One page"), "List"), **_refusals("401", "403", "422")},
    }


def _reading(kind: Kind) -> Node:
    return {
        **_named(kind, "read", _("See how a case stands")),
        "security": [_CODE, _TOKEN],
        "parameters": [_query("code", _("The follow code, where no header can be sent"), {"type": "string"})],
        "responses": {"200": _state(), **_refusals("401", "403", "404", "429")},
    }


def _papers(kind: Kind) -> Node:
    return {
        **_named(kind, "papers", _("List the documents of a case, newest first")),
        "security": [_CODE, _TOKEN],
        "responses": {"200": _answer(_("Its documents"), "Papers"), **_refusals("401", "403", "404", "429")},
    }


def _paper(kind: Kind) -> Node:
    pdf = {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
    return {
        **_named(kind, "paper", _("A document of a case, as PDF")),
        "security": [_CODE, _TOKEN],
        "responses": {
            "200": {"description": _("PDF/A-2u"), "content": pdf},
            **_refusals("401", "403", "404", "429", "503"),
        },
    }


def _asking(kind: Kind, step: Step) -> Node:
    return {
        **_named(
            kind,
            f"ask_{step.name}",
            _("What “%(step)s” asks for now, with the choices") % {"step": step.label},
        ),
        "security": _securities_of(step),
        "responses": {
            "200": _answer(_("The schema of the body"), "Asked"),
            **_refusals("401", "403", "404", "409"),
        },
    }


def _taking(kind: Kind, step: Step) -> Node:
    schema = schema_of(kind.name, step.name, _fields(kind, step))
    seen = {
        "type": "integer",
        "title": _("The version you decided on"),
        "description": _("Or If-Match with the ETag."),
    }
    schema = {**schema, "properties": {**schema["properties"], "seen": seen}}
    refused = ("400", "401", "403", "404", "409", "411", "413", "415", "422")
    return {
        **_named(kind, step.name, str(step.label)),
        "description": who_may(step),
        "security": _securities_of(step),
        "parameters": [_if_match()],
        "requestBody": _body(kind, step, schema),
        "responses": {"200": _state(), **_refusals(*refused)},
    }


def who_may(step: Step) -> str:
    """Who may take a step, in words."""
    names = [str(PostKind(kind).label) for kind in sorted(step.posts)]
    names += [_("the post that has the task")] if step.tasked else []
    names += [{ANYONE: _("anyone")}.get(party, _("the reporter")) for party in sorted(step.parties)]
    return _("Who may: %(names)s.") % {"names": _(", ").join(names)}


def _securities_of(step: Step) -> list[Node]:
    return [_CODE, _TOKEN] if step.parties else [_TOKEN]


def _fields(kind: Kind, step: Step) -> Any:
    return kind.form(step).base_fields


def _named(kind: Kind, name: str, summary: str) -> Node:
    return {"operationId": f"{kind.name}.{name}", "tags": [kind.name], "summary": summary}


def _body(kind: Kind, step: Step, schema: Node) -> Node:
    content = {"schema": schema, "example": _example(kind, step, schema)}
    return {"required": True, "content": {"application/json": content}}


def _example(kind: Kind, step: Step, schema: Node) -> Node:
    """The kind's own example, or one value for all that must be there."""
    own: dict[str, Node] = getattr(kind.api, "EXAMPLES", {})
    given = own.get(step.name) or {
        name: _sample(schema["properties"][name]) for name in schema.get("required", ())
    }
    return given if step.opens else {**given, "seen": 1}


_SAMPLES: Node = {"number": 0.5, "integer": 1, "boolean": True, "array": [], "object": {}}


def _sample(schema: Node) -> Any:
    if choices := schema.get("oneOf"):
        return choices[0]["const"]
    return _SAMPLES.get(schema["type"], schema["title"])


def _number() -> Node:
    return {
        "name": "number",
        "in": "path",
        "required": True,
        "description": _("The number of the case, such as 320831-26-00042-7"),
        "schema": {"type": "string"},
    }


def _paper_key() -> Node:
    return {
        "name": "paper",
        "in": "path",
        "required": True,
        "description": _("As in the url of each document"),
        "schema": {"type": "string", "format": "uuid"},
    }


def _query(name: str, description: str, schema: Node) -> Node:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _key() -> Node:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "description": _(
            "A random value of your own, such as a UUID: sent again with the same body, it opens no second case."
        ),
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    }


def _if_match() -> Node:
    return {
        "name": "If-Match",
        "in": "header",
        "description": _("The ETag of the version you decided on, instead of “seen”"),
        "schema": {"type": "string"},
    }


def _state() -> Node:
    tag = {"description": _("The version, in quotes"), "schema": {"type": "string"}}
    return {**_answer(_("The case as it stands"), "Case"), "headers": {"ETag": tag}}


def _answer(description: str, component: str) -> Node:
    return {"description": description, "content": _json({"$ref": f"#/components/schemas/{component}"})}


def _refusals(*statuses: str) -> Node:
    words = {
        "400": _("The body is no readable JSON object"),
        "401": _("No valid access token"),
        "403": _("The post may not do this, or its appointment has ended"),
        "404": _("Not there, or outside the area"),
        "409": _("The case has moved on (with the newer version), or the key was used with another body"),
        "411": _("The body came in pieces, without its length"),
        "413": _("The body is too large"),
        "415": _("The body is not JSON"),
        "422": _("Fields that cannot be taken, each with its sentence"),
        "429": _("Too many requests from one address"),
        "503": _("Cannot be made at the moment; nothing is lost"),
    }
    return {status: _answer(words[status], "Refusal") for status in statuses}


def _json(schema: Node) -> Node:
    return {"application/json": {"schema": schema}}
