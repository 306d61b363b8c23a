"""What the API calls the fields of a complaint, what it shows of one, and the example in its documentation."""

from __future__ import annotations

# Name outside -> where it stands in the detail row.
SHOWN = {
    "text": "text",
    "about": "subject",
    "mentions": "mentions",
    "question": "question",
    "finding": "finding",
    "reasons": "reasons",
    "measures": "measures",
}
# What a post sees that was only asked or told: not the complainant's own words.
PUBLISHED = ("question", "finding", "reasons", "measures")

EXAMPLES = {
    "complain": {
        "text": "上周二上午去窗口办事，排到后被告知系统故障，让改天再来，后面的人却办了。",
        "named": "便民服务中心一楼窗口，上周二上午",
        "contact": {"name": "李小芳", "phone": "13912345678"},
    }
}
