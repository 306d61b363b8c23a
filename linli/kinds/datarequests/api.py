"""What the API calls the fields of a request, what it shows of one, and the example in its documentation."""

from __future__ import annotations

SHOWN = {
    "wanted": "wanted",
    "text": "text",
    "answer": "answer",
    "reasons": "reasons",
    "done": "done",
    "turn_to": "turn_to",
}
# What a post sees that was only asked or told.
PUBLISHED = ()

EXAMPLES = {
    "claim": {
        "wanted": "copy",
        "document": "id_card",
        "contact": {"name": "李小芳", "phone": "13912345678"},
    }
}
