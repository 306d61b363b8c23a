"""Entering mediators, ending their terms, and what they declare themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.base.text import half_width, tidy
from linli.base.writing import writing
from linli.divisions.models import Division
from linli.ledger.records import Line, record
from linli.posts.actions import appoint, end, found
from linli.posts.actor import Actor, PostActor
from linli.posts.models import Account, PostKind
from linli.registers.actions.bodies import check
from linli.registers.entries import END_MEDIATOR, MEDIATOR, TIE, UNTIE
from linli.registers.handling import MEDIATORS
from linli.registers.models import Body, DisputeKind, Language, Mediator, Tie
from linli.residents.crypto import blind_index, seal, unseal
from linli.residents.openings import require_open

LONGEST_TERM = timedelta(days=3 * 366)  # a committee is elected for three years (人民调解法 9)
MOST_TIES = 50


@dataclass(frozen=True)
class Office:
    """What an office of mediator needs: skills and languages by their codes, and the last day of the term."""

    skills: Sequence[str]
    languages: Sequence[str]
    until: date


def enter_mediator(account: Account, body: Body, area: Division, office: Office, *, by: Actor) -> Mediator:
    """Put somebody on a new post of mediator of a body, over an area inside the actor's, until the term ends."""
    check(by, area)
    _check_office(office)
    require_open(MEDIATORS)
    if body.until is not None:
        raise Conflict(_("This body has ended. Choose another one."))
    if not body.division.contains(area):
        raise Invalid(_("A mediator's area lies inside that of the body."))
    with writing():
        serving = Mediator.objects.filter(
            body=body, holding__account=account, holding__until=None, holding__post__division=area
        )
        if serving.exists():
            raise Conflict(_("This person serves here already. Change the office instead."))
        post = found(_title(), kind=PostKind.MEDIATOR, organisation=body.organisation, division=area, by=by)
        holding = appoint(account, post, by=by)
        mediator = Mediator.objects.create(
            holding=holding,
            body=body,
            skills=list(office.skills),
            languages=list(office.languages),
            until=office.until,
        )
        _record(mediator, by=by)
    return mediator


def _title() -> str:
    return "调解员"  # posts are named in the place's language


def change_office(mediator: Mediator, office: Office, *, by: Actor) -> None:
    """Change skills, languages or the last day of the term."""
    check(by, mediator.holding.post.division)
    _check_office(office)
    with writing():
        found_now = Mediator.objects.select_for_update(of=("self",)).get(pk=mediator.pk)
        found_now.skills, found_now.languages = list(office.skills), list(office.languages)
        found_now.until = office.until
        found_now.save(update_fields=["skills", "languages", "until"])
        _record(mediator, by=by)


def _check_office(office: Office) -> None:
    if set(office.skills) - set(DisputeKind.values) or set(office.languages) - set(Language.values):
        raise Invalid(_("Choose skills and languages from the list."))
    if not office.languages:
        raise Invalid(_("Choose at least one language."))
    today = timezone.localdate()
    if not today <= office.until <= today + LONGEST_TERM:
        raise Invalid(_("A term ends today at the earliest and in three years at the latest."))


def _record(mediator: Mediator, *, by: Actor) -> None:
    post = mediator.holding.post
    facts = {"body": mediator.body_id, "post": post.pk, "holding": mediator.holding_id}
    record(Line(MEDIATOR, by.by(), post.division.code, facts=facts))


def end_term(mediator: Mediator, *, by: Actor) -> None:
    """End the term today: the appointment ends, and what was declared is erased."""
    check(by, mediator.holding.post.division)
    with writing():
        end(mediator.holding, by=by)
        Mediator.objects.filter(pk=mediator.pk).update(until=timezone.localdate() - timedelta(days=1))
        Tie.objects.filter(mediator=mediator).delete()
        facts = {"body": mediator.body_id, "post": mediator.holding.post_id, "holding": mediator.holding_id}
        record(Line(END_MEDIATOR, by.by(), mediator.holding.post.division.code, facts=facts))


def declare(mediator: Mediator, words: str, *, by: PostActor) -> None:
    """Declare a name, telephone number or employer that keeps this mediator apart; only they can read it again."""
    require_self(mediator, by)
    plain = tidy(words)
    if not 2 <= len(plain) <= 60:
        raise Invalid(_("Enter one name, telephone number or employer, 2 to 60 characters."))
    with writing():
        ties = Tie.objects.filter(mediator=mediator)
        if ties.count() >= MOST_TIES:
            raise Conflict(_("At most %(most)s can be declared. Withdraw one first.") % {"most": MOST_TIES})
        index = tie_index(plain)
        if ties.filter(index=index).exists():
            raise Conflict(_("You have declared this already."))
        Tie.objects.create(
            mediator=mediator, index=index, words_sealed=seal(plain, _place_of(mediator)), at=timezone.now()
        )
        record(
            Line(TIE, by.by(), mediator.holding.post.division.code, facts={"holding": mediator.holding_id})
        )


def withdraw(mediator: Mediator, tie: int, *, by: PostActor) -> None:
    """Take a declaration back."""
    require_self(mediator, by)
    with writing():
        gone, _by_table = Tie.objects.filter(pk=tie, mediator=mediator).delete()
        if not gone:
            raise NotFound
        record(
            Line(UNTIE, by.by(), mediator.holding.post.division.code, facts={"holding": mediator.holding_id})
        )


def declared(mediator: Mediator, *, by: PostActor) -> list[tuple[int, str]]:
    """What a mediator declared, for that mediator alone."""
    require_self(mediator, by)
    place = _place_of(mediator)
    return [(tie.pk, unseal(bytes(tie.words_sealed), place)) for tie in Tie.objects.filter(mediator=mediator)]


def is_self(mediator: Mediator, by: PostActor) -> bool:
    """Whether the actor is this mediator, on this very appointment."""
    return bool(by.holding.pk == mediator.holding_id)


def tie_index(words: str) -> str:
    """The keyed digest by which a declaration is compared; spaces and widths do not matter."""
    return blind_index("".join(half_width(tidy(words)).casefold().split()), "ties")


def require_self(mediator: Mediator, by: PostActor) -> None:
    """Raise NotYours for anybody but this mediator."""
    if not is_self(mediator, by):
        raise NotYours(_("What a mediator declares, nobody else reads or changes."))


def _place_of(mediator: Mediator) -> str:
    return f"registers_tie/{mediator.pk}/words"
