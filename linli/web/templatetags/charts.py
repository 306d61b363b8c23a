"""`{% chart figure %}`: a chart as SVG, with every number as a table under it."""

from __future__ import annotations

from typing import Any

from django import template

from linli.web import charts

register = template.Library()


@register.inclusion_tag("web/chart.html")
def chart(content: charts.Chart, name: str = "chart") -> dict[str, Any]:
    """`{% chart figure "by-town" %}`: `name` is unique on the page; the data is a `web.charts.Chart`."""
    drawn: dict[str, Any] = {
        "chart": content,
        "name": name,
        "rows": charts.rows(content),
        "said": charts.summary(content),
        "links": any(content.hrefs) and content.shape != charts.LINE,
        "keys": list(enumerate((each.name for each in content.series), start=1)),
    }
    return drawn | _DRAWN[content.shape](content)


def _bars(content: charts.Chart) -> dict[str, Any]:
    groups = charts.bars(content)
    return {"groups": groups, "high": groups[-1].y + groups[-1].high if groups else 0}


def _line(content: charts.Chart) -> dict[str, Any]:
    return {
        "curves": charts.curves(content),
        "levels": charts.levels(content),
        "ticks": charts.ticks(content),
        "high": content.high,
    }


def _share(content: charts.Chart) -> dict[str, Any]:
    return {"slices": charts.slices(content)}


_DRAWN = {charts.BAR: _bars, charts.LINE: _line, charts.SHARE: _share}
