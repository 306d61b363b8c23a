"""What the API calls the fields of a matter, what it shows of one, and the example in its documentation."""

from __future__ import annotations

# Step: form field -> name outside. Fields that are not here keep their names.
NAMES = {"report": {"landmark": "address"}}

# Name outside -> where it stands in the detail row.
SHOWN = {
    "text": "text",
    "category": "case.category.code",
    "address": "landmark",
    "longitude": "longitude",
    "latitude": "latitude",
    "placing": "placing",
    "happened_at": "happened_at",
    "result": "result",
}

EXAMPLES = {
    "report": {
        "text": "三号楼楼下的路灯坏了三天，晚上看不见路。",
        "address": "人民路12号三号楼",
        "category": "0201",
        "contact": {"name": "李小芳", "phone": "13912345678"},
    }
}
