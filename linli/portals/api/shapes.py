"""The schemas of what the API answers; the tests hold every answer against them."""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]

_TEXT: Node = {"type": "string"}
_WORD: Node = {"type": ["string", "null"]}
_NUMBER: Node = {"type": "integer"}
_MOMENT: Node = {"type": "string", "format": "date-time"}
_PERHAPS: Node = {"type": ["string", "null"], "format": "date-time"}
_ROW: Node = {
    "number": _TEXT,
    "kind": _TEXT,
    "stage": _TEXT,
    "label": _TEXT,
    "version": _NUMBER,
    "summary": _TEXT,
    "place": {"$ref": "#/components/schemas/Place"},
    "at": _MOMENT,
    "promised_by": _PERHAPS,
    "closed_at": _PERHAPS,
    "outcome": _WORD,
    "outcome_label": _WORD,
}


def components() -> Node:
    """The components section: one schema per sort of answer."""
    return {
        "schemas": {
            "Receipt": _receipt(),
            "Place": _all_of(code={"type": "string", "pattern": "^[0-9]+$"}, name=_TEXT),
            "Row": _all_of(**_ROW),
            "Case": _all_of(
                **_ROW,
                recorded_at=_MOMENT,
                detail={"type": "object"},
                story=_list_of("Happening"),
                steps=_list_of("OpenStep"),
            ),
            "Papers": _all_of(papers=_list_of("Paper")),
            "Paper": _all_of(
                template=_TEXT,
                title=_TEXT,
                version={"type": "integer"},
                state=_TEXT,
                at=_MOMENT,
                digest=_TEXT,
                verification_code=_TEXT,
                url={"type": "string", "format": "uri-reference"},
            ),
            "Happening": _all_of(
                step=_TEXT,
                label=_TEXT,
                at=_MOMENT,
                by=_TEXT,
                next=_WORD,
                words={"type": "object", "additionalProperties": _TEXT},
            ),
            "OpenStep": _all_of(step=_TEXT, label=_TEXT, url={"type": "string", "format": "uri-reference"}),
            "List": _all_of(cases=_list_of("Row"), next=_WORD),
            "Asked": _all_of(
                step=_TEXT, label=_TEXT, schema={"type": "object"}, suggested={"type": "object"}
            ),
            "Refusal": _all_of(error={"$ref": "#/components/schemas/Error"}),
            "Error": _error(),
        }
    }


def _receipt() -> Node:
    """`follows` stands there only for who sent `same_as`."""
    receipt = _all_of(
        number=_TEXT,
        follow_code=_TEXT,
        status_url={"type": "string", "format": "uri"},
        promised_by=_PERHAPS,
    )
    return {**receipt, "properties": {**receipt["properties"], "follows": _WORD}}


def _error() -> Node:
    """Further facts may stand beside these: `version` of what is newer, `retry_after` in seconds."""
    fields: Node = {"type": "object", "additionalProperties": {"type": "array", "items": _TEXT}}
    properties = {
        "code": _TEXT,
        "sentence": _TEXT,
        "fields": fields,
        "version": _NUMBER,
        "retry_after": _NUMBER,
    }
    return {"type": "object", "properties": properties, "required": ["code", "sentence"]}


def _all_of(**properties: Node) -> Node:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list_of(component: str) -> Node:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{component}"}}
