"""The documentation of the API: the OpenAPI document, and the same as a page that needs no script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.portals.api.document import Node, document


@dataclass(frozen=True)
class FieldLine:
    """One line of a table of fields."""

    name: str
    type: str
    needed: bool
    title: str
    notes: list[str]


@dataclass(frozen=True)
class Operation:
    """One operation as the page shows it."""

    key: str
    method: str
    path: str
    node: Node
    fields: list[FieldLine]
    parameters: list[Node]
    example: str


@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """The OpenAPI 3.1 document, in the reader's language."""
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The document as a page, with an example for curl under every operation."""
    found = document()
    home = request.build_absolute_uri("/").rstrip("/")
    context = {
        "info": found["info"],
        "securities": found["components"]["securitySchemes"],
        "kinds": [(tag, list(_operations(found, tag["name"], home))) for tag in found["tags"]],
        "home": home,
    }
    return render(request, "api/docs.html", context)


def _operations(found: Node, tag: str, home: str) -> Iterator[Operation]:
    for path, item in found["paths"].items():
        for method in ("post", "get"):
            node = item.get(method)
            if node and tag in node.get("tags", ()):
                yield _operation(path, method, node, home)


def _operation(path: str, method: str, node: Node, home: str) -> Operation:
    content = node.get("requestBody", {}).get("content", {}).get("application/json", {})
    return Operation(
        key=node["operationId"].replace(".", "-"),
        method=method.upper(),
        path=path,
        node=node,
        fields=list(_lines(content.get("schema", {}), "")),
        parameters=node.get("parameters", []),
        example=_curl(home + path, node, content.get("example")),
    )


def _lines(schema: Node, path: str) -> Iterator[FieldLine]:
    needed = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        if each["type"] == "object":
            yield from _lines(each, f"{path}{name}.")
        else:
            sort = each.get("format") or each["type"]
            yield FieldLine(f"{path}{name}", sort, name in needed, each["title"], _notes(each))


def _notes(schema: Node) -> list[str]:
    found = [schema["description"]] if "description" in schema else []
    if "maxLength" in schema:
        found.append(_("At most %(most)d characters.") % {"most": schema["maxLength"]})
    if "minimum" in schema and "maximum" in schema:
        found.append(
            _("From %(least)s to %(most)s.") % {"least": schema["minimum"], "most": schema["maximum"]}
        )
    if choices := schema.get("oneOf"):
        found.append(_(", ").join(_choice(each) for each in choices))
    return found


def _choice(choice: Node) -> str:
    value, title = str(choice["const"]), choice["title"]
    return value if value == title else f"{value} {title}"


def _curl(address: str, node: Node, example: Any) -> str:
    address = address.replace("{number}", "320831-26-00042-7")
    lines = [f"curl '{address}'"]
    security = node.get("security", [{}])[0]
    if "code" in security:
        lines.append("-H 'X-Follow-Code: ACDEFGH3'")
    elif "token" in security:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if example is not None:
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d '{json.dumps(example, ensure_ascii=False)}'")
    return " \\\n  ".join(lines)
