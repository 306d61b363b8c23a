"""The story of a case: its ledger entries as a reader may see them, oldest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.cases.kinds import kind_of, power
from linli.cases.models import Case
from linli.cases.parties import role_words, rows_of_parties
from linli.cases.procedure import REPRESENTATIVE
from linli.cases.sight import Sight, sight_of
from linli.ledger.models import Entry
from linli.ledger.names import known
from linli.posts.actor import PostActor
from linli.posts.models import Holding, Post

OWN_WORDS = "reporter"
OWN_SIDE = {OWN_WORDS, REPRESENTATIVE}
OTHER_PARTY = "party"
FOR_STAFF = {"note"}  # what posts write to each other
NOTE, WITHDRAW_NOTE, PRINT = "cases.note", "cases.withdraw_note", "cases.print"
GREW, DECIDE = "cases.grew", "cases.decide"
MOST_NAMED = 12  # more posts than that nobody reads in a line


@dataclass(frozen=True)
class Happening:
    """One line of the story. `post` names a post, never a person; `words` what was written.

    `step` is empty for what moved nothing (a note, a print). `acting`: by somebody who stood in for the holder.
    `party`: by which party, itself or through who acts for it, where a case can have several.
    """

    key: UUID
    name: str
    step: str
    label: str
    at: datetime
    recorded_at: datetime
    post: str
    post_key: int | None
    relation: str
    words: dict[str, str]
    facts: dict[str, Any]
    acting: bool = False
    withdrawn: bool = False
    party: str = ""


def story_for_staff(case: Case, *, by: PostActor) -> list[Happening]:
    """Everything, for posts that see the whole case (three statements).

    To others what is published, and in words only what they wrote themselves or what was handed to them.
    """
    if sight_of(case, by=by) is Sight.WHOLE:
        return _told(case, _entries(case, without=_of_others(case, by)))
    published, post = published_names(case.kind), by.post.pk
    own = [each for each in _entries(case) if each.name in published or each.post == post]
    mine = {each.pk for each in own if each.post == post or post in _next_posts(each)}
    return [each if each.key in mine else replace(each, words={}) for each in _told(case, own)]


def story_for_reporter(case: Case, nr: int = 0) -> list[Happening]:
    """The published steps, for the reporter or another party by its number; what the others wrote is theirs alone."""
    published = published_names(case.kind)
    told = _told(case, [entry for entry in _entries(case) if entry.name in published])
    return [_as_read_by(nr, each) if each.party else each for each in told]


def _as_read_by(nr: int, each: Happening) -> Happening:
    """A party's own steps are its own (`OWN_WORDS`), whatever its role; another's go by the role, without words."""
    if each.facts.get("party", 0) != nr:
        return replace(each, relation=OTHER_PARTY, post=each.party, words={})
    return each if each.relation == REPRESENTATIVE else replace(each, relation=OWN_WORDS)


def published_names(kind: str) -> frozenset[str]:
    """The names of the entries that the person who raised a case may read."""
    steps = kind_of(kind).procedure.steps.values()
    return frozenset(power(kind, step) for step in steps if step.published)


def words_for_reporter(relation: str, words: Mapping[str, str]) -> str:
    """What was written in a published step, without what posts write to each other."""
    return "\n".join(
        text for name, text in words.items() if text and (relation in OWN_SIDE or name not in FOR_STAFF)
    )


def _of_others(case: Case, by: PostActor) -> Q:
    """What other posts did in steps that many take alongside: pages count them, nobody reads who answered what."""
    steps = [step for step in kind_of(case.kind).procedure.steps.values() if step.alongside]
    names = [power(case.kind, step) for step in steps]
    return Q(name__in=[*names, GREW]) & ~Q(post=by.post.pk) if names else Q()


def _entries(case: Case, without: Q | None = None) -> list[Entry]:
    rows = Entry.objects.filter(about=case.pk)
    return list((rows.exclude(without) if without else rows).select_related("detail").order_by("id"))


def _told(case: Case, entries: Sequence[Entry]) -> list[Happening]:
    mentioned = {post for entry in entries for post in (entry.post, *_next_posts(entry)[:MOST_NAMED]) if post}
    titles = dict(Post.objects.filter(pk__in=mentioned).values_list("pk", "title"))
    held = {entry.holding for entry in entries if entry.holding}
    acting = set(Holding.objects.filter(pk__in=held, acting=True).values_list("pk", flat=True))
    withdrawn = {entry.facts.get("note") for entry in entries if entry.name == WITHDRAW_NOTE}
    parties = _parties_by_entry(case, entries)
    return [
        replace(
            _happening(case, entry, titles),
            acting=entry.holding in acting,
            withdrawn=str(entry.pk) in withdrawn,
            party=parties.get(entry.pk, ""),
        )
        for entry in entries
    ]


def _parties_by_entry(case: Case, entries: Sequence[Entry]) -> dict[UUID, str]:
    """What the party is called that took a step, in kinds that know several (one statement there, else none)."""
    procedure = kind_of(case.kind).procedure
    if not procedure.has_parties:
        return {}
    rows = rows_of_parties(case)
    relations = {*OWN_SIDE, *procedure.roles}
    took = {entry.pk: int(entry.facts.get("party", 0)) for entry in entries if entry.relation in relations}
    return {key: role_words(case, nr, rows) for key, nr in took.items()}


def _next_posts(entry: Entry) -> list[int]:
    """The posts a step handed something to: one, or several in joint handling."""
    one = entry.facts.get("next_post")
    return entry.facts.get("next_posts") or ([one] if one else [])


def _some(posts: Sequence[int], titles: Mapping[int, str]) -> str:
    """The titles of posts; of very many, only how many they are."""
    if len(posts) > MOST_NAMED:
        return _("%(count)s posts") % {"count": len(posts)}
    return _(", ").join(titles.get(post, "") for post in posts)


def _happening(case: Case, entry: Entry, titles: dict[int, str]) -> Happening:
    detail = getattr(entry, "detail", None)
    facts = dict(entry.facts)
    if next_posts := _next_posts(entry):
        facts["next_post_title"] = _some(next_posts, titles)
    kind, _dot, step = entry.name.partition(".")
    return Happening(
        key=entry.pk,
        name=entry.name,
        step=step if kind == case.kind else "",
        label=known(entry.name).label(),
        at=entry.at,
        recorded_at=entry.recorded_at,
        post=titles.get(entry.post or 0, ""),
        post_key=entry.post,
        relation=entry.relation,
        words=(detail.words or {}) if detail else {},
        facts=facts,
    )
