"""The post-rule table: which kinds of post have which power. In process, deny by default.

A power is named after what it allows (`matters.dispatch`, `posts.appoint`). Procedures add theirs at start. Each has
words for people: a right that nobody can read is a right that nobody can question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from linli.posts.models import PostKind

Label = Callable[[], str]
EVERYBODY = frozenset(PostKind.values)
ADMINISTRATOR, HEAD = PostKind.ADMINISTRATOR, PostKind.HEAD


@dataclass(frozen=True)
class PostRule:
    """A row of the table: what is allowed, in words, and to which kinds of post."""

    power: str
    label: Label
    kinds: frozenset[str]


_rules: dict[str, PostRule] = {
    rule.power: rule
    for rule in (
        PostRule(
            "posts.appoint", lambda: gettext("Set up posts, appoint and dismiss"), frozenset({ADMINISTRATOR})
        ),
        PostRule(
            "posts.deputise", lambda: gettext("Confirm who stands in"), frozenset({ADMINISTRATOR, HEAD})
        ),
        PostRule("divisions.edit", lambda: gettext("Change areas and grids"), frozenset({ADMINISTRATOR})),
        PostRule(
            "calls.take",
            lambda: gettext("Take calls and look up what a caller raised"),
            frozenset({PostKind.CALL_TAKER, PostKind.CLERK}),
        ),
        PostRule("cases.list", lambda: gettext("See lists and cases of the area"), EVERYBODY),
        PostRule(
            "filters.share",
            lambda: gettext("Share a filter with other posts"),
            frozenset({HEAD, ADMINISTRATOR}),
        ),
        PostRule(
            "exports.approve",
            lambda: gettext("Approve a file with names and telephone numbers"),
            frozenset({HEAD, ADMINISTRATOR}),
        ),
        PostRule(
            "exports.return",
            lambda: gettext("Ask for a list of confidential cases without parties"),
            frozenset({HEAD, ADMINISTRATOR, PostKind.CLERK}),
        ),
        PostRule("catalogue.read", lambda: gettext("Read the catalogue"), EVERYBODY),
        PostRule("catalogue.edit", lambda: gettext("Change the catalogue"), frozenset({ADMINISTRATOR})),
        PostRule("calendar.edit", lambda: gettext("Change the working calendar"), frozenset({ADMINISTRATOR})),
        PostRule(
            "templates.edit", lambda: gettext("Change reply templates"), frozenset({HEAD, ADMINISTRATOR})
        ),
        PostRule(
            "papers.edit", lambda: gettext("Change the templates of documents"), frozenset({ADMINISTRATOR})
        ),
        PostRule("registers.read", lambda: gettext("See the registers"), EVERYBODY),
        PostRule("registers.edit", lambda: gettext("Change the registers"), frozenset({ADMINISTRATOR})),
        PostRule("notices.resend", lambda: gettext("Send stuck notices again"), frozenset({ADMINISTRATOR})),
        PostRule(
            "looks.inspect", lambda: gettext("See what a post has read"), frozenset({PostKind.INSPECTOR})
        ),
        PostRule(
            "looks.print",
            lambda: gettext("Print for somebody who looked at their data"),
            frozenset({PostKind.CLERK}),
        ),
        PostRule(
            "residents.register",
            lambda: gettext("Register residents and open a record by a whole number"),
            frozenset({PostKind.GRID_WORKER, PostKind.CLERK}),
        ),
        PostRule(
            "residents.doubles",
            lambda: gettext("Decide whether two records are of one person"),
            frozenset({PostKind.CLERK}),
        ),
        PostRule(
            "residents.guardians",
            lambda: gettext("Note guardians, and whom residents let act for them"),
            frozenset({PostKind.CLERK}),
        ),
        PostRule(
            "residents.rules", lambda: gettext("Change what is kept of residents"), frozenset({ADMINISTRATOR})
        ),
        PostRule("privacy.read", lambda: gettext("See what is done with people's data and why"), EVERYBODY),
        PostRule(
            "privacy.assess",
            lambda: gettext("Make an impact assessment"),
            frozenset({ADMINISTRATOR, PostKind.INSPECTOR}),
        ),
        PostRule(
            "privacy.approve",
            lambda: gettext("Approve an impact assessment that somebody else made"),
            frozenset({HEAD, PostKind.INSPECTOR}),
        ),
        PostRule(
            "coverage.read",
            lambda: gettext("See where posts are missing"),
            frozenset({ADMINISTRATOR, HEAD, PostKind.DISPATCHER}),
        ),
        PostRule(
            "command.read",
            lambda: gettext("Watch over the area in the command centre"),
            frozenset({HEAD, PostKind.DISPATCHER}),
        ),
        PostRule(
            "command.alerts",
            lambda: gettext("Change the alert rules of the command centre"),
            frozenset({HEAD}),
        ),
    )
}


def allow(power: str, kinds: Iterable[str], *, label: Label | None = None) -> None:
    """Give a power to kinds of post; unknown kinds are a mistake in a procedure."""
    wanted = frozenset(kinds)
    if unknown := wanted - EVERYBODY:
        raise ValueError(f"{power}: no such kind of post: {', '.join(sorted(unknown))}")
    _rules[power] = PostRule(power, label or (lambda: power), wanted)


def kinds_with(power: str) -> frozenset[str]:
    """The kinds of post that have a power; empty for an unknown one."""
    rule = _rules.get(power)
    return rule.kinds if rule else frozenset()


def post_rules() -> Mapping[str, PostRule]:
    """The whole table, to be read; by power, in the order in which it was filled."""
    return dict(_rules)
