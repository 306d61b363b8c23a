"""One answer in either format: XML as the specification writes it, JSON by its rule (the root falls away)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any
from xml.sax.xmlreader import AttributesImpl

from django.http import HttpResponse
from django.utils.xmlutils import SimplerXMLGenerator

from linli.base.text import printable

Node = dict[str, Any]
TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
# What the elements of a list are called.
ITEMS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
_NO_ATTRIBUTES = AttributesImpl({})
_NOT_IN_XML = re.compile("[\ufffe\uffff]")


@dataclass(frozen=True)
class Reply:
    """The root element and what is in it: a list of elements of one name, or one element's children."""

    root: str
    content: Node | list[Node]


def rendered(reply: Reply, form: str, *, status: int = 200) -> HttpResponse:
    """The answer as `xml` or `json`, well-formed whatever the texts hold."""
    content = _clean(reply.content)
    body = _xml(reply.root, content) if form == "xml" else json.dumps(content, ensure_ascii=False)
    return HttpResponse(body.encode(), status=status, content_type=TYPES[form])


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _NOT_IN_XML.sub("", printable(value))
    if isinstance(value, Mapping):
        return {name: _clean(each) for name, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else value


def _xml(root: str, content: Any) -> str:
    out = StringIO()
    writer = SimplerXMLGenerator(out, "utf-8")
    writer.startDocument()
    _element(writer, root, content)
    writer.endDocument()
    return out.getvalue()


def _element(writer: SimplerXMLGenerator, name: str, value: Any) -> None:
    writer.startElement(name, _NO_ATTRIBUTES)
    if isinstance(value, Mapping):
        for child, each in value.items():
            _element(writer, child, each)
    elif isinstance(value, list):
        for each in value:
            _element(writer, ITEMS[name], each)
    elif value is not None:
        writer.characters(str(value).lower() if isinstance(value, bool) else str(value))
    writer.endElement(name)
