"""Our few icons: 24 by 24, stroked lines, drawn in the colour of the text around them."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

PATHS = {
    "back": "M15 5l-7 7 7 7",
    "forward": "M9 5l7 7-7 7",
    "camera": "M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 16.500a3.200 3.200 0 100-6.400 3.200 3.200 0 000 6.400z",
    "chat": "M4 5h16v11h-9l-4.500 4v-4H4z",
    "check": "M4.500 12.500l5 5 10-11",
    "clock": "M12 21a9 9 0 100-18 9 9 0 000 18zM12 7v5.500l3.500 2",
    "cross": "M6 6l12 12M18 6L6 18",
    "file": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
    "filter": "M4 5h16l-6 7.500V19l-4 2v-8.500z",
    "home": "M3 11.500L12 4l9 7.500M5.500 10v10h13V10M10 20v-6h4v6",
    "info": "M12 21a9 9 0 100-18 9 9 0 000 18zM12 11v6M12 7.200v.3",
    "late": "M12 3.500L22 20.500H2zM12 10v5M12 17.700v.3",
    "lock": "M6 11h12v9H6zM8.500 11V7.500a3.500 3.500 0 017 0V11",
    "pause": "M8.500 5v14M15.500 5v14",
    "pen": "M4 20l1-4.500L16.500 4l3.500 3.500L8.500 19zM14 6.500l3.500 3.500",
    "people": "M9 11.500a3.500 3.500 0 100-7 3.500 3.500 0 000 7zM2.500 20c0-4 2.500-6 6.500-6s6.500 2 6.500 6"
    "M15.500 5a3.300 3.300 0 010 6.300M17.500 14.300c2.600.6 4 2.500 4 5.700",
    "phone": "M6 3h4l1.500 5L9 9.700c1 2.200 2.800 4 5.200 5.200L16 12.500l5 1.500v4c0 1.700-1.300 3-3 3"
    "C10 20.500 3.500 14 3 6c0-1.700 1.300-3 3-3z",
    "pin": "M12 21.500c-4.500-5-7-8.500-7-11.700a7 7 0 0114 0c0 3.200-2.500 6.700-7 11.700z"
    "M12 12.300a2.500 2.500 0 100-5 2.500 2.500 0 000 5z",
    "search": "M10.500 17a6.500 6.500 0 100-13 6.500 6.500 0 000 13zM15.300 15.300L20.500 20.500",
}


def draw_icon(name: str) -> SafeString:
    """The icon as inline SVG, silent for screen readers: the words beside it say the same."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        mark_safe(PATHS[name]),  # noqa: S308  one of the constants above
    )
