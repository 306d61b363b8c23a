"""What the API calls the fields of a dispute, what it shows of one, and the examples in its documentation."""

from __future__ import annotations

SHOWN = {
    "text": "text",
    "options": "options",
    "agreed": "agreed",
    "why_ended": "why_ended",
    "at_court": "at_court",
}
# What a post sees that was only asked or told.
PUBLISHED = ()

EXAMPLES = {
    "apply": {
        "text": "楼上漏水泡坏了吊顶，协商赔偿未果，希望调解。",
        "contact": {"name": "李小芳", "phone": "13912345678"},
    }
}
