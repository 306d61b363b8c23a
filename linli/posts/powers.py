"""The post-rule table: which kinds of post have which power. In process, deny by default.

A power is named after what it allows (`matters.dispatch`, `posts.appoint`). Procedures add theirs at start.
"""

from __future__ import annotations

from collections.abc import Iterable

from linli.posts.models import PostKind

_rules: dict[str, frozenset[str]] = {
    "posts.appoint": frozenset({PostKind.ADMINISTRATOR}),
    "posts.deputise": frozenset({PostKind.ADMINISTRATOR, PostKind.HEAD}),
    "divisions.edit": frozenset({PostKind.ADMINISTRATOR}),
    "calls.take": frozenset({PostKind.CALL_TAKER, PostKind.CLERK}),
    "cases.list": frozenset(PostKind.values),
    "filters.share": frozenset({PostKind.HEAD, PostKind.ADMINISTRATOR}),
    "exports.approve": frozenset({PostKind.HEAD, PostKind.ADMINISTRATOR}),
    "catalogue.read": frozenset(PostKind.values),
    "catalogue.edit": frozenset({PostKind.ADMINISTRATOR}),
    "calendar.edit": frozenset({PostKind.ADMINISTRATOR}),
    "templates.edit": frozenset({PostKind.HEAD, PostKind.ADMINISTRATOR}),
    "papers.edit": frozenset({PostKind.ADMINISTRATOR}),
    "registers.read": frozenset(PostKind.values),
    "registers.edit": frozenset({PostKind.ADMINISTRATOR}),
    "notices.resend": frozenset({PostKind.ADMINISTRATOR}),
    "coverage.read": frozenset({PostKind.ADMINISTRATOR, PostKind.HEAD, PostKind.DISPATCHER}),
}


def allow(power: str, kinds: Iterable[str]) -> None:
    """Give a power to kinds of post; unknown kinds are a mistake in a procedure."""
    wanted = frozenset(kinds)
    if unknown := wanted - set(PostKind.values):
        raise ValueError(f"{power}: no such kind of post: {', '.join(sorted(unknown))}")
    _rules[power] = wanted


def kinds_with(power: str) -> frozenset[str]:
    """The kinds of post that have a power; empty for an unknown one."""
    return _rules.get(power, frozenset())
