"""Our few icons: 24 by 24, stroked lines, drawn in the colour of the text around them."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

PATHS = {
    "back": "M15 5l-7 7 7 7",
    "forward": "M9 5l7 7-7 7",
    "up": "M12 20V5M5.5 11.5L12 5l6.5 6.5",
    "camera": "M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 16.5a3.2 3.2 0 100-6.4 3.2 3.2 0 000 6.4z",
    "chat": "M4 5h16v11h-9l-4.5 4v-4H4z",
    "check": "M4.5 12.5l5 5 10-11",
    "clock": "M12 21a9 9 0 100-18 9 9 0 000 18zM12 7v5.5l3.5 2",
    "cross": "M6 6l12 12M18 6L6 18",
    "device": "M7 2.5h10v19H7zM10.5 18.5h3",
    "file": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
    "filter": "M4 5h16l-6 7.5V19l-4 2v-8.5z",
    "home": "M3 11.5L12 4l9 7.5M5.5 10v10h13V10M10 20v-6h4v6",
    "info": "M12 21a9 9 0 100-18 9 9 0 000 18zM12 11v6M12 7.2v.3",
    "late": "M12 3.5L22 20.5H2zM12 10v5M12 17.700v.3",
    "lock": "M6 11h12v9H6zM8.5 11V7.5a3.5 3.5 0 017 0V11",
    "pause": "M8.5 5v14M15.5 5v14",
    "pen": "M4 20l1-4.5L16.5 4l3.5 3.5L8.5 19zM14 6.5l3.5 3.5",
    "people": "M9 11.5a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20c0-4 2.5-6 6.5-6s6.5 2 6.5 6"
    "M15.5 5a3.3 3.3 0 010 6.3M17.5 14.3c2.6.6 4 2.5 4 5.700",
    "phone": "M6 3h4l1.5 5L9 9.700c1 2.2 2.800 4 5.2 5.2L16 12.5l5 1.5v4c0 1.700-1.3 3-3 3"
    "C10 20.5 3.5 14 3 6c0-1.700 1.3-3 3-3z",
    "pin": "M12 21.5c-4.5-5-7-8.5-7-11.700a7 7 0 0114 0c0 3.2-2.5 6.700-7 11.700z"
    "M12 12.3a2.5 2.5 0 100-5 2.5 2.5 0 000 5z",
    "search": "M10.5 17a6.5 6.5 0 100-13 6.5 6.5 0 000 13zM15.3 15.3L20.5 20.5",
}


def draw_icon(name: str) -> SafeString:
    """The icon as inline SVG, silent for screen readers: the words beside it say the same."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        mark_safe(PATHS[name]),  # noqa: S308  one of the constants above
    )
