"""Walking the division tree inside one's area: where one stands, the way up to one's own division, what lies below."""

from __future__ import annotations

from dataclasses import dataclass

from linli.base.errors import Invalid, NotFound
from linli.base.generations import Cached
from linli.divisions.codes import Level, lineage, parse_code
from linli.divisions.models import FAMILY, Division
from linli.posts.actor import PostActor


@dataclass(frozen=True)
class Node:
    """A place in the tree; `above` begins with the actor's own division."""

    here: Division
    above: list[Division]
    below: list[Division]

    @property
    def path(self) -> list[Division]:
        """From the actor's division down to here."""
        return [*self.above, self.here]


def standing_at(by: PostActor, code: str = "") -> Node:
    """The node with this trimmed code, the actor's own without one; NotFound outside the area (kept)."""
    own = by.post.division.trimmed
    return _node(own, code or own)


def parted_at(node: Node, by: PostActor) -> Node:
    """The place whose parts are shown: where one place alone lies below, that one, as one part compares nothing."""
    while len(node.below) == 1 and node.below[0].level < Level.VILLAGE:
        node = standing_at(by, node.below[0].trimmed)
    return node


def _read(own: str, code: str) -> Node:
    try:
        codes = [each for each in lineage(code) if len(each) >= len(own)]
    except Invalid as trouble:
        raise NotFound from trouble
    if not codes or codes[0] != own:
        raise NotFound
    padded = [parse_code(each) for each in codes]
    rows = Division.objects.current().within(own).filter(code__in=padded)
    path = {row.trimmed: row for row in rows}
    if code not in path:
        raise NotFound
    here = path[code]
    below = list(Division.objects.current().filter(parent=here).order_by("code"))
    return Node(here, [path[each] for each in codes[:-1] if each in path], below)


_node: Cached[Node] = Cached(FAMILY, _read)
