"""The drawing of a procedure: complete, well-formed, nothing over anything else."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.utils.translation import override

from linli.cases.drawing import draw, takers
from linli.cases.kinds import all_kinds, kind_of
from linli.cases.procedure import Procedure, Stage, Step, Words

SVG = "{http://www.w3.org/2000/svg}"


def boxes(drawing):
    rows = [each.attrib for each in ElementTree.fromstring(drawing).iter(f"{SVG}rect")]
    return [
        tuple(float(row[key]) for key in ("x", "y", "width", "height"))
        for row in rows
        if row["fill"] != "none"
    ]


def looping():
    """A step that stays where it is, one that comes back, and a text that must be escaped."""
    words = lambda text: Words(text, text)  # noqa: E731
    stages = {name: Stage(name, words(name), ends=name == "end") for name in ("one", "two", "end")}
    steps = [
        Step("open", words("open"), "one", opens=True, parties=frozenset({"anyone"})),
        Step("go", words("a < b"), "two", frozenset({"one"}), tasked=frozenset({"next"})),
        Step("stay", words("stay"), "two", frozenset({"two"}), posts=frozenset({"clerk"})),
        Step("back", words("back"), "one", frozenset({"two", "end"}), posts=frozenset({"head"})),
        Step("finish", words("finish"), "end", frozenset({"two", "one"}), system=True),
    ]
    return Procedure("made_up", words("made & up"), stages, {step.name: step for step in steps})


def procedures():
    return [*[kind.procedure for kind in all_kinds()], looping()]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("procedure", procedures(), ids=lambda each: each.kind)
def test_every_stage_and_step_is_there_once_and_nothing_overlaps(procedure, language):
    with override(language):
        drawing = draw(procedure)
        texts = [each.text for each in ElementTree.fromstring(drawing).iter(f"{SVG}text")]
        moving = [step for step in procedure.steps.values() if step.targets]
        for part in (*procedure.stages.values(), *moving):
            assert str(part.label) in texts
    found = boxes(drawing)
    assert len(found) == len(procedure.stages) + len(moving)
    for number, (x, y, width, height) in enumerate(found):
        for left, top, across, down in found[number + 1 :]:
            assert x + width <= left or left + across <= x or y + height <= top or top + down <= y


@pytest.mark.parametrize("procedure", procedures(), ids=lambda each: each.kind)
def test_every_move_has_its_arrow(procedure):
    paths = [
        each for each in ElementTree.fromstring(draw(procedure)).iter(f"{SVG}path") if each.get("stroke")
    ]
    assert len(paths) == sum(
        len(step.leaves) + len(step.targets) for step in procedure.steps.values() if step.targets
    )


def test_it_can_be_read_out_and_needs_no_style():
    root = ElementTree.fromstring(draw(kind_of("matters").procedure))
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text
    assert root.find(f"{SVG}desc").text
    assert not [each for each in root.iter() if each.get("style")]


def test_it_is_the_same_every_time():
    procedure = kind_of("matters").procedure
    assert draw(procedure) == draw(procedure)


def test_whoever_may_take_a_step_is_named():
    steps = kind_of("matters").procedure.steps
    with override("en"):
        assert takers(steps["accept"]) == "Intake clerk"
        assert takers(steps["handle"]) == "whoever has the task"
        assert takers(steps["lapse"]) == "the clock"
