"""Founding posts and filling them. Appointments are ledger entries; ending one takes effect at once."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import datetime

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.base.generations import bump
from linli.base.ids import READABLE
from linli.base.writing import writing
from linli.divisions.models import Division
from linli.ledger.records import Line, record
from linli.posts.actor import Actor, PostActor, SystemActor
from linli.posts.cards import Given
from linli.posts.may import require
from linli.posts.models import Account, Card, Holding, Organisation, Post, PostKind


def found(title: str, *, kind: str, organisation: Organisation, division: Division, by: Actor) -> Post:
    """Set up a post (设岗) over a division."""
    _check(by, division)
    if kind not in PostKind.values:
        raise Invalid(_("There is no such kind of post."))
    with writing():
        post = Post.objects.create(title=title, kind=kind, organisation=organisation, division=division)
        bump("posts")
        record(Line("posts.found", by.by(), division.code, facts={"post": post.pk, "kind": kind}))
    return post


def establish(name: str, *, division: Division, by: Actor) -> Organisation:
    """Add the body that posts belong to; one of the same name at the same place is taken as it is."""
    _check(by, division)
    with writing():
        body, new = Organisation.objects.get_or_create(name=name, division=division)
        if new:
            line = Line("posts.establish", by.by(), division.code, facts={"organisation": body.pk})
            record(line)
    return body


def give_telephone(body: Organisation, telephone: str, *, by: Actor) -> None:
    """Enter the number on which a body is reached on duty, or take it out; callers are put through to it."""
    _check(by, body.division)
    with writing():
        Organisation.objects.filter(pk=body.pk).update(telephone=telephone)
        line = Line("posts.telephone", by.by(), body.division.code, facts={"organisation": body.pk})
        record(line)


def put_on_board(post: Post, card: Given, *, by: Actor) -> None:
    """Say what residents may read of a post from now on (公示); what was said before ends in the same moment.

    Whether a name is shown, and until when, stands in the ledger; the name itself is read from the appointment.
    """
    _check(by, post.division)
    now = timezone.now()
    if card.named and not card.purpose:
        sentence = _("Say what the name is shown for.")
        raise Invalid(sentence, fields={"purpose": [sentence]})
    if card.until and card.until <= now:
        sentence = _("Choose a day that lies ahead.")
        raise Invalid(sentence, fields={"until": [sentence]})
    with writing():
        Post.objects.select_for_update().get(pk=post.pk)
        Card.objects.filter(Q(until=None) | Q(until__gt=now), post=post).update(until=now)
        Card.objects.create(post=post, since=now, **asdict(card))
        bump("posts")
        facts = {
            "post": post.pk,
            "named": card.named,
            "until": card.until.isoformat() if card.until else None,
        }
        record(Line("posts.board", by.by(), post.division.code, facts=facts))


def open_account(username: str, *, called: str, division: Division, by: Actor) -> tuple[Account, str]:
    """Add an account for somebody who will hold posts here, with a password that works once (一次性口令)."""
    _check(by, division)
    password = one_time_password()
    try:
        with writing():
            account = Account.objects.create_user(username, password, called=called)
            Account.objects.filter(pk=account.pk).update(password_once=True)
            record(Line("posts.open_account", by.by(), division.code, facts={"account": account.pk}))
    except IntegrityError as taken:
        raise Conflict(_("This user name is taken. Choose another one.")) from taken
    account.password_once = True
    return account, password


def one_time_password() -> str:
    """Twelve readable letters and digits (55 bits or more), for handing over in person."""
    return "-".join("".join(secrets.choice(READABLE) for _place in range(4)) for _group in range(3))


def appoint(
    account: Account, post: Post, *, by: Actor, acting: bool = False, since: datetime | None = None
) -> Holding:
    """Put a person on a post (任职), or let somebody stand in (`acting`, 代理)."""
    _check(by, post.division)
    if isinstance(by, PostActor) and by.holding.account_id == account.pk:
        raise Conflict(_("Nobody appoints themselves. Another administrator has to do this."))
    try:
        with writing():
            holding = Holding.objects.create(
                post=post, account=account, acting=acting, since=since or timezone.now()
            )
            bump("posts")
            facts = {"post": post.pk, "holding": holding.pk, "acting": acting}
            record(Line("posts.appoint", by.by(), post.division.code, facts=facts))
    except IntegrityError as taken:
        raise Conflict(
            _("This post is held by somebody. End that appointment first, or appoint as acting.")
        ) from taken
    return holding


def end(holding: Holding, *, by: Actor) -> None:
    """End an appointment (离任) now; the next step this person tries on this post is refused."""
    _check(by, holding.post.division)
    with writing():
        now = timezone.now()
        running = Holding.objects.filter(Q(until=None) | Q(until__gt=now), pk=holding.pk)
        ended = running.update(until=now)
        if not ended:
            raise Conflict(_("This appointment has already ended."))
        bump("posts")
        facts = {"post": holding.post_id, "holding": holding.pk}
        record(Line("posts.end", by.by(), holding.post.division.code, facts=facts))


def give_up(post: Post, *, by: Actor) -> None:
    """End a post (撤销岗位) now. What it has open is handed over by the layer that knows cases (cases.handover)."""
    _check(by, post.division)
    with writing():
        if not Post.objects.filter(pk=post.pk, until=None).update(until=timezone.now()):
            raise Conflict(_("This post has been given up already."))
        bump("posts")
        facts = {"post": post.pk, "kind": post.kind}
        record(Line("posts.give_up", by.by(), post.division.code, facts=facts))


def _check(by: Actor, division: Division) -> None:
    if not isinstance(by, SystemActor):
        require(by, "posts.appoint", within=division.code)
