"""A chart says the same as its table, begins at nothing, guesses nothing, and scales with the words around it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.template import engines
from django.utils.html import escape

from linli.web.charts import (
    BAR,
    LINE,
    REACH,
    SHARE,
    Chart,
    Series,
    bars,
    ceiling,
    curves,
    levels,
    rows,
    said,
    slices,
    ticks,
)

TOWNS = ["高良涧街道", "老子山镇", "蒋坝镇"]
COUNTS = Chart("按镇街", TOWNS, [Series("登记", [40, 20, None])])


def drawn(chart: Chart) -> str:
    return str(engines["django"].from_string("{% chart chart 'one' %}").render({"chart": chart}))


def of(shape: str, values: list[float | None]) -> Chart:
    labels = [f"{place + 1}月" for place in range(len(values))]
    return Chart("逐月", labels, [Series("登记", values)], shape)


def test_bars_are_as_long_as_their_numbers() -> None:
    first, second, none = (group.bars[0] for group in bars(COUNTS))
    assert (first.wide, second.wide, none.wide) == (100 * REACH, 50 * REACH, 0)


def test_a_number_that_is_withheld_is_a_dash_and_not_nothing() -> None:
    assert [row.said for row in rows(COUNTS)] == [["40"], ["20"], ["–"]]
    assert said(0) == "0"


def test_a_missing_month_breaks_the_line() -> None:
    curve = curves(of(LINE, [1, 2, None, 3, 4]))[0]
    assert [len(stroke.split()) for stroke in curve.strokes] == [2, 2]
    assert len(curve.dots) == 4


@pytest.mark.parametrize("most", [0, 0.3, 1, 3, 4, 7, 10, 99, 100, 101, 12_345, 9_999_999])
def test_the_scale_begins_at_nothing_and_ends_at_a_round_number_not_below_the_highest(most: float) -> None:
    chart = of(LINE, [most, 0])
    marks = levels(chart)
    assert (marks[0].at, marks[0].said) == (chart.high, "0")
    assert marks[-1].at == 0
    assert ceiling(chart) >= most
    assert 2 <= len(marks) <= 6


def test_counts_have_no_half_cases_on_the_scale() -> None:
    assert [mark.said for mark in levels(of(LINE, [1, 2]))] == ["0", "1", "2"]


def test_no_more_labels_below_a_line_than_fit_on_a_telephone_in_large_type() -> None:
    days = [f"11-{day:02d}" for day in range(1, 31)]
    shown = ticks(Chart("逐日", days, [Series("登记", list(range(30)))], LINE))
    few = [tick for tick in shown if not tick.more]
    for those in (few, shown):
        assert [those[0].said, those[-1].said] == [days[0], days[-1]]
        assert [those[0].anchor, those[-1].anchor] == ["start", "end"]
    assert [len(few), len(shown)] == [3, 5]


def test_shares_fill_the_whole_and_are_said_in_per_cent() -> None:
    parts = slices(of(SHARE, [1, 1, 2]))
    assert [part.share for part in parts] == ["25%", "25%", "50%"]
    assert parts[-1].x + parts[-1].wide == pytest.approx(100)


@pytest.mark.parametrize("shape", [BAR, LINE, SHARE])
@pytest.mark.parametrize("values", [[], [None], [0], [0, 0], [float("nan"), 1.0], [float("inf")], [5]])
def test_every_chart_is_drawn_whatever_the_numbers(shape: str, values: list[float | None]) -> None:
    page = drawn(of(shape, values))
    assert "nan" not in page
    assert "inf%" not in page


@pytest.mark.parametrize("shape", [BAR, LINE, SHARE])
def test_what_the_chart_shows_stands_in_a_table_under_it(shape: str) -> None:
    page = drawn(Chart("按镇街", TOWNS, [Series("登记", [40, 20, 1234.5])], shape, unit="件"))
    table = page[page.index("<table") :]
    for words in (*TOWNS, "40 件", "20 件", "1,234.5 件"):
        assert words in table


class Drawn(HTMLParser):
    """The elements of a page with what they say of themselves."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("shape", [BAR, LINE, SHARE])
def test_words_stand_outside_boxes_that_shrink_and_nothing_is_inline(shape: str) -> None:
    """A viewBox would shrink the words to 9 px on a telephone; only the curve itself may stand in one."""
    page = drawn(of(shape, [1, 2, 3]))
    assert not re.search(r"<svg[^>]*viewBox[^>]*>(?:(?!</svg>).)*<text", page, re.DOTALL)
    assert all("style" not in attrs for _tag, attrs in Drawn(page).found)


def test_a_bar_opens_what_it_counts_and_names_it() -> None:
    chart = Chart("按镇街", TOWNS, [Series("登记", [3, 2, 1])], hrefs=["/a/", "/b/", "/c/"])
    page = drawn(chart)
    link = re.search(r'<a href="/b/" aria-label="老子山镇 2">(.*?)</a>', page, re.DOTALL)
    assert link
    assert re.sub(r"<[^>]*>", "", link[1]).split() == ["老子山镇", "2"]
    assert 'role="group"' in page
    assert 'role="img"' in drawn(COUNTS)


def test_names_are_escaped() -> None:
    name = "<b>镇</b>"
    page = drawn(Chart(name, [name], [Series(name, [1]), Series(name, [2])]))
    assert name not in page
    assert escape(name) in page
