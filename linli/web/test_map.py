"""The map keeps proportions, fits its paper and has the same places as a list."""

from __future__ import annotations

import pytest
from django.template import engines
from django.utils.html import escape

from linli.web.map import MARGIN, TALLEST, WIDTH, Drawing, Map, Outline, Pin, draw

# Before a page loads: a browser that cannot draw maps.
NO_WEBGL = """const own = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind.startsWith("webgl") ? null : own.call(this, kind, ...more);
};"""
SQUARE_ON_THE_GROUND = Outline(
    [(120.0, 60.0), (120.02, 60.0), (120.02, 60.01), (120.0, 60.01)], label="第一网格"
)


def paper(content: Map) -> Drawing:
    drawing = draw(content)
    assert drawing is not None
    return drawing


def corners(drawing: Drawing) -> list[tuple[float, float]]:
    pairs = [pair.split(",") for pair in drawing.shapes[0].corners.split()]
    return [(float(x), float(y)) for x, y in pairs]


def test_a_square_on_the_ground_is_a_square_on_paper() -> None:
    across, down = zip(*corners(paper(Map([SQUARE_ON_THE_GROUND]))), strict=True)
    assert max(across) - min(across) == pytest.approx(max(down) - min(down), rel=0.01)


def test_north_is_up_and_east_is_right() -> None:
    south_west, _se, north_east, _nw = corners(paper(Map([SQUARE_ON_THE_GROUND])))
    assert north_east[0] > south_west[0]
    assert north_east[1] < south_west[1]


@pytest.mark.parametrize("size", [(0.5, 0.001), (0.001, 0.5), (0.0, 0.0)])
def test_everything_stays_inside_the_paper(size: tuple[float, float]) -> None:
    wide, tall = size
    drawing = paper(Map([Outline([(119.0, 33.0), (119.0 + wide, 33.0), (119.0 + wide, 33.0 + tall)])]))
    for x, y in corners(drawing):
        assert MARGIN - 1 <= x <= WIDTH - MARGIN + 1
        assert MARGIN - 1 <= y <= drawing.height - MARGIN + 1
    assert drawing.height <= TALLEST + 1


def test_the_scale_bar_is_a_round_number_of_metres_of_the_right_length() -> None:
    drawing = paper(Map([SQUARE_ON_THE_GROUND]))
    height_on_paper = drawing.height - 2 * MARGIN
    assert drawing.metres in {200, 500}
    assert drawing.bar / height_on_paper == pytest.approx(drawing.metres / 1113.2, rel=0.01)


def test_a_single_pin_has_surroundings_and_a_number() -> None:
    drawing = paper(Map(pins=[Pin(119.14, 33.5, "北门")]))
    assert (drawing.marks[0].number, drawing.marks[0].x) == (1, WIDTH / 2)


def test_nothing_to_show_is_no_map() -> None:
    assert draw(Map()) is None


def test_the_places_stand_in_a_list_too_and_are_escaped() -> None:
    name = "<b>老街</b>"
    content = Map([SQUARE_ON_THE_GROUND], [Pin(120.01, 60.005, name, href="/desk/1/")], note="示意")
    html = engines["django"].from_string('{% svg_map map "where" %}').render({"map": content})
    twin = html[html.index("<details") :]
    assert f'<a href="/desk/1/">{escape(name)}</a>' in twin
    assert "第一网格" in twin
    assert "示意" in html
    assert name not in html


def test_a_map_with_links_is_a_group_and_one_without_an_image() -> None:
    drawn = engines["django"].from_string("{% svg_map map %}")
    assert 'role="img"' in drawn.render({"map": Map([SQUARE_ON_THE_GROUND])})
    assert 'role="group"' in drawn.render({"map": Map(pins=[Pin(119.1, 33.5, "北门", href="/x/")])})
