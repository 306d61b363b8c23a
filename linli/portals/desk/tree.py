"""Walking the division tree inside one's area: where one stands, the way up to one's own division, what lies below."""

from __future__ import annotations

from dataclasses import dataclass

from linli.base.errors import Invalid, NotFound
from linli.divisions.codes import lineage
from linli.divisions.models import Division
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
    """The node with this trimmed code, the actor's own without one; NotFound outside the area (two statements)."""
    own = by.post.division
    code = code or own.trimmed
    try:
        codes = [each for each in lineage(code) if len(each) >= len(own.trimmed)]
    except Invalid as trouble:
        raise NotFound from trouble
    if not codes or codes[0] != own.trimmed:
        raise NotFound
    rows = (
        Division.objects.current()
        .within(own.trimmed)
        .filter(code__in=[int(each.ljust(17, "0")) for each in codes])
    )
    path = {row.trimmed: row for row in rows}
    if code not in path:
        raise NotFound
    here = path[code]
    below = list(Division.objects.current().filter(parent=here).order_by("code"))
    return Node(here, [path[each] for each in codes[:-1] if each in path], below)
