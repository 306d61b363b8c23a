"""What the API shows of a screening, and the example in its documentation."""

from __future__ import annotations

SHOWN = {"why": "why", "basis": "basis", "until": "until", "minutes": "minutes", "account": "account"}
PUBLISHED = ()

EXAMPLES = {
    "draw_up": {
        "category": "S04",
        "area": "990101001",
        "asked": "grids",
        "why": "梅雨季前看一遍楼道堆物和漏水引起的邻里矛盾。",
        "until": "2026-06-30",
        "minutes": 30,
    }
}
