"""Access tokens: how a machine acts for an appointment. The secret is shown once; only its digest is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.errors import Conflict, Invalid, NotYours, Refusal
from linli.base.text import tidy
from linli.base.writing import writing
from linli.ledger.records import Line, record
from linli.posts.actor import Actor, PostActor, SystemActor
from linli.posts.may import require
from linli.posts.models import Holding, Token

PREFIX = "linli_"  # so that a secret in the wrong place can be found and taken away
LIFETIME = timedelta(days=365)
LONGEST_LABEL = 60


class Unknown(Refusal):
    """Nobody knows who is asking (401)."""

    status = 401
    code = "unknown"
    sentence = gettext_lazy(
        "This access token is not known or has ended. Ask your administrator for a new one."
    )


def issue(holding: Holding, label: str, *, by: Actor, until: datetime | None = None) -> str:
    """Give a machine the powers of one appointment; returns the secret, which cannot be read again."""
    _check(by, holding)
    name = tidy(label)
    if not 0 < len(name) <= LONGEST_LABEL:
        raise Invalid(
            _("Say in at most %(most)d characters what the token is for.") % {"most": LONGEST_LABEL}
        )
    if not Holding.objects.current().filter(pk=holding.pk).exists():
        raise Conflict(_("This appointment has ended."))
    secret = PREFIX + secrets.token_urlsafe(32)
    now = timezone.now()
    with writing():
        token = Token.objects.create(
            holding=holding,
            digest=digest_of(secret),
            label=name,
            last_four=secret[-4:],
            since=now,
            until=until or now + LIFETIME,
        )
        _record("posts.token", token, by)
    return secret


def end_token(token: Token, *, by: Actor) -> None:
    """End a token now; the next request with it is refused."""
    _check(by, token.holding)
    now = timezone.now()
    with writing():
        if not Token.objects.filter(pk=token.pk, until__gt=now).update(until=now):
            raise Conflict(_("This access token has already ended."))
        _record("posts.end_token", token, by)


def actor_of(secret: str) -> PostActor:
    """The appointment behind a secret, asked of the database each time; 401 for no token, 403 for an ended post."""
    now = timezone.now()
    valid = Token.objects.filter(digest=digest_of(secret), since__lte=now, until__gt=now)
    current = Holding.objects.current(now).filter(tokens__in=valid)
    holding = current.with_post().select_related("account").first()
    if holding is not None:
        return PostActor(holding)
    if valid.exists():
        raise NotYours(_("The appointment behind this access token has ended."))
    raise Unknown


def digest_of(secret: str) -> str:
    """What is kept of a secret; 32 random bytes need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _check(by: Actor, holding: Holding) -> None:
    if not isinstance(by, SystemActor):
        require(by, "posts.appoint", within=holding.post.division.code)


def _record(name: str, token: Token, by: Actor) -> None:
    facts = {"token": token.pk, "post": token.holding.post_id, "holding": token.holding_id}
    record(Line(name, by.by(), token.holding.post.division.code, facts=facts))
