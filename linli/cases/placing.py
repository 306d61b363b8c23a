"""Where a case lies whose place nobody named."""

from __future__ import annotations

from linli.divisions.models import Division
from linli.posts.actor import Actor, PostActor


def unplaced(by: Actor | None, served: Division) -> Division:
    """What a post takes in lies in its own area, unless that is wider than what is served here; all else lies there."""
    own = by.post.division if isinstance(by, PostActor) else served
    return served if own.contains(served) else own
