"""A procedure drawn as SVG: stages as boxes, steps as arrows that carry their name and who may take them.

Every step is a small plate between the stages it leaves and the one it enters. Layers run downwards along the way
of a case; arrows back (returned, rework, reopened) run upwards. The layout is the classic one of layers, order and
alignment (Sugiyama), small enough to be read: procedures have tens of steps, not thousands.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from types import MappingProxyType
from unicodedata import east_asian_width

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.cases.procedure import ANYONE, REPORTER, Procedure, Role, Step
from linli.posts.models import PostKind

STAGE, PLATE, BEND = "stage", "plate", "bend"
STAGE_TYPE, STEP_TYPE, WHO_TYPE = 16, 14, 12
HEIGHTS = {STAGE: 42, PLATE: 40, BEND: 0}
BETWEEN, APART, EDGE = 30, 18, 12
SWEEPS = 24
PORT = 20  # between two arrows that touch the same side of a box
_PULL = (1.0, 2.0, 8.0)  # by how many ends are bends
INK, SOFT, LAKE, WASH, LINE, FAINT, SHEET = (
    "#16282b",
    "#4b5d60",
    "#0c5158",
    "#e3efed",
    "#6e7f81",
    "#dcd8cc",
    "#ffffff",
)
FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, sans-serif"


@dataclass(eq=False)
class Node:
    """A stage, the plate of a step, or a bend of a long arrow; `x` is its middle."""

    shape: str
    name: str
    layer: int
    width: float
    texts: tuple[str, ...] = ()
    broken: bool = False  # a step only the system takes
    ends: bool = False
    x: float = 0.0
    y: float = 0.0
    height: float = 0.0
    up: list[Node] = field(default_factory=list)
    down: list[Node] = field(default_factory=list)


@dataclass
class _Paper:
    """The whole drawing: nodes by layer, and the arrows as chains of nodes from a stage to a stage."""

    layers: dict[int, list[Node]] = field(default_factory=dict)
    chains: list[list[Node]] = field(default_factory=list)

    def add(self, node: Node) -> Node:
        self.layers.setdefault(node.layer, []).append(node)
        return node


def draw(procedure: Procedure) -> str:
    """The procedure as one SVG, in the reader's language, for pages and documents; its texts are escaped."""
    paper = _laid_out(procedure)
    _order(paper)
    _align(paper)
    width, height = _placed(paper)
    title = _("Procedure: %(kind)s") % {"kind": procedure.label}
    steps = ngettext("%(count)d step", "%(count)d steps", len(procedure.steps)) % {
        "count": len(procedure.steps)
    }
    what = _("%(stages)d stages and %(steps)s. The same stands in words below.") % {
        "stages": len(procedure.stages),
        "steps": steps,
    }
    name = f"procedure-{procedure.kind}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="procedure" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img" aria-labelledby="{name}-title {name}-what" '
        f'font-family="{FONT}" text-anchor="middle">',
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-what">{escape(what)}</desc>',
        f'<defs><marker id="{name}-head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        f'orient="auto"><path d="M0 1L9 5L0 9z" fill="{LINE}"/></marker></defs>',
        *_arrows(paper, name),
        *(part for layer in paper.layers.values() for node in layer for part in _drawn(node)),
        "</svg>",
    ]
    return "".join(parts)


def takers(step: Step, roles: Mapping[str, Role] = MappingProxyType({})) -> str:
    """Who may take a step, in words."""
    kinds = dict(PostKind.choices)
    found = [str(kinds[kind]) for kind in PostKind.values if kind in step.posts]
    if step.tasked:
        found.append(_("whoever has the task"))
    found[:0] = [str(role.label) for role in roles.values() if role.name in step.parties]
    if REPORTER in step.parties and REPORTER not in roles:
        found.insert(0, _("reporter"))
    if ANYONE in step.parties:
        found.insert(0, _("anyone"))
    if step.system:
        found.append(_("the clock"))
    return _(", ").join(found)


# --- layers: where everything stands from top to bottom -----------------------------------------------------


def _laid_out(procedure: Procedure) -> _Paper:
    depths = _depths(procedure)
    paper = _Paper()
    stages = {
        name: paper.add(_stage(str(stage.label), depths[name], ends=stage.ends, name=name))
        for name, stage in procedure.stages.items()
    }
    for step in procedure.steps.values():
        if not step.targets:  # it moves nothing: the words below the drawing tell of it
            continue
        target = depths[step.enters]
        forward = step.opens or any(depths[leaf] < target for leaf in step.leaves)
        plate = paper.add(_plate(step, target - 1 if forward else target + 1, procedure.roles))
        bends: dict[int, Node] = {plate.layer: plate}
        for leaf in sorted(step.leaves, key=lambda leaf: (abs(depths[leaf] - plate.layer), leaf)):
            paper.chains.append(_chain(paper, stages[leaf], plate, bends))
        paper.chains.append([plate, stages[step.enters]])
        for other in sorted(step.otherwise, key=lambda stage: (abs(depths[stage] - plate.layer), stage)):
            paper.chains.append(_chain(paper, stages[other], plate, bends)[::-1])
    for chain in paper.chains:
        _join(chain)
    return paper


def _depths(procedure: Procedure) -> dict[str, int]:
    """Two layers per stage, by the longest way there that does not run in a circle."""
    onward = _onward(procedure)
    depths = dict.fromkeys(procedure.stages, 0)
    for _round in procedure.stages:
        for source, target in onward:
            depths[target] = max(depths[target], depths[source] + 2)
    return depths


def _onward(procedure: Procedure) -> list[tuple[str, str]]:
    """The moves from stage to stage that do not lead back to where a case has been; always in the same order."""
    found: dict[tuple[str, str], None] = {}
    done: set[str] = set()

    def walk(stage: str, way: tuple[str, ...]) -> None:
        for target in (step.enters for step in procedure.leaving(stage) if step.targets):
            if target not in way:
                found[stage, target] = None
                if target not in done:
                    walk(target, (*way, target))
        done.add(stage)

    first = procedure.opening.enters
    walk(first, (first,))
    return list(found)


def _stage(label: str, layer: int, *, ends: bool, name: str) -> Node:
    return Node(STAGE, name, layer, max(84.0, _wide(label, STAGE_TYPE) + 32), (label,), ends=ends)


def _plate(step: Step, layer: int, roles: Mapping[str, Role]) -> Node:
    texts = (str(step.label), takers(step, roles))
    width = max(_wide(texts[0], STEP_TYPE), _wide(texts[1], WHO_TYPE)) + 20
    alone = step.system and not (step.posts or step.parties or step.tasked)
    return Node(PLATE, step.name, layer, width, texts, broken=alone)


def _chain(paper: _Paper, stage: Node, plate: Node, bends: dict[int, Node]) -> list[Node]:
    """From a stage to a plate through one bend per layer; arrows to the same plate share their bends."""
    towards = 1 if stage.layer < plate.layer else -1
    chain = [stage]
    for layer in range(stage.layer + towards, plate.layer, towards):
        if layer not in bends:
            bends[layer] = paper.add(Node(BEND, plate.name, layer, 10.0))
        chain.append(bends[layer])
    return [*chain, plate]


def _join(chain: Sequence[Node]) -> None:
    for one, other in itertools.pairwise(chain):
        upper, lower = (one, other) if one.layer < other.layer else (other, one)
        if lower not in upper.down:
            upper.down.append(lower)
            lower.up.append(upper)


def _wide(text: str, size: int) -> float:
    """About how wide a text is drawn: Chinese is square, Latin a good half of it."""
    return sum(1.0 if east_asian_width(letter) in "WF" else 0.56 for letter in text) * size


# --- order: as few crossings as can be had ------------------------------------------------------------------


def _order(paper: _Paper) -> None:
    best, fewest = _snapshot(paper), _crossings(paper)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        for layer in sorted(paper.layers, reverse=not downwards):
            _sort(paper.layers, layer, downwards=downwards)
        crossings = _crossings(paper)
        if crossings < fewest:
            best, fewest = _snapshot(paper), crossings
    paper.layers = best


def _snapshot(paper: _Paper) -> dict[int, list[Node]]:
    return {layer: list(nodes) for layer, nodes in sorted(paper.layers.items())}


def _sort(layers: dict[int, list[Node]], layer: int, *, downwards: bool) -> None:
    """Each node moves to the mean place of its neighbours in the layer just passed."""
    beside = {node: place for place, node in enumerate(layers.get(layer + (-1 if downwards else 1), []))}
    nodes = layers[layer]

    def wanted(node: Node) -> float:
        near = [beside[other] for other in (node.up if downwards else node.down)]
        return sum(near) / len(near) if near else nodes.index(node)

    layers[layer] = sorted(nodes, key=wanted)


def _crossings(paper: _Paper) -> int:
    total = 0
    for layer, nodes in paper.layers.items():
        below = {node: place for place, node in enumerate(paper.layers.get(layer + 1, []))}
        lines = [(place, below[other]) for place, node in enumerate(nodes) for other in node.down]
        total += sum((a - c) * (b - d) < 0 for a, b in lines for c, d in lines) // 2
    return total


# --- alignment: as straight as the order allows -------------------------------------------------------------


def _align(paper: _Paper) -> None:
    for nodes in paper.layers.values():
        _settle(nodes, [0.0] * len(nodes))
    for sweep in range(SWEEPS * 6):
        for layer in sorted(paper.layers, reverse=sweep % 2 == 1):
            nodes = paper.layers[layer]
            _settle(nodes, [_wish(node) for node in nodes])


def _wish(node: Node) -> float:
    """Where a node would stand if nobody were in the way; bends pull hard, so that long arrows are straight."""
    near = [
        (other.x, _PULL[(node.shape == BEND) + (other.shape == BEND)]) for other in (*node.up, *node.down)
    ]
    return sum(x * pull for x, pull in near) / sum(pull for _x, pull in near) if near else node.x


def _settle(nodes: Sequence[Node], wishes: Sequence[float]) -> None:
    """The places nearest to the wishes that keep order and distance (pooling neighbours that would overlap)."""
    offsets, place = [], 0.0
    for number, node in enumerate(nodes):
        place += (nodes[number - 1].width + node.width) / 2 + APART if number else 0.0
        offsets.append(place)
    pools: list[list[float]] = []  # sum of wishes, how many
    for wish, offset in zip(wishes, offsets, strict=True):
        pools.append([wish - offset, 1.0])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
    means = [total / count for total, count in pools for _each in range(int(count))]
    for node, mean, offset in zip(nodes, means, offsets, strict=True):
        node.x = mean + offset


def _placed(paper: _Paper) -> tuple[float, float]:
    """Move everything to positive places, stack the layers; the size of the paper."""
    everything = [node for nodes in paper.layers.values() for node in nodes]
    left = min(node.x - node.width / 2 for node in everything)
    top = float(EDGE)
    for _layer, nodes in sorted(paper.layers.items()):
        tallest = max(HEIGHTS[node.shape] for node in nodes)
        for node in nodes:
            node.height = HEIGHTS[node.shape] or tallest  # arrows pass a layer upright, beside its plates
            node.x = round(node.x - left + EDGE, 1)
            node.y = round(top + tallest / 2, 1)
        top += tallest + BETWEEN
    width = max(node.x + node.width / 2 for node in everything) + EDGE
    return round(width), round(top - BETWEEN + EDGE)


# --- ink ----------------------------------------------------------------------------------------------------


def _arrows(paper: _Paper, name: str) -> Iterator[str]:
    ports = _ports(paper.chains)
    for number, chain in enumerate(paper.chains):
        head = (
            f' marker-end="url(#{name}-head)"'
            if chain[-1].shape == STAGE or chain[-1].layer < chain[0].layer
            else ""
        )
        dashes = ' stroke-dasharray="5 4"' if any(node.broken for node in chain) else ""
        way = _line(chain, ports.get((number, 0), 0.0), ports.get((number, -1), 0.0))
        yield f'<path d="{way}" fill="none" stroke="{LINE}" stroke-width="1.5"{dashes}{head}/>'


def _ports(chains: Sequence[Sequence[Node]]) -> dict[tuple[int, int], float]:
    """How far from the middle of its box each arrow begins or ends, so that none hides another."""
    sides: dict[tuple[Node, bool], list[tuple[float, tuple[int, int]]]] = {}
    for number, chain in enumerate(chains):
        for end, beside in ((0, 1), (-1, -2)):
            if chain[end].shape == STAGE:
                below = chain[beside].layer > chain[end].layer
                sides.setdefault((chain[end], below), []).append((chain[beside].x, (number, end)))
    found = {}
    for (node, _below), touching in sides.items():
        step = min(PORT, node.width * 0.85 / len(touching))
        for place, (_x, key) in enumerate(sorted(touching)):
            found[key] = (place - (len(touching) - 1) / 2) * step
    return found


def _line(chain: Sequence[Node], leaves: float, enters: float) -> str:
    """A smooth line that leaves and enters upright, so many units beside the middle of its boxes."""
    across = [node.x for node in chain]
    across[0] += leaves
    across[-1] += enters
    parts: list[str] = []
    for place, (one, other) in enumerate(itertools.pairwise(chain)):
        sign = 1 if one.layer < other.layer else -1
        start, stop = one.y + sign * one.height / 2, other.y - sign * other.height / 2
        here, there, middle = across[place], across[place + 1], (start + stop) / 2
        parts.append(f"{'L' if parts else 'M'}{here:g} {start:g}")
        parts.append(f"C{here:g} {middle:g} {there:g} {middle:g} {there:g} {stop:g}")
    return "".join(parts)


def _drawn(node: Node) -> Iterable[str]:
    if node.shape == BEND:
        return []
    x, y = node.x - node.width / 2, node.y - node.height / 2
    box = f'x="{x:g}" y="{y:g}" width="{node.width:g}" height="{node.height:g}"'
    if node.shape == PLATE:
        return [
            f'<rect {box} rx="6" fill="{SHEET}" stroke="{FAINT}"/>',
            _text(
                node.texts[0], node.x, node.y - 3, f'font-size="{STEP_TYPE}" font-weight="600" fill="{LAKE}"'
            ),
            _text(node.texts[1], node.x, node.y + 13, f'font-size="{WHO_TYPE}" fill="{SOFT}"'),
        ]
    inner = f'x="{x + 4:g}" y="{y + 4:g}" width="{node.width - 8:g}" height="{node.height - 8:g}"'
    ring = f'<rect {inner} rx="4" fill="none" stroke="{LAKE}"/>' if node.ends else ""
    return [
        f'<rect {box} rx="7" fill="{WASH}" stroke="{LAKE}" stroke-width="2"/>{ring}',
        _text(node.texts[0], node.x, node.y + 6, f'font-size="{STAGE_TYPE}" font-weight="650" fill="{INK}"'),
    ]


def _text(words: str, x: float, y: float, look: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" {look}>{escape(words)}</text>'
