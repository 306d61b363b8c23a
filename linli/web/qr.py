"""QR codes as SVG, drawn here: no text of anybody's, no other host."""

from __future__ import annotations

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def drawn(address: str) -> SafeString:
    """A QR code for a page; it scales with it."""
    svg = _svg(address, svgns=False, omitsize=True, svgclass="qr")
    return mark_safe(svg.decode())  # noqa: S308  drawn here, from our own address


def picture(address: str) -> bytes:
    """The same as a file of its own, for paper."""
    return _svg(address, svgns=True, omitsize=False, svgclass=None)


def _svg(address: str, *, svgns: bool, omitsize: bool, svgclass: str | None) -> bytes:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=svgns,
        omitsize=omitsize,
        border=4,
        svgclass=svgclass,
        lineclass=None,
        light="#fff",
    )
    return out.getvalue()
