"""Charts without JavaScript: bars, lines and shares as lengths in per cent and em, so that large type scales them.

A drawing with a viewBox would shrink its words to nothing on a telephone. Here only the curve itself stands in one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import floor, isfinite, log10

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Words = str | Promise
Number = int | float | None

BAR, LINE, SHARE = "bar", "line", "share"
TONES = 6  # as many as can be told apart, in colour and by their dashes; see linli.css
ROOM = 11.0  # em: what the labels of an axis have on a narrow telephone in large type
DOTS = 31  # points up to which each has a dot
LINES_ACROSS = 4
NICE = (1.0, 2.0, 5.0, 10.0)
REACH = 0.74  # of the drawing: how far the longest bar goes, so that its number fits behind it


@dataclass(frozen=True)
class Series:
    """One row of numbers, one per label of its chart; None is a number that is withheld or missing."""

    name: Words
    values: Sequence[Number]


@dataclass(frozen=True)
class Chart:
    """What `{% chart %}` draws: `shape` is "bar", "line" or "share"; numbers are not below zero.

    `hrefs` opens what a label counts. `unit` follows each number, such as "%". `note` says what the reader must know.
    `heading` stands over the labels in the table, such as "Month". `high`: how tall a line is drawn at most, in em.
    """

    title: Words
    labels: Sequence[Words]
    series: Sequence[Series]
    shape: str = BAR
    unit: Words = ""
    note: Words = ""
    heading: Words = ""
    hrefs: Sequence[str] = ()
    high: int = 11


@dataclass(frozen=True)
class Bar:
    """A bar, `wide` per cent of the drawing, `y` em below the top of its group; a missing number has no length."""

    tone: int
    y: float
    wide: float
    said: str


@dataclass(frozen=True)
class Group:
    """The bars of one label, `y` em below the top."""

    label: Words
    href: str
    y: float
    high: float
    bars: list[Bar]


@dataclass(frozen=True)
class Dot:
    """A point of a line: `x` in per cent, `y` in em."""

    x: float
    y: float
    said: str


@dataclass(frozen=True)
class Curve:
    """A line of the chart; `strokes` are its unbroken stretches in a box of 100 by 100."""

    name: Words
    tone: int
    strokes: list[str]
    dots: list[Dot]


@dataclass(frozen=True)
class Tick:
    """A word beside an axis; `anchor` as SVG has it. `more` ones are seen only where the drawing is wide."""

    at: float
    said: Words
    anchor: str = "middle"
    more: bool = False


@dataclass(frozen=True)
class Slice:
    """A part of the whole, from `x` on, `wide` per cent; what is wide enough carries its share in words."""

    label: Words
    href: str
    tone: int
    x: float
    wide: float
    said: str
    share: str

    @property
    def middle(self) -> float:
        """Where its words stand."""
        return round(self.x + self.wide / 2, 2)

    @property
    def roomy(self) -> bool:
        """Whether words fit into it, also on a telephone."""
        return self.wide >= 14


@dataclass(frozen=True)
class Cell:
    """A label of the table and its numbers in words."""

    label: Words
    href: str
    said: list[str]


def said(value: Number, unit: Words = "") -> str:
    """A number as people read it: no more than one decimal, thousands apart; a dash for none."""
    if value is None or not isfinite(value):
        return "–"
    words = f"{value:,.1f}".removesuffix(".0")
    return f"{words}{unit}" if unit == "%" or not unit else f"{words} {unit}"


def rows(chart: Chart) -> list[Cell]:
    """The chart as a table, row by row."""
    return [
        Cell(label, _href(chart, place), [said(_value(each, place), chart.unit) for each in chart.series])
        for place, label in enumerate(chart.labels)
    ]


def bars(chart: Chart) -> list[Group]:
    """Lying bars: the label above them, so that a long name has the whole width."""
    most = ceiling(chart)
    high = 1.7 + 1.35 * len(chart.series)
    return [
        Group(
            label,
            _href(chart, place),
            round(place * (high + 0.4), 2),
            round(high, 2),
            [
                Bar(
                    tone,
                    round(1.7 + 1.35 * (tone - 1), 2),
                    round(_percent(_value(each, place), most) * REACH, 2),
                    said(_value(each, place), chart.unit),
                )
                for tone, each in enumerate(chart.series, start=1)
            ],
        )
        for place, label in enumerate(chart.labels)
    ]


def curves(chart: Chart) -> list[Curve]:
    """Lines over the labels; where a number is missing the line has a gap, never a guess."""
    most = ceiling(chart)
    across = _across(len(chart.labels))
    return [
        Curve(
            each.name,
            _tone(place),
            list(_strokes(each, across, most)),
            list(_dots(chart, each, across)),
        )
        for place, each in enumerate(chart.series)
    ]


def slices(chart: Chart) -> list[Slice]:
    """One bar cut into the parts of a whole; empty if there is nothing to share out."""
    numbers = [_number(_value(chart.series[0], place)) for place in range(len(chart.labels))]
    total = sum(numbers)
    if not total:
        return []
    found, x = [], 0.0
    for place, (label, number) in enumerate(zip(chart.labels, numbers, strict=True)):
        wide = number / total * 100
        words = said(_value(chart.series[0], place), chart.unit)
        share = f"{wide:.0f}%"
        found.append(
            Slice(label, _href(chart, place), _tone(place), round(x, 2), round(wide, 2), words, share)
        )
        x += wide
    return found


def ceiling(chart: Chart) -> float:
    """The number at the end of the scale, a round one; the scale always begins at nothing."""
    most = max((_number(value) for each in chart.series for value in each.values), default=0.0)
    return _step(most) * -(-most // _step(most)) if most else 1.0


def levels(chart: Chart) -> list[Tick]:
    """The lines across, from the bottom up: em from the top, and what they stand for."""
    most = ceiling(chart)
    step = _step(most)
    return [
        Tick(round(chart.high * (1 - step * place / most), 2), said(step * place, chart.unit))
        for place in range(round(most / step) + 1)
    ]


def ticks(chart: Chart) -> list[Tick]:
    """The labels of the lower axis that fit on a telephone, the first and the last among them, and some between."""
    across = _across(len(chart.labels))
    room = max(2, floor(ROOM / (max((_ems(str(label)) for label in chart.labels), default=1.0) + 0.6)))
    few, many = (_spread(len(chart.labels), number) for number in (room, 2 * room - 1))
    return [
        Tick(across[place], chart.labels[place], _anchor(across[place]), more=place not in few)
        for place in many
    ]


def summary(chart: Chart) -> str:
    """What a screen reader says before the table: how many numbers, the lowest and the highest."""
    numbers = [
        (value, place)
        for each in chart.series
        for place, value in enumerate(each.values)
        if value is not None
    ]
    if not numbers:
        return _("There are no numbers yet.")
    low, high = min(numbers), max(numbers)
    sentence = _(
        "Lowest: %(low)s (%(low_label)s); highest: %(high)s (%(high_label)s). The table below has every number."
    )
    return sentence % {
        "low": said(low[0], chart.unit),
        "low_label": chart.labels[low[1]],
        "high": said(high[0], chart.unit),
        "high_label": chart.labels[high[1]],
    }


def _tone(place: int) -> int:
    return place % TONES + 1


def _href(chart: Chart, place: int) -> str:
    return chart.hrefs[place] if place < len(chart.hrefs) else ""


def _value(series: Series, place: int) -> Number:
    return series.values[place] if place < len(series.values) else None


def _number(value: Number) -> float:
    return max(0.0, float(value)) if value is not None and isfinite(value) else 0.0


def _percent(value: Number, most: float) -> float:
    return round(_number(value) / most * 100, 2)


def _across(count: int) -> list[float]:
    """Where the points stand, in per cent; a single one in the middle."""
    return [50.0] if count == 1 else [round(place / (count - 1) * 100, 2) for place in range(count)]


def _strokes(series: Series, across: Sequence[float], most: float) -> Iterator[str]:
    found = [(x, _value(series, place)) for place, x in enumerate(across)]
    for there, stretch in groupby(found, lambda point: point[1] is not None):
        if there:
            points = [f"{x},{round(100 - _percent(value, most), 2)}" for x, value in stretch]
            yield " ".join(points if len(points) > 1 else points * 2)  # by itself it is a round dot


def _dots(chart: Chart, series: Series, across: Sequence[float]) -> Iterator[Dot]:
    if len(across) > DOTS:
        return
    most = ceiling(chart)
    for place, x in enumerate(across):
        value = _value(series, place)
        if value is not None:
            words = f"{chart.labels[place]} {series.name} {said(value, chart.unit)}"
            yield Dot(x, round(chart.high * (1 - _percent(value, most) / 100), 2), words)


def _step(most: float) -> float:
    """The distance of the lines across: 1, 2, 2.5 or 5 of some power of ten; of counts never a part of one."""
    if most <= 0:
        return 1.0
    power = 10.0 ** floor(log10(most / LINES_ACROSS))
    step = next(power * each for each in NICE if power * each * LINES_ACROSS >= most * 0.999)
    return max(1.0, step) if most >= 1 else step


def _spread(count: int, room: int) -> list[int]:
    if count <= room:
        return list(range(count))
    return sorted({round(each * (count - 1) / (room - 1)) for each in range(room)})


def _anchor(at: float) -> str:
    return "start" if at < 5 else "end" if at > 95 else "middle"


def _ems(words: str) -> float:
    return sum(1.0 if ord(each) > 0x2E7F else 0.58 for each in words)
