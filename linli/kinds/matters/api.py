"""What the doors for machines call the fields of a matter, what they show of one, and an example for the docs."""

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

# Argument of Open311 -> form field of the opening step, and column of the detail row where there is one of that name.
# A kind without this is not offered to outside apps; its categories that are not sensitive appear in public there.
OPEN311 = {
    "service_code": "category",
    "description": "text",
    "lat": "latitude",
    "long": "longitude",
    "address_string": "landmark",
    "address_id": "division",
    "media": "photos",
}

EXAMPLES = {
    "report": {
        "text": "三号楼楼下的路灯坏了三天，晚上看不见路。",
        "address": "人民路12号三号楼",
        "category": "0201",
        "contact": {"name": "李小芳", "phone": "13912345678"},
    }
}
